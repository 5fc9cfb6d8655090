// SPDX-License-Identifier: Apache-2.0
// What the simulator reads out of request bodies about keys, and what it answers, without HTTP.
#include <functional>
#include <string>

#include "catch.hpp"
#include "simulator/json_record.h"
#include "simulator/key_actions.h"
#include "simulator/multipart.h"

using namespace nethsm::simulator;
using nlohmann::json;

namespace {

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

const char* const kScalar = "ZBcE3bVQleupyhqM8Irpc0eapmNA9nvjFL6+Q0jdVgA=";

json import_body() {
  return {{"mechanisms", {"ECDSA_Signature"}}, {"type", "EC_P256"}, {"private", {{"data", kScalar}}}};
}

KeyRecord aes_key() {
  PrivateKeyValues values;
  values.data = to_bytes("kkkkkkkkkkkkkkkk");
  KeyRecord key;
  key.material = KeyMaterial::import_values(values);
  key.mechanisms.insert(*find_mechanism("AES_Encryption_CBC"));
  return key;
}

}  // namespace

TEST_CASE("a request lacking several members is told about the last one") {
  CHECK(complaint([] { read_import_request(json::object(), true); }) == "Json.private_key_req.priv");
  CHECK(complaint([] { read_generate_request(json::object(), true); }) == "Json.generate_key_req.typ");
  CHECK(complaint([] { read_use_request(json::object(), Use::kSign); }) == "Json.sign_req.message");
  CHECK(complaint([] { read_use_request(json::object(), Use::kDecrypt); }) == "Json.decrypt_req.encrypted");
  CHECK(complaint([] { read_csr_request(json::object()); }) == "Json.subject_req.commonName");
  CHECK(complaint([] { read_label_request(json::object()); }) == "Json.label_req.label");
}

TEST_CASE("an unknown member is a complaint about the whole record, before any other") {
  json body = import_body();
  body["x"] = 1;
  body.erase("type");
  CHECK(complaint([&] { read_import_request(body, true); }) == "Json.private_key_req");
  CHECK(complaint([] { read_move_request(json{{"newId", 1}, {"y", 1}}); }) == "Json.move_key_req");
  CHECK(complaint([] {
          read_use_request(json{{"mode", "ECDSA"}, {"message", ""}, {"iv", ""}}, Use::kSign);
        }) == "Json.sign_req");
  CHECK(complaint([] { read_csr_request(json::array()); }) == "Json.subject_req");
}

TEST_CASE("labels are members of requests only where the version has them") {
  json body = import_body();
  body["label"] = "my label";
  CHECK(read_import_request(body, true).attributes.label == "my label");
  CHECK(complaint([&] { read_import_request(body, false); }) == "Json.private_key_req");
  body["label"] = std::string(33, 'l');
  CHECK(complaint([&] { read_import_request(body, true); }) == "Label is too long, max 32 bytes");
  body["label"] = nullptr;
  CHECK(complaint([&] { read_import_request(body, true); }) == "Json.Label.t");
}

TEST_CASE("a label is at most 32 bytes of well-formed UTF-8") {
  for (const char* good : {"", "abc", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "tab\t"}) {
    CHECK(label_complaint(good).empty());
  }
  for (const char* bad :
       {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    CHECK(label_complaint(bad) == "Label is not valid UTF-8");
  }
}

TEST_CASE("mechanisms, types and modes that do not exist are named as the server does") {
  json body = import_body();
  body["mechanisms"] = "ECDSA_Signature";
  CHECK(complaint([&] { read_import_request(body, true); }) == "Expected JSON list for mechanisms");
  body["mechanisms"] = json::array({1});
  CHECK(complaint([&] { read_import_request(body, true); }) == "Expected JSON string for mechanism");
  body["mechanisms"] = json::array({"ECDSA"});
  CHECK(complaint([&] { read_import_request(body, true); }) == "Json.mechanism");
  body["type"] = "AES";
  CHECK(complaint([&] { read_import_request(body, true); }) == "Json.key_type");
  CHECK(complaint([] {
          read_use_request(json{{"mode", "ecdsa"}, {"message", ""}}, Use::kSign);
        }) == "Json.sign_mode");
  CHECK(complaint([] {
          read_use_request(json{{"mode", 1}, {"message", ""}}, Use::kSign);
        }) == "Expected JSON string for sign mode");
}

TEST_CASE("base64 that cannot be decoded is quoted for RSA numbers and bare for other keys") {
  json body = import_body();
  body["private"] = {{"data", "!!"}};
  CHECK(complaint([&] { read_import_request(body, true); }) == "Wrong padding");
  body["type"] = "RSA";
  body["private"] = {{"primeP", "!!"}};
  CHECK(complaint([&] { read_import_request(body, true); }) ==
        "Invalid base64 encoded value (error: Wrong padding) in \"primeP\": !!");
}

TEST_CASE("a generated key must have a length and mechanisms that fit its type") {
  const auto refuse = [](json body) {
    return complaint([&] { check_generate_request(read_generate_request(body, true)); });
  };
  CHECK(refuse({{"mechanisms", {"ECDSA_Signature"}}, {"type", "RSA"}, {"length", 1023}}) ==
        "RSA key length must be between 1024 and 8192.");
  CHECK(refuse({{"mechanisms", {"ECDSA_Signature"}}, {"type", "RSA"}, {"length", 8192}}) ==
        "Mechanism does not match key type");
  CHECK(refuse({{"mechanisms", json::array()}, {"type", "EC_P224"}}) == "Empty set of mechanisms");
  CHECK(refuse({{"mechanisms", {"ECDSA_Signature", "BIP340_Signature"}}, {"type", "EC_P256K1"}}).empty());
  CHECK(refuse({{"mechanisms", {"RSA_Signature_PKCS1"}}, {"type", "RSA"}, {"length", "2048"}}) ==
        "Json.generate_key_req.length");
}

TEST_CASE("the description of a key lists its mechanisms in the fixed order and leaves out what is empty") {
  KeyRecord key = aes_key();
  CHECK(key_json(key) ==
        R"({"mechanisms":["AES_Encryption_CBC"],"type":"Generic","operations":0,"restrictions":{}})");
  key.mechanisms.insert(*find_mechanism("AES_Decryption_CBC"));
  key.mechanisms.insert(*find_mechanism("RSA_Decryption_RAW"));
  key.tags = {"munich", "berlin"};
  key.label = "a\"b\n\xc3\xbc";
  CHECK(key_json(key) ==
        R"({"mechanisms":["RSA_Decryption_RAW","AES_Encryption_CBC","AES_Decryption_CBC"],"type":"Generic",)"
        R"("operations":0,"restrictions":{"tags":["berlin","munich"]},"label":"a\"b\nü"})");
  CHECK(key_list_json({}) == "[]");
  CHECK(key_list_json({"a", "b"}) == R"([{"id":"a"},{"id":"b"}])");
}

