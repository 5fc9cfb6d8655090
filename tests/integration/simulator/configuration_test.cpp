// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// What is written to stderr while it exists.
class CapturedStderr {
 public:
  CapturedStderr() : saved_(dup(STDERR_FILENO)), file_(std::tmpfile()) { dup2(fileno(file_), STDERR_FILENO); }
  ~CapturedStderr() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    std::fclose(file_);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  std::string text() const {
    std::rewind(file_);
    std::string result;
    for (int character; (character = std::fgetc(file_)) != EOF;)
      result.push_back(static_cast<char>(character));
    return result;
  }

 private:
  int saved_;
  FILE* file_;
};

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("A configuration that is refused makes C_Initialize fail, and stderr tells why") {
  const std::string text =
      GENERATE(std::string("slots: [\n"), std::string("slots:\n  - label: x\n    colour: red\n"),
               std::string("slots:\n  - label: x\n    operator:\n      username: o\n"
                           "    instances:\n      - url: \"nonsense\"\n"));
  CAPTURE(text);
  const ConfigFile config(text);
  const Module module;
  std::string said;
  {
    const CapturedStderr capture;
    CHECK(module->C_Initialize(nullptr) == CKR_FUNCTION_FAILED);
    said = capture.text();
  }
  CHECK(said.find("C_Initialize") != std::string::npos);
  CHECK(said.find("p11nethsm.conf") != std::string::npos);
  CHECK(module->C_Finalize(nullptr) == CKR_CRYPTOKI_NOT_INITIALIZED);
}

TEST_CASE("Every mistake of a configuration has a line of its own on stderr") {
  std::string text = "slots:\n";
  for (int slot = 0; slot < 40; ++slot) {
    text += "  - label: slot" + std::to_string(slot) + "\n    operator:\n      username: o\n";
    text += "    instances:\n      - url: \"nonsense\"\n";
  }
  const ConfigFile config(text);
  const Module module;
  const CapturedStderr capture;
  CHECK(module->C_Initialize(nullptr) == CKR_FUNCTION_FAILED);
  const std::string said = capture.text();
  for (int slot = 0; slot < 40; ++slot) {
    CHECK(said.find("p11nethsm.conf:" + std::to_string(6 + 5 * slot) + ":") != std::string::npos);
  }
}

