#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool's own tests in a read/write session, which it opens only if another option of the same command needs one:
# --test then signs, verifies and decrypts, --test-ec makes, renames, uses and deletes a key. What has no place on a
# NetHSM is refused with a code, and nothing stays behind.
. "$(dirname "$0")/harness.sh"
start_simulator
raw=RSA-X-509,RSA-PKCS,RSA-PKCS-PSS,RSA-PKCS-OAEP
sed 's/, *password: *[^}]*}/}/; /^ *password:/d' p11nethsm.conf >pins.conf
sed '/administrator:/,/password:/{/password:/d}' p11nethsm.conf >so_pin.conf
sed '/administrator:/,+2d' p11nethsm.conf >operator.conf
sed '/operator:/,+2d' p11nethsm.conf >administrator.conf
chmod 600 ./*.conf
with() { P11NETHSM_CONFIG_FILE=$work/$1 pkcs11-tool --module "$module" "${@:2}"; }
keys() { rest operator:OperatorOperator /keys | jq -r '.[].id' | sort | tr '\n' ' '; }
says_not() {
  local text=$1 printed
  shift
  printed=$("$@" 2>&1) || { echo "$printed"; return 1; }
  echo "$printed"
  ! grep -q -- "$text" <<<"$printed"
}
# The output of a command that must fail.
shows_failure() {
  if "$@" 2>&1; then return 1; fi
}

# --- --test ------------------------------------------------------------------------------------------------------
tests() { p11 --test --login --pin OperatorOperator --keypairgen "$@" >tested 2>&1; }
check "--test with an RSA key that has the raw operation" tests --key-type rsa:2048 --id 01 --label raw \
  --allowed-mechanisms "$raw"
says "  finds no errors" "^No errors" cat tested
check "  uses two digests, four mechanisms to sign, three to verify, four to decrypt, OAEP with a label and without" \
  test "$(grep -cE '^ +(SHA|RSA).*: OK$|^OK$' tested)" -eq 13
check "--test with an RSA key without it, a P-256 and an Ed25519 key" tests --key-type rsa:2048 --id 02 --label plain
check "  as well" tests --key-type EC:prime256v1 --id 03 --label ec
check "  as well" tests --key-type EC:edwards25519 --id 04 --label ed
says "  finds no errors" "^No errors" cat tested
check "  and nothing that it only warns of" says_not "ERR\|CKR_" cat tested

# --- --test-ec ---------------------------------------------------------------------------------------------------
# --delete-object makes the session a read/write one, and the id free.
test_ec() {
  local file=$1 curve=$2
  shift 2
  P11NETHSM_CONFIG_FILE=$work/p11nethsm.conf p11 --keypairgen --key-type EC:prime256v1 --id 05 &&
    with "$file" --test-ec --key-type "EC:$curve" --delete-object --type privkey --id 05 --login "$@"
}
check "an AES key" p11 --keygen --key-type AES:16 --id 0a --label aes
before=$(keys)
for curve in prime256v1 secp384r1 secp521r1 secp256k1 brainpoolP256r1; do
  says "--test-ec with $curve as the user" "==> OK" test_ec p11nethsm.conf "$curve" --pin OperatorOperator
done
so=(--login-type so --so-pin Administrator)
says "--test-ec as the security officer, with both passwords in the file" "==> OK" \
  test_ec p11nethsm.conf prime256v1 "${so[@]}"
says "--test-ec as the security officer, with the operator's password in the file" "==> OK" \
  test_ec so_pin.conf secp384r1 "${so[@]}"
check "no key of these tests stays" test "$(keys)" = "$before"
says "--test-ec with an operator alone names what is missing" CKR_USER_NOT_LOGGED_IN \
  shows_failure test_ec operator.conf prime256v1 --pin OperatorOperator
check "  and the key is still there" p11 --delete-object --type privkey --id 05
says "--test-ec as the security officer alone can make keys and not sign" CKR_USER_NOT_LOGGED_IN \
  shows_failure test_ec pins.conf prime256v1 "${so[@]}"
check "  and leaves the key that it has renamed" p11 --delete-object --type privkey \
  --id "$(printf abcdefghijklmnopqrst | od -An -v -tx1 | tr -d ' \n')"
check "the keys are those of before" test "$(keys)" = "$before"

# --- administrator alone -----------------------------------------------------------------------------------------
check "an administrator alone generates a key" with administrator.conf --keypairgen --key-type rsa:2048 --id 06 --label made
says "  sees it" "label: *made" with administrator.conf --list-objects
check "  renames it" with administrator.conf --set-id 07 --id 06 --type privkey
check "  and deletes it" with administrator.conf --delete-object --type privkey --id 07
says "  but signs with none" CKR_USER_NOT_LOGGED_IN shows_failure with administrator.conf --sign --id 03 \
  --mechanism ECDSA --input-file tested --output-file signature

# --- public keys -------------------------------------------------------------------------------------------------
check "a public key is read" p11 --read-object --type pubkey --id 01 --output-file public.der
check "  and written to where it is" p11 --write-object public.der --type pubkey --id 01
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>/dev/null | openssl pkey -pubout -outform DER -out other.der
says "  another one is refused there" CKR_TEMPLATE_INCONSISTENT shows_failure \
  p11 --write-object other.der --type pubkey --id 01
says "  and where no private key is" CKR_TEMPLATE_INCONSISTENT shows_failure p11 --write-object other.der --type pubkey --id 08

# --- refusals ----------------------------------------------------------------------------------------------------
code() { says "$1: $2" "$2" shows_failure p11 "${@:3}"; }
code "data objects" CKR_ATTRIBUTE_VALUE_INVALID --write-object tested --type data --id 09 --label data
code "a key that asks for a PIN each time" CKR_TEMPLATE_INCONSISTENT --keypairgen --key-type rsa:2048 --id 09 --always-auth
code "RSA with 1000 bits" CKR_ATTRIBUTE_VALUE_INVALID --keypairgen --key-type rsa:1000 --id 09
code "AES with 20 bytes" CKR_ATTRIBUTE_VALUE_INVALID --keygen --key-type AES:20 --id 09
code "a curve that the device does not have (CKR_CURVE_NOT_SUPPORTED)" 0x140 --keypairgen --key-type EC:secp224r1 --id 09
code "wrapping" CKR_FUNCTION_NOT_SUPPORTED --wrap --mechanism RSA-PKCS --id 01 --application-id 0a --output-file wrapped
code "unwrapping" CKR_FUNCTION_NOT_SUPPORTED --unwrap --mechanism RSA-PKCS --id 01 --input-file tested --key-type AES: \
  --application-id 09
code "an EC key with an RSA mechanism" CKR_KEY_TYPE_INCONSISTENT --sign --mechanism RSA-PKCS --id 03 --input-file tested \
  --output-file signature
code "a mechanism that is not listed" CKR_MECHANISM_INVALID --sign --mechanism AES-GCM --id 03 --input-file tested \
  --output-file signature
code "initialising the token" CKR_FUNCTION_NOT_SUPPORTED --init-token --label new --so-pin Administrator
check "the keys are still those of before" test "$(keys)" = "$before"

# --- passphrases -------------------------------------------------------------------------------------------------
check "the security officer gives the operator a new passphrase" with pins.conf --init-pin --login "${so[@]}" --new-pin NewOperator12
says "  which lets him see the private keys" "label: *ec" with pins.conf --login --pin NewOperator12 --list-objects
refuse "  and the old one not" with pins.conf --login --pin OperatorOperator --list-objects
sleep 1.1
check "the operator changes it himself" with pins.conf --login --pin NewOperator12 --change-pin --new-pin OperatorOperator
check "  on the device" rest operator:OperatorOperator /keys
finish