TEST_CASE(
    "a use of a key is checked for tags, base64 and mechanism in that order, and counted if it succeeds") {
  KeyRecord key = aes_key();
  key.tags = {"berlin"};
  UseRequest request = read_use_request(
      json{{"mode", "AES_CBC"}, {"message", "!!"}, {"iv", "MTExMTExMTExMTExMTExMQ=="}}, Use::kEncrypt);
  CHECK_THROWS_AS(use_key(key, Use::kEncrypt, request, {"paris"}), TagsNotMet);
  CHECK(complaint([&] { use_key(key, Use::kEncrypt, request, {"berlin"}); }) ==
        "Couldn't decode data from base64: Wrong padding.");
  request.data = "MDAwMDAwMDAwMDAw\nMDAwMA==\n";
  CHECK(key.operations->load() == 0);
  CHECK(use_key(key, Use::kEncrypt, request, {"berlin"}) ==
        R"({"encrypted":"BCmeAhr2BkS/tARtMKXZHA==","iv":"MTExMTExMTExMTExMTExMQ=="})");
  CHECK(key.operations->load() == 1);
  request.mechanism = find_mechanism("AES_Decryption_CBC");
  CHECK(complaint([&] { use_key(key, Use::kDecrypt, request, {"berlin"}); }) ==
        "Key mechanisms do not allow requested decryption.");
  CHECK(key.operations->load() == 1);
}

TEST_CASE("an id in use is refused, whatever the key") {
  const KeyView store(std::make_shared<KeyStore>(), {});
  add_key(store, "k", {}, aes_key().material);
  CHECK(complaint([&] { add_key(store, "k", {}, aes_key().material); }) == "Key with id k already exists");
}

TEST_CASE("multipart bodies are cut at the boundary and nowhere else") {
  CHECK(multipart_boundary("multipart/form-data; boundary=abc") == "abc");
  CHECK(multipart_boundary("Multipart/Form-Data; charset=x; BOUNDARY=\"a b\"") == "a b");
  CHECK_FALSE(multipart_boundary("application/json; boundary=abc"));
  CHECK_FALSE(multipart_boundary("multipart/form-data"));

  const auto parts = parse_multipart("abc",
                                     "preamble\r\n--abc\r\n"
                                     "Content-Disposition: form-data; name=\"one\"; filename=\"x\"\r\n"
                                     "Content-Type: text/plain\r\n\r\nfirst\r\n--ab\r\nline"
                                     "\r\n--abc\r\nContent-Disposition: form-data; name=two\r\n\r\n"
                                     "\r\n--abc\r\n\r\nno headers\r\n--abc--\r\nepilogue");
  REQUIRE(parts);
  REQUIRE(parts->size() == 3);
  CHECK((*parts)[0].name == "one");
  CHECK((*parts)[0].data == "first\r\n--ab\r\nline");
  CHECK((*parts)[1].name == "two");
  CHECK((*parts)[1].data.empty());
  CHECK((*parts)[2].name.empty());
  CHECK((*parts)[2].data == "no headers");
  CHECK_FALSE(parse_multipart("abc", "--abc\r\n\r\nnever closed"));
  CHECK_FALSE(parse_multipart("abc", ""));
  CHECK(parse_multipart("abc", "--abc--")->empty());
}
