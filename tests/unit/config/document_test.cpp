// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::config;

namespace {
std::string problems_of(std::string_view text) {
  Report report("f");
  read_document(text, report);
  std::string all;
  for (const std::string& problem : report.problems()) all += problem + '\n';
  return all;
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
}  // namespace

TEST_CASE("A document is read with the place of everything") {
  Report report("f");
  const auto root = read_document("a: 1\nb:\n  - x\n  - {c: '2'}\nd:\n", report);
  REQUIRE(root.has_value());
  CHECK(report.problems().empty());
  REQUIRE(root->entries.size() == 3);
  CHECK(root->find("a")->text() == "1");
  CHECK_FALSE(root->find("a")->quoted);
  const Node& list = *root->find("b");
  REQUIRE(list.items.size() == 2);
  CHECK(list.items[0].place.line == 3);
  CHECK(list.items[0].place.column == 5);
  CHECK(list.items[1].find("c")->quoted);
  CHECK(root->find("d")->kind == Node::Kind::kNull);
  CHECK(root->find("e") == nullptr);
}

TEST_CASE("A duplicate key is a problem at each level, and the first one is kept") {
  CHECK(problems_of("a: 1\na: 2\n") ==
        "f:2:1: this key stands twice in one mapping, first in line 1: remove one of them\n");
  CHECK(contains(problems_of("x:\n  - {b: {c: 1}, b: [2, {d: 1}]}\n"), "f:2:17: this key stands twice"));
  CHECK(problems_of("a: {k: 1}\nb: {k: 1}\n").empty());
  CHECK(contains(problems_of("a: 1\na: {b: 1, b: {c: 1, c: {}, d: 2}, e: 3}\n"),
                 "f:2:21: this key stands twice"));
  Report report("f");
  CHECK(read_document("a: 1\n\"a\": {b: 2}\nc: 3", report)->find("a")->text() == "1");
}

TEST_CASE("Anchors, aliases and tags are problems") {
  CHECK(contains(problems_of("a: &x 1\n"), "anchors"));
  CHECK(contains(problems_of("a: &x {b: 1}\n"), "anchors"));
  CHECK(contains(problems_of("a: &x 1\nb: *x\n"), "f:2:4: aliases"));
  CHECK(contains(problems_of("a: !!str 1\n"), "f:1:4: tags"));
  CHECK(contains(problems_of("a: !mine [1]\n"), "tags"));
  CHECK(contains(problems_of("a: &x {b: 1}\nc:\n  <<: *x\n"), "aliases"));
}

TEST_CASE("A second document is a problem") {
  CHECK(contains(problems_of("a: 1\n---\nb: 2\n"), "f:2:1: a second YAML document begins here"));
  CHECK(problems_of("---\na: 1\n...\n").empty());
}

TEST_CASE("Depth bombs are problems") {
  CHECK_FALSE(problems_of(std::string(100000, '[')).empty());
  CHECK_FALSE(problems_of(std::string(100000, '{')).empty());
  CHECK(contains(problems_of("? ? ? ? a"), "a key must be a word"));
  CHECK(contains(problems_of("a: " + std::string(100, '[') + std::string(100, ']')),
                 "f:1:19: nested too deeply"));
  std::string block;
  for (int i = 0; i < 200; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(contains(problems_of(block), "nested too deeply"));
  std::string bullets;
  for (int i = 0; i < 5000; ++i) bullets += "- ";
  CHECK(contains(problems_of(bullets), "nested too deeply"));
}

TEST_CASE("What is no YAML is a problem with its place") {
  CHECK(contains(problems_of("a: 1\n  b: 2\n"), "f:2:4: this is no valid YAML: illegal map value"));
  CHECK(contains(problems_of("a: [1\n"), "this is no valid YAML"));
  CHECK(contains(problems_of("a: 'x"), "this is no valid YAML: illegal EOF in scalar"));
  CHECK(contains(problems_of("\ta: 1\n"), "this is no valid YAML"));
  CHECK(contains(problems_of("a: \"\\q\"\n"), "unknown escape character\n"));
  CHECK(contains(problems_of("[a]: 1\n"), "a key must be a word"));
  CHECK(contains(problems_of(": 1\n"), "a key must be a word"));
}

TEST_CASE("Quotes that the file does not close are a problem") {
  CHECK(problems_of("a: 'x\nb: 1\n") == "f:1:4: the quotes that open here are not closed\n");
  CHECK(problems_of("\xef\xbb\xbf"
                    "\xc3\xbc: 1\na: \"x\n") == "f:2:4: the quotes that open here are not closed\n");
  CHECK(contains(problems_of("a: 'it''s\n"), "not closed"));
  CHECK(contains(problems_of("a: \"x\\\"\n"), "not closed"));
  CHECK(problems_of("a: 'it''s'\n").empty());
  CHECK(problems_of("a: ''\n").empty());
  CHECK(problems_of("a: \"\\\\\"\n").empty());
  CHECK(problems_of("\xef\xbb\xbf\xc3\xbc: 1\r\na: \"x\"\r\n").empty());
}

TEST_CASE("Bytes that are no text are problems") {
  CHECK(contains(problems_of("a: \xff\n"), "not UTF-8"));
  CHECK(contains(problems_of(std::string_view("\xff\xfe\x61\0", 4)), "not UTF-8"));
  CHECK(contains(problems_of(std::string_view("a: 1\nb: \0\n", 10)), "f:2:1: there is a control character"));
  CHECK(contains(problems_of("a: 1\n\x04: 2\n"), "f:2:1: there is a control character"));
}
