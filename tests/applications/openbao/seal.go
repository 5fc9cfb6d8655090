// SPDX-License-Identifier: Apache-2.0

// The calls of OpenBao's seal "pkcs11": seal LABEL PIN CIPHERTEXT_FILE.
//
// A key of that label decrypts the file, which is printed, and then takes part in what a server does all day: each operation
// opens a session, logs in, searches the key, uses it and logs out, many at a time. In the end the library is unloaded.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"log"
	"math/big"
	"os"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

type seal struct {
	module     *pkcs11.Ctx
	slot       uint
	label, pin string
}

func oaep() []*pkcs11.Mechanism {
	parameters := pkcs11.NewOAEPParams(pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, pkcs11.CKZ_DATA_SPECIFIED, nil)
	return []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS_OAEP, parameters)}
}

// Runs an operation in a session of its own, as a user. Another one may have logged in already, or log out meanwhile.
func (s *seal) with(operation func(session pkcs11.SessionHandle)) {
	session, err := s.module.OpenSession(s.slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	must(err)
	err = s.module.Login(session, pkcs11.CKU_USER, s.pin)
	if err != pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN) {
		must(err)
	}
	operation(session)
	must(s.module.CloseSession(session))
}

// Both halves are found by the label alone, never a third object.
func (s *seal) find(session pkcs11.SessionHandle, class uint) pkcs11.ObjectHandle {
	must(s.module.FindObjectsInit(session, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_LABEL, s.label)}))
	found, _, err := s.module.FindObjects(session, 2)
	must(err)
	must(s.module.FindObjectsFinal(session))
	if len(found) != 2 {
		log.Fatalf("%d objects have the label", len(found))
	}
	for _, object := range found {
		facts, err := s.module.GetAttributeValue(session, object, []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_CLASS, nil), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, nil)})
		must(err)
		if facts[1].Value[0] != pkcs11.CKK_RSA {
			log.Fatal("not an RSA key")
		}
		if uint(facts[0].Value[0]) == class {
			return object
		}
	}
	log.Fatal("half of the key is missing")
	return 0
}

func (s *seal) flag(session pkcs11.SessionHandle, key pkcs11.ObjectHandle, attribute uint) {
	values, err := s.module.GetAttributeValue(session, key, []*pkcs11.Attribute{pkcs11.NewAttribute(attribute, nil)})
	must(err)
	if values[0].Value[0] == 0 {
		log.Fatalf("the key lacks the permission 0x%x", attribute)
	}
}

func (s *seal) decrypt(secret []byte) (plain []byte) {
	s.with(func(session pkcs11.SessionHandle) {
		key := s.find(session, pkcs11.CKO_PRIVATE_KEY)
		s.flag(session, key, pkcs11.CKA_DECRYPT)
		must(s.module.DecryptInit(session, oaep(), key))
		var err error
		plain, err = s.module.Decrypt(session, secret)
		must(err)
	})
	return plain
}

// The default: with the public key, outside of the module.
func (s *seal) encryptInSoftware(plain []byte) (secret []byte) {
	s.with(func(session pkcs11.SessionHandle) {
		values, err := s.module.GetAttributeValue(session, s.find(session, pkcs11.CKO_PUBLIC_KEY), []*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_MODULUS, nil), pkcs11.NewAttribute(pkcs11.CKA_PUBLIC_EXPONENT, nil)})
		must(err)
		public := &rsa.PublicKey{N: new(big.Int).SetBytes(values[0].Value), E: int(new(big.Int).SetBytes(values[1].Value).Int64())}
		secret, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, public, plain, nil)
		must(err)
	})
	return secret
}

// With disable_software_encryption.
func (s *seal) encrypt(plain []byte) (secret []byte) {
	s.with(func(session pkcs11.SessionHandle) {
		key := s.find(session, pkcs11.CKO_PUBLIC_KEY)
		s.flag(session, key, pkcs11.CKA_ENCRYPT)
		must(s.module.EncryptInit(session, oaep(), key))
		var err error
		secret, err = s.module.Encrypt(session, plain)
		must(err)
	})
	return secret
}

func main() {
	module := pkcs11.New(os.Getenv("MODULE"))
	must(module.Initialize())
	slots, err := module.GetSlotList(true)
	must(err)
	s := &seal{module: module, label: os.Args[1], pin: os.Args[2]}
	for _, slot := range slots {
		token, err := module.GetTokenInfo(slot)
		must(err)
		if strings.TrimRight(token.Label, "\x00 ") == "NetHSM" {
			s.slot = slot
		}
	}
	secret, err := os.ReadFile(os.Args[3])
	must(err)
	os.Stdout.Write(s.decrypt(secret))

	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			plain := make([]byte, 32)
			rand.Read(plain)
			for j := 0; j < 4; j++ {
				if !bytes.Equal(s.decrypt(s.encryptInSoftware(plain)), plain) || !bytes.Equal(s.decrypt(s.encrypt(plain)), plain) {
					log.Fatal("wrong decryption")
				}
			}
		}()
	}
	group.Wait()
	must(module.Finalize())
	module.Destroy()
}
