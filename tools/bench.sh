#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the module against what the wire allows: builds the release preset, starts simulators as processes of their own,
# runs every measure of docs/performance.md and writes that page. Takes less than three minutes, the build aside; the machine
# must be idle otherwise.
#
#   tools/bench.sh [--no-build] [--quick] [--page FILE]
#
#   --no-build    take what is in build/release
#   --quick       a tenth of the time, for a look: nothing to publish
#   --page FILE   write the page there (docs/performance.md)
#
# The figures of each run, as JSON and as pages with plots, go to build/release/bench.
set -euo pipefail
cd "$(dirname "$0")/.."

build=yes
arguments=()
for argument in "$@"; do
  case "$argument" in
    --no-build) build=no ;;
    --help) sed -n '3,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) arguments+=("$argument") ;;
  esac
done

if [ "$build" = yes ]; then
  cmake --preset release >/dev/null
  cmake --build --preset release --target nethsm_pkcs11 nethsm-simulator p11bench
fi
exec python3 tools/bench/performance.py --build build/release "${arguments[@]}"
