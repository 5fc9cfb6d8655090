#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An openssl.cnf that loads the engine, and with it this module, into every program that uses OpenSSL: the module's own
# use of OpenSSL must not come round to itself, and each program must end as if nothing were there.
. "$(dirname "$0")/harness.sh"
start_simulator
check "a key" p11 --keypairgen --key-type EC:prime256v1 --id 01 --label key
public_pem 0---01
echo data >data

# $1: whether the engine initialises the module at once, or when it is first used.
write_configuration() {
  cat >openssl.cnf <<END
openssl_conf = openssl_init
[openssl_init]
engines = engine_list
[engine_list]
pkcs11 = pkcs11_engine
[pkcs11_engine]
engine_id = pkcs11
MODULE_PATH = $module
init = $1
END
}

silently() {
  local printed
  printed=$("$@" 2>&1) || return 1
  [ -z "$printed" ] || { echo "$printed"; return 1; }
}
digest() { openssl dgst -sha256 -out digest data; }
sign_by_engine() {
  openssl dgst -engine pkcs11 -keyform engine -sign "pkcs11:object=key;type=private" -sha256 -out signature data
  OPENSSL_CONF=/dev/null openssl dgst -sha256 -verify public.pem -signature signature data
}
sign_by_tool() {
  p11 --sign --mechanism ECDSA-SHA256 --id 01 --signature-format openssl --input-file data --output-file signature
  OPENSSL_CONF=/dev/null openssl dgst -sha256 -verify public.pem -signature signature data
}
many() {
  for _ in $(seq 20); do "$@" || return 1; done
}

export OPENSSL_CONF=$work/openssl.cnf
for init in 0 1; do
  write_configuration "$init"
  check "init = $init: a program that needs no key ends silently, each time" many silently digest
  says "init = $init: the engine signs, each time" "Verified OK" many sign_by_engine
  says "init = $init: pkcs11-tool, into which the engine comes as well, signs, each time" "Verified OK" many sign_by_tool
  check "init = $init: pkcs11-tool forks" p11 --test-fork
  says "init = $init: pkcs11-tool lists the key" "label: *key" p11 --list-objects
done
finish
