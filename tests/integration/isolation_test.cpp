// SPDX-License-Identifier: Apache-2.0
// What the module must leave alone in the process that it is loaded into.
#include <openssl/err.h>

#include <csignal>
#include <cstring>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

TEST_CASE("The host's OpenSSL errors outlive every call, with all that they say") {
  const ConfigFile config({device_slot()});
  ERR_clear_error();
  ERR_new();
  ERR_set_debug("host.c", 4711, "host_function");
  ERR_set_error(ERR_LIB_USER, 42, "of the host");
  ERR_new();
  ERR_set_error(ERR_LIB_USER, 43, nullptr);

  {
    TokenSession token;  // from C_Initialize to C_Finalize
    const auto pair = token.generate_ed25519(unique_id("errors"));
    CHECK(token.sign({CKM_EDDSA, nullptr, 0}, pair.private_key, as_bytes("data")).rv == CKR_OK);
    CHECK(token.sign_init(CKM_RSA_PKCS, pair.private_key) == CKR_KEY_TYPE_INCONSISTENT);
  }

  const char* file = nullptr;
  const char* function = nullptr;
  const char* data = nullptr;
  int line = 0;
  int flags = 0;
  const auto first = ERR_get_error_all(&file, &line, &function, &data, &flags);
  CHECK(ERR_GET_REASON(first) == 42);
  CHECK(std::strcmp(file, "host.c") == 0);
  CHECK(line == 4711);
  CHECK(std::strcmp(function, "host_function") == 0);
  CHECK(std::strcmp(data, "of the host") == 0);
  CHECK(ERR_GET_REASON(ERR_get_error()) == 43);
  CHECK(ERR_get_error() == 0);
}

TEST_CASE("No call leaves an OpenSSL error behind") {
  const ConfigFile config({device_slot()});
  ERR_clear_error();
  TokenSession token;
  CHECK(token.find(Attributes().text(CKA_ID, "no such key")).empty());
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("Signal dispositions stay as they were") {
  const ConfigFile config({device_slot()});
  struct sigaction before[NSIG] = {};
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, nullptr, &before[signal]);
  {
    TokenSession token;
    CHECK(token.find(Attributes().text(CKA_ID, "no such key")).empty());
  }
  for (int signal = 1; signal < NSIG; ++signal) {
    CAPTURE(signal);
    struct sigaction after = {};
    sigaction(signal, nullptr, &after);
    CHECK(after.sa_handler == before[signal].sa_handler);
  }
}
