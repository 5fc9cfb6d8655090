#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool uses every mechanism that the token lists, on 300,000 bytes where it takes any, with keys that openssl has
# as well: what one makes the other checks. In the end the list is compared with what was used.
. "$(dirname "$0")/harness.sh"
start_simulator
head -c 300000 /dev/urandom >message
declare -A used=()

# --- keys that openssl has as well -------------------------------------------------------------------------------
raw=RSA-X-509,RSA-PKCS,RSA-PKCS-PSS,RSA-PKCS-OAEP
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
openssl ecparam -name secp384r1 -genkey -noout -out ec.pem
openssl rand 32 >aes.key
for key in rsa ec; do
  openssl pkey -in $key.pem -outform DER -out $key.der
  openssl pkey -in $key.pem -pubout -out $key.pub
done
check "an RSA key is imported" p11 --write-object rsa.der --type privkey --id 01 --label rsa --usage-sign \
  --usage-decrypt --allowed-mechanisms "$raw"
check "an EC key is imported" p11 --write-object ec.der --type privkey --id 02 --label ec --usage-sign
check "an AES key is imported" p11 --write-object aes.key --type secrkey --key-type AES:32 --id 03 --label aes

sign() { p11 --sign --id "$1" --mechanism "$2" --input-file "$3" --output-file signature "${@:4}"; }
verify() { p11 --verify --id "$1" --mechanism "$2" --input-file "$3" --signature-file signature "${@:4}"; }
# both_ways ID MECHANISM INPUT KEY OPENSSL-OPTION...: ours is verified by openssl and by us, openssl's by us.
both_ways() {
  local id=$1 mechanism=$2 input=$3 key=$4
  shift 4
  local format=()
  if [ "$key" = ec ]; then format=(--signature-format openssl); fi
  used[$mechanism]=1
  check "$mechanism signs" sign "$id" "$mechanism" "$input" "${format[@]}"
  says "  openssl verifies" "Verified OK\|Signature Verified Successfully" openssl_verify "$key" "$input" "$@"
  says "  and pkcs11-tool" "Signature is valid" verify "$id" "$mechanism" "$input" "${format[@]}"
  openssl_sign "$key" "$input" "$@" 2>/dev/null
  says "  openssl signs, pkcs11-tool verifies" "Signature is valid" verify "$id" "$mechanism" "$input" "${format[@]}"
}
openssl_verify() {
  local key=$1 input=$2
  shift 2
  if [ "$1" = raw ]; then
    openssl pkeyutl -verify -pubin -inkey "$key.pub" -in "$input" -sigfile signature "${@:2}"
  else
    openssl dgst "$@" -verify "$key.pub" -signature signature "$input"
  fi
}
openssl_sign() {
  local key=$1 input=$2
  shift 2
  if [ "$1" = raw ]; then
    openssl pkeyutl -sign -inkey "$key.pem" -in "$input" -out signature "${@:2}"
  else
    openssl dgst "$@" -sign "$key.pem" -out signature "$input"
  fi
}

# --- digests and signatures --------------------------------------------------------------------------------------
for hash in SHA-1 SHA224 SHA256 SHA384 SHA512 SHA3-224 SHA3-256 SHA3-384 SHA3-512; do
  md=${hash,,}
  md=${md/sha-1/sha1}
  name=${hash/SHA-1/SHA1}
  used[$hash]=1
  check "$hash digests" p11 --hash --mechanism "$hash" --input-file message --output-file digest
  openssl dgst "-$md" -binary message >expected
  check "  as openssl does" cmp digest expected
  both_ways 01 "$name-RSA-PKCS" message rsa "-$md"
  both_ways 02 "ECDSA-$name" message ec "-$md"
  case "$hash" in
    SHA3-*) ;; # pkcs11-tool has no parameters for SHA-3
    *) both_ways 01 "$name-RSA-PKCS-PSS" message rsa "-$md" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest ;;
  esac
done
openssl dgst -sha256 -binary message >digest
both_ways 01 RSA-PKCS digest rsa raw
both_ways 02 ECDSA digest ec raw
used[RSA-PKCS-PSS]=1
check "RSA-PKCS-PSS signs" sign 01 RSA-PKCS-PSS digest --hash-algorithm SHA256
says "  openssl verifies" "Verified OK" openssl dgst -sha256 -sigopt rsa_padding_mode:pss -verify rsa.pub \
  -signature signature message
