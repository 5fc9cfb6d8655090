// SPDX-License-Identifier: Apache-2.0
#include <p11-kit/pkcs11.h>
#include <stddef.h>

#include "fact.h"
// Of ours the names of the functions only.
#include "pkcs11/pkcs11f.h"

const struct fact p11_kit_facts[] = {
#include "facts.inc"
};
