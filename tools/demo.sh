#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job, end to end: pkcs11-tool generates keys, signs and decrypts through libnethsm_pkcs11.so on a cluster of
# three simulated NetHSMs, one of which is stopped half-way. Every signature is verified with openssl.
#
#   tools/demo.sh [--no-install]
#
#   --no-install   do not install packages
set -euo pipefail
cd "$(dirname "$0")/.."

install=yes
for argument in "$@"; do
  case "$argument" in
    --no-install) install=no ;;
    *) sed -n '3,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@"; }

if [ "$install" = yes ]; then
  # shellcheck source=tools/install.sh
  . tools/install.sh
  install_packages build demo
fi

step "Building the module and the simulator"
# Quickly: no debug information, little optimisation; and of warnings tools/test.sh takes care.
cmake --preset release -B build/demo -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG -w" \
  -DNETHSM_BUILD_TESTS=OFF >/dev/null
cmake --build build/demo --target nethsm_pkcs11 nethsm-simulator
module=$PWD/build/demo/libnethsm_pkcs11.so

work=$(mktemp -d)
simulator=
trap 'if [ -n "$simulator" ]; then kill "$simulator" 2>/dev/null || true; wait "$simulator" 2>/dev/null || true; fi; rm -rf "$work"' EXIT

step "Starting a cluster of three simulated NetHSMs"
port=${NETHSM_DEMO_PORT:-28443}
control=$((port + 10))
build/demo/nethsm-simulator --instances 3 --port "$port" --control-port "$control" --demo \
  --write-config "$work/p11nethsm.conf" >"$work/simulator.log" 2>&1 &
simulator=$!
for _ in $(seq 100); do
  grep -q '^ready' "$work/simulator.log" && break
  kill -0 "$simulator" 2>/dev/null || { cat "$work/simulator.log"; exit 1; }
  sleep 0.1
done
grep '^ready' "$work/simulator.log" >/dev/null || { cat "$work/simulator.log"; exit 1; }
sed -n '1,12p' "$work/simulator.log"
export P11NETHSM_CONFIG_FILE=$work/p11nethsm.conf
cd "$work"
p11() { show pkcs11-tool --module "$module" "$@"; }

step "What the module offers"
p11 --show-info
p11 --list-slots
p11 --list-mechanisms

step "Generating keys on the cluster"
p11 --keypairgen --key-type rsa:2048 --id 01 --label demo-rsa
p11 --keypairgen --key-type EC:prime256v1 --id 02 --label demo-p256
p11 --keypairgen --key-type EC:secp384r1 --id 03 --label demo-p384
p11 --keypairgen --key-type EC:edwards25519 --id 04 --label demo-ed25519
p11 --keygen --key-type AES:32 --id 05 --label demo-aes
p11 --list-objects

echo "A message that matters" >message

# verify ID KIND: checks signature.bin over message with openssl.
verify() {
  public_pem "$1" >public.pem
  case "$2" in
    rsa) show openssl dgst -sha256 -verify public.pem -signature signature.bin message ;;
    pss) show openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
           -verify public.pem -signature signature.bin message ;;
    ec) show openssl dgst -sha256 -verify public.pem -signature signature.bin message ;;
    ed) show openssl pkeyutl -verify -rawin -pubin -inkey public.pem -sigfile signature.bin -in message ;;
  esac
}
# The public keys come from the NetHSM itself, not through the module that is being shown.
public_pem() {
  curl -fsSk -u operator:OperatorOperator "https://127.0.0.1:${alive_port:-$port}/api/v1/keys/0---$1/public.pem"
}

sign_all() {
  p11 --sign --id 01 --mechanism SHA256-RSA-PKCS --input-file message --output-file signature.bin
  verify 01 rsa
  p11 --sign --id 01 --mechanism SHA256-RSA-PKCS-PSS --input-file message --output-file signature.bin
  verify 01 pss
  p11 --sign --id 02 --mechanism ECDSA-SHA256 --signature-format openssl --input-file message --output-file signature.bin
  verify 02 ec
  p11 --sign --id 03 --mechanism ECDSA-SHA256 --signature-format openssl --input-file message --output-file signature.bin
  verify 03 ec
  p11 --sign --id 04 --mechanism EDDSA --input-file message --output-file signature.bin
  verify 04 ed
}

step "Signing"
sign_all

step "Decrypting"
public_pem 01 >public.pem
show openssl pkeyutl -encrypt -pubin -inkey public.pem -in message -out encrypted.bin
p11 --decrypt --id 01 --mechanism RSA-PKCS --input-file encrypted.bin --output-file decrypted
show cmp message decrypted
show openssl pkeyutl -encrypt -pubin -inkey public.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 \
  -in message -out encrypted.bin
p11 --decrypt --id 01 --mechanism RSA-PKCS-OAEP --hash-algorithm SHA256 --mgf MGF1-SHA256 \
  --input-file encrypted.bin --output-file decrypted
show cmp message decrypted

step "Stopping one of the three NetHSMs, and going on"
show curl -fsS -d "" "http://127.0.0.1:$control/instances/0/stop"
alive_port=$((port + 1))
for _ in 1 2 3; do sign_all; done

step "Starting it again"
show curl -fsS -d "" "http://127.0.0.1:$control/instances/0/start"
sign_all
p11 --delete-object --type privkey --id 01
p11 --list-objects

step "Done: every signature verified, one of three NetHSMs stopped half-way, no call failed"
