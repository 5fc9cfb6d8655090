#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the sources to the layers of docs/architecture.md: includes, namespaces, size, licence line.

check_layers.py ROOT        checks a source tree
check_layers.py --self-test checks that each rule finds its offence
"""

import pathlib
import re
import sys

# Folder -> folders of ours that it may include, besides itself.
ARROWS = {
    "base": set(),
    "crypto": {"base"},
    "config": {"base"},
    "transport": {"base"},
    "cluster": {"transport", "base"},
    "nethsm": {"cluster", "base"},
    "token": {"nethsm", "crypto", "base"},
    "session": {"token", "crypto", "base"},
    "cryptoki": {"session", "base"},
}
# The one place where all layers meet.
SEES_ALL = ("src/session/composition.cpp", "src/session/composition.h")
# (file or folder, include): what an arrow does not say, and why.
EXCEPTIONS = {
    # The failure of a C_ function is a token::Error from token up to the barrier.
    ("cryptoki", "token/error.h"),
    # Saves the host's OpenSSL error queue; orders our exit handler before OpenSSL's.
    ("src/cryptoki/host_errors.cpp", "openssl/err.h"),
    ("src/cryptoki/process.cpp", "openssl/crypto.h"),
}

# What is included from outside -> the folders that may.
EXTERNAL = [
    (r"openssl/ssl\.h", {"transport"}),
    (r"openssl/", {"base", "crypto", "transport"}),
    (r"boost/", {"transport"}),
    (r"nlohmann/", {"nethsm"}),
    (r"yaml-cpp/", {"config"}),
    (r"pkcs11/", {"cryptoki", "session", "token"}),
    (r"httplib", set()),
    (r"p11-kit", set()),
]

NAMESPACES = {"base": r"nethsm(::log)?", "nethsm": r"nethsm::api(::\w+)*"}

MAX_LINES = 400
SPDX = "SPDX-License-Identifier: Apache-2.0"
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
NAMESPACE = re.compile(r"^\s*(?:inline )?namespace ([\w:]+)\s*\{", re.MULTILINE)
LICENSED = {".h", ".hpp", ".c", ".cpp", ".inc", ".py", ".sh", ".cmake"}


def check_include(path, folder, target):
    if (folder, target) in EXCEPTIONS or (path, target) in EXCEPTIONS:
        return
    first = target.split("/")[0]
    if first in ARROWS:
        allowed = ARROWS[folder] | {folder}
        if first not in allowed and path not in SEES_ALL:
            yield f"{path}: {folder} may not include {target}"
        return
    for pattern, folders in EXTERNAL:
        if re.match(pattern, target):
            if folder not in folders:
                yield f"{path}: {folder} may not include {target}"
            return


def check_namespaces(path, folder, text):
    pattern = NAMESPACES.get(folder, rf"nethsm::{folder}(::\w+)*")
    names = NAMESPACE.findall(text)
    for name in names if path not in SEES_ALL else ():
        # A layer may name a class of the layer below before its time, and specialise what is std's.
        below = any(re.fullmatch(NAMESPACES.get(f, rf"nethsm::{f}(::\w+)*"), name) for f in ARROWS[folder])
        if not re.fullmatch(pattern, name) and not below and name != "std":
            yield f"{path}: namespace {name} in {folder}"
    if path.endswith(".h") and not names:
        yield f"{path}: outside of any namespace"


def check_product_file(path, text):
    folder = path.split("/")[1]
    if folder not in ARROWS:
        yield f"{path}: not in a folder of a layer"
        return
    for target in INCLUDE.findall(text):
        yield from check_include(path, folder, target)
    yield from check_namespaces(path, folder, text)
    lines = text.count("\n")
    if lines > MAX_LINES:
        yield f"{path}: {lines} lines, more than {MAX_LINES}"
    if path.endswith(".h") and "#pragma once" not in text:
        yield f"{path}: no #pragma once"


def check_licence(path, text):
    lines = text.split("\n", 2)
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    if SPDX not in first:
        yield f"{path}: does not begin with its SPDX line"


def check_file(path, text):
    yield from check_licence(path, text)
    if path.startswith("src/") and path.endswith((".h", ".cpp")):
        yield from check_product_file(path, text)


def files(root):
    for top in ("src", "include", "tests", "tools", "cmake"):
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and (path.suffix in LICENSED or path.name == "CMakeLists.txt"):
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def self_test():
    head = f"// {SPDX}\n#pragma once\n"
    offences = [
        ("src/token/a.h", head + '#include "session/session.h"\nnamespace nethsm::token {\n}\n', "may not include"),
        ("src/token/a.h", head + '#include "cluster/cluster.h"\nnamespace nethsm::token {\n}\n', "may not include"),
        ("src/token/a.h", head + "#include <openssl/evp.h>\nnamespace nethsm::token {\n}\n", "may not include"),
        ("src/crypto/a.h", head + "#include <openssl/ssl.h>\nnamespace nethsm::crypto {\n}\n", "may not include"),
        ("src/token/a.h", head + "#include <nlohmann/json.hpp>\nnamespace nethsm::token {\n}\n", "may not include"),
        ("src/nethsm/a.h", head + '#include "pkcs11/pkcs11.h"\nnamespace nethsm::api {\n}\n', "may not include"),
        ("src/token/a.h", head + "namespace nethsm::session {\n}\n", "namespace"),
        ("src/token/a.h", head + "int x();\n", "outside of any namespace"),
        ("src/token/a.h", f"// {SPDX}\nnamespace nethsm::token {{\n}}\n", "pragma once"),
        ("src/token/a.cpp", f"// {SPDX}\n" + "\n" * MAX_LINES, "lines"),
        ("src/token/a.cpp", "int x;\n", "SPDX"),
        ("src/helper/a.cpp", f"// {SPDX}\n", "not in a folder"),
    ]
    clean = [
        ("src/token/a.h", head + '#include "nethsm/client.h"\n#include "crypto/der.h"\nnamespace nethsm::token {\n}\n'),
        (SEES_ALL[0], f'// {SPDX}\n#include "transport/pool.h"\nnamespace nethsm::session {{\n}}\n'),
        ("tests/a.py", f"#!/usr/bin/env python3\n# {SPDX}\n"),
    ]
    failures = [f"not found: {what} in {path}" for path, text, what in offences
                if not any(what in found for found in check_file(path, text))]
    failures += [f"found: {found}" for path, text in clean for found in check_file(path, text)]
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        offences = self_test()
    elif len(sys.argv) == 2:
        checked = list(files(pathlib.Path(sys.argv[1])))
        offences = [offence for path, text in checked for offence in check_file(path, text)]
        if not any(path.startswith("src/") for path, _ in checked):
            offences.append(f"{sys.argv[1]}: no sources")
    else:
        sys.exit(__doc__)
    print("\n".join(offences) if offences else "as drawn")
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
