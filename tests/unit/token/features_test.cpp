// SPDX-License-Identifier: Apache-2.0
// docs/features.md says what the tables say.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "catch.hpp"
#include "features_page.h"
#include "pkcs11/pkcs11.h"
#include "token/attributes.h"
#include "token/mechanisms.h"

using namespace nethsm;
using namespace nethsm::token;
using Words = std::vector<std::string>;

namespace {

std::string listed(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string use_of(const MechanismRow& row) {
  constexpr struct {
    CK_FLAGS flag;
    const char* word;
  } kUses[] = {{CKF_GENERATE | CKF_GENERATE_KEY_PAIR, "generate"},
               {CKF_ENCRYPT, "encrypt"},
               {CKF_DECRYPT, "decrypt"},
               {CKF_DIGEST, "digest"},
               {CKF_SIGN, "sign"},
               {CKF_SIGN_RECOVER, "sign-recover"},
               {CKF_VERIFY, "verify"},
               {CKF_VERIFY_RECOVER, "verify-recover"}};
  Words words;
  for (const auto& use : kUses) {
    if ((row.flags & use.flag) != 0) words.emplace_back(use.word);
  }
  return listed(words);
}

std::string keys_of(const MechanismRow& row) {
  constexpr struct {
    KeyFamily family;
    const char* name;
    const char* unit;
  } kFamilies[] = {{KeyFamily::kRsa, "RSA", "bits"},
                   {KeyFamily::kEc, "EC", "bits"},
                   {KeyFamily::kEdwards, "EC_EDWARDS", "bits"},
                   {KeyFamily::kAes, "AES", "bytes"},
                   {KeyFamily::kGenericSecret, "GENERIC_SECRET", "bits"}};
  for (const auto& each : kFamilies) {
    if (each.family != row.family) continue;
    const std::string least = std::to_string(row.min_key_size), most = std::to_string(row.max_key_size);
    return std::string(each.name) + ", " + (least == most ? least : least + " to " + most) + " " + each.unit;
  }
  return "none";
}

std::string objects_of(ClassSet classes) {
  constexpr struct {
    ClassSet of;
    const char* word;
  } kClasses[] = {{kPrivateClass, "private"}, {kPublicClass, "public"},
                  {kSecretClass, "secret"},   {kCertificateClass, "certificate"},
                  {kProfileClass, "profile"}, {kMechanismClass, "mechanism"}};
  Words words;
  for (const auto& each : kClasses) {
    if ((classes & each.of) != 0) words.emplace_back(each.word);
  }
  return words.size() == std::size(kClasses) ? "all" : listed(words);
}

std::string reading_of(Access access) {
  return access == Access::kFixed ? "constant" : access == Access::kSensitive ? "never" : "yes";
}

std::string in_templates(Given given) {
  switch (given) {
    case Given::kFree:
      return "taken, changeable";
    case Given::kKept:
      return "taken";
    case Given::kDecides:
      return "decides";
    case Given::kIgnored:
      return "ignored";
    case Given::kNever:
      break;
  }
  return "refused";
}

// Row by row, so that a failure shows the one to mend.
void check_rows(const std::vector<Words>& found, const std::vector<Words>& expected) {
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) REQUIRE(found[i] == expected[i]);
  CHECK(found.size() == expected.size());
}

// Of the header.
std::map<std::string, CK_OBJECT_CLASS> object_classes() {
  std::ifstream header(NETHSM_SOURCE_DIR "/include/pkcs11/pkcs11t_objects.h");
  std::map<std::string, CK_OBJECT_CLASS> classes;
  for (std::string line; std::getline(header, line);) {
    const auto words = test::split(line, " ");
    if (words.size() == 3 && words[1].starts_with("CKO_"))
      classes[words[1]] = std::stoul(words[2], nullptr, 0);
  }
  classes.erase("CKO_VENDOR_DEFINED");
  return classes;
}

}  // namespace

TEST_CASE("The page of features has every function of PKCS#11 3.2 once") {
  std::multiset<std::string> expected, found;
#define NAME(name, parameters, arguments) expected.insert(#name);
  CK_PKCS11_FUNCTIONS_2_40(NAME)
  CK_PKCS11_FUNCTIONS_3_0(NAME)
  CK_PKCS11_FUNCTIONS_3_2(NAME)
#undef NAME
  for (const auto& row : test::features_table("Functions")) {
    REQUIRE(row.size() == 3);
    for (auto& name : test::split(row[0], ", ")) found.insert(std::move(name));
  }
  CHECK(found == expected);
}

TEST_CASE("The page of features has every class of objects, and tells which there are") {
  auto classes = object_classes();
  for (const auto& row : test::features_table("Objects")) {
    REQUIRE(row.size() == 2);
    for (const auto& name : test::split(row[0], ", ")) {
      CAPTURE(name);
      REQUIRE(classes.contains(name));
      CHECK((class_set_of(classes[name]) == 0) == row[1].starts_with("none"));
      classes.erase(name);
    }
  }
  CHECK(classes.empty());
}

TEST_CASE("The page of features has every mechanism with its uses and sizes of keys") {
  std::vector<Words> expected, found;
  for (const MechanismRow& row : mechanism_rows()) {
    expected.push_back({std::string(row.name), use_of(row), keys_of(row)});
  }
  for (auto& row : test::features_table("Mechanisms")) {
    REQUIRE(row.size() == 4);
    row.pop_back();
    found.push_back(std::move(row));
  }
  check_rows(found, expected);
}

TEST_CASE("The page of features has every attribute with its objects and its place in templates") {
  std::vector<Words> expected, found;
  for (const AttributeRow& row : attribute_rows()) {
    expected.push_back(
        {std::string(row.name), objects_of(row.classes), reading_of(row.access), in_templates(row.given)});
  }
  for (auto& row : test::features_table("Attributes")) {
    REQUIRE(row.size() == 5);
    row.pop_back();
    found.push_back(std::move(row));
  }
  check_rows(found, expected);
}
