// SPDX-License-Identifier: Apache-2.0
// Public keys and certificates that are kept in memory.
#include "sample_chain.h"
#include "simulated_token.h"
#include "token/certificate_form.h"
#include "token/key_facts.h"

using namespace nethsm;
using namespace nethsm::token;

namespace {

constexpr std::string_view kP256 = "06082a8648ce3d030107";
const std::string kPoint =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

AttributeList public_key(CK_KEY_TYPE type) {
  AttributeList list;
  list.object_class(CKO_PUBLIC_KEY).number(CKA_KEY_TYPE, type);
  return list;
}
AttributeList rsa_public() {
  return public_key(CKK_RSA).bytes(CKA_MODULUS, Bytes(128, 0xc1)).hex(CKA_PUBLIC_EXPONENT, "010001");
}
AttributeList ec_public() {
  return public_key(CKK_EC).hex(CKA_EC_PARAMS, kP256).hex(CKA_EC_POINT, "0441" + kPoint);
}
AttributeList certificate(std::string_view pem) {
  AttributeList list;
  list.object_class(CKO_CERTIFICATE).number(CKA_CERTIFICATE_TYPE, CKC_X_509);
  return list.bytes(CKA_VALUE, parse_certificate(as_bytes(pem))->der());
}
AttributeList in_memory() {
  AttributeList list;
  list.boolean(CKA_TOKEN, false);
  return list;
}

CK_OBJECT_HANDLE create(const SimulatedToken& t, const AttributeList& list,
                        CK_SESSION_HANDLE session = kSession) {
  const auto handle = t.token->create_object(list.view(), session);
  REQUIRE(handle);
  return *handle;
}
CK_RV code_of_creating(const SimulatedToken& t, const AttributeList& list) {
  return rv(t.token->create_object(list.view(), kSession));
}
CK_RV code_of_setting(const SimulatedToken& t, CK_OBJECT_HANDLE handle, const AttributeList& list) {
  return rv(t.token->set_attributes(handle, list.view()));
}

}  // namespace

TEST_CASE("A public key becomes a session object, without a request") {
  SimulatedToken t;
  const auto handle = create(t, rsa_public().text(CKA_ID, "mine").text(CKA_LABEL, "My key"));
  CHECK(t.value(handle, CKA_TOKEN) == Bytes{CK_FALSE});
  CHECK(t.value(handle, CKA_PRIVATE) == Bytes{CK_FALSE});
  CHECK(t.value(handle, CKA_LOCAL) == Bytes{CK_FALSE});
  CHECK(t.value(handle, CKA_VERIFY) == Bytes{CK_TRUE});
  CHECK(t.value(handle, CKA_ENCRYPT) == Bytes{CK_TRUE});
  CHECK(t.value(handle, CKA_ID) == to_bytes("mine"));
  CHECK(t.value(handle, CKA_LABEL) == to_bytes("My key"));
  CHECK(t.value(handle, CKA_MODULUS) == Bytes(128, 0xc1));
  CHECK(t.value(handle, CKA_MODULUS_BITS)[1] == 4);  // 1024
  CHECK_FALSE(t.value(handle, CKA_UNIQUE_ID).empty());
  const auto object = t.token->object(handle);
  REQUIRE(object);
  CHECK((*object)->owner == kSession);
  CHECK_FALSE(public_key_info((*object)->record->key).empty());
  CHECK(t.requests().empty());
}

TEST_CASE("Public keys on curves are taken with the point in DER or bare") {
  SimulatedToken t;
  const auto wrapped = create(t, ec_public());
  const auto bare = create(t, public_key(CKK_EC).hex(CKA_EC_PARAMS, kP256).hex(CKA_EC_POINT, kPoint));
  CHECK(t.value(wrapped, CKA_EC_POINT) == t.value(bare, CKA_EC_POINT));
  CHECK(t.value(wrapped, CKA_UNIQUE_ID) != t.value(bare, CKA_UNIQUE_ID));
  // The first bytes of this bare point look like those of an OCTET STRING.
  const auto ed = create(t, public_key(CKK_EC_EDWARDS)
                                .hex(CKA_EC_PARAMS, "06032b6570")
                                .hex(CKA_EC_POINT, "041e" + std::string(60, '7')));
  CHECK(to_hex(t.value(ed, CKA_EC_POINT)).substr(0, 8) == "0420041e");
}

TEST_CASE("A session object has an empty id and label unless it is given some") {
  SimulatedToken t;
  const auto handle = create(t, ec_public());
  CHECK(t.value(handle, CKA_ID).empty());
  CHECK(t.value(handle, CKA_LABEL).empty());
  CHECK(t.count(in_memory().text(CKA_LABEL, "")) == 1);
}

