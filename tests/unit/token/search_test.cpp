// SPDX-License-Identifier: Apache-2.0
// What searches find, and how many requests they make for it.
#include "sample_certificate.h"
#include "simulated_token.h"

using namespace nethsm;
using namespace nethsm::token;
using Requests = std::vector<std::string>;

namespace {

api::Credential administrator() { return api::make_credential("admin", Secret(kAdministratorPassphrase)); }

// Keys that another application has made.
void make_keys(const SimulatedToken& t, const std::vector<std::string>& ids) {
  const auto client = t.make_client();
  for (const auto& id : ids) {
    REQUIRE(client->generate_key(administrator(),
                                 {id, api::KeyType::kEcP256, {api::Mechanism::kEcdsaSignature}, 0, {}}));
  }
  t.device->clear_requests();
}
void put_certificate(const SimulatedToken& t, const std::string& id, std::string_view stored) {
  REQUIRE(t.make_client()->put_certificate(administrator(), id, as_bytes(stored)));
  t.device->clear_requests();
}

std::size_t requests_for(const Requests& all, std::string_view end) {
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const std::string& line) { return line.ends_with(end); }));
}

}  // namespace

TEST_CASE("A search that nothing can match makes no request") {
  SimulatedToken t;
  make_keys(t, {"a"});
  CHECK(t.count(of_class(CKO_DATA)) == 0);
  CHECK(t.count(of_class(CKO_HW_FEATURE)) == 0);
  CHECK(t.count(of_class(0xce534353)) == 0);  // NSS's built-in roots
  CHECK(t.count(AttributeList().boolean(CKA_TOKEN, false)) == 0);
  CHECK(t.count(with_id("")) == 0);
  CHECK(t.count(with_id(std::string(129, 'x'))) == 0);
  CHECK(t.requests().empty());
}

TEST_CASE("Without any credential nothing is found and nothing is asked") {
  SimulatedToken t([](Settings& settings) {
    settings.operator_user->password.reset();
    settings.administrator_user->password.reset();
  });
  make_keys(t, {"a"});
  CHECK(t.count(all_stored()) == 0);
  CHECK(t.requests().empty());
}

TEST_CASE("A public session sees public objects only") {
  SimulatedToken t([](Settings& settings) { settings.operator_user->password.reset(); });
  make_keys(t, {"a"});
  REQUIRE(t.token->login_state() == LoginState::kPublic);
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 0);
  CHECK(t.requests().empty());
  CHECK(t.count(of_class(CKO_PUBLIC_KEY)) == 1);
  CHECK(t.count(all_stored()) == 1);
}

TEST_CASE("Keys are listed with one request and their details with one each, once") {
  SimulatedToken t;
  make_keys(t, {"b", "a", "c"});
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 3);
  const auto first = t.requests();
  CHECK(first.size() == 4);
  CHECK(first.front() == "GET /keys");
  CHECK(t.count(of_class(CKO_PUBLIC_KEY)) == 3);
  CHECK(t.requests() == Requests{"GET /keys"});
}

TEST_CASE("Details are read again when they are old") {
  SimulatedToken t([](Settings& settings) { settings.cache_lifetime = seconds(0); });
  make_keys(t, {"a"});
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 1);
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 1);
  CHECK(t.requests().size() == 4);
}

TEST_CASE("Objects come by key in the order of ids: private, public, certificate") {
  SimulatedToken t;
  make_keys(t, {"b", "a"});
  put_certificate(t, "a", kSampleCertificate);
  std::vector<std::string> found;
  const auto handles = t.token->find(all_stored().view());
  REQUIRE(handles);
  for (const auto handle : *handles) {
    found.emplace_back(as_text(t.value(handle, CKA_UNIQUE_ID)));
  }
  CHECK(found == std::vector<std::string>{"a:private-key", "a:public-key", "a:certificate", "b:private-key",
                                          "b:public-key"});
}

