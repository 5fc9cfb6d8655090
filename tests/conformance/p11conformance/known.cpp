// SPDX-License-Identifier: Apache-2.0
#include "known.h"

#include <fstream>
#include <stdexcept>

namespace nethsm::conformance {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

void KnownDifferences::read(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error(file + " cannot be read");
  for (std::string line; std::getline(in, line);) {
    const auto mark = line.find('#');
    const std::string sentence = trimmed(line.substr(0, mark));
    if (sentence.empty()) continue;
    const std::string reason = mark == std::string::npos ? "" : trimmed(line.substr(mark + 1));
    if (reason.empty()) throw std::runtime_error(file + ": no reason given: " + sentence);
    if (!reasons_.emplace(sentence, reason).second) {
      throw std::runtime_error(file + ": given twice: " + sentence);
    }
  }
}

const std::string* KnownDifferences::find(std::string_view sentence, bool applicable) const {
  const auto found = reasons_.find(sentence);
  if (found == reasons_.end() || found->second.starts_with("n/a") == applicable) return nullptr;
  return &found->second;
}

const std::string* KnownDifferences::failing(std::string_view sentence) const { return find(sentence, true); }
const std::string* KnownDifferences::not_applicable(std::string_view sentence) const {
  return find(sentence, false);
}

}  // namespace nethsm::conformance
