// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <sstream>

#include "config_files.h"

using namespace nethsm;
using namespace nethsm::config;

namespace {

std::string seed() {
  std::ostringstream text;
  text << std::ifstream(NETHSM_SOURCE_DIR "/config/p11nethsm.conf.example").rdbuf();
  std::istringstream lines(text.str());
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first != std::string::npos && line[first] != '#') kept += line + '\n';
  }
  return kept;
}

class Mutator {
 public:
  std::string operator()(std::string text) {
    for (int i = pick(1, 4); i > 0; --i) mutate(text);
    return text;
  }

 private:
  int pick(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  std::size_t position(const std::string& text) {
    return static_cast<std::size_t>(pick(0, static_cast<int>(text.size())));
  }

  void mutate(std::string& text) {
    static constexpr std::string_view kTokens[] = {"&a ",
                                                   "*a",
                                                   "!t ",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   "- ",
                                                   "? ",
                                                   ": ",
                                                   "---\n",
                                                   "...\n",
                                                   "'",
                                                   "\"",
                                                   "|\n",
                                                   ">\n",
                                                   "\n",
                                                   "\t",
                                                   "\xff",
                                                   "~",
                                                   "%YAML 1.2\n",
                                                   "<<: *a",
                                                   "99999999999999999999",
                                                   "-1",
                                                   "#",
                                                   ","};
    const std::size_t at = position(text);
    switch (pick(0, 4)) {
      case 0:
        return text.resize(at);
      case 1:
        return void(text.erase(at, static_cast<std::size_t>(pick(1, 20))));
      case 2:
        return void(text.insert(at, kTokens[static_cast<std::size_t>(pick(0, std::size(kTokens) - 1))]));
      case 3:
        return void(text.insert(at, text.substr(position(text), static_cast<std::size_t>(pick(1, 60)))));
      default:
        if (at < text.size()) text[at] = static_cast<char>(pick(0, 255));
    }
  }

  std::mt19937 random_{20260101};  // the same inputs each time
};

}  // namespace

TEST_CASE("Whatever a file holds, loading it answers with a configuration or with problems") {
  ConfigFiles files;
  const std::string original = seed();
  REQUIRE(files.load_text(original).has_value());
  Mutator mutate;
  int loadable = 0;
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = mutate(original);
    const auto result = files.load_text(text);
    if (result) {
      ++loadable;
    } else {
      ++refused;
      if (result.error().problems.empty()) FAIL("refused without a reason: " << text);
    }
  }
  CHECK(loadable > 100);
  CHECK(refused > 100);
}

TEST_CASE("A file that ends anywhere is answered with a configuration or with problems") {
  ConfigFiles files;
  const std::string original = seed();
  for (std::size_t size = 0; size < original.size(); ++size) {
    const auto result = files.load_text(original.substr(0, size));
    if (!result && result.error().problems.empty()) FAIL("refused without a reason at " << size);
  }
  CHECK(files.load_text(original).has_value());
}
