// SPDX-License-Identifier: Apache-2.0
// The keys of the simulator without HTTP: known answers, and round trips against OpenSSL's own padding.
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <set>
#include <string>
#include <thread>

#include "catch.hpp"
#include "simulator/csr.h"
#include "simulator/deterministic_ecdsa.h"
#include "simulator/key_crypto.h"
#include "simulator/key_crypto_ec.h"
#include "simulator/key_crypto_rsa.h"
#include "simulator/keystore.h"

using namespace nethsm::simulator;

namespace {

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

const Mechanism& mechanism(std::string_view name) {
  const Mechanism* found = find_mechanism(name);
  REQUIRE(found != nullptr);
  return *found;
}

KeyMaterialPtr import_data(KeyType type, Bytes data) {
  PrivateKeyValues values;
  values.type = type;
  values.data = std::move(data);
  return KeyMaterial::import_values(std::move(values));
}

KeyMaterialPtr import_rsa(const char* p, const char* q, const char* e) {
  PrivateKeyValues values;
  values.type = KeyType::kRsa;
  values.prime_p = base64_decode(p);
  values.prime_q = base64_decode(q);
  values.public_exponent = base64_decode(e);
  return KeyMaterial::import_values(std::move(values));
}

constexpr const char* kP =
    "2TJTAeuprVDzw0ORhTpKsn1xbIGdsH15/wR8O8SwTPOWsnBc6TOow3JC+LiMCYjd3m5fX5d+EZwsPvXsOOf7HQ==";
constexpr const char* kQ =
    "7VSqCPFeKmIuMxGQ5D0ewE5TOyuJHqQ03LvKhd7JWUbjIZafx1O56bkRniIblqzJk22L6yZM/Watt5wMVyBhbw==";

KeyRecord record_of(KeyMaterialPtr material) {
  KeyRecord record;
  record.material = std::move(material);
  return record;
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

bool verifies(EVP_PKEY* pkey, const Bytes& signature, const Bytes& digest) {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(pkey, nullptr));
  return EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) ==
             1;
}

Bytes encrypt_with(EVP_PKEY* pkey, int padding, const EVP_MD* digest, const Bytes& plain) {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(pkey, nullptr));
  REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1);
  if (digest != nullptr) {
    REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest) == 1);
  }
  Bytes encrypted(static_cast<std::size_t>(EVP_PKEY_get_size(pkey)));
  std::size_t size = encrypted.size();
  REQUIRE(EVP_PKEY_encrypt(context.get(), encrypted.data(), &size, plain.data(), plain.size()) == 1);
  encrypted.resize(size);
  return encrypted;
}

bool verifies_pss(EVP_PKEY* pkey, const EVP_MD* digest, const Bytes& signature, const Bytes& hash) {
  EvpPkeyCtxPtr context(EVP_PKEY_CTX_new(pkey, nullptr));
  return EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context.get(), digest) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1 &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), hash.size()) == 1;
}

}  // namespace

TEST_CASE("base64 is decoded with the tolerance and the error texts of the genuine server") {
  CHECK(base64_decode("").empty());
  CHECK(base64_decode("aGVsbG8=") == to_bytes("hello"));
  CHECK(base64_decode("A===").empty());
  CHECK(base64_decode("AAAA====") == Bytes(3));
  for (const char* text : {"A", "AA", "AAA", "AA=", "!!", "AAAAA"}) {
    CHECK(refusal([&] { base64_decode(text); }) == "Wrong padding");
  }
  for (const char* text : {"!!!!", "AQ=A", "AA A", " AAAAAA=", "AA\nAAAA="}) {
    CHECK(refusal([&] { base64_decode(text); }) == "Malformed input");
  }
  for (const char* text : {"AAA==", "AAA= ", "AAA=AAAA", "====AAAA"}) {
    CHECK(refusal([&] { base64_decode(text); }) == "Too much input");
  }
}

TEST_CASE("base64 encoding and decoding are inverse for every length of the last group") {
  for (std::size_t size = 0; size < 50; ++size) {
    Bytes data;
    for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<std::uint8_t>(255 - 7 * i));
    CHECK(base64_decode(base64_encode(data)) == data);
  }
  CHECK(base64_encode(to_bytes("hello")) == "aGVsbG8=");
}