TEST_CASE("A key is found by its id with one request") {
  SimulatedToken t;
  make_keys(t, {"a", "b"});
  auto wanted = with_id("a");
  wanted.object_class(CKO_PRIVATE_KEY);
  const auto handle = t.only(wanted);
  CHECK(t.requests() == Requests{"GET /keys/a"});
  CHECK(t.value(handle, CKA_ID) == to_bytes("a"));
  CHECK(t.requests().empty());
  CHECK(t.only(wanted) == handle);
  CHECK(t.count(with_id("nobody")) == 0);
  CHECK(requests_for(t.requests(), "/cert") == 0);
  AttributeList unique;
  unique.text(CKA_UNIQUE_ID, "b:public-key");
  CHECK(t.value(t.only(unique), CKA_ID) == to_bytes("b"));
}

TEST_CASE(
    "A certificate is looked up only for searches that can match one, and missing ones are remembered") {
  SimulatedToken t;
  make_keys(t, {"a"});
  CHECK(t.count(with_id("a")) == 2);
  CHECK(t.requests() == Requests{"GET /keys/a", "GET /keys/a/cert"});
  CHECK(t.count(with_id("a")) == 2);
  CHECK(t.requests() == Requests{"GET /keys/a"});
}

TEST_CASE("Certificates are found in either stored form, by serial number and subject") {
  SimulatedToken t;
  make_keys(t, {"der", "none", "odd", "pem"});
  put_certificate(t, "pem", kSampleCertificate);
  put_certificate(t, "der", as_text(sample_certificate()->der()));
  put_certificate(t, "odd", "this is no certificate");
  CHECK(t.count(of_class(CKO_CERTIFICATE)) == 2);
  CHECK(requests_for(t.requests(), "/cert") == 4);
  CHECK(t.count(of_class(CKO_CERTIFICATE).hex(CKA_SERIAL_NUMBER, "020300cc18")) == 2);
  CHECK(t.count(of_class(CKO_CERTIFICATE).hex(CKA_SERIAL_NUMBER, "00cc18")) == 2);
  CHECK(t.count(AttributeList().bytes(CKA_SUBJECT, sample_certificate()->subject())) == 2);
  CHECK(t.count(AttributeList().text(CKA_SUBJECT, "somebody else")) == 0);
  CHECK(t.requests() == Requests(4, "GET /keys"));
}

TEST_CASE("Every attribute of a template counts") {
  SimulatedToken t;
  make_keys(t, {"a"});
  CHECK(t.count(AttributeList().number(CKA_KEY_TYPE, CKK_EC)) == 2);
  CHECK(t.count(AttributeList().number(CKA_KEY_TYPE, CKK_RSA)) == 0);
  CHECK(t.count(with_id("a").boolean(CKA_SIGN, true)) == 1);
  CHECK(t.count(with_id("a").boolean(CKA_DECRYPT, true)) == 0);
}

TEST_CASE("Stored labels are found by the server, unlabelled keys by their id") {
  SimulatedToken t;
  t.generate("k1", "Web");
  t.generate("k2", "Web");
  t.generate("k3");
  t.generate("k4", "k3");
  const auto fresh = t.make_token();
  t.token->client().has_labels();
  t.device->clear_requests();
  const auto labelled = [](std::string_view label) {
    AttributeList list;
    list.object_class(CKO_PRIVATE_KEY).text(CKA_LABEL, label);
    return list;
  };
  CHECK(fresh->find(labelled("Web").view())->size() == 2);
  const auto requests = t.requests();
  CHECK(requests_for(requests, "GET /keys") == 0);
  CHECK(requests_for(requests, "/keys?label=Web") == 1);
  CHECK(requests_for(requests, "/keys/Web") == 0);
  CHECK(requests_for(requests, "/keys/k3") == 0);
  CHECK(fresh->find(labelled("k1").view())->empty());      // it has a label
  CHECK(fresh->find(labelled("k3").view())->size() == 1);  // k4; nothing is known of k3, and nobody asks
  CHECK(fresh->find(AttributeList().text(CKA_ID, "k3").object_class(CKO_PRIVATE_KEY).view())->size() == 1);
  CHECK(fresh->find(labelled("k3").view())->size() == 2);  // k4 by its label, k3 by its id
  t.generate("k5");
  CHECK(fresh->find(labelled("k5").view())->size() == 1);  // by its id, as there is no other
  CHECK(fresh->find(labelled(std::string(200, 'x')).view())->empty());
}

