#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# p11conformance on SoftHSM2, to prove that the checks ask for nothing that only our module does: PROGRAM [option ...]
set -euo pipefail
program=$1
shift
tables=$(cd "$(dirname "$0")" && pwd)/known
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/tokens"
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$work" >"$work/softhsm2.conf"
export SOFTHSM2_CONF=$work/softhsm2.conf
softhsm2-util --init-token --free --label conformance --pin OperatorOperator --so-pin Administrator >/dev/null
"$program" --module /usr/lib/softhsm/libsofthsm2.so --token conformance --user-pin OperatorOperator --user-name user \
  --so-pin Administrator --known "$tables/softhsm2.txt" "$@"
