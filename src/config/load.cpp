// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <cxxabi.h>
#include <stdlib.h>

#include <iterator>
#include <set>
#include <utility>

#include "config/file.h"
#include "config/keys.h"
#include "config/scalar.h"

namespace nethsm::config {
namespace {

constexpr const char* kFileVariable = "P11NETHSM_CONFIG_FILE";
constexpr const char* kLevelVariable = "P11NETHSM_LOG_LEVEL";
constexpr const char* kBelowHome = "/.config/nitrokey/p11nethsm.conf";

struct Source {
  std::string path;
  File file;
};

// The files of a search, with what is to be said about those that could not be used.
struct Sources {
  std::vector<Source> found;
  std::vector<std::string> notices;
};

std::string unreadable(const std::string& path, const FileError& error) {
  return path + ": the configuration file cannot be read: " + error.reason;
}

Result<Sources, Refusal> named_file(const std::string& path) {
  auto file = read_file(path);
  if (file) {
    Sources sources;
    sources.found.push_back({path, std::move(*file)});
    return sources;
  }
  const bool out_of_reach = file.error().kind != FileError::Kind::kUnreadable;
  return Unexpected(Refusal{{unreadable(path, file.error()) + "; " + kFileVariable +
                             " names this file, so no other one is looked for"},
                            out_of_reach});
}

std::string nothing_found(const std::vector<std::string>& paths) {
  std::string text = "there is no configuration file: write one of ";
  for (const std::string& path : paths) text += path + ", ";
  return text + "or let " + kFileVariable + " name one";
}

Result<Sources, Refusal> default_files(const Environment& environment) {
  std::vector<std::string> paths = environment.system_files;
  if (const auto home = environment.variable("HOME")) paths.push_back(*home + kBelowHome);
  Sources sources;
  for (const std::string& path : paths) {
    auto file = read_file(path);
    if (file) {
      sources.found.push_back({path, std::move(*file)});
    } else if (file.error().kind == FileError::Kind::kUnreadable) {
      return Unexpected(Refusal{{unreadable(path, file.error())}});
    } else if (file.error().kind == FileError::Kind::kForbidden) {
      sources.notices.push_back(unreadable(path, file.error()));
    }
  }
  if (!sources.found.empty()) return sources;
  sources.notices.push_back(nothing_found(paths));
  return Unexpected(Refusal{std::move(sources.notices), true});
}

Result<Sources, Refusal> find_files(const Environment& environment) {
  const auto named = environment.variable(kFileVariable);
  return named ? named_file(*named) : default_files(environment);
}

// Reads one file over what `config` has; its slots come first.
void read_source(const Source& source, const Environment& environment, Config& config, Report& report) {
  const auto document = read_document(source.file.text(), report);
  if (!document) return;
  std::vector<Slot> later_slots = std::exchange(config.slots, {});
  Reading reading{report, environment};
  read_mapping(*document, kTopLevel, config, reading);
  config.slots.insert(config.slots.end(), std::make_move_iterator(later_slots.begin()),
                      std::make_move_iterator(later_slots.end()));
  if (reading.has_plain_password && source.file.readable_by_others) {
    report.notice({}, "this file has a password in it and others than its owner can read it: chmod 600");
  }
  if (source.file.writable_by_all) report.notice({}, "anybody can change this file: chmod 600");
}

void check_labels(const Config& config, std::vector<std::string>& notices) {
  std::set<std::string> seen;
  for (const Slot& slot : config.slots) {
    if (seen.insert(slot.label).second) continue;
    notices.push_back("more than one slot has the label \"" + slot.label +
                      "\": applications that choose by label find one of them only");
  }
  if (config.slots.empty()) notices.push_back("slots: there are none");
}

// The vendor's module takes one of them, in this order, and so do we; those that do not count are taken out.
void choose_syslog(log::Settings& logging, std::vector<std::string>& notices) {
  const int count =
      (logging.syslog_socket ? 1 : 0) + (logging.syslog_tcp ? 1 : 0) + (logging.syslog_udp ? 1 : 0);
  if (count < 2) return;
  notices.push_back(
      "only one of syslog_socket, syslog_tcp and syslog_udp can be used; the first of those that are set is");
  if (logging.syslog_socket) logging.syslog_tcp.reset();
  logging.syslog_udp.reset();
}

void override_level(const Environment& environment, Loaded& loaded) {
  const auto word = environment.variable(kLevelVariable);
  if (!word) return;
  for (const std::string_view known : {"error", "warn", "info", "debug", "trace"}) {
    if (*word != known) continue;
    loaded.config.logging.level = *parse_level(known);
    return;
  }
  loaded.notices.push_back(std::string(kLevelVariable) + ": expected error, warn, info, debug or trace");
}

Result<Loaded, Refusal> load_files(const Environment& environment) {
  Sources sources = TRY(find_files(environment));
  Loaded loaded;
  std::vector<Report> reports;
  for (const Source& source : sources.found) {
    loaded.files.push_back(source.path);
    reports.emplace_back(source.path);
  }
  // From the last to the first, so that what the first says is said last, and stays.
  for (std::size_t i = sources.found.size(); i-- > 0;) {
    read_source(sources.found[i], environment, loaded.config, reports[i]);
  }
  Refusal refusal;
  loaded.notices = std::move(sources.notices);
  for (const Report& report : reports) {
    refusal.problems.insert(refusal.problems.end(), report.problems().begin(), report.problems().end());
    loaded.notices.insert(loaded.notices.end(), report.notices().begin(), report.notices().end());
  }
  if (!refusal.problems.empty()) return Unexpected(std::move(refusal));
  check_labels(loaded.config, loaded.notices);
  choose_syslog(loaded.config.logging, loaded.notices);
  override_level(environment, loaded);
  return loaded;
}

}  // namespace

std::optional<std::string> process_variable(const char* name) {
  const char* value = secure_getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<Loaded, Refusal> load(const Environment& environment) try {
  return load_files(environment);
} catch (const abi::__forced_unwind&) {
  throw;         // the thread is being cancelled
} catch (...) {  // out of memory, as the rest is caught where it is thrown
  return Unexpected(Refusal{});
}

}  // namespace nethsm::config