says "  and pkcs11-tool" "Signature is valid" verify 01 RSA-PKCS-PSS digest --hash-algorithm SHA256
{
  printf '\0'
  head -c 255 message
} >block
used[RSA-X-509]=1
check "RSA-X-509 signs" sign 01 RSA-X-509 block
check "  openssl finds the data in it" openssl pkeyutl -verifyrecover -pubin -inkey rsa.pub -pkeyopt rsa_padding_mode:none \
  -in signature -out recovered
check "  unchanged" cmp recovered block
says "  and pkcs11-tool verifies" "Signature is valid" verify 01 RSA-X-509 block

used[EC-EDWARDS-KEY-PAIR-GEN]=1
used[EDDSA]=1
check "an Ed25519 key is generated" p11 --keypairgen --key-type EC:edwards25519 --id 04 --label ed
public_pem 0---04
head -c 5000 message >short
check "EDDSA signs" sign 04 EDDSA short
check "  openssl verifies" openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile signature -in short
says "  and pkcs11-tool" "Signature is valid" verify 04 EDDSA short

# --- encryption --------------------------------------------------------------------------------------------------
iv=000102030405060708090a0b0c0d0e0f
head -c 299984 message >blocks
# cipher MECHANISM INPUT OPENSSL-OPTION...
cipher() {
  local mechanism=$1 input=$2
  shift 2
  used[$mechanism]=1
  check "$mechanism encrypts" p11 --encrypt --id 03 --mechanism "$mechanism" --iv $iv --input-file "$input" --output-file encrypted
  openssl enc -aes-256-cbc -K "$(od -An -v -tx1 aes.key | tr -d ' \n')" -iv $iv "$@" -in "$input" -out expected
  check "  as openssl does" cmp encrypted expected
  check "$mechanism decrypts" p11 --decrypt --id 03 --mechanism "$mechanism" --iv $iv --input-file expected --output-file decrypted
  check "  to what it was" cmp decrypted "$input"
}
cipher AES-CBC blocks -nopad
cipher AES-CBC-PAD message
head -c 100 message >short
# decrypts MECHANISM TOOL-OPTIONS OPENSSL-OPTION...
decrypts() {
  local mechanism=$1 options=$2
  shift 2
  used[$mechanism]=1
  openssl pkeyutl -encrypt -pubin -inkey rsa.pub -in short -out encrypted "$@"
  # shellcheck disable=SC2086
  check "$mechanism decrypts $options" p11 --decrypt --id 01 --mechanism "$mechanism" $options --input-file encrypted --output-file decrypted
  check "  to what it was" cmp decrypted short
}
decrypts RSA-PKCS ""
decrypts RSA-PKCS-OAEP "--hash-algorithm SHA256 --mgf MGF1-SHA256" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256
decrypts RSA-PKCS-OAEP "--hash-algorithm SHA512 --mgf MGF1-SHA1" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha512 \
  -pkeyopt rsa_mgf1_md:sha1

# --- generation --------------------------------------------------------------------------------------------------
used[RSA-PKCS-KEY-PAIR-GEN]=1
used[ECDSA-KEY-PAIR-GEN]=1
used[AES-KEY-GEN]=1
used[GENERIC-SECRET-KEY-GEN]=1
check "an RSA key is generated" p11 --keypairgen --key-type rsa:2048 --id 10 --label rsa10
check "an EC key is generated" p11 --keypairgen --key-type EC:secp521r1 --id 11 --label ec11
check "an AES key is generated" p11 --keygen --key-type AES:24 --id 12 --label aes12
check "a generic secret is generated" p11 --keygen --key-type GENERIC:32 --id 13 --label generic13

# --- was it all? -------------------------------------------------------------------------------------------------
# pkcs11-tool 0.23 has no parameters for SHA-3 and mechtype-0x108B (AES-CMAC-GENERAL), and signs with private keys only.
# p11conformance uses these.
for name in AES-CMAC SHA3-224-RSA-PKCS-PSS SHA3-256-RSA-PKCS-PSS SHA3-384-RSA-PKCS-PSS SHA3-512-RSA-PKCS-PSS mechtype-0x108B; do
  used[$name]=1
done
p11 --list-mechanisms 2>/dev/null | sed -n 's/^  \([^,]*\),.*/\1/p' | sort >listed
printf '%s\n' "${!used[@]}" | sort >exercised
check "the mechanisms listed are those used here" diff listed exercised
finish
