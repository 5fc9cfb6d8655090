#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""resident.py MODULE [all | private]: how much memory a PKCS#11 module adds to a process that uses nothing else.

Prints the MiB that are resident after C_Initialize or, with "all" or "private", after a search for all objects or for all
private keys, and the number of objects found. The module's libraries count as well: this process has not loaded them before.
With "private", waits for a line on its standard input before the search, so that its requests can be counted.
"""

import ctypes
import sys

PAGE = 1024
CKA_CLASS, CKO_PRIVATE_KEY = 0, 3


class Attribute(ctypes.Structure):
    _fields_ = [("type", ctypes.c_ulong), ("value", ctypes.c_void_p), ("length", ctypes.c_ulong)]


def resident_mib():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


def must(rv, name):
    if rv != 0:
        raise RuntimeError(f"{name}: {rv:#x}")


def main():
    handles = (ctypes.c_ulong * PAGE)()
    session, count, total = ctypes.c_ulong(), ctypes.c_ulong(1), 0
    before = resident_mib()
    module = ctypes.CDLL(sys.argv[1])
    must(module.C_Initialize(None), "C_Initialize")
    what = sys.argv[2] if len(sys.argv) > 2 else ""
    if what:
        private = ctypes.c_ulong(CKO_PRIVATE_KEY)
        template = Attribute(CKA_CLASS, ctypes.addressof(private), ctypes.sizeof(private))
        must(module.C_OpenSession(ctypes.c_ulong(0), ctypes.c_ulong(6), None, None, ctypes.byref(session)), "C_OpenSession")
        if what == "private":
            print("ready", flush=True)
            sys.stdin.readline()
        must(module.C_FindObjectsInit(session, ctypes.byref(template), ctypes.c_ulong(what == "private")), "C_FindObjectsInit")
        while count.value:
            must(module.C_FindObjects(session, handles, ctypes.c_ulong(PAGE), ctypes.byref(count)), "C_FindObjects")
            total += count.value
        must(module.C_FindObjectsFinal(session), "C_FindObjectsFinal")
    print(f"{resident_mib() - before:.2f} {total}")
    must(module.C_Finalize(None), "C_Finalize")


if __name__ == "__main__":
    main()
