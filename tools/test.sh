#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All tests: installs the Debian packages of tools/packages.txt, builds with g++ and clang with warnings as errors, runs
# the unit and integration tests under the address sanitizer and then every test on the release build.
#
#   tools/test.sh [--no-install] [--quick] [--all]
#
#   --no-install   do not install packages
#   --quick        only the release build and its tests
#   --all          applications too that are not in Debian 12 main (backports, npm, PyPI, crates.io, the Go proxy)
set -euo pipefail
cd "$(dirname "$0")/.."

install=yes quick=no all=OFF
for argument in "$@"; do
  case "$argument" in
    --no-install) install=no ;;
    --quick) quick=yes ;;
    --all) all=ON ;;
    *) sed -n '3,10s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

step() { printf '\n== %s\n' "$*"; }

if [ "$install" = yes ]; then
  # shellcheck source=tools/install.sh
  . tools/install.sh
  install_packages build demo test applications
fi

if [ "$quick" = no ]; then
  step "clang: every source compiles without a warning"
  cmake --preset clang >/dev/null
  # Reading is enough for the warnings; g++ makes the code. compile_commands.json has a command a file.
  jq -r '.[] | "cd \(.directory) && \(.command)" | sub(" -o [^ ]+ -c "; " -fsyntax-only ")' build/clang/compile_commands.json |
    xargs -P "$(nproc)" -d '\n' -n 1 bash -c

  step "Address and undefined-behaviour sanitizers: unit and integration tests"
  cmake --preset asan >/dev/null
  cmake --build --preset asan
  ctest --preset asan -L 'unit|integration' -j 2
fi

step "Release build: all tests"
cmake --preset release -DNETHSM_ALL_APPLICATIONS=$all >/dev/null
cmake --build --preset release
rm -f build/release/applications.json
status=0
ctest --preset release || status=$?

if [ -e build/release/applications.json ]; then
  step "Applications"
  python3 tests/applications/run_pages.py --summary --results build/release/applications.json
fi
exit "$status"
