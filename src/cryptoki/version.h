// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pkcs11/pkcs11.h"

namespace nethsm::cryptoki {

// Of the standard: that of the newest interface, which C_GetInfo must not contradict.
inline constexpr CK_VERSION kCryptokiVersion = {3, 2};
// Of the module: the project's.
inline constexpr CK_VERSION kLibraryVersion = {NETHSM_VERSION_MAJOR, NETHSM_VERSION_MINOR};

}  // namespace nethsm::cryptoki
