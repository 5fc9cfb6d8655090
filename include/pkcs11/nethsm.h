// SPDX-License-Identifier: Apache-2.0
// What this module adds to PKCS#11, as the standard leaves room for it.
#ifndef NETHSM_PKCS11_NETHSM_H
#define NETHSM_PKCS11_NETHSM_H

// Schnorr signatures over secp256k1 (BIP-340), sign and verify, of a message of any length, with keys of type
// CKK_EC that have the NetHSM mechanism BIP340_Signature. No parameter; a signature has 64 bytes. Offered by
// slots with enable_bip340 only.
#define CKM_NETHSM_BIP340 (CKM_VENDOR_DEFINED | 0x4e480001UL)

#endif
