// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "session/library.h"

namespace nethsm::config {
struct Config;
}

namespace nethsm::session {

using Configuration = config::Config;
struct ConfigurationDeleter {
  void operator()(const Configuration* configuration) const;
};
using ConfigurationPtr = std::unique_ptr<const Configuration, ConfigurationDeleter>;

struct StartOptions {
  bool threads_allowed = true;
  // Of the parent process: taken if the file cannot be read here any more, as by a server that has given up
  // root.
  const Configuration* inherited = nullptr;
};

struct Started {
  ConfigurationPtr configuration;
  std::shared_ptr<Library> library;
};

// From the configuration file to a library: sets up the log, and every layer with its defaults. No request is
// made. What is wrong with the configuration, and where, goes to the log and to stderr; the error says so in
// a line.
Result<Started, std::string> start(const StartOptions& options, HandleSources& handles);

}  // namespace nethsm::session
