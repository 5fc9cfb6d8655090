#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_exports.py LIBRARY: fails if the module exports anything but PKCS#11 functions, or lacks an entry point.

Every other symbol could be preempted by the host's, or preempt it.
"""

import subprocess
import sys

ENTRY_POINTS = {"C_GetFunctionList", "C_GetInterface", "C_GetInterfaceList"}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    listing = subprocess.run(["nm", "-D", "--defined-only", sys.argv[1]], check=True, capture_output=True, text=True)
    symbols = {line.split()[-1] for line in listing.stdout.splitlines()}
    offences = [f"exports {symbol}" for symbol in sorted(symbols) if not symbol.startswith("C_")]
    offences += [f"does not export {symbol}" for symbol in sorted(ENTRY_POINTS - symbols)]
    print("\n".join(offences) if offences else f"{len(symbols)} functions, nothing else")
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
