// SPDX-License-Identifier: Apache-2.0
#include "nethsm/codec.h"

// Answers of a device, whatever they contain, are understood or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nethsm::api;
  const auto body = nethsm::as_text(nethsm::ByteView(data, size));
  (void)codec::key("id", body);
  (void)codec::key_ids(body);
  (void)codec::device_info(body);
  (void)codec::system_info(body);
  (void)codec::state(body);
  (void)codec::role(body);
  (void)codec::base64_member(body, "signature");
  (void)codec::error_message(body);
  return 0;
}
