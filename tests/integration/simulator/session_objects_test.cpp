// SPDX-License-Identifier: Apache-2.0
// What session objects leave on the device: nothing.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/openssl.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

struct Cluster {
  simulator::Simulator simulator{demo()};
  ConfigFile config{{slot_of(simulator)}};

  // Ids of the keys that were made and not deleted or moved away since the simulator began.
  std::vector<std::string> deleted() const {
    std::vector<std::string> ids;
    for (const auto& request : simulator.requests()) {
      const auto begin = request.path.rfind('/') + 1;
      if (request.method == "DELETE") ids.push_back(request.path.substr(begin));
    }
    return ids;
  }
};

// SunPKCS11's templates: nothing but the curve in the public one, nothing at all in the private one.
TokenSession::KeyPair session_pair(TokenSession& token) {
  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  Attributes public_key;
  public_key.bytes(CKA_EC_PARAMS, ec_params(kCurves[0]));
  TokenSession::KeyPair pair{};
  must(token.module->C_GenerateKeyPair(token.session, &mechanism, public_key.data(), public_key.size(),
                                       nullptr, 0, &pair.public_key, &pair.private_key),
       "C_GenerateKeyPair");
  return pair;
}

bool is_temporary(const std::string& id) { return id.starts_with("p11-temporary-"); }

}  // namespace

TEST_CASE("A temporary key is deleted from the device when its session is closed") {
  Cluster cluster;
  TokenSession token;
  const auto pair = session_pair(token);
  const auto data = digest("SHA256", as_bytes("data"));
  const auto signature = token.sign({CKM_ECDSA, nullptr, 0}, pair.private_key, data);
  REQUIRE(signature.rv == CKR_OK);
  CHECK(ecdsa_verifies(public_key_of(token, pair.public_key), data, signature.bytes, nullptr));
  CHECK(cluster.deleted().empty());
  CK_SESSION_HANDLE other = CK_INVALID_HANDLE;
  REQUIRE(token.module->C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &other) == CKR_OK);
  CK_ATTRIBUTE wanted{CKA_KEY_TYPE, nullptr, 0};
  CHECK(token.module->C_GetAttributeValue(other, pair.private_key, &wanted, 1) == CKR_OK);
  CHECK(token.module->C_CloseSession(token.session) == CKR_OK);
  CHECK(token.module->C_GetAttributeValue(other, pair.private_key, &wanted, 1) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(token.module->C_GetAttributeValue(other, pair.public_key, &wanted, 1) == CKR_OBJECT_HANDLE_INVALID);
  REQUIRE(cluster.deleted().size() == 1);
  CHECK(is_temporary(cluster.deleted()[0]));
}

TEST_CASE("Temporary keys are deleted by C_CloseAllSessions and by C_Finalize") {
  Cluster cluster;
  TokenSession token;
  session_pair(token);
  session_pair(token);
  SECTION("all sessions are closed") { CHECK(token.module->C_CloseAllSessions(0) == CKR_OK); }
  SECTION("the module is finalised") { CHECK(token.module->C_Finalize(nullptr) == CKR_OK); }
  CHECK(cluster.deleted().size() == 2);
  CHECK(std::ranges::all_of(cluster.deleted(), is_temporary));
}

TEST_CASE("A pair that was made for a session is stored as SunPKCS11 does, and outlives its first handles") {
  Cluster cluster;
  std::string id = "alias";
  {
    TokenSession token;
    const auto pair = session_pair(token);
    Attributes changes;
    changes.flag(CKA_TOKEN, true).text(CKA_ID, id);
    CK_OBJECT_HANDLE permanent = CK_INVALID_HANDLE;
    REQUIRE(token.module->C_CopyObject(token.session, pair.private_key, changes.data(), changes.size(),
                                       &permanent) == CKR_OK);
    // What its garbage collector does to the handles of the session.
    CHECK(token.module->C_DestroyObject(token.session, pair.private_key) == CKR_OK);
    CHECK(token.module->C_DestroyObject(token.session, pair.public_key) == CKR_OK);
    CHECK(token.sign({CKM_ECDSA, nullptr, 0}, permanent, Bytes(32, 1)).rv == CKR_OK);
  }
  CHECK(cluster.deleted().empty());
  TokenSession later;
  CHECK(later.find(Attributes().text(CKA_ID, id)).size() == 2);
  CHECK(later.find(Attributes().flag(CKA_TOKEN, false)).empty());
}

TEST_CASE("Session objects can be made and copied in a read-only session, token objects cannot") {
  Cluster cluster;
  TokenSession token(0, CKF_SERIAL_SESSION);
  const auto pair = session_pair(token);
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  Attributes to_token;
  to_token.flag(CKA_TOKEN, true);
  CHECK(token.module->C_CopyObject(token.session, pair.private_key, to_token.data(), to_token.size(),
                                   &made) == CKR_SESSION_READ_ONLY);
  CHECK(token.module->C_CopyObject(token.session, pair.public_key, nullptr, 0, &made) == CKR_OK);
  CHECK(token.module->C_CopyObject(token.session, pair.public_key, nullptr, 0, nullptr) == CKR_ARGUMENTS_BAD);
  CHECK(token.module->C_CopyObject(99999, pair.public_key, nullptr, 0, &made) == CKR_SESSION_HANDLE_INVALID);
  Attributes name;
  name.text(CKA_LABEL, "copy");
  CHECK(token.module->C_SetAttributeValue(token.session, made, name.data(), name.size()) == CKR_OK);
  CHECK(token.module->C_DestroyObject(token.session, made) == CKR_OK);
}
