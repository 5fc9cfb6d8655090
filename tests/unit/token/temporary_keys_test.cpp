// SPDX-License-Identifier: Apache-2.0
// Keys that belong to a session, and what becomes of them.
#include "simulated_token.h"
#include "token/key_id.h"

using namespace nethsm;
using namespace nethsm::token;
using Requests = std::vector<std::string>;

namespace {

constexpr CK_MECHANISM kEcGeneration{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
constexpr CK_MECHANISM kAesGeneration{CKM_AES_KEY_GEN, nullptr, 0};

AttributeList p256() {
  AttributeList list;
  list.hex(CKA_EC_PARAMS, "06082a8648ce3d030107");
  return list;
}
AttributeList to_token() {
  AttributeList list;
  list.token();
  return list;
}
AttributeList in_memory() {
  AttributeList list;
  list.boolean(CKA_TOKEN, false);
  return list;
}

// As SunPKCS11 makes every pair: nothing at all is said of the private half.
Token::KeyPair temporary_pair(const SimulatedToken& t, const AttributeList& private_key = {},
                              CK_SESSION_HANDLE session = kSession) {
  const auto pair = t.token->generate_key_pair(kEcGeneration, p256().view(), private_key.view(), session);
  REQUIRE(pair);
  return *pair;
}
std::vector<std::string> ids_on_device(const SimulatedToken& t) {
  const auto ids = t.make_client()->list_keys(api::make_credential("operator", Secret(kOperatorPassphrase)));
  REQUIRE(ids);
  return *ids;
}
CK_OBJECT_HANDLE copy(const SimulatedToken& t, CK_OBJECT_HANDLE handle, const AttributeList& changes) {
  const auto made = t.token->copy_object(handle, changes.view(), kSession);
  REQUIRE(made);
  return *made;
}
CK_RV code_of_copying(const SimulatedToken& t, CK_OBJECT_HANDLE handle, const AttributeList& changes) {
  return rv(t.token->copy_object(handle, changes.view(), kSession));
}
bool signs(const SimulatedToken& t, CK_OBJECT_HANDLE handle) {
  const auto object = t.token->object(handle);
  REQUIRE(object);
  return t.token->sign(**object, api::Mechanism::kEcdsaSignature, Bytes(32, 1)).has_value();
}

}  // namespace

TEST_CASE("A key that is not for the token is on the device under a temporary id, and nobody else's object") {
  SimulatedToken t;
  const auto pair =
      temporary_pair(t, AttributeList().text(CKA_ID, "mine").text(CKA_LABEL, std::string(60, 'x')));
  const auto ids = ids_on_device(t);
  REQUIRE(ids.size() == 1);
  CHECK(is_temporary(ids[0]));
  for (const auto handle : {pair.private_key, pair.public_key}) {
    CHECK(t.value(handle, CKA_TOKEN) == Bytes{CK_FALSE});
    CHECK(t.value(handle, CKA_LOCAL) == Bytes{CK_TRUE});
  }
  CHECK(t.value(pair.private_key, CKA_PRIVATE) == Bytes{CK_TRUE});
  CHECK(t.value(pair.private_key, CKA_ID) == to_bytes("mine"));
  CHECK(t.value(pair.private_key, CKA_LABEL).size() == 60);
  CHECK(t.value(pair.private_key, CKA_EC_POINT) == t.value(pair.public_key, CKA_EC_POINT));
  CHECK(t.only(with_id("mine")) == pair.private_key);
  CHECK(t.count(all_stored()) == 2);
  CHECK(signs(t, pair.private_key));
  const auto other = t.make_token();
  CHECK(other->find(all_stored().view())->empty());
  CHECK(other->find(with_id(ids[0]).view())->empty());
}

TEST_CASE("Temporary secret keys and imported keys are made likewise") {
  SimulatedToken t;
  const auto made =
      t.token->generate_key(kAesGeneration, AttributeList().number(CKA_VALUE_LEN, 32).view(), kSession);
  REQUIRE(made);
  CHECK(t.value(*made, CKA_VALUE_LEN)[0] == 32);
  AttributeList secret;
  secret.object_class(CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).bytes(CKA_VALUE, Bytes(16, 7));
  const auto imported = t.token->create_object(secret.view(), kSession);
  REQUIRE(imported);
  CHECK(t.value(*imported, CKA_TOKEN) == Bytes{CK_FALSE});
  CHECK(t.value(*imported, CKA_LOCAL) == Bytes{CK_FALSE});
  for (const auto& id : ids_on_device(t)) CHECK(is_temporary(id));
  CHECK(ids_on_device(t).size() == 2);
}

TEST_CASE("A temporary key leaves the device with its object; the public half stays behind") {
  SimulatedToken t;
  const auto pair = temporary_pair(t);
  CHECK(t.token->destroy_object(pair.private_key));
  CHECK(ids_on_device(t).empty());
  CHECK(rv(t.token->destroy_object(pair.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK_FALSE(t.value(pair.public_key, CKA_EC_POINT).empty());
  CHECK(t.token->destroy_object(pair.public_key));
}

TEST_CASE("Temporary keys end with their session") {
  SimulatedToken t;
  const auto first = temporary_pair(t);
  const auto second = temporary_pair(t, {}, kOtherSession);
  const auto ended = t.token->end_session_objects(kSession);
  CHECK(rv(t.token->object(first.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(ids_on_device(t).size() == 2);  // nothing is asked of the device yet
  t.token->delete_ended(ended);
  CHECK(ids_on_device(t).size() == 1);
  CHECK(signs(t, second.private_key));
  t.token->delete_ended(t.token->end_all_session_objects());
  CHECK(ids_on_device(t).empty());
}

TEST_CASE("Temporary keys end with the login") {
  SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
  REQUIRE(t.token->login(CKU_USER, Secret(kOperatorPassphrase)));
  const auto pair = temporary_pair(t);
  REQUIRE(t.token->logout());
  CHECK(rv(t.token->object(pair.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.token->object(pair.public_key));
  CHECK(ids_on_device(t).empty());
}

TEST_CASE(
    "A key stays on the device when nobody can be asked to delete it, and the session ends all the same") {
  SimulatedToken t;
  const auto pair = temporary_pair(t);
  t.device->stop_instance(0);
  t.token->delete_ended(t.token->end_all_session_objects());
  CHECK(rv(t.token->object(pair.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.count(in_memory()) == 0);
}

TEST_CASE("A copy to the token moves a temporary key to its new id") {
  SimulatedToken t;
  const auto pair = temporary_pair(t);
  const auto permanent = copy(t, pair.private_key, to_token().text(CKA_ID, "alias"));
  CHECK(permanent != pair.private_key);
  CHECK(ids_on_device(t) == std::vector<std::string>{"alias"});
  CHECK(t.value(permanent, CKA_TOKEN) == Bytes{CK_TRUE});
  CHECK(t.value(permanent, CKA_ID) == to_bytes("alias"));
  CHECK(t.value(permanent, CKA_LOCAL) == Bytes{CK_TRUE});
  CHECK(t.only(with_id("alias").object_class(CKO_PRIVATE_KEY)) == permanent);
  CHECK(t.count(with_id("alias").object_class(CKO_PUBLIC_KEY)) == 1);
  CHECK(signs(t, permanent));
  SECTION("whose original goes on to work until its session ends") {
    CHECK(signs(t, pair.private_key));
    CHECK(t.value(pair.private_key, CKA_TOKEN) == Bytes{CK_FALSE});
    CHECK(code_of_copying(t, pair.private_key, to_token()) == CKR_ACTION_PROHIBITED);
  }
  SECTION("and destroying the original never touches it") {
    t.requests();
    CHECK(t.token->destroy_object(pair.private_key));
    CHECK(t.token->destroy_object(pair.public_key));
    CHECK(t.requests().empty());
    CHECK(ids_on_device(t) == std::vector<std::string>{"alias"});
  }
  SECTION("nor does the end of the session") {
    t.token->delete_ended(t.token->end_all_session_objects());
    CHECK(ids_on_device(t) == std::vector<std::string>{"alias"});
    CHECK(signs(t, permanent));
  }
  SECTION("and the original follows a rename") {
    REQUIRE(t.token->set_attributes(permanent, with_id("renamed").view()));
    CHECK(signs(t, pair.private_key));
    CHECK(t.token->destroy_object(pair.private_key));
    CHECK(ids_on_device(t) == std::vector<std::string>{"renamed"});
  }
  SECTION("and the original can be destroyed after it") {
    CHECK(t.token->destroy_object(permanent));
    CHECK(t.token->destroy_object(pair.private_key));
  }
}

TEST_CASE("A copy to the token is called as the copy says, else as the original was, else by chance") {
  SimulatedToken t;
  const auto named = temporary_pair(t, AttributeList().text(CKA_ID, "original").text(CKA_LABEL, "Old"));
  CHECK(t.value(copy(t, named.private_key, to_token().text(CKA_LABEL, "New")), CKA_LABEL) == to_bytes("New"));
  CHECK(ids_on_device(t) == std::vector<std::string>{"original"});
  const auto unnamed = temporary_pair(t);
  CHECK(t.value(copy(t, unnamed.private_key, to_token()), CKA_ID).size() == 20);
}

TEST_CASE("A copy that cannot be made leaves the temporary key as it was") {
  SimulatedToken t;
  t.generate("taken");
  const auto pair = temporary_pair(t);
  CHECK(code_of_copying(t, pair.private_key, to_token().text(CKA_ID, "taken")) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(code_of_copying(t, pair.private_key, to_token().text(CKA_LABEL, std::string(33, 'x'))) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(code_of_copying(t, pair.private_key, in_memory()) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(code_of_copying(t, pair.private_key, to_token().number(CKA_KEY_TYPE, CKK_RSA)) ==
        CKR_ATTRIBUTE_READ_ONLY);
  CHECK(code_of_copying(t, pair.private_key, to_token().text(CKA_ISSUER, "x")) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code_of_copying(t, 12345, to_token()) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(signs(t, pair.private_key));
  CHECK(t.value(pair.private_key, CKA_TOKEN) == Bytes{CK_FALSE});
}

TEST_CASE("Permanent private keys are not copied, their public halves are, into memory") {
  SimulatedToken t;
  const auto pair = t.generate("k1", "Web");
  t.requests();
  CHECK(code_of_copying(t, pair.private_key, in_memory()) == CKR_ACTION_PROHIBITED);
  CHECK(code_of_copying(t, pair.private_key, to_token().text(CKA_ID, "k2")) == CKR_ACTION_PROHIBITED);
  CHECK(code_of_copying(t, pair.public_key, to_token().text(CKA_ID, "k2")) == CKR_TEMPLATE_INCONSISTENT);
  const auto made = copy(t, pair.public_key, in_memory().text(CKA_LABEL, "Copy"));
  CHECK(t.value(made, CKA_TOKEN) == Bytes{CK_FALSE});
  CHECK(t.value(made, CKA_ID) == to_bytes("k1"));
  CHECK(t.value(made, CKA_LABEL) == to_bytes("Copy"));
  CHECK(t.value(pair.public_key, CKA_LABEL) == to_bytes("Web"));
  const auto again = copy(t, made, AttributeList().text(CKA_ID, "other"));
  CHECK(t.value(again, CKA_LABEL) == to_bytes("Copy"));
  CHECK(t.count(in_memory().object_class(CKO_PUBLIC_KEY)) == 2);
  CHECK(t.token->destroy_object(made));
  CHECK(t.requests().empty());
}

TEST_CASE("A pair cannot be half temporary") {
  SimulatedToken t;
  CHECK(rv(t.token->generate_key_pair(kEcGeneration, p256().token().view(), {}, kSession)) ==
        CKR_TEMPLATE_INCONSISTENT);
  CHECK(ids_on_device(t).empty());
}

TEST_CASE("No key can be given the name of a temporary one") {
  SimulatedToken t;
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32).text(CKA_ID, temporary_key_id().value());
  CHECK(rv(t.token->generate_key(kAesGeneration, secret.view(), kSession)) == CKR_ATTRIBUTE_VALUE_INVALID);
}
