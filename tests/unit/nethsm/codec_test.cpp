// SPDX-License-Identifier: Apache-2.0
#include "nethsm/codec.h"

#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::api;

namespace {

std::string text_of(codec::Object object) {
  const auto json = object.take();
  return std::string(json.begin(), json.end());
}

}  // namespace

TEST_CASE("Request bodies are spelled as the API wants them") {
  codec::Object inner;
  inner.base64("data", as_bytes("secret"));
  codec::Object body;
  body.text("mode", "ECDSA").number("length", 2048).base64("message", as_bytes("abc"));
  body.mechanisms("mechanisms", {Mechanism::kEcdsaSignature, Mechanism::kRsaDecryptionRaw});
  body.object("private", std::move(inner));
  CHECK(
      text_of(std::move(body)) ==
      R"({"mode":"ECDSA","length":2048,"message":"YWJj","mechanisms":["RSA_Decryption_RAW","ECDSA_Signature"],)"
      R"("private":{"data":"c2VjcmV0"}})");
  CHECK(text_of(codec::Object()) == "{}");
}

TEST_CASE("Text in request bodies is escaped and otherwise untouched") {
  codec::Object body;
  body.text("label", "a\"b\\c\n\x01 ü");
  CHECK(text_of(std::move(body)) == "{\"label\":\"a\\\"b\\\\c\\u000a\\u0001 ü\"}");
}

TEST_CASE("A key is read with everything that the device tells of it") {
  const auto key =
      codec::key("k1", R"({"mechanisms":["RSA_Signature_PKCS1","RSA_Decryption_RAW","Something_New"],)"
                       R"("type":"RSA","operations":7,"public":{"modulus":"wAE=","publicExponent":"AQAB"},)"
                       R"("restrictions":{"tags":["berlin"]},"label":"web","unknown":{"x":1}})");
  REQUIRE(key);
  CHECK(key->id == "k1");
  CHECK(key->type == KeyType::kRsa);
  CHECK(key->mechanisms == Mechanisms{Mechanism::kRsaSignaturePkcs1, Mechanism::kRsaDecryptionRaw});
  CHECK(std::get<RsaPublic>(key->public_part).modulus == Bytes{0xc0, 0x01});
  CHECK(std::get<RsaPublic>(key->public_part).public_exponent == Bytes{1, 0, 1});
  CHECK(key->label == "web");
  CHECK(key->tags == std::vector<std::string>{"berlin"});
}

TEST_CASE("A generic key has no public part, an EC key has its point") {
  const auto generic =
      codec::key("g", R"({"mechanisms":[],"type":"Generic","operations":0,"restrictions":{}})");
  REQUIRE(generic);
  CHECK(std::get<Bytes>(generic->public_part).empty());
  const auto ec =
      codec::key("e", R"({"mechanisms":["ECDSA_Signature"],"type":"EC_P256","public":{"data":"BAEC"}})");
  REQUIRE(ec);
  CHECK(std::get<Bytes>(ec->public_part) == Bytes{4, 1, 2});
}

TEST_CASE("What cannot be understood is no key") {
  const auto* body =
      GENERATE(as<const char*>(), "", "[]", "null", "{", R"({"type":"EC_P224","public":{"data":"BAEC"}})",
               R"({"type":"RSA"})", R"({"type":"RSA","public":{"modulus":"","publicExponent":"AQAB"}})",
               R"({"type":"EC_P256","public":{"data":"%%%"}})", R"({"type":7})");
  CAPTURE(body);
  CHECK_FALSE(codec::key("k", body));
}

TEST_CASE("A listing is a list of ids") {
  CHECK(codec::key_ids(R"([{"id":"a"},{"id":"b","more":1}])") == std::vector<std::string>{"a", "b"});
  CHECK(codec::key_ids("[]") == std::vector<std::string>{});
  CHECK_FALSE(codec::key_ids(R"([{"id":1}])"));
  CHECK_FALSE(codec::key_ids("{}"));
}

TEST_CASE("A base64 member is found first, later, or not at all") {
  const auto plain = [](const char* body) {
    const auto bytes = codec::base64_member(body, "decrypted");
    return bytes ? std::optional(std::string(bytes->begin(), bytes->end())) : std::nullopt;
  };
  CHECK(plain(R"({"decrypted":"YWJj"})") == "abc");
  CHECK(plain(R"({"decrypted":""})") == "");
  CHECK(plain(R"({ "iv":"AAAA", "decrypted" : "YWJj" })") == "abc");
  CHECK(plain(R"({"decrypted":"YWJj","iv":"AAAA"})") == "abc");
  CHECK(plain(R"({"iv":"AAAA","decrypted":"YWJj"})") == "abc");
  CHECK(plain(R"({"decrypted":"\u0059WJj"})") == "abc");
  CHECK_FALSE(plain(R"({"decrypted":"YW=="})"));
  CHECK_FALSE(plain(R"({"signature":"YWJj"})"));
  CHECK_FALSE(plain(R"({"decrypted":)"));
  CHECK_FALSE(plain(R"({"decrypted":"YWJj"}})"));
  CHECK_FALSE(plain(R"({"decrypted":"YWJj",})"));
  CHECK_FALSE(plain("{\"decrypted\":\"YWJj\",\"iv\":\"\xff\"}"));
  CHECK_FALSE(plain(R"({"decrypted":"YWJj")"));
  CHECK_FALSE(plain(R"({"decrypted":"YWJj","more":[1,2)"));
}

TEST_CASE("Error bodies are optional") {
  CHECK(codec::error_message(R"({"message":"Service not available"})") == "Service not available");
  CHECK(codec::error_message("").empty());
  CHECK(codec::error_message("Not found") == "Not found");
}

TEST_CASE("Ids are those of the device") {
  CHECK(is_valid_id("a"));
  CHECK(is_valid_id("0---AB"));
  CHECK(is_valid_id("A.b_c-9"));
  CHECK_FALSE(is_valid_id(""));
  CHECK_FALSE(is_valid_id("-a"));
  CHECK_FALSE(is_valid_id("a b"));
  CHECK_FALSE(is_valid_id("ä"));
  CHECK(is_valid_id(std::string(128, 'x')));
  CHECK_FALSE(is_valid_id(std::string(129, 'x')));
}

TEST_CASE("Every word of the vocabulary is read back as itself") {
  for (std::size_t i = 0; i < kKeyTypeNames.size(); ++i) {
    CHECK(parse_key_type(kKeyTypeNames[i]) == static_cast<KeyType>(i));
  }
  for (std::size_t i = 0; i < kMechanismNames.size(); ++i) {
    CHECK(parse_mechanism(kMechanismNames[i].name) == static_cast<Mechanism>(i));
  }
  CHECK_FALSE(parse_key_type("EC_P224"));
}

TEST_CASE("Paths and queries are percent-encoded") {
  CHECK(codec::percent_encode("ns1~op") == "ns1~op");
  CHECK(codec::percent_encode("a b/ü?") == "a%20b%2F%C3%BC%3F");
}
