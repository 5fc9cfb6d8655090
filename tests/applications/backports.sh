#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Packages of bookworm-backports for the pages that need them, without installing anything.
#
#   backports.sh version PACKAGE             prints the version
#   backports.sh unpack FOLDER PACKAGE ...   unpacks the packages, and nothing that they depend on, into FOLDER
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/lists/partial "$work"/cache/archives/partial
chmod 755 "$work"
echo "deb http://deb.debian.org/debian bookworm-backports main" >"$work/sources.list"
options=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update

case "$1" in
  version)
    apt-cache "${options[@]}" show "$2" | sed -n 's/^Version: \([0-9]*:\)\?//p' | head -n 1
    ;;
  unpack)
    folder=$(mkdir -p "$2" && cd "$2" && pwd)
    shift 2
    (cd "$work/cache" && apt-get "${options[@]}" download "$@")
    for package in "$work"/cache/*.deb; do
      dpkg -x "$package" "$folder"
    done
    ;;
  *)
    sed -n '3,6s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
