// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nethsm/client.h"

// JSON to values and back: the one place that knows the member names of the API.
namespace nethsm::api::codec {

// Builds a JSON object in wiped memory, as some bodies hold key material or plaintext.
class Object {
 public:
  Object();
  Object& text(std::string_view name, std::string_view utf8);
  Object& number(std::string_view name, std::size_t value);
  Object& base64(std::string_view name, ByteView bytes);
  Object& mechanisms(std::string_view name, Mechanisms set);
  Object& object(std::string_view name, Object inner);
  SecretBytes take();

 private:
  void name(std::string_view name);
  void append(std::string_view text);
  SecretBytes json_;
};

// Each decoder takes the whole body and answers nullopt for anything it cannot understand; unknown members
// are ignored, as later versions of the API add some.
std::optional<Key> key(std::string_view id, std::string_view body);
std::optional<std::vector<std::string>> key_ids(std::string_view body);
std::optional<DeviceInfo> device_info(std::string_view body);
std::optional<SystemInfo> system_info(std::string_view body);
std::optional<SystemState> state(std::string_view body);
std::optional<Role> role(std::string_view body);
// The member `name` of an object, base64-decoded.
std::optional<SecretBytes> base64_member(std::string_view body, std::string_view name);
// The text of {"message": ...}, or empty: error bodies are optional.
std::string error_message(std::string_view body);

std::string percent_encode(std::string_view text);

}  // namespace nethsm::api::codec
