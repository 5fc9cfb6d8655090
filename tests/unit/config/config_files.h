// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "catch.hpp"
#include "config/load.h"

// Configuration files in a folder of their own, in an environment of their own.
namespace nethsm::config {

class ConfigFiles {
 public:
  ConfigFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "nethsm-config-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    std::filesystem::create_directories(folder_ / "home/.config/nitrokey");
    variables["HOME"] = folder_ / "home";
  }
  ~ConfigFiles() { std::filesystem::remove_all(folder_); }
  ConfigFiles(const ConfigFiles&) = delete;
  ConfigFiles& operator=(const ConfigFiles&) = delete;

  std::string path(const std::string& name) const { return folder_ / name; }

  std::string write(const std::string& name, const std::string& text, int mode = 0600) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(path(name), static_cast<std::filesystem::perms>(mode));
    return path(name);
  }

  // As if the machine had this one file.
  Result<Loaded, Refusal> load_text(const std::string& text, int mode = 0600) {
    variables["P11NETHSM_CONFIG_FILE"] = write("one.conf", text, mode);
    return load(environment());
  }

  Result<Loaded, Refusal> load_files() const { return load(environment()); }

  std::map<std::string, std::string> variables;

 private:
  Environment environment() const {
    Environment environment;
    environment.variable = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
    environment.system_files = {path("first.conf"), path("second.conf")};
    return environment;
  }

  std::filesystem::path folder_;
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + '\n';
  return all;
}

inline Loaded loaded(Result<Loaded, Refusal> result) {
  INFO((result ? std::string() : joined(result.error().problems)));
  REQUIRE(result.has_value());
  return std::move(*result);
}

inline std::vector<std::string> problems(const Result<Loaded, Refusal>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().problems;
}

inline std::string password(const std::optional<User>& user) {
  if (!user || !user->password) return "(none)";
  return std::string(as_text(user->password->reveal()));
}

// A whole file with one slot, in which `slot` has more keys of the slot and `instance` of its instance.
inline std::string one_slot(const std::string& slot = "", const std::string& instance = "") {
  return "slots:\n"
         "  - label: One\n"
         "    operator: {username: op, password: pw}\n" +
         slot +
         "    instances:\n"
         "      - url: https://192.0.2.1/api/v1\n" +
         instance;
}

}  // namespace nethsm::config
