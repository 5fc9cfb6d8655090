// SPDX-License-Identifier: Apache-2.0
#include "simulator/command_line.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "simulator/profile.h"

namespace nethsm::simulator {
namespace {

constexpr std::uint16_t kDefaultPort = 8443;
constexpr unsigned kMaxInstances = 256;
constexpr unsigned kMaxKeys = 999'999;

unsigned parse_number(std::string_view option, std::string_view text, unsigned minimum, unsigned maximum) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < minimum || number > maximum) {
    throw UsageError(std::string(option) + " takes a number from " + std::to_string(minimum) + " to " +
                     std::to_string(maximum) + ", not '" + std::string(text) + "'");
  }
  return number;
}

std::string_view value_form(FaultFacts::Value value) {
  switch (value) {
    case FaultFacts::Value::kNone:
      return "";
    case FaultFacts::Value::kDuration:
      return "=DURATION";
    case FaultFacts::Value::kStatus:
      return "=STATUS";
    case FaultFacts::Value::kSize:
      return "=SIZE";
  }
  return "";
}

struct OptionRow {
  std::string_view name;
  std::string_view value;  // what it takes; empty: nothing
  std::string_view help;   // empty: another name of the row before
  void (*apply)(CommandLine&, std::string_view value);
};

void set_profile(CommandLine& line, std::string_view value) {
  const ProfileFacts* profile = find_profile(value);
  if (profile == nullptr) throw UsageError("no such profile: " + std::string(value) + " (3.1, 4.0 or 5.0)");
  line.options.profile = profile->profile;
}

void check_fault_instances(const CommandLine& line) {
  for (const FaultSpec& fault : line.options.faults) {
    try {
      check_instances(fault, line.options.instances);
    } catch (const FaultError& error) {
      throw UsageError("--fault " + fault.text() + ": " + error.what());
    }
  }
}

void add_fault(CommandLine& line, std::string_view value) {
  try {
    line.options.faults.push_back(parse_fault(value));
  } catch (const FaultError& error) {
    throw UsageError("--fault " + std::string(value) + ": " + error.what());
  }
}

void set_think_time(CommandLine& line, std::string_view value) {
  try {
    line.options.think_time = parse_think_time(value);
  } catch (const ThinkTimeError& error) {
    throw UsageError("--think-time: " + std::string(error.what()));
  }
}

constexpr std::array<OptionRow, 15> kOptions = {{
    {"--port", "N", "first port; 0: free ports (8443)",
     [](CommandLine& line, std::string_view value) {
       line.options.port = static_cast<std::uint16_t>(parse_number("--port", value, 0, 65535));
     }},
    {"--instances", "N", "a cluster of N devices on consecutive ports (1)",
     [](CommandLine& line, std::string_view value) {
       line.options.instances = parse_number("--instances", value, 1, kMaxInstances);
     }},
    {"--profile", "VERSION", "API version: 3.1, 4.0 or 5.0 (5.0)", set_profile},
    {"--api-version", "VERSION", "", set_profile},
    {"--listen", "ADDRESS", "address to listen on (127.0.0.1)",
     [](CommandLine& line, std::string_view value) { line.options.listen = value; }},
    {"--demo", "", "start provisioned, with well-known users",
     [](CommandLine& line, std::string_view) { line.options.demo = true; }},
    {"--keys", "N", "with --demo: N P-256 keys to begin with (0)",
     [](CommandLine& line, std::string_view value) {
       line.options.keys = parse_number("--keys", value, 0, kMaxKeys);
     }},
    {"--write-config", "FILE", "write a configuration for the PKCS#11 module",
     [](CommandLine& line, std::string_view value) { line.write_config = value; }},
    {"--control-port", "N", "plain HTTP on 127.0.0.1 to stop and start instances; 0: a free port",
     [](CommandLine& line, std::string_view value) {
       line.control_port = static_cast<std::uint16_t>(parse_number("--control-port", value, 0, 65535));
     }},
    {"--fault", "SPEC", "make something go wrong, e.g. status=503,share=10%; may be repeated", add_fault},
    {"--think-time", "TIMES", "of a device, one request at a time: 200us, or sign=200us,decrypt=5ms",
     set_think_time},
    {"--precomputed", "", "equal uses of keys get the first one's answer: for benchmarks only",
     [](CommandLine& line, std::string_view) { line.options.precomputed = true; }},
    {"--quiet", "", "no line per request", [](CommandLine& line, std::string_view) { line.quiet = true; }},
    {"--help", "", "this text", [](CommandLine& line, std::string_view) { line.help = true; }},
    {"--version", "", "the version", [](CommandLine& line, std::string_view) { line.version = true; }},
}};

}  // namespace

CommandLine parse_command_line(const std::vector<std::string_view>& arguments) {
  CommandLine line;
  line.options.port = kDefaultPort;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::size_t equals = arguments[i].find('=');
    const std::string_view name = arguments[i].substr(0, equals);
    const auto row =
        std::find_if(kOptions.begin(), kOptions.end(), [&](const auto& r) { return r.name == name; });
    if (row == kOptions.end()) throw UsageError("unknown option: " + std::string(arguments[i]));
    const bool attached = equals != std::string_view::npos;
    if (row->value.empty() && attached) throw UsageError(std::string(name) + " takes no value");
    if (!row->value.empty() && !attached && i + 1 == arguments.size())
      throw UsageError(std::string(name) + " needs a value");
    const std::string_view value = attached             ? arguments[i].substr(equals + 1)
                                   : row->value.empty() ? std::string_view()
                                                        : arguments[++i];
    row->apply(line, value);
  }
  check_fault_instances(line);
  if (line.options.keys != 0 && !line.options.demo) throw UsageError("--keys needs --demo");
  if (line.options.port != 0 && line.options.port + line.options.instances - 1 > 65535)
    throw UsageError("the last port would be above 65535");
  return line;
}

std::string usage() {
  constexpr std::size_t kColumn = 26;
  std::string text = "Usage: nethsm-simulator [option ...]\n\nOptions:\n";
  for (const OptionRow& row : kOptions) {
    if (row.help.empty()) continue;
    std::string left = "  " + std::string(row.name) + (row.value.empty() ? "" : " ") + std::string(row.value);
    left.resize(std::max(kColumn, left.size() + 1), ' ');
    text += left + std::string(row.help) + "\n";
  }
  text +=
      "\nFaults, as KIND[=VALUE][,SETTING=VALUE ...] with the settings instance, method, path, nth, count,\n"
      "share, seed and for (docs/simulator.md):\n";
  for (const FaultFacts& fault : fault_table()) {
    std::string left = "  " + std::string(fault.name) + std::string(value_form(fault.value));
    left.resize(std::max(kColumn, left.size() + 1), ' ');
    text += left + std::string(fault.help) + "\n";
  }
  return text;
}

}  // namespace nethsm::simulator
