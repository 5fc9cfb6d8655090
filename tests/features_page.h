// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

// The tables of docs/features.md, for the tests that hold them to the module. Needs NETHSM_SOURCE_DIR.
namespace nethsm::test {

inline std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

// The cells of each row of the table under the heading. Empty: there is no such table.
inline std::vector<std::vector<std::string>> features_table(std::string_view heading) {
  std::ifstream page(NETHSM_SOURCE_DIR "/docs/features.md");
  std::string line;
  while (std::getline(page, line) && line != "## " + std::string(heading)) continue;
  while (std::getline(page, line) && !line.starts_with("| ")) continue;
  std::getline(page, line);  // the line between the titles and the rows
  std::vector<std::vector<std::string>> rows;
  while (std::getline(page, line) && line.starts_with("| ")) {
    rows.push_back(split(std::string_view(line).substr(2, line.rfind(" |") - 2), " | "));
  }
  return rows;
}

}  // namespace nethsm::test
