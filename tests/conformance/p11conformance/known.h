// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace nethsm::conformance {

// Checks that a module is known not to pass, and why. Files of lines `sentence  # reason`; empty lines and
// lines that begin with # say nothing.
class KnownDifferences {
 public:
  // Throws std::runtime_error for an unreadable file, a line without a reason and a sentence given twice.
  void read(const std::string& file);

  const std::string* failing(std::string_view sentence) const;         // null: the check must pass
  const std::string* not_applicable(std::string_view sentence) const;  // null: the check must apply
  // For the error about sentences of the tables that no check has.
  const std::map<std::string, std::string, std::less<>>& all() const { return reasons_; }

 private:
  const std::string* find(std::string_view sentence, bool applicable) const;

  std::map<std::string, std::string, std::less<>> reasons_;
};

}  // namespace nethsm::conformance
