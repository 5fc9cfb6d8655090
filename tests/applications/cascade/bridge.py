#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes and uses keys as cascade-hsm-bridge does for dnst: bridge.py ZONE TYPE ..., with TYPE ksk or zsk.

Prints a line for each key: its CKA_ID in hex and its last label."""
import hashlib
import os
import secrets
import sys

import PyKCS11
from PyKCS11 import CKA_CLASS, CKA_ID, CKA_LABEL, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY

P256 = bytes.fromhex("06082a8648ce3d030107")


def open_session():
    module = PyKCS11.PyKCS11Lib()
    module.load(os.environ["MODULE"])
    slot = next(s for s in module.getSlotList(tokenPresent=True) if module.getTokenInfo(s).label.strip() == "NetHSM")
    session = module.openSession(slot, PyKCS11.CKF_SERIAL_SESSION | PyKCS11.CKF_RW_SESSION)
    if session.getSessionInfo().state != PyKCS11.CKS_RW_USER_FUNCTIONS:
        session.login("123456")
    return session


def create_key_pair(session):
    identity = secrets.token_bytes(20)
    assert not session.findObjects([(CKA_ID, identity)])
    # The first labels are 32 random bytes in hex.
    session.generateKeyPair(
        [(CKA_CLASS, CKO_PUBLIC_KEY), (CKA_ID, identity), (PyKCS11.CKA_VERIFY, True), (PyKCS11.CKA_ENCRYPT, False),
         (PyKCS11.CKA_WRAP, False), (PyKCS11.CKA_TOKEN, True), (PyKCS11.CKA_EC_PARAMS, P256),
         (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC), (CKA_LABEL, secrets.token_hex(32))],
        [(CKA_CLASS, CKO_PRIVATE_KEY), (CKA_ID, identity), (PyKCS11.CKA_SIGN, True), (PyKCS11.CKA_DECRYPT, False),
         (PyKCS11.CKA_TOKEN, True), (PyKCS11.CKA_PRIVATE, True), (PyKCS11.CKA_SENSITIVE, True),
         (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC), (CKA_LABEL, secrets.token_hex(32))],
        PyKCS11.Mechanism(PyKCS11.CKM_EC_KEY_PAIR_GEN))
    return identity


def the_only(session, identity, object_class):
    found = session.findObjects([(CKA_ID, identity), (CKA_CLASS, object_class)])
    assert len(found) == 1, found
    return found[0]


def sign(session, identity):
    digest = hashlib.sha256(b"an RRset").digest()
    private = the_only(session, identity, CKO_PRIVATE_KEY)
    signature = session.sign(private, digest, PyKCS11.Mechanism(PyKCS11.CKM_ECDSA))
    assert len(signature) == 64


def main():
    session = open_session()
    if sys.argv[1] == "--sign":
        sign(session, bytes.fromhex(sys.argv[2]))
        return
    zone = sys.argv[1]
    for number, key_type in enumerate(sys.argv[2:]):
        identity = create_key_pair(session)
        label = f"{zone}-{31203 + number}-{key_type}"
        for object_class, half in ((CKO_PUBLIC_KEY, "-pub"), (CKO_PRIVATE_KEY, "-pri")):
            session.setAttributeValue(the_only(session, identity, object_class), [(CKA_LABEL, label + half)])
        sign(session, identity)
        print(identity.hex(), label + "-pri")


main()
