// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace nethsm::config {

// Where something stands in a file, counted from 1; line 0: nowhere in particular.
struct Place {
  int line = 0;
  int column = 0;
};

// What is to be said about one file: problems make the configuration unusable, notices do not.
class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  void problem(Place place, const std::string& text) { problems_.push_back(at(place) + text); }
  void notice(Place place, const std::string& text) { notices_.push_back(at(place) + text); }

  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<std::string>& notices() const { return notices_; }

 private:
  std::string at(Place place) const {
    if (place.line == 0) return file_ + ": ";
    return file_ + ':' + std::to_string(place.line) + ':' + std::to_string(place.column) + ": ";
  }

  std::string file_;
  std::vector<std::string> problems_;
  std::vector<std::string> notices_;
};

}  // namespace nethsm::config