TEST_CASE("A configuration file that does not exist makes C_Initialize fail; a later one succeeds") {
  const Module module;
  setenv("P11NETHSM_CONFIG_FILE", "/nonexistent/p11nethsm.conf", 1);
  {
    const CapturedStderr capture;
    CHECK(module->C_Initialize(nullptr) == CKR_FUNCTION_FAILED);
    CHECK(capture.text().find("/nonexistent/p11nethsm.conf") != std::string::npos);
  }
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  CHECK(module->C_Initialize(nullptr) == CKR_OK);
  CHECK(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("The simulator's own configuration file works, pins included") {
  simulator::Simulator simulator(demo(2));
  const ConfigFile config(simulator.config_yaml("pinned"));
  TokenSession token;
  const auto pair = token.generate_ed25519(unique_id("pinned"));
  CHECK(token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
}

TEST_CASE("A device with another certificate than the pinned one never hears a request") {
  simulator::Simulator simulator(demo());
  SlotOptions slot = slot_of(simulator);
  slot.fingerprint = std::string(64, '0');
  const ConfigFile config({slot});
  const Module module;
  REQUIRE(module->C_Initialize(nullptr) == CKR_OK);
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  {
    const CapturedStderr capture;  // a warning is in order
    CHECK(module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &session) == CKR_TOKEN_NOT_PRESENT);
  }
  CHECK(simulator.requests().empty());
  CHECK(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("Two slots are two tokens") {
  simulator::Simulator first(demo());
  simulator::Simulator second(demo());
  SlotOptions one = slot_of(first);
  SlotOptions two = slot_of(second);
  one.label = "one";
  two.label = "two";
  const ConfigFile config({one, two});
  TokenSession token(1);
  const std::string id = unique_id("two");
  const auto pair = token.generate_ed25519(id);
  CHECK(token.find(Attributes().text(CKA_ID, id)).size() == 2);

  CK_SESSION_HANDLE other = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &other) ==
          CKR_OK);
  std::swap(token.session, other);
  CHECK(token.find(Attributes().text(CKA_ID, id)).empty());
  CHECK(token.sign_init(CKM_EDDSA, pair.private_key) == CKR_KEY_HANDLE_INVALID);
  std::swap(token.session, other);
}

TEST_CASE("Hidden key types are not shown") {
  simulator::Simulator simulator(demo());
  SlotOptions slot = slot_of(simulator);
  {
    const ConfigFile config({slot});
    TokenSession token;
    CK_MECHANISM mechanism{CKM_EC_EDWARDS_KEY_PAIR_GEN, nullptr, 0};
    Attributes wanted;
    wanted.flag(CKA_TOKEN, true).text(CKA_ID, "hidden");
    wanted.bytes(CKA_EC_PARAMS, *from_hex("06032b6570"));
    CK_OBJECT_HANDLE handles[2];
    must(token.module->C_GenerateKeyPair(token.session, &mechanism, wanted.data(), wanted.size(),
                                         wanted.data(), 2, &handles[0], &handles[1]),
         "C_GenerateKeyPair");
    CHECK(token.find(all_stored()).size() == 2);
  }
  slot.more = "    hide_key_types: [Curve25519]\n";
  const ConfigFile config({slot});
  TokenSession token;
  CHECK(token.find(all_stored()).empty());
}

TEST_CASE("No passphrase and no key ever reaches the log, not even at the most talkative level") {
  simulator::Simulator simulator(demo());
  SlotOptions slot = slot_of(simulator);
  slot.operator_passphrase.reset();
  const std::string log_file = std::filesystem::temp_directory_path() / unique_id("log");
  const ConfigFile config({slot}, "log_level: Trace\nlog_file: \"" + log_file + "\"\n");
  const std::string wrong = "a wrong passphrase";
  const std::string imported = "0123456789abcdef0123456789ABCDEF";
  {
    TokenSession token;
    CHECK(token.module->C_Login(token.session, CKU_USER, pin(wrong), wrong.size()) == CKR_PIN_INCORRECT);
    // The device refuses everybody from this address for a second after a wrong passphrase.
    CK_RV rv = CKR_PIN_INCORRECT;
    for (int i = 0; i < 30 && rv != CKR_OK; ++i) {
      usleep(100'000);
      rv = token.module->C_Login(token.session, CKU_USER, pin(kOperatorPassphrase),
                                 kOperatorPassphrase.size());
    }
    CHECK(rv == CKR_OK);
    Attributes wanted;
    wanted.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).flag(CKA_TOKEN, true);
    wanted.text(CKA_ID, unique_id("log")).text(CKA_VALUE, imported);
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CHECK(token.module->C_CreateObject(token.session, wanted.data(), wanted.size(), &key) == CKR_OK);
    token.find();
    CHECK(token.module->C_SetPIN(token.session, pin(wrong), wrong.size(), pin(wrong), wrong.size()) !=
          CKR_OK);
  }
  const std::string log = contents(log_file);
  std::filesystem::remove(log_file);
  REQUIRE(log.find("C_Login") != std::string::npos);
  for (const std::string& secret :
       {wrong, imported, std::string(kOperatorPassphrase), std::string(kAdministratorPassphrase)}) {
    CHECK(log.find(secret) == std::string::npos);
    CHECK(log.find(to_hex(as_bytes(secret))) == std::string::npos);
    CHECK(log.find(to_hex(as_bytes(secret), HexCase::kUpper)) == std::string::npos);
    // Base64 depends on what stands before: without its ends the middle is found at any of the three offsets.
    for (std::size_t shift = 0; shift < 3; ++shift) {
      const std::string encoded = to_base64(as_bytes(std::string(shift, 'x') + secret));
      CHECK(log.find(encoded.substr(4, encoded.size() - 8)) == std::string::npos);
    }
  }
}
