#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who may do what: passwords by PIN, wrong PINs, operator-only and administrator-only slots, wrong certificates.
. "$(dirname "$0")/harness.sh"
start_simulator
printf 'A message that matters\n' >message
check "a key is generated with both passwords in the file" p11 --keypairgen --key-type EC:prime256v1 --id 01 --label key

sed 's/, *password: *[^}]*}/}/; /^ *password:/d' p11nethsm.conf >pins.conf
chmod 600 pins.conf
with() { P11NETHSM_CONFIG_FILE=$work/$1 pkcs11-tool --module "$module" "${@:2}"; }
sign=(--sign --id 01 --mechanism ECDSA --input-file digest --output-file signature)
openssl dgst -sha256 -binary message >digest

check "without passwords in the file, the operator's PIN signs" with pins.conf --login --pin OperatorOperator "${sign[@]}"
refuse "  a wrong PIN does not" with pins.conf --login --pin WrongOperator "${sign[@]}"
cp output refused
says "  and is called a wrong PIN" "CKR_PIN_INCORRECT" cat refused
sleep 1.1
refuse "  nor does no PIN" with pins.conf "${sign[@]}"
check "the administrator's PIN generates keys" with pins.conf --login --login-type so --so-pin Administrator \
  --keypairgen --key-type EC:prime256v1 --id 02 --label by-so
refuse "the administrator cannot sign" with pins.conf --login --login-type so --so-pin Administrator "${sign[@]}"

sed '/administrator:/,+2d' p11nethsm.conf >operator.conf
chmod 600 operator.conf
check "an operator alone signs" with operator.conf "${sign[@]}"
refuse "an operator alone generates no key" with operator.conf --keypairgen --key-type EC:prime256v1 --id 03 --label no

sed 's/\(sha256_fingerprints: *\[*"*\)[0-9A-Fa-f:]\{2\}/\1ff/; s/^\( *- *"*\)\([0-9A-Fa-f]\{2\}\)\([0-9A-Fa-f:]\{62,\}\)/\1ff\3/' p11nethsm.conf >wrong.conf
chmod 600 wrong.conf
curl -fsS -X DELETE "$control/requests"
check "a wrong pin differs from the right one" bash -c '! cmp -s p11nethsm.conf wrong.conf'
refuse "with a wrong pin nothing is signed" with wrong.conf "${sign[@]}"
check "  and no request reaches a device" test "$(requests_seen)" -eq 0
finish
