// SPDX-License-Identifier: Apache-2.0
#include "bench/options.h"

#include <algorithm>
#include <array>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "bench/operations.h"

namespace nethsm::bench {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

unsigned long number(const std::string& option, const std::string& text) {
  std::size_t used = 0;
  unsigned long value = 0;
  try {
    value = std::stoul(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size())
    throw std::invalid_argument(option + ": \"" + text + "\" is not a number");
  return value;
}

double duration(const std::string& option, const std::string& text) {
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used != text.size() || value <= 0)
    throw std::invalid_argument(option + ": \"" + text + "\" is not a time");
  return value;
}

std::vector<unsigned> thread_counts(const std::string& option, const std::string& text) {
  std::vector<unsigned> counts;
  for (const auto& part : split(text)) counts.push_back(static_cast<unsigned>(number(option, part)));
  if (counts.empty() || std::ranges::count(counts, 0U) != 0) {
    throw std::invalid_argument(option + ": at least one thread is needed");
  }
  return counts;
}

std::vector<std::string> operation_names(const std::string& option, const std::string& text) {
  if (text == "all") {
    std::vector<std::string> all;
    for (const auto& operation : operations()) all.emplace_back(operation.name);
    return all;
  }
  auto names = split(text);
  for (const auto& name : names) {
    if (find_operation(name) == nullptr)
      throw std::invalid_argument(option + ": there is no operation " + name);
  }
  return names;
}

struct Row {
  std::string_view name;
  std::string_view value;  // empty: a switch
  std::string_view help;
  void (*set)(Options&, const std::string& option, const std::string& value);
};

using O = Options;
using S = const std::string;
constexpr std::array kRows = {
    Row{"--module", "FILE", "a PKCS#11 module; given again: compare with this one, in turns",
        [](O& o, S&, S& v) { o.modules.push_back(v); }},
    Row{"--slot", "NUMBER", "id of the slot (0)", [](O& o, S& n, S& v) { o.slot = number(n, v); }},
    Row{"--pin", "PIN", "log in with it; not needed where the configuration has the password",
        [](O& o, S&, S& v) { o.pin = v; }},
    Row{"--operations", "LIST", "by commas, or all (sign-p256)",
        [](O& o, S& n, S& v) { o.operations = operation_names(n, v); }},
    Row{"--threads", "LIST", "numbers of threads (1,4,16)",
        [](O& o, S& n, S& v) { o.threads = thread_counts(n, v); }},
    Row{"--seconds", "TIME", "per operation, number of threads and contestant (5)",
        [](O& o, S& n, S& v) { o.seconds = duration(n, v); }},
    Row{"--rounds", "NUMBER", "that the time is divided into; contestants take turns (5)",
        [](O& o, S& n, S& v) { o.rounds = std::max(1U, static_cast<unsigned>(number(n, v))); }},
    Row{"--keys", "NUMBER", "see to it that so many keys are on the token (0)",
        [](O& o, S& n, S& v) { o.keys = static_cast<unsigned>(number(n, v)); }},
    Row{"--limit", "", "measure the barest client on the same servers as well, in turns",
        [](O& o, S&, S&) { o.limit = true; }},
    Row{"--control", "URL", "control port of the simulators, to count requests",
        [](O& o, S&, S& v) { o.control = v; }},
    Row{"--json", "FILE", "write the results there", [](O& o, S&, S& v) { o.json = v; }},
    Row{"--html", "FILE", "write a page with plots there", [](O& o, S&, S& v) { o.html = v; }},
    Row{"--prefix", "TEXT", "of the keys' ids; those that are there are used (p11bench-PID-)",
        [](O& o, S&, S& v) { o.prefix = v; }},
    Row{"--keep-keys", "", "leave the keys on the token", [](O& o, S&, S&) { o.keep_keys = true; }},
    Row{"--no-start-up", "", "do not measure the way to the first signature",
        [](O& o, S&, S&) { o.start_up = false; }},
};

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto row = std::ranges::find(kRows, arguments[i], &Row::name);
    if (row == kRows.end()) throw std::invalid_argument("unknown option " + arguments[i]);
    if (!row->value.empty() && i + 1 == arguments.size()) {
      throw std::invalid_argument(arguments[i] + " needs a value");
    }
    const std::string& name = arguments[i];
    row->set(options, name, row->value.empty() ? std::string() : arguments[++i]);
  }
  if (options.modules.empty()) throw std::invalid_argument("--module is missing");
  return options;
}

std::string usage() {
  std::ostringstream text;
  text << "p11bench measures PKCS#11 modules.\n\n";
  for (const Row& row : kRows) {
    std::string left = "  " + std::string(row.name) + " " + std::string(row.value);
    left.resize(std::max<std::size_t>(left.size() + 1, 24), ' ');
    text << left << row.help << "\n";
  }
  text << "\nOperations:\n";
  for (const auto& operation : operations()) {
    std::string left = "  " + std::string(operation.name);
    left.resize(24, ' ');
    text << left << operation.help << "\n";
  }
  return text.str();
}

}  // namespace nethsm::bench
