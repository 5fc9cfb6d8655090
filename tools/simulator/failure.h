// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace nethsm::simulator {

// Thrown by checks and handlers to answer with a status; with a message the body is {"message":"..."},
// without one it is empty.
class Failure : public std::exception {
 public:
  explicit Failure(int status) : status_(status) {}
  Failure(int status, std::string message) : status_(status), message_(std::move(message)) {}

  int status() const { return status_; }
  const std::optional<std::string>& message() const { return message_; }
  const char* what() const noexcept override { return message_ ? message_->c_str() : "failure"; }

 private:
  int status_;
  std::optional<std::string> message_;
};

}  // namespace nethsm::simulator
