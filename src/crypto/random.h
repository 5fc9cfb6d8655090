// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "crypto/error.h"

namespace nethsm::crypto {

// Of the module's own generator: salts and paddings that become public.
Result<Bytes> random_bytes(std::size_t size);

}  // namespace nethsm::crypto
