#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# p11conformance on a simulated cluster of three: MODULE SIMULATOR PROGRAM pins|configured [option ...]
#   pins: no password in the configuration, so C_Login decides; configured: both passwords, so no login is needed.
tables=$(cd "$(dirname "$0")" && pwd)/known
. "$(dirname "$0")/harness.sh"
program=$3
mode=$4
shift 4
start_simulator --quiet
case "$mode" in
  pins)
    sed -i 's/, *password: *[^}]*}/}/; /^ *password:/d' p11nethsm.conf
    ;;
  configured)
    # A second slot, whose device does not exist: a slot without a token.
    cat >>p11nethsm.conf <<'END'
  - label: absent
    operator: {username: operator, password: OperatorOperator}
    timeout_seconds: 1
    instances:
      - url: https://127.0.0.1:9/api/v1
        danger_insecure_cert: true
END
    ;;
esac
"$program" --module "$module" --token "NetHSM simulator" --user-pin OperatorOperator --user-name operator \
  --so-pin Administrator --known "$tables/nethsm-$mode.txt" "$@"
