#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool digests, verifies, pads and encrypts with what the module adds to the device, and runs its own tests;
# openssl checks the results.
. "$(dirname "$0")/harness.sh"
start_simulator
printf 'A message that matters\n' >message
raw=RSA-X-509,RSA-PKCS,RSA-PKCS-PSS,RSA-PKCS-OAEP
check "an RSA key with the raw operation" p11 --keypairgen --key-type rsa:2048 --id 01 --label raw --allowed-mechanisms "$raw"
check "an RSA key without it" p11 --keypairgen --key-type rsa:2048 --id 02 --label plain
check "an EC key" p11 --keypairgen --key-type EC:secp384r1 --id 03 --label ec
check "an Ed25519 key" p11 --keypairgen --key-type EC:edwards25519 --id 04 --label ed
check "an AES key" p11 --keygen --key-type AES:32 --id 05 --label aes

# --- pkcs11-tool's own tests -------------------------------------------------------------------------------------
says "pkcs11-tool --test finds no errors" "^No errors" p11 --test --login --pin OperatorOperator

# --- digests -----------------------------------------------------------------------------------------------------
for hash in SHA-1 SHA224 SHA256 SHA384 SHA512 SHA3-224 SHA3-256 SHA3-384 SHA3-512; do
  check "$hash digests" p11 --hash --mechanism "$hash" --input-file message --output-file digest
  openssl dgst "-${hash/SHA-1/sha1}" -binary message >expected
  check "  as openssl does" cmp digest expected
done

# --- signatures --------------------------------------------------------------------------------------------------
sign() { p11 --sign --id "$1" --mechanism "$2" --input-file message --output-file signature "${@:3}"; }
verify() { p11 --verify --id "$1" --mechanism "$2" --input-file message --signature-file signature "${@:3}"; }
refuse_changed() {
  cp signature genuine
  printf 'X' | dd of=signature bs=1 seek=20 conv=notrunc status=none
  prints "Invalid signature" verify "$@"
  cp genuine signature
}
for mechanism in SHA1-RSA-PKCS SHA256-RSA-PKCS SHA512-RSA-PKCS SHA384-RSA-PKCS-PSS; do
  check "$mechanism signs" sign 02 "$mechanism"
  says "  and verifies" "Signature is valid" verify 02 "$mechanism"
  check "  and not if it is changed" refuse_changed 02 "$mechanism"
done
check "ECDSA-SHA256 signs" sign 03 ECDSA-SHA256
says "  and verifies" "Signature is valid" verify 03 ECDSA-SHA256
check "  and not if it is changed" refuse_changed 03 ECDSA-SHA256
check "EDDSA signs" sign 04 EDDSA
says "  and verifies" "Signature is valid" verify 04 EDDSA

# The output of a command that must fail.
shows_failure() {
  if "$@" 2>&1; then return 1; fi
}
public_pem 0---01
for salt in 0 20 32 100 222; do
  check "PSS signs with a salt of $salt bytes" sign 01 SHA256-RSA-PKCS-PSS --salt-len "$salt"
  says "  and openssl verifies it" "Verified OK" openssl dgst -sha256 -sigopt rsa_padding_mode:pss \
    -sigopt "rsa_pss_saltlen:$salt" -verify public.pem -signature signature message
  says "  and the module" "Signature is valid" verify 01 SHA256-RSA-PKCS-PSS --salt-len "$salt"
done
check "PSS signs with another mask function" sign 01 SHA256-RSA-PKCS-PSS --mgf MGF1-SHA1
says "  and openssl verifies it" "Verified OK" openssl dgst -sha256 -sigopt rsa_padding_mode:pss \
  -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha1 -verify public.pem -signature signature message
says "without the raw operation another salt is refused" CKR_MECHANISM_PARAM_INVALID \
  shows_failure sign 02 SHA256-RSA-PKCS-PSS --salt-len 20

# --- decryption --------------------------------------------------------------------------------------------------
decrypts() {
  openssl pkeyutl -encrypt -pubin -inkey public.pem -in message -out encrypted -pkeyopt rsa_padding_mode:oaep \
    -pkeyopt "rsa_oaep_md:$1" -pkeyopt "rsa_mgf1_md:$2" &&
    p11 --decrypt --id 01 --mechanism RSA-PKCS-OAEP --hash-algorithm "$3" --mgf "$4" --input-file encrypted \
      --output-file decrypted && cmp message decrypted
}
check "OAEP as Java does it decrypts" decrypts sha256 sha1 SHA256 MGF1-SHA1
check "OAEP with SHA-1 and MGF1 over SHA-512 decrypts" decrypts sha1 sha512 SHA-1 MGF1-SHA512

iv=000102030405060708090a0b0c0d0e0f
aes() { p11 "$1" --id 05 --mechanism AES-CBC-PAD --iv "$iv" --input-file "$2" --output-file "$3"; }
check "AES-CBC-PAD encrypts" aes --encrypt message aes-encrypted
check "  whole blocks" test "$(stat -c %s aes-encrypted)" -eq 32
check "AES-CBC-PAD decrypts" aes --decrypt aes-encrypted aes-decrypted
check "  to what it was" cmp message aes-decrypted
finish
