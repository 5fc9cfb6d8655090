# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by demo.sh and test.sh: `install_packages build demo` installs what those sections of tools/packages.txt list
# and is not there yet.

install_packages() {
  local list missing=() package sudo=()
  list="$(dirname "${BASH_SOURCE[0]}")/packages.txt"
  while read -r package; do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$'; then
      missing+=("$package")
    fi
  done < <(awk -v wanted=" $* " '/^\[/ { on = index(wanted, " " substr($0, 2, length($0) - 2) " ") > 0; next } on && /^[^#]/' "$list")
  if [ ${#missing[@]} -eq 0 ]; then
    echo "== All Debian packages of tools/packages.txt that are needed here ($*) are installed."
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo: install ${missing[*]} and call again with --no-install" >&2; return 1; }
    sudo=(sudo)
  fi
  echo "== Installing Debian packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
