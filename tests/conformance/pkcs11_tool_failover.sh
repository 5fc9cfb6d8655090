#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One device after the other stops; no call fails while one lives. With none, the answer is quick and clear.
. "$(dirname "$0")/harness.sh"
start_simulator
printf 'A message that matters\n' >message
sign() { p11 --sign --id 01 --mechanism ECDSA-SHA256 --signature-format openssl --input-file message --output-file signature; }
verify() { openssl dgst -sha256 -verify public.pem -signature signature message; }
sign_and_verify() {
  rm -f signature
  check "$1: signs" sign
  says "$1: verifies" "Verified OK" verify
}

check "a key is generated" p11 --keypairgen --key-type EC:prime256v1 --id 01 --label key
public_pem 0---01
sign_and_verify "all three instances"
for dead in 0 1 2; do
  set_instance "$dead" stop
  for _ in 1 2 3; do sign_and_verify "instance $dead stopped"; done
  says "instance $dead stopped: the slot has its token" "token label" p11 --list-slots
  set_instance "$dead" start
done
set_instance 0 stop
set_instance 1 stop
for _ in 1 2 3; do sign_and_verify "only instance 2 left"; done
set_instance 2 stop
says "no instance left: the slots are listed" "Slot 0" timeout 20 pkcs11-tool --module "$module" --list-slots
refuse "no instance left: signing fails in bounded time" timeout 20 pkcs11-tool --module "$module" --sign --id 01 \
  --mechanism ECDSA --input-file message --output-file signature
set_instance 1 start
sign_and_verify "one instance back"
finish
