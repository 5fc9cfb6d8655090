// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nethsm::simulator {

// One part of a multipart/form-data body (RFC 7578).
struct MultipartPart {
  std::string name;  // of Content-Disposition; empty if it has none
  std::string data;
};

// The boundary parameter of a multipart Content-Type; nothing for other types or without a boundary.
std::optional<std::string> multipart_boundary(std::string_view content_type);

// The parts in their order; nothing when the body does not end with the closing boundary.
std::optional<std::vector<MultipartPart>> parse_multipart(std::string_view boundary, std::string_view body);

}  // namespace nethsm::simulator