TEST_CASE("A public key is used for what its template does not refuse") {
  SimulatedToken t;
  const auto handle = create(t, rsa_public().boolean(CKA_ENCRYPT, false));
  CHECK(t.value(handle, CKA_VERIFY) == Bytes{CK_TRUE});
  CHECK(t.value(handle, CKA_ENCRYPT) == Bytes{CK_FALSE});
}

TEST_CASE("Templates of public keys that make no sense are refused, each with its code") {
  SimulatedToken t;
  CHECK(code_of_creating(t, AttributeList().object_class(CKO_PUBLIC_KEY)) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(code_of_creating(t, public_key(CKK_RSA).bytes(CKA_MODULUS, Bytes(128, 1))) ==
        CKR_TEMPLATE_INCOMPLETE);
  CHECK(code_of_creating(t, public_key(CKK_EC).hex(CKA_EC_PARAMS, kP256)) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(code_of_creating(t, public_key(CKK_DSA)) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(
      code_of_creating(t, public_key(CKK_EC).hex(CKA_EC_PARAMS, "06052b81040021").hex(CKA_EC_POINT, "04")) ==
      CKR_CURVE_NOT_SUPPORTED);
  CHECK(code_of_creating(t, public_key(CKK_EC).hex(CKA_EC_PARAMS, "0608").hex(CKA_EC_POINT, "04")) ==
        CKR_DOMAIN_PARAMS_INVALID);
  CHECK(code_of_creating(t, public_key(CKK_EC).hex(CKA_EC_PARAMS, kP256).hex(CKA_EC_POINT, "040404")) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(code_of_creating(t, rsa_public().number(CKA_MODULUS_BITS, 2048)) == CKR_TEMPLATE_INCONSISTENT);
  CHECK(code_of_creating(t, rsa_public().boolean(CKA_LOCAL, true)) == CKR_ATTRIBUTE_READ_ONLY);
  CHECK(code_of_creating(t, rsa_public().boolean(CKA_SENSITIVE, true)) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code_of_creating(t, rsa_public().number(CKA_VENDOR_DEFINED | 1, 1)) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code_of_creating(t, rsa_public().text(CKA_VERIFY, "yes")) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(code_of_creating(t, rsa_public().text(CKA_START_DATE, "today")) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(t.count(in_memory()) == 0);
}

TEST_CASE("Session objects are found beside the device's, by all their attributes") {
  SimulatedToken t;
  t.generate("k1");
  const auto first = create(t, ec_public().text(CKA_ID, "k1"));
  const auto second = create(t, rsa_public(), kOtherSession);
  CHECK(t.count(in_memory()) == 2);
  CHECK(t.only(in_memory().number(CKA_KEY_TYPE, CKK_RSA)) == second);
  CHECK(t.only(with_id("k1").boolean(CKA_TOKEN, false)) == first);
  CHECK(t.count(with_id("k1").object_class(CKO_PUBLIC_KEY)) == 2);
  CHECK(t.count(with_id("k1").object_class(CKO_PUBLIC_KEY).token()) == 1);
  t.requests();
  CHECK(t.count(in_memory()) == 2);
  CHECK(t.requests().empty());
}

TEST_CASE("Session objects end with their session, and with all of them") {
  SimulatedToken t;
  const auto first = create(t, ec_public());
  const auto second = create(t, rsa_public(), kOtherSession);
  t.token->end_session_objects(kSession);
  CHECK(rv(t.token->object(first)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.token->object(second));
  t.token->end_all_session_objects();
  CHECK(rv(t.token->object(second)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.count(in_memory()) == 0);
}

TEST_CASE("A session object is destroyed once, unless it says that it cannot be") {
  SimulatedToken t;
  const auto handle = create(t, ec_public());
  CHECK(t.token->destroy_object(handle));
  CHECK(rv(t.token->destroy_object(handle)) == CKR_OBJECT_HANDLE_INVALID);
  const auto lasting = create(t, ec_public().boolean(CKA_DESTROYABLE, false));
  CHECK(rv(t.token->destroy_object(lasting)) == CKR_ACTION_PROHIBITED);
  CHECK(t.requests().empty());
}

TEST_CASE("Private session objects need a login and end with it") {
  SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
  CHECK(code_of_creating(t, ec_public().boolean(CKA_PRIVATE, true)) == CKR_USER_NOT_LOGGED_IN);
  REQUIRE(t.token->login(CKU_USER, Secret(kOperatorPassphrase)));
  const auto hidden = create(t, ec_public().boolean(CKA_PRIVATE, true));
  const auto open = create(t, ec_public());
  CHECK(t.count(in_memory()) == 2);
  REQUIRE(t.token->logout());
  CHECK(rv(t.token->object(hidden)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.only(in_memory()) == open);
}

TEST_CASE("Of a session object the names and dates can be changed, all or none") {
  SimulatedToken t;
  const auto handle = create(t, ec_public().text(CKA_ID, "old"));
  CHECK(code_of_setting(t, handle,
                        AttributeList().text(CKA_ID, "new").text(CKA_LABEL, std::string(99, 'x'))) == CKR_OK);
  CHECK(t.value(handle, CKA_ID) == to_bytes("new"));
  CHECK(t.value(handle, CKA_LABEL).size() == 99);
  CHECK(code_of_setting(t, handle, AttributeList().text(CKA_ID, "newer").boolean(CKA_TOKEN, true)) ==
        CKR_ATTRIBUTE_READ_ONLY);
  CHECK(t.value(handle, CKA_ID) == to_bytes("new"));
  CHECK(code_of_setting(t, handle, AttributeList().text(CKA_START_DATE, "2026112")) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(code_of_setting(t, handle, AttributeList().text(CKA_START_DATE, "20261121")) == CKR_OK);
  CHECK(code_of_setting(t, handle, AttributeList().text(CKA_ISSUER, "x")) == CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(code_of_setting(t, handle, AttributeList().boolean(CKA_TOKEN, false)) == CKR_OK);
  const auto fixed = create(t, ec_public().boolean(CKA_MODIFIABLE, false));
  CHECK(code_of_setting(t, fixed, AttributeList().text(CKA_ID, "new")) == CKR_ACTION_PROHIBITED);
  CHECK(t.requests().empty());
}

TEST_CASE("A certificate can be a session object, whoever has the key") {
  SimulatedToken t;
  const auto handle = create(t, certificate(kLeafCertificate).text(CKA_LABEL, "leaf"));
  CHECK(t.value(handle, CKA_TOKEN) == Bytes{CK_FALSE});
  CHECK(t.value(handle, CKA_LABEL) == to_bytes("leaf"));
  CHECK(t.value(handle, CKA_CHECK_VALUE).size() == 3);
  CHECK(t.only(in_memory().hex(CKA_SERIAL_NUMBER, "020102")) == handle);
  CHECK(t.requests().empty());
}

TEST_CASE("A certificate of a key that the device does not have is refused") {
  SimulatedToken t;
  CHECK(code_of_creating(t, certificate(kLeafCertificate).token().text(CKA_ID, "k1")) ==
        CKR_TEMPLATE_INCONSISTENT);
  CHECK(t.count(of_class(CKO_CERTIFICATE)) == 0);
}

TEST_CASE("The certificates of authorities that come with a chain are kept in memory as token objects") {
  SimulatedToken t;
  const auto pem = GENERATE(kAuthorityCertificate, kOldAuthorityCertificate);
  AttributeList key;
  key.object_class(CKO_PRIVATE_KEY).token().number(CKA_KEY_TYPE, CKK_EC).text(CKA_ID, "alias");
  create(t, key.hex(CKA_EC_PARAMS, kP256).hex(CKA_VALUE, kLeafScalar));
  const auto leaf = create(t, certificate(kLeafCertificate).token().text(CKA_ID, "alias"));
  const auto authority =
      create(t, certificate(pem).token().text(
                    CKA_ID, "CN=authority, a name that no key can have: " + std::string(40, ' ')));
  CHECK(t.value(authority, CKA_TOKEN) == Bytes{CK_TRUE});
  AttributeList issuer;
  issuer.object_class(CKO_CERTIFICATE).token().bytes(CKA_SUBJECT, t.value(leaf, CKA_ISSUER));
  CHECK(t.only(issuer) == authority);
  t.token->end_all_session_objects();
  CHECK(t.only(issuer) == authority);
  CHECK(t.token->destroy_object(authority));
  CHECK(t.only(of_class(CKO_CERTIFICATE)) == leaf);
}

TEST_CASE("A certificate goes to the key that it is about when no key has its id") {
  SimulatedToken t;
  AttributeList key;
  key.object_class(CKO_PRIVATE_KEY).token().number(CKA_KEY_TYPE, CKK_EC).text(CKA_ID, "alias");
  create(t, key.hex(CKA_EC_PARAMS, kP256).hex(CKA_VALUE, kLeafScalar));
  const auto handle = create(t, certificate(kLeafCertificate).token().bytes(CKA_ID, Bytes(20, 0xaa)));
  CHECK(t.value(handle, CKA_ID) == to_bytes("alias"));
}
