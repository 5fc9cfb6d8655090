// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "pkcs11/pkcs11.h"

namespace nethsm::test {

// Whether the standard has the code among those of the function.
bool may_answer(std::string_view function, CK_RV rv);

}  // namespace nethsm::test
