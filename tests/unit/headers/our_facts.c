// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>

#include "fact.h"
#include "pkcs11/pkcs11.h"

const struct fact our_facts[] = {
#include "facts.inc"
};
