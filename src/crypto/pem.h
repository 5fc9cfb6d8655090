// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

// Textual encoding (RFC 7468), without encrypted or otherwise attributed blocks.
namespace nethsm::crypto {

// The bytes of the first block with this label, whatever stands before and after it. Line breaks and blanks
// inside may be anywhere; the base64 itself must be right.
std::optional<Bytes> decode_pem(std::string_view label, ByteView text);
std::string encode_pem(std::string_view label, ByteView der);  // lines of 64, ends with a line feed

}  // namespace nethsm::crypto
