// SPDX-License-Identifier: Apache-2.0
// Drives a PKCS#11 module through a list of requirements, one named check each.
//
//   p11conformance --module FILE --user-pin PIN --so-pin PIN [--user-name NAME] [--token LABEL]
//                  [--known FILE ...] [--only WORD]
//
// Ends with `N passed, N failed, N known, N not applicable`; succeeds if none failed. A check that a table of
// --known names must fail: if it passes, that is a failure, too, so that the tables stay true.
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "check.h"
#include "known.h"
#include "provider.h"

namespace {

using namespace nethsm::conformance;

struct Counts {
  unsigned passed = 0, failed = 0, known = 0, not_applicable = 0;
};

struct CommandLine {
  Options options;
  KnownDifferences known;
  std::string only;
};

CommandLine parse(int count, char** words) {
  CommandLine line;
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = words[i];
    if (i + 1 == count) throw std::runtime_error("no value after " + std::string(name));
    const std::string value = words[i + 1];
    if (name == "--module")
      line.options.module = value;
    else if (name == "--token")
      line.options.token_label = value;
    else if (name == "--user-pin")
      line.options.user_pin = value;
    else if (name == "--user-name")
      line.options.user_name = value;
    else if (name == "--so-pin")
      line.options.so_pin = value;
    else if (name == "--known")
      line.known.read(value);
    else if (name == "--only")
      line.only = value;
    else
      throw std::runtime_error("unknown option " + std::string(name));
  }
  if (line.options.module.empty()) throw std::runtime_error("--module is needed");
  return line;
}

void print(const char* outcome, const Check& check, const std::string& detail = {}) {
  std::printf("%-7s %s  [%s]\n", outcome, check.sentence, check.requirement);
  if (!detail.empty()) std::printf("        %s\n", detail.c_str());
}

// What the tables say must be so: a check of theirs that passes fails.
void run(const Check& check, Provider& provider, const KnownDifferences& tables, Counts& counts) {
  const std::string* known = tables.failing(check.sentence);
  const std::string* not_applicable = tables.not_applicable(check.sentence);
  try {
    check.run(provider);
    if (known == nullptr && not_applicable == nullptr) {
      ++counts.passed;
      print("ok", check);
    } else {
      ++counts.failed;
      print("FAIL", check, "passes, although a table says: " + *(known != nullptr ? known : not_applicable));
    }
  } catch (const Failure& failure) {
    known == nullptr ? ++counts.failed : ++counts.known;
    print(known == nullptr ? "FAIL" : "known", check, failure.what);
    if (known != nullptr) std::printf("        known: %s\n", known->c_str());
  } catch (const NotApplicable& reason) {
    not_applicable == nullptr ? ++counts.failed : ++counts.not_applicable;
    print(not_applicable == nullptr ? "FAIL" : "n/a", check, reason.why);
    if (not_applicable == nullptr) std::printf("        no table says that it does not apply\n");
  }
}

std::vector<Check> all_checks() {
  std::vector<Check> all;
  for (const Checks some : {interface_checks(), lifecycle_checks(), slot_checks(), mechanism_checks(),
                            mechanism_use_checks(), session_checks(), login_checks(), find_checks(),
                            attribute_checks(), generation_checks(), cipher_checks(), cipher_mode_checks(),
                            signature_checks(), digest_checks(), random_checks(), profile_checks()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// Every sentence once, and every line of the tables about one of them.
void examine(const std::vector<Check>& checks, const KnownDifferences& known) {
  std::set<std::string_view> sentences;
  for (const Check& check : checks) {
    if (!sentences.insert(check.sentence).second) {
      throw std::runtime_error("two checks say: " + std::string(check.sentence));
    }
  }
  for (const auto& [sentence, reason] : known.all()) {
    if (!sentences.contains(sentence)) throw std::runtime_error("no check says: " + sentence);
  }
}

int conform(const CommandLine& line) {
  const std::vector<Check> checks = all_checks();
  examine(checks, line.known);
  Provider provider(line.options);
  Counts counts;
  for (const Check& check : checks) {
    if (std::string_view(check.sentence).find(line.only) == std::string_view::npos) continue;
    run(check, provider, line.known, counts);
    std::fflush(stdout);
    provider.reset();
  }
  provider.destroy_keys();
  std::printf("%u passed, %u failed, %u known, %u not applicable\n", counts.passed, counts.failed,
              counts.known, counts.not_applicable);
  return counts.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  try {
    return conform(parse(count, words));
  } catch (const Failure& failure) {
    std::fprintf(stderr, "p11conformance: %s\n", failure.what.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "p11conformance: %s\n", error.what());
  }
  return 2;
}
