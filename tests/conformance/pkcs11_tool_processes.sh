#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pkcs11-tool's own tests of forked processes and of threads, with passwords in the configuration and with PINs.
. "$(dirname "$0")/harness.sh"
start_simulator
sed 's/, *password: *[^}]*}/}/; /^ *password:/d' p11nethsm.conf >pins.conf
chmod 600 pins.conf
check "a key" p11 --keypairgen --key-type EC:prime256v1 --id 01 --label key

for file in p11nethsm.conf pins.conf; do
  export P11NETHSM_CONFIG_FILE=$work/$file
  check "$file: --test-fork" p11 --test-fork
  check "$file: --test-fork after a login" p11 --login --pin OperatorOperator --test-fork
  says "$file: one thread" "all threads have ended with CKR_OK" p11 --test-threads ILGISLT0
  says "$file: a thread without locking" "all threads have ended with CKR_OK" p11 --test-threads INGISLT0
  threads=()
  for _ in $(seq 10); do threads+=(--test-threads ILGISLT0SLT0); done
  says "$file: ten threads" "all threads have ended with CKR_OK" p11 "${threads[@]}"
  says "$file: ten threads, and objects are listed afterwards" "Private Key Object" \
    p11 "${threads[@]}" --login --pin OperatorOperator --list-objects
done
finish