TEST_CASE("An unlabelled key whose id is no text is found by the name that it has on the NetHSM") {
  SimulatedToken t;
  const auto made = t.generate("\xfe\xff");
  AttributeList wanted, bytes;
  wanted.object_class(CKO_PRIVATE_KEY).text(CKA_LABEL, "0---FEFF");
  CHECK(t.only(wanted) == made.private_key);
  CHECK(t.value(made.private_key, CKA_LABEL) == to_bytes("0---FEFF"));
  CHECK(t.value(made.private_key, CKA_ID) == Bytes{0xfe, 0xff});
  CHECK(t.count(bytes.text(CKA_LABEL, "\xfe\xff")) == 0);
}

TEST_CASE("A label given elsewhere in the meantime is seen") {
  SimulatedToken t;
  t.generate("k1");
  AttributeList wanted;
  wanted.text(CKA_LABEL, "New");
  CHECK(t.count(wanted) == 0);
  REQUIRE(t.make_client()->set_label(administrator(), "k1", "New"));
  CHECK(t.count(wanted) == 2);
}

TEST_CASE("On servers without labels a label is the id") {
  SimulatedToken t({}, simulator::Profile::kV4_0);
  t.generate("", "Web");
  AttributeList wanted;
  wanted.object_class(CKO_PRIVATE_KEY).text(CKA_LABEL, "Web");
  CHECK(t.value(t.only(wanted), CKA_ID) == to_bytes("Web"));
  SECTION("and one beside an id is known to this process") {
    t.generate("k1", "Mail");
    AttributeList mail;
    mail.object_class(CKO_PRIVATE_KEY).text(CKA_LABEL, "Mail");
    CHECK(t.value(t.only(mail), CKA_ID) == to_bytes("k1"));
    CHECK(t.only(mail.text(CKA_ID, "k1")) != CK_INVALID_HANDLE);
    CHECK(t.make_token()->find(mail.view())->empty());
  }
}

TEST_CASE("Keys that others make and delete come and go") {
  SimulatedToken t;
  make_keys(t, {"a"});
  const auto handle = t.only(of_class(CKO_PRIVATE_KEY));
  make_keys(t, {"b"});
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 2);
  REQUIRE(t.make_client()->delete_key(administrator(), "a"));
  CHECK(t.count(of_class(CKO_PRIVATE_KEY)) == 1);
  CHECK(rv(t.token->object(handle)) == CKR_OBJECT_HANDLE_INVALID);
}

TEST_CASE("Hidden types of keys are not shown") {
  SimulatedToken t([](Settings& settings) { settings.hide_key_types = {api::KeyType::kCurve25519}; });
  make_keys(t, {"a"});
  REQUIRE(t.make_client()->generate_key(
      administrator(), {"ed", api::KeyType::kCurve25519, {api::Mechanism::kEdDsaSignature}, 0, {}}));
  CHECK(t.count(all_stored()) == 2);
  CHECK(t.count(with_id("ed")) == 0);
}

TEST_CASE("A device that cannot be reached fails the search instead of hiding keys") {
  SimulatedToken t;
  make_keys(t, {"a"});
  CHECK(t.count(all_stored()) == 2);
  t.device->stop_instance(0);
  CHECK(rv(t.token->find({})) == CKR_DEVICE_ERROR);
}
