// SPDX-License-Identifier: Apache-2.0
// Random calls on our module and on SoftHSM2, with the same keys: the same codes, lengths and bytes, but for
// a table of known differences.
//
//   p11differential --module FILE [--softhsm FILE] [--calls N] [--seed S] [--survey yes]
//
// Ends at the first difference that the table does not explain, with the shortest run of calls that shows it.
// --survey goes on instead and tells at the end which differences there were.
#include <cstdio>
#include <ctime>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runner.h"
#include "shrink.h"

namespace {

using namespace nethsm::differential;

struct CommandLine {
  std::string module;
  std::string softhsm = "/usr/lib/softhsm/libsofthsm2.so";
  unsigned long calls = 100'000;
  std::uint64_t seed = static_cast<std::uint64_t>(std::time(nullptr));
  bool survey = false;
};

CommandLine parse(int count, char** words) {
  CommandLine line;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    const std::string value = words[i + 1];
    if (name == "--module")
      line.module = value;
    else if (name == "--softhsm")
      line.softhsm = value;
    else if (name == "--calls")
      line.calls = std::stoul(value);
    else if (name == "--seed")
      line.seed = std::stoull(value);
    else if (name == "--survey")
      line.survey = value == "yes";
    else
      throw std::runtime_error("unknown option " + std::string(name));
  }
  if (line.module.empty()) throw std::runtime_error("--module is needed");
  return line;
}

void print_explained(const Runner& runner) {
  for (const KnownDifference& known : known_differences()) {
    const auto found = runner.explained.find(&known);
    std::printf("%8u  %s\n", found != runner.explained.end() ? found->second : 0, known.reason);
  }
}

// The first line says the function, the others the outcomes; arguments and bytes are not what tells
// differences apart.
std::string kind_of(const std::string& difference) {
  std::string kind = difference.substr(0, difference.find('('));
  for (std::size_t at = 0; (at = difference.find("CKR_", at)) != std::string::npos; ++at) {
    kind += " " + difference.substr(at, difference.find_first_of(" \n", at) - at);
  }
  return kind;
}

int compare(const CommandLine& line) {
  std::printf("seed %llu, %lu calls\n", static_cast<unsigned long long>(line.seed), line.calls);
  World world(line.module, line.softhsm);
  Runner runner(world);
  Generator generator(line.seed, world, runner.model());
  std::vector<Step> history;
  std::map<std::string, std::pair<unsigned, std::string>> survey;
  while (runner.calls < line.calls) {
    history.push_back(generator.next());
    const auto difference = runner.apply(history.back());
    if (const auto signature = runner.take_signature()) generator.remember(*signature);
    if (!difference) continue;
    if (!line.survey) {
      std::printf("call %u differs: %s\n", runner.calls, difference->c_str());
      std::fflush(stdout);
      print_shortest(runner, history);
      return 1;
    }
    auto& [count, example] = survey[kind_of(*difference)];
    ++count;
    example = *difference;
    runner.reset();
  }
  print_explained(runner);
  for (const auto& [kind, seen] : survey)
    std::printf("%8u  NOT EXPLAINED: %s\n", seen.first, seen.second.c_str());
  std::printf("%u calls compared, %zu kinds of unexplained differences\n", runner.calls, survey.size());
  return survey.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  try {
    return compare(parse(count, words));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "p11differential: %s\n", error.what());
  }
  return 2;
}