TEST_CASE("BIP-340 signatures are those of its published test vectors") {
  struct Vector {
    const char *secret, *auxiliary, *message, *signature;
  };
  const Vector vector = GENERATE(Vector{"0000000000000000000000000000000000000000000000000000000000000003",
                                        "0000000000000000000000000000000000000000000000000000000000000000",
                                        "0000000000000000000000000000000000000000000000000000000000000000",
                                        "E907831F80848D1069A5371B402410364BDF1C5F8307B0084C55F1CE2DCA8215"
                                        "25F66A4A85EA8B71E482A74F382D2CE5EBEEE8FDB2172F477DF4900D310536C0"},
                                 Vector{"B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF",
                                        "0000000000000000000000000000000000000000000000000000000000000001",
                                        "243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89",
                                        "6896BD60EEAE296DB48A229FF71DFE071BDE413E6D43F917DC8DCF8C78DE3341"
                                        "8906D11AC976ABCCB20B091292BFF4EA897EFCB639EA871CFA95F6DE339E4B0A"},
                                 Vector{"C90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B14E5C9",
                                        "C87AA53824B4D7AE2EB035A2B5BBBCCC080E76CDC6D1692C4B0B62D798E6D906",
                                        "7E2D58D8B3BCDF1ABADEC7829054F90DDA9805AAB56C77333024B9D0A508B75C",
                                        "5831AAEED7B44BB74E5EAB94BA9D4294C49BCF2A60728D8B4C200F50DD313C1B"
                                        "AB745879A5AD954A72C45A91C3A51D3C7ADEA98D82F8481E0E1E03674A6F3FB7"},
                                 Vector{"0B432B2677937381AEF05BB02A66ECD012773062CF3FA2549E44F58ED2401710",
                                        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                                        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                                        "7EB0509757E246F19449885651611CB965ECC1A187DD51B64FDA1EDC9637D5EC"
                                        "97582B9CB13DB3933705B32BA982AF5AF25FD78881EBB32771FC5922EFC66EA3"});
  const Bytes auxiliary = from_hex(vector.auxiliary);
  CHECK(bip340_sign(from_hex(vector.secret), from_hex(vector.message),
                    std::span<const std::uint8_t, 32>(auxiliary)) == from_hex(vector.signature));
}

TEST_CASE("AES-CBC works without padding and echoes the IV") {
  const auto key = import_data(KeyType::kGeneric, to_bytes("secretsecretsecretsecretsecretse"));
  const Bytes message = to_bytes("messagemessagemessagemessagemess");
  const Bytes iv = to_bytes("iviviviviviviviv");
  const Encrypted encrypted = encrypt(*key, mechanism("AES_Encryption_CBC"), message, iv);
  CHECK(base64_encode(encrypted.data) == "bx4qzXVP7jEUogLTcsaMcOOe1TZFS2zQTwebJNzTS90=");
  CHECK(encrypted.iv == iv);
  CHECK(decrypt(*key, mechanism("AES_Decryption_CBC"), encrypted.data, iv) == message);

  SECTION("a missing IV is random for encryption and an error for decryption") {
    const Encrypted random = encrypt(*key, mechanism("AES_Encryption_CBC"), message, {});
    CHECK(random.iv.size() == 16);
    CHECK(random.iv != encrypt(*key, mechanism("AES_Encryption_CBC"), message, {}).iv);
    CHECK(decrypt(*key, mechanism("AES_Decryption_CBC"), random.data, random.iv) == message);
    CHECK(refusal([&] { decrypt(*key, mechanism("AES_Decryption_CBC"), message, {}); }) ==
          "AES-CBC decrypt requires IV");
  }
  SECTION("only whole blocks, whole IVs and AES key lengths are accepted") {
    CHECK(refusal([&] { encrypt(*key, mechanism("AES_Encryption_CBC"), Bytes(15), iv); }) ==
          "Encryption failed: Mirage_crypto: CBC: argument length 15 not of block size");
    CHECK(refusal([&] { decrypt(*key, mechanism("AES_Decryption_CBC"), message, Bytes(4)); }) ==
          "Decryption failed: Mirage_crypto: CBC: IV length 4 not of block size");
    const auto odd = import_data(KeyType::kGeneric, Bytes(17));
    CHECK(refusal([&] { encrypt(*odd, mechanism("AES_Encryption_CBC"), message, iv); }) ==
          "Encryption failed: Mirage_crypto: AES.of_secret: key length 17");
  }
}

