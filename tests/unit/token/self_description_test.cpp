// SPDX-License-Identifier: Apache-2.0
// The objects in which a token describes itself: profiles and mechanisms.
#include <set>

#include "pkcs11/nethsm.h"
#include "simulated_token.h"
#include "token/mechanisms.h"

using namespace nethsm;
using namespace nethsm::token;

namespace {

AttributeList of_profile(CK_PROFILE_ID profile) {
  return of_class(CKO_PROFILE).number(CKA_PROFILE_ID, profile);
}
AttributeList of_mechanism(CK_MECHANISM_TYPE type) {
  return of_class(CKO_MECHANISM).number(CKA_MECHANISM_TYPE, type);
}
AttributeList relabelled() {
  AttributeList list;
  return list.text(CKA_LABEL, "another");
}

std::vector<CK_OBJECT_HANDLE> all(Token& token, const AttributeList& wanted = {}) {
  auto found = token.find(wanted.view());
  REQUIRE(found);
  return std::move(*found);
}

void without_passwords(Settings& settings) {
  settings.operator_user->password.reset();
  settings.administrator_user->password.reset();
}

}  // namespace

TEST_CASE("The token says which profiles it keeps to, without login and without a request") {
  SimulatedToken t(without_passwords);
  for (const CK_PROFILE_ID profile :
       {CKP_BASELINE_PROVIDER, CKP_EXTENDED_PROVIDER, CKP_AUTHENTICATION_TOKEN}) {
    const auto handle = t.only(of_profile(profile));
    CHECK(t.value(handle, CKA_TOKEN) == Bytes{CK_TRUE});
    CHECK(t.value(handle, CKA_PRIVATE) == Bytes{CK_FALSE});
    CHECK(t.value(handle, CKA_MODIFIABLE) == Bytes{CK_FALSE});
    CHECK_FALSE(t.value(handle, CKA_LABEL).empty());
  }
  CHECK(t.requests().empty());
}

TEST_CASE("Public certificates are promised where a configured password reads them for everybody") {
  const auto promises = [](const SimulatedToken::Change& change) {
    return SimulatedToken(change).count(of_profile(CKP_PUBLIC_CERTIFICATES_TOKEN)) == 1;
  };
  CHECK(promises({}));
  CHECK(promises([](Settings& settings) { settings.operator_user->password.reset(); }));
  CHECK(promises([](Settings& settings) { settings.administrator_user.reset(); }));
  CHECK_FALSE(promises(without_passwords));
  CHECK_FALSE(promises([](Settings& settings) {
    settings.operator_user->password = Secret("");
    settings.administrator_user.reset();
  }));
}

TEST_CASE(
    "A token that promises public certificates shows them, and their keys' public halves, to strangers") {
  SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
  REQUIRE(t.token->login_state() == LoginState::kPublic);
  REQUIRE(t.count(of_profile(CKP_PUBLIC_CERTIFICATES_TOKEN)) == 1);
  t.generate("of-the-certificate");
  CHECK(t.count(of_class(CKO_PUBLIC_KEY).text(CKA_ID, "of-the-certificate")) == 1);
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 0);
}

TEST_CASE("Each mechanism of the list has an object, found by those only who ask for the class") {
  SimulatedToken t(without_passwords);
  std::set<CK_OBJECT_HANDLE> handles;
  for (const CK_MECHANISM_TYPE type : mechanism_list({api::Mechanism::kBip340Signature})) {
    handles.insert(t.only(of_mechanism(type)));
  }
  CHECK(t.count(of_class(CKO_MECHANISM)) == handles.size());

  AttributeList by_type, by_unique_id;
  by_type.number(CKA_MECHANISM_TYPE, CKM_RSA_PKCS);
  by_unique_id.bytes(CKA_UNIQUE_ID, t.value(t.only(of_mechanism(CKM_RSA_PKCS)), CKA_UNIQUE_ID));
  CHECK(t.count(by_type) == 0);
  CHECK(t.count(by_unique_id) == 0);
  CHECK(t.requests().empty());
  for (const CK_OBJECT_HANDLE found : all(*t.token)) CHECK_FALSE(handles.contains(found));
}

TEST_CASE("A mechanism that is withheld from applications has no object") {
  const auto wanted = of_mechanism(CKM_NETHSM_BIP340);
  CHECK(SimulatedToken().count(wanted) == 0);
  CHECK(SimulatedToken([](Settings& settings) { settings.withheld_mechanisms = {}; }).count(wanted) == 1);
}

TEST_CASE("What describes the token comes after its keys in a search for everything") {
  SimulatedToken t;
  t.generate("a");
  const auto everything = all(*t.token);
  const auto profiles = all(*t.token, of_class(CKO_PROFILE));
  REQUIRE(profiles.size() == 4);
  REQUIRE(everything.size() == 6);
  CHECK(std::equal(profiles.begin(), profiles.end(), everything.end() - 4));
}

TEST_CASE("Profiles and mechanisms cannot be changed, copied or destroyed") {
  SimulatedToken t;
  for (const auto& wanted : {of_profile(CKP_BASELINE_PROVIDER), of_mechanism(CKM_RSA_PKCS)}) {
    const auto handle = t.only(wanted);
    CHECK(rv(t.token->destroy_object(handle)) == CKR_ACTION_PROHIBITED);
    CHECK(rv(t.token->set_attributes(handle, relabelled().view())) == CKR_ACTION_PROHIBITED);
    CHECK(rv(t.token->copy_object(handle, {}, kSession)) == CKR_ACTION_PROHIBITED);
    CHECK(t.only(wanted) == handle);
  }
  CHECK(rv(t.token->create_object(of_profile(CKP_BASELINE_PROVIDER).view(), kSession)) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("Handles and unique ids of what describes a token are no other object's") {
  SimulatedToken t;
  const auto second = t.make_token();
  std::set<CK_OBJECT_HANDLE> handles;
  std::set<Bytes> unique_ids;
  std::size_t count = 0;
  for (const CK_OBJECT_CLASS object_class : {CKO_PROFILE, CKO_MECHANISM, CKO_PUBLIC_KEY}) {
    const auto list = of_class(object_class);
    for (const CK_OBJECT_HANDLE handle : all(*t.token, list)) {
      handles.insert(handle);
      unique_ids.insert(t.value(handle, CKA_UNIQUE_ID));
      ++count;
    }
    for (const CK_OBJECT_HANDLE handle : all(*second, list)) CHECK_FALSE(handles.contains(handle));
  }
  CHECK(handles.size() == count);
  CHECK(unique_ids.size() == count);
}
