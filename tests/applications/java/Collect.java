// SPDX-License-Identifier: Apache-2.0

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import sun.security.tools.keytool.CertAndKeyGen;
import sun.security.x509.CertificateIssuerName;
import sun.security.x509.X500Name;
import sun.security.x509.X509CertImpl;
import sun.security.x509.X509CertInfo;

/**
 * What Java's garbage collector does to keys of a token: Collect CONFIGURATION.
 *
 * SunPKCS11 destroys session keys that nobody refers to any more, when the next one is made; without attributes in its
 * configuration all keys are session keys at first. A key that was stored as an entry in the meantime must survive that.
 */
public class Collect {
  static final long DAY = 24 * 3600;

  static KeyPair kept;  // neither stored nor dropped

  static KeyStore open(Provider provider) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, "OperatorOperator".toCharArray());
    return store;
  }

  static X509Certificate issue(CertAndKeyGen authority, X509Certificate request) throws Exception {
    X509CertInfo info = new X509CertInfo(request.getTBSCertificate());
    info.set(X509CertInfo.ISSUER, new X500Name("CN=An Authority"));
    X509CertImpl certificate = new X509CertImpl(info);
    certificate.sign(authority.getPrivateKey(), "SHA256withRSA");
    return certificate;
  }

  static void store(KeyStore store, String alias) throws Exception {
    CertAndKeyGen authority = new CertAndKeyGen("RSA", "SHA256withRSA");
    authority.generate(2048);
    CertAndKeyGen made = new CertAndKeyGen("RSA", "SHA256withRSA", "SunPKCS11-NetHSM");
    made.generate(2048);
    X509Certificate root = authority.getSelfCertificate(new X500Name("CN=An Authority"), DAY);
    X509Certificate own = issue(authority, made.getSelfCertificate(new X500Name("CN=" + alias), DAY));
    store.setKeyEntry(alias, made.getPrivateKey(), null, new Certificate[] {own, root});
    int length = store.getCertificateChain(alias).length;
    if (length != 2) throw new Exception("the chain has " + length + " certificates");
  }

  static KeyPair make(Provider provider) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  static void makeAndForget(Provider provider) throws Exception {
    Signature signer = Signature.getInstance("SHA256withECDSA", provider);
    signer.initSign(make(provider).getPrivate());
    signer.update(new byte[] {1});
    signer.sign();
  }

  static void collect() throws Exception {
    for (int i = 0; i < 5; ++i) {
      System.gc();
      Thread.sleep(100);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Provider provider = Security.getProvider("SunPKCS11").configure(arguments[0]);
    Security.addProvider(provider);
    KeyStore store = open(provider);
    store(store, "collected");
    for (int i = 0; i < 8; ++i) {
      makeAndForget(provider);
      collect();
    }
    kept = make(provider);
    KeyStore again = open(provider);
    Signature signer = Signature.getInstance("SHA256withRSA", provider);
    signer.initSign((PrivateKey) again.getKey("collected", null));
    signer.update(new byte[] {1});
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(again.getCertificate("collected"));
    verifier.update(new byte[] {1});
    if (!verifier.verify(signature)) throw new Exception("the stored key is another one");
    System.out.println("the stored key is there");
  }
}
