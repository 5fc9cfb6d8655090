#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool generates, imports, uses, renames and deletes keys of every type; openssl checks the results.
. "$(dirname "$0")/harness.sh"
start_simulator
printf 'A message that matters\n' >message
head -c 300000 /dev/urandom >long

# --- key generation ---------------------------------------------------------------------------------------------
generate() { p11 --keypairgen --key-type "$1" --id "$2" --label "$3"; }
check "RSA 2048 is generated" generate rsa:2048 01 rsa-key
check "RSA 3072 is generated" generate rsa:3072 02 rsa3072
n=10
for curve in prime256v1 secp384r1 secp521r1 secp256k1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1; do
  check "$curve is generated" generate "EC:$curve" "$n" "key-$curve"
  n=$((n + 1))
done
check "Ed25519 is generated" generate EC:edwards25519 20 ed25519
for bytes in 16 24 32; do
  check "AES of $bytes bytes is generated" p11 --keygen --key-type "AES:$bytes" --id "3$((bytes / 8))" --label "aes$bytes"
done
check "a generic secret is generated" p11 --keygen --key-type GENERIC:32 --id 40 --label generic
refuse "one of a length that has no use on the device is not" p11 --keygen --key-type GENERIC:64 --id 41 --label unusable
refuse "an id that is taken is refused" generate rsa:2048 01 again
check "ids that the device cannot have are encoded" rest operator:OperatorOperator /keys/0---01
says "the label is the device's" '"label":"rsa-key"' rest operator:OperatorOperator /keys/0---01

# --- signatures --------------------------------------------------------------------------------------------------
sign() { p11 --sign --id "$1" --mechanism "$2" --input-file "${3:-message}" --output-file signature "${@:4}"; }
verify() { openssl dgst "-$1" "${@:3}" -verify public.pem -signature signature "$2"; }
public_pem 0---01
for hash in sha1 sha224 sha256 sha384 sha512; do
  name=${hash^^}
  check "$name-RSA-PKCS signs" sign 01 "$name-RSA-PKCS"
  says "  and verifies" "Verified OK" verify "$hash" message
  check "$name-RSA-PKCS signs 300,000 bytes in parts" sign 01 "$name-RSA-PKCS" long
  says "  and verifies" "Verified OK" verify "$hash" long
  check "$name-RSA-PKCS-PSS signs" sign 01 "$name-RSA-PKCS-PSS"
  says "  and verifies" "Verified OK" verify "$hash" message -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
  openssl dgst "-$hash" -binary message >digest
  check "RSA-PKCS-PSS signs a $name digest" sign 01 RSA-PKCS-PSS digest --hash-algorithm "${name/SHA1/SHA-1}"
  says "  and verifies" "Verified OK" verify "$hash" message -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
done
printf '\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20' >digest_info
openssl dgst -sha256 -binary message >>digest_info
check "RSA-PKCS signs a DigestInfo" sign 01 RSA-PKCS digest_info
says "  and verifies" "Verified OK" verify sha256 message

n=10
for curve in prime256v1 secp384r1 secp521r1 secp256k1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1; do
  public_pem "0---$n"
  for hash in sha1 sha224 sha256 sha384 sha512; do
    name=${hash^^}
    check "$curve signs ECDSA-$name" sign "$n" "ECDSA-$name" message --signature-format openssl
    says "  and verifies" "Verified OK" verify "$hash" message
    openssl dgst "-$hash" -binary message >digest
    check "$curve signs a bare $name digest" sign "$n" ECDSA digest --signature-format openssl
    says "  and verifies" "Verified OK" verify "$hash" message
  done
  n=$((n + 1))
done
public_pem 0---20
check "Ed25519 signs" sign 20 EDDSA
check "  and verifies" openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile signature -in message

# --- decryption --------------------------------------------------------------------------------------------------
public_pem 0---01
encrypt() { openssl pkeyutl -encrypt -pubin -inkey public.pem -in message -out encrypted "$@"; }
decrypt() { rm -f decrypted; p11 --decrypt --id 01 --input-file encrypted --output-file decrypted "$@"; }
check "openssl encrypts with PKCS #1" encrypt
check "RSA-PKCS decrypts" decrypt --mechanism RSA-PKCS
check "  to the message" cmp message decrypted
for hash in SHA-1 SHA224 SHA256 SHA384 SHA512; do
  md=${hash,,}
  check "openssl encrypts with OAEP $hash" encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt "rsa_oaep_md:${md/-/}"
  check "RSA-PKCS-OAEP decrypts with $hash" decrypt --mechanism RSA-PKCS-OAEP --hash-algorithm "$hash" \
    --mgf "MGF1-${hash/SHA-1/SHA1}"
  check "  to the message" cmp message decrypted
done

# --- AES ---------------------------------------------------------------------------------------------------------
head -c 4096 /dev/urandom >blocks
iv=000102030405060708090a0b0c0d0e0f
aes() { p11 "$1" --id 34 --mechanism AES-CBC --iv "$iv" --input-file "$2" --output-file "$3"; }
check "AES-CBC encrypts" aes --encrypt blocks aes-encrypted
check "AES-CBC decrypts" aes --decrypt aes-encrypted aes-decrypted
check "  to what it was" cmp blocks aes-decrypted
check "  and it was changed in between" bash -c '! cmp -s blocks aes-encrypted'

# --- certificates ------------------------------------------------------------------------------------------------
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj "/CN=certificate test" -days 2 -outform DER -out certificate.der 2>/dev/null
check "a certificate is written" p11 --write-object certificate.der --type cert --id 01 --label rsa-key
says "  and listed with its subject" "certificate test" p11 --list-objects --type cert
check "  and read" p11 --read-object --type cert --id 01 --output-file read.der
check "  as it was" cmp certificate.der read.der
says "  and stored as PEM on the device" "BEGIN CERTIFICATE" rest operator:OperatorOperator /keys/0---01/cert
check "  and deleted" p11 --delete-object --type cert --id 01
check "  without its key" rest operator:OperatorOperator /keys/0---01

# --- import ------------------------------------------------------------------------------------------------------
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER -out rsa.der 2>/dev/null
check "an RSA key is imported" p11 --write-object rsa.der --type privkey --id 80 --label imported --usage-sign
openssl pkey -in rsa.der -inform DER -pubout -out public.pem
check "  and signs" sign 80 SHA256-RSA-PKCS
says "  and verifies with the original's public key" "Verified OK" verify sha256 message
openssl ecparam -name prime256v1 -genkey -noout -outform DER -out ec.der
check "an EC key is imported" p11 --write-object ec.der --type privkey --id 81 --label imported-ec --usage-sign
openssl pkey -in ec.der -inform DER -pubout -out public.pem
check "  and signs" sign 81 ECDSA-SHA256 message --signature-format openssl
says "  and verifies with the original's public key" "Verified OK" verify sha256 message

# --- renaming, deleting, random ----------------------------------------------------------------------------------
check "a key is renamed" p11 --type privkey --id 81 --set-id 82
check "  on the device, too" rest operator:OperatorOperator /keys/0---82
refuse "  and the old name is free" rest operator:OperatorOperator /keys/0---81
check "a key is deleted" p11 --delete-object --type privkey --id 82
refuse "  on the device, too" rest operator:OperatorOperator /keys/0---82
check "a public key is deleted without touching the device" p11 --delete-object --type pubkey --id 80
check "  where the key still is" rest operator:OperatorOperator /keys/0---80
check "random bytes" p11 --generate-random 3000 --output-file random
check "  are as many as asked for" test "$(stat -c %s random)" -eq 3000
finish