TEST_CASE("generated elliptic curve keys sign digests of exactly their curve's length") {
  const KeyType type = GENERATE(KeyType::kEcP256, KeyType::kEcP384, KeyType::kEcP521, KeyType::kEcP256K1,
                                KeyType::kBrainpoolP256, KeyType::kBrainpoolP384, KeyType::kBrainpoolP512);
  const auto key = generate_key(type, 0);
  const std::size_t size = digest_bytes(key_type_row(type).digest);
  const Bytes digest(size, 0xa5);
  const Bytes signature = sign(*key, mechanism("ECDSA_Signature"), digest);
  CHECK(verifies(key->pkey(), signature, digest));
  CHECK(signature != sign(*key, mechanism("ECDSA_Signature"), digest));
  for (std::size_t wrong : {size - 1, size + 1}) {
    CHECK(refusal([&] { sign(*key, mechanism("ECDSA_Signature"), Bytes(wrong)); }) ==
          "digested data of invalid size");
  }
  CHECK(refusal([&] { sign(*key, mechanism("EdDSA_Signature"), digest); }) == "invalid sign mode");
}

TEST_CASE("an Ed25519 seed gives the public key and signature of RFC 8032") {
  const auto key = import_data(KeyType::kCurve25519,
                               from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  CHECK(key->public_json() ==
        R"({"data":")" +
            base64_encode(from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")) +
            "\"}");
  CHECK(sign(*key, mechanism("EdDSA_Signature"), from_hex("72")) ==
        from_hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
}

TEST_CASE("RSA paddings agree with OpenSSL's for every digest") {
  const auto key = import_rsa(kP, kQ, "AQAB");
  const auto row = GENERATE(from_range(kDigests.begin() + 1, kDigests.end()));
  const EVP_MD* digest = evp_digest(row.digest);
  const Bytes hash(row.bytes, 0x3c);
  if (2 * row.bytes + 2 > key->modulus_bytes()) {
    CHECK(refusal([&] { rsa_sign_pss(*key, row.digest, hash); }) == "RSA key of insufficient length");
    CHECK(refusal([&] { rsa_decrypt_oaep(*key, row.digest, Bytes(128, 1)); }) == "Decryption failure");
    return;
  }
  CHECK(verifies_pss(key->pkey(), digest, rsa_sign_pss(*key, row.digest, hash), hash));
  const Bytes plain = to_bytes("hello");
  const Bytes encrypted = encrypt_with(key->pkey(), RSA_PKCS1_OAEP_PADDING, digest, plain);
  CHECK(rsa_decrypt_oaep(*key, row.digest, encrypted) == plain);
  Bytes damaged = encrypted;
  damaged[60] ^= 1;
  CHECK(refusal([&] { rsa_decrypt_oaep(*key, row.digest, damaged); }) == "Decryption failure");
}

TEST_CASE("RSA PKCS#1 decryption accepts its own padding only") {
  const auto key = import_rsa(kP, kQ, "AQAB");
  const Bytes plain = to_bytes("hello");
  const Bytes encrypted = encrypt_with(key->pkey(), RSA_PKCS1_PADDING, nullptr, plain);
  CHECK(rsa_decrypt_pkcs1(*key, encrypted) == plain);
  CHECK(refusal([&] { rsa_decrypt_pkcs1(*key, Bytes(encrypted.begin(), encrypted.end() - 1)); }) ==
        "Decryption failure");
  CHECK(refusal([&] { rsa_decrypt_pkcs1(*key, Bytes(128)); }) ==
        "Invalid_argument(\"Mirage_crypto: Rsa: message: 0\")");
  CHECK(refusal([&] { rsa_decrypt_raw(*key, Bytes{1}); }) ==
        "Invalid_argument(\"Mirage_crypto: Rsa: message: 1\")");

  Bytes block(128, 0x77);
  block[0] = 0;
  block[1] = 2;
  block[9] = 0;  // seven bytes of padding: one too few
  CHECK(refusal([&] {
          rsa_decrypt_pkcs1(*key, encrypt_with(key->pkey(), RSA_NO_PADDING, nullptr, block));
        }) == "Decryption failure");
  block[9] = 0x77;
  block[10] = 0;
  CHECK(rsa_decrypt_pkcs1(*key, encrypt_with(key->pkey(), RSA_NO_PADDING, nullptr, block)) ==
        Bytes(117, 0x77));
}

TEST_CASE("generated RSA keys have the asked number of bits, also odd ones") {
  const std::size_t bits = GENERATE(1024u, 1025u, 1031u, 1536u);
  const auto key = generate_key(KeyType::kRsa, bits);
  CHECK(key->modulus_bits() == bits);
  const Bytes hash(32, 1);
  CHECK(verifies_pss(key->pkey(), EVP_sha256(), rsa_sign_pss(*key, Digest::kSha256, hash), hash));
  CHECK(rsa_sign_pkcs1(*key, {}).size() == key->modulus_bytes());
}

TEST_CASE("an RSA modulus may be far smaller than any that OpenSSL generates") {
  // Two 48-bit primes.
  const auto key = import_rsa(base64_encode(from_hex("ffffffffffc5")).c_str(),
                              base64_encode(from_hex("ffffffffffbf")).c_str(), "AQAB");
  REQUIRE(key->modulus_bytes() == 12);
  const Bytes encrypted =
      encrypt_with(key->pkey(), RSA_NO_PADDING, nullptr, from_hex("000000000000000000000005"));
  CHECK(rsa_decrypt_raw(*key, encrypted).back() == 5);
  CHECK(rsa_sign_pkcs1(*key, to_bytes("x")).size() == 12);
}

TEST_CASE("RSA numbers that are no key are refused with the server's reasons") {
  CHECK(refusal([] { import_rsa("", kQ, "AQAB"); }) == "invalid prime p");
  CHECK(refusal([] { import_rsa(kP, "BA==", "AQAB"); }) == "invalid prime q");
  CHECK(refusal([] { import_rsa(kP, kP, "AQAB"); }) == "p and q are the same prime");
  CHECK(refusal([] { import_rsa(kP, kQ, ""); }) == "e is not coprime of p and q");
  CHECK(refusal([] { import_rsa(kP, kQ, "Ag=="); }) == "e is not coprime of p and q");
  CHECK(refusal([] { import_rsa(kP, kQ, "AQ=="); }) == "exponent e is not a pseudoprime");
}

TEST_CASE("a private key survives the way through PEM") {
  const KeyType type = GENERATE(KeyType::kRsa, KeyType::kCurve25519, KeyType::kEcP256, KeyType::kEcP521,
                                KeyType::kBrainpoolP512);
  const auto key = generate_key(type, 1024);
  const bool pkcs8 = GENERATE(true, false);
  const BioPtr memory(BIO_new(BIO_s_mem()));
  if (pkcs8 || type == KeyType::kCurve25519) {
    REQUIRE(PEM_write_bio_PKCS8PrivateKey(memory.get(), key->pkey(), nullptr, nullptr, 0, nullptr, nullptr) ==
            1);
  } else {
    REQUIRE(PEM_write_bio_PrivateKey_traditional(memory.get(), key->pkey(), nullptr, nullptr, 0, nullptr,
                                                 nullptr) == 1);
  }
  const std::string pem = memory_text(memory.get());
  const PrivateKeyValues values = parse_private_key_pem("leading text\n" + pem);
  CHECK(values.type == type);
  CHECK(KeyMaterial::import_values(values)->public_pem() == key->public_pem());
  CHECK(refusal([&] { parse_private_key_pem(pem + pem); }) == "Multiple private keys");
  CHECK(refusal([&] { parse_private_key_pem(key->public_pem()); }) == "No private key");
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a certificate signing request verifies with the key's own public key") {
  const KeyType type =
      GENERATE(KeyType::kRsa, KeyType::kCurve25519, KeyType::kEcP256, KeyType::kBrainpoolP512);
  const auto key = generate_key(type, 1024);
  CsrSubject subject;
  subject.common_name = "example.com";
  subject.country_name = "DE";
  const std::string pem = build_csr_pem(key->pkey(), evp_digest(key_type_row(type).digest), subject, true);
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509ReqPtr request(PEM_read_bio_X509_REQ(memory.get(), nullptr, nullptr, nullptr));
  REQUIRE(request);
  CHECK(ERR_peek_error() == 0);
  CHECK(X509_REQ_verify(request.get(), key->pkey()) == 1);
  CHECK(X509_NAME_entry_count(X509_REQ_get_subject_name(request.get())) == 2);
}

TEST_CASE("deterministic ECDSA gives the signature of RFC 6979, A.2.5") {
  const auto key = import_data(KeyType::kEcP256,
                               from_hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"));
  const Bytes message = to_bytes("sample");
  Bytes hash(32);
  REQUIRE(EVP_Digest(message.data(), message.size(), hash.data(), nullptr, EVP_sha256(), nullptr) == 1);
  CHECK(deterministic_ecdsa_sign(key->pkey(), EVP_sha256(), hash) ==
        from_hex("3046"
                 "022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                 "022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"));
}

TEST_CASE("generation accepts a mechanism only with the key types that can do it") {
  CHECK(fits(KeyType::kEcP256K1, mechanism("BIP340_Signature")));
  CHECK_FALSE(fits(KeyType::kEcP256, mechanism("BIP340_Signature")));
  CHECK_FALSE(fits(KeyType::kEcP224, mechanism("ECDSA_Signature")));
  CHECK(fits(KeyType::kGeneric, mechanism("AES_Decryption_CBC")));
  CHECK(find_mode(Use::kEncrypt, "AES_CBC") == &mechanism("AES_Encryption_CBC"));
  CHECK(find_mode(Use::kDecrypt, "AES_CBC") == &mechanism("AES_Decryption_CBC"));
  CHECK(find_mode(Use::kSign, "RAW") == nullptr);
}

TEST_CASE("a key store keeps ids sorted and unique, and a moved key keeps everything") {
  const KeyView store(std::make_shared<KeyStore>(), {});
  const auto material = import_data(KeyType::kGeneric, Bytes(16));
  for (const char* id : {"beta", "Beta", "alpha", "alpine"}) CHECK(store.insert(id, record_of(material)));
  CHECK_FALSE(store.insert("alpha", record_of(material)));
  CHECK(store.ids() == std::vector<std::string>{"Beta", "alpha", "alpine", "beta"});
  CHECK(store.ids("al") == std::vector<std::string>{"alpha", "alpine"});

  store.update("alpha", [](KeyRecord& key) { return key.tags.insert("berlin").second; });
  store.find("alpha")->operations->fetch_add(3);
  CHECK(store.move("alpha", "beta") == MoveResult::kNewIdExists);
  CHECK(store.move("alpha", "alpha") == MoveResult::kNewIdExists);
  CHECK(store.move("nokey", "beta") == MoveResult::kNoSuchKey);
  CHECK(store.move("alpha", "gamma") == MoveResult::kMoved);
  CHECK_FALSE(store.contains("alpha"));
  CHECK(store.find("gamma")->tags.contains("berlin"));
  CHECK(store.find("gamma")->operations->load() == 3);
  CHECK_FALSE(store.find("gamma")->usable_with({"paris"}));
  CHECK(store.find("gamma")->usable_with({"paris", "berlin"}));
}

TEST_CASE("a record in use outlives the deletion of its key, with several threads at work") {
  const KeyView store(std::make_shared<KeyStore>(), {});
  store.insert("k", record_of(generate_key(KeyType::kEcP256, 0)));
  const KeyRecordPtr held = store.find("k");
  const Bytes digest(32, 7);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        if (const KeyRecordPtr key = store.find("k")) {
          sign(*key->material, *find_mechanism("ECDSA_Signature"), digest);
          ++*key->operations;
        }
        store.update("k", [&](KeyRecord& key) { return key.tags.insert(std::to_string(round)).second; });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(held->operations->load() == 200);
  CHECK(store.find("k")->tags.size() == 50);
  CHECK(store.erase("k"));
  CHECK(
      verifies(held->material->pkey(), sign(*held->material, mechanism("ECDSA_Signature"), digest), digest));
}
