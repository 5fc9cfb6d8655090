// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"
#include "config/load.h"

// Configuration files, whatever they contain, are read or refused with a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nethsm::config;
  static const Environment environment{[](const char*) { return std::optional<std::string>("value"); }, {}};
  Report report("file");
  const auto document = read_document(nethsm::as_text(nethsm::ByteView(data, size)), report);
  if (!document) {
    if (report.problems().empty()) __builtin_trap();
    return 0;
  }
  Config config;
  Reading reading{report, environment};
  read_mapping(*document, kTopLevel, config, reading);
  return 0;
}
