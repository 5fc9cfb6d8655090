// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "pkcs11/pkcs11.h"

namespace nethsm::cryptoki {

// "CKR_PIN_INCORRECT"; "0x80000001" for a code without a name here.
std::string rv_name(CK_RV rv);

}  // namespace nethsm::cryptoki
