# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the scripts of this folder: MODULE SIMULATOR as arguments, a simulated cluster, and checks that count.
set -euo pipefail

module=$1
simulator_program=$2
work=$(mktemp -d)
passed=0
failed=0
simulator=

stop_simulator() {
  if [ -n "$simulator" ]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
    simulator=
  fi
}
trap 'stop_simulator; rm -rf "$work"' EXIT
cd "$work"

# start_simulator [option ...]: three instances with the demo users; sets urls, control and P11NETHSM_CONFIG_FILE.
start_simulator() {
  : >simulator.log
  "$simulator_program" --instances 3 --port 0 --control-port 0 --demo --write-config p11nethsm.conf "$@" >simulator.log 2>&1 &
  simulator=$!
  for _ in $(seq 200); do
    grep -q '^ready' simulator.log && break
    kill -0 "$simulator" 2>/dev/null || break
    sleep 0.05
  done
  grep -q '^ready' simulator.log || { cat simulator.log; echo "the simulator did not start"; exit 1; }
  mapfile -t urls < <(grep -o 'https://[0-9.:]*/api/v1' simulator.log | awk '!seen[$0]++')
  control=$(grep -o 'http://[0-9.:]*' simulator.log | head -n 1)
  export P11NETHSM_CONFIG_FILE=$work/p11nethsm.conf
}

# rest USER:PASSPHRASE PATH [curl option ...]: asks the device itself, past the module.
rest() {
  local user=$1 path=$2
  shift 2
  curl -fsSk -u "$user" "${urls[${alive:-0}]}$path" "$@"
}
public_pem() { rest operator:OperatorOperator "/keys/$1/public.pem" >public.pem; }

requests_seen() { curl -fsS "$control/requests" | jq length; }

p11() { pkcs11-tool --module "$module" "$@"; }

# check SENTENCE COMMAND...: the command must succeed. refuse SENTENCE COMMAND...: it must fail, and not by a signal.
check() {
  local sentence=$1
  shift
  if "$@" >output 2>&1; then
    passed=$((passed + 1))
    echo "ok    $sentence"
  else
    failed=$((failed + 1))
    echo "FAIL  $sentence"
    echo "      $*"
    sed 's/^/      | /' output
  fi
}
refuse() {
  local sentence=$1 status=0
  shift
  "$@" >output 2>&1 || status=$?
  if [ "$status" -ne 0 ] && [ "$status" -lt 124 ]; then
    passed=$((passed + 1))
    echo "ok    $sentence"
  else
    failed=$((failed + 1))
    echo "FAIL  $sentence (status $status)"
    sed 's/^/      | /' output
  fi
}
# says SENTENCE TEXT COMMAND...: succeeds and prints TEXT (a basic regular expression).
says() {
  local sentence=$1 text=$2
  shift 2
  check "$sentence" prints "$text" "$@"
}
prints() {
  local text=$1 printed
  shift
  printed=$("$@" 2>&1) || { echo "$printed"; return 1; }
  echo "$printed"
  grep -q -- "$text" <<<"$printed"
}

# set_instance NUMBER stop|start
set_instance() { curl -fsS -d '' "$control/instances/$1/$2"; }

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}
