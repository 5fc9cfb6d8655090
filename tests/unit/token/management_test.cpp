// SPDX-License-Identifier: Apache-2.0
#include "sample_certificate.h"
#include "simulated_token.h"
#include "token/plans.h"

using namespace nethsm;
using namespace nethsm::token;
using Requests = std::vector<std::string>;

namespace {

constexpr CK_MECHANISM kAesGeneration{CKM_AES_KEY_GEN, nullptr, 0};

// The P-256 key of RFC 6979 §A.2.5.
constexpr std::string_view kScalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
constexpr std::string_view kPoint =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
constexpr std::string_view kP256 = "06082a8648ce3d030107";

AttributeList ec_import(std::string_view id) {
  AttributeList list;
  list.object_class(CKO_PRIVATE_KEY).token().number(CKA_KEY_TYPE, CKK_EC).text(CKA_ID, id);
  list.hex(CKA_EC_PARAMS, kP256).hex(CKA_VALUE, kScalar);
  return list;
}
AttributeList ec_public() {
  AttributeList list;
  list.object_class(CKO_PUBLIC_KEY).token().number(CKA_KEY_TYPE, CKK_EC);
  list.hex(CKA_EC_PARAMS, kP256).hex(CKA_EC_POINT, "0441" + std::string(kPoint));
  return list;
}
AttributeList certificate_for(std::string_view id) {
  AttributeList list;
  list.object_class(CKO_CERTIFICATE).token().number(CKA_CERTIFICATE_TYPE, CKC_X_509);
  list.bytes(CKA_VALUE, sample_certificate()->der()).text(CKA_ID, id);
  return list;
}

api::Key key_on_device(const SimulatedToken& t, std::string_view id) {
  const auto key = t.make_client()->key(api::make_credential("operator", Secret(kOperatorPassphrase)), id);
  REQUIRE(key);
  return *key;
}

}  // namespace

TEST_CASE("A generated pair has the id and label of its template and can be found by them") {
  SimulatedToken t;
  const auto pair = t.generate("k1", "Web");
  CHECK(t.value(pair.private_key, CKA_ID) == to_bytes("k1"));
  CHECK(t.value(pair.public_key, CKA_LABEL) == to_bytes("Web"));
  CHECK(t.value(pair.private_key, CKA_LOCAL) == Bytes{CK_TRUE});
  CHECK(t.only(with_id("k1").object_class(CKO_PRIVATE_KEY)) == pair.private_key);
  CHECK(t.only(with_id("k1").object_class(CKO_PUBLIC_KEY)) == pair.public_key);
  CHECK(key_on_device(t, "k1").label == "Web");
}

TEST_CASE("A pair without an id gets one") {
  SimulatedToken t;
  const auto first = t.value(t.generate("").private_key, CKA_ID);
  const auto second = t.value(t.generate("").private_key, CKA_ID);
  CHECK(first.size() == 20);
  CHECK(first != second);
}

TEST_CASE("Any bytes can be an id") {
  SimulatedToken t;
  const auto pair = t.generate(std::string_view("\0\xff\x01", 3));
  CHECK(t.value(pair.private_key, CKA_ID) == Bytes{0, 0xff, 1});
  CHECK(key_on_device(t, "0---00FF01").id == "0---00FF01");
  CHECK(t.count(with_id(std::string_view("\0\xff\x01", 3)).object_class(CKO_PRIVATE_KEY)) == 1);
}

TEST_CASE("An id that is taken is refused before anything is made") {
  SimulatedToken t;
  t.generate("k1");
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32).text(CKA_ID, "k1");
  t.requests();
  const auto refused = t.token->generate_key(kAesGeneration, secret.view(), kSession);
  CHECK(rv(refused) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(refused.error().message.find("k1") != std::string::npos);
  CHECK(t.requests() == Requests{"GET /keys/k1"});
}

TEST_CASE("A generated AES key knows its length, also after a refresh") {
  SimulatedToken t([](Settings& settings) { settings.cache_lifetime = seconds(0); });
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 24).text(CKA_ID, "k1");
  const auto handle = t.token->generate_key(kAesGeneration, secret.view(), kSession);
  REQUIRE(handle);
  CHECK(t.count(all_stored()) == 1);
  CHECK(t.value(*handle, CKA_VALUE_LEN)[0] == 24);
  CHECK(t.value(*handle, CKA_KEY_TYPE)[0] == CKK_AES);
}

TEST_CASE("A secret of a length that the device cannot use is refused without a request") {
  SimulatedToken t;
  const CK_MECHANISM_TYPE type = GENERATE(CKM_AES_KEY_GEN, CKM_GENERIC_SECRET_KEY_GEN);
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 64);
  CHECK(rv(t.token->generate_key({type, nullptr, 0}, secret.view(), kSession)) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(t.requests().empty());
}

TEST_CASE("A new key gets no more NetHSM mechanisms than its template asks for") {
  SimulatedToken t;
  AttributeList public_key, private_key;
  public_key.number(CKA_MODULUS_BITS, 1024);
  private_key.token().text(CKA_ID, "k1").boolean(CKA_DECRYPT, true).boolean(CKA_SIGN, false);
  REQUIRE(t.token->generate_key_pair({CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0}, public_key.view(),
                                     private_key.view(), kSession));
  const auto mechanisms = key_on_device(t, "k1").mechanisms;
  CHECK(mechanisms.has(api::Mechanism::kRsaDecryptionPkcs1));
  CHECK_FALSE(mechanisms.has(api::Mechanism::kRsaDecryptionRaw));
  CHECK_FALSE(mechanisms.has(api::Mechanism::kRsaSignaturePkcs1));
}

TEST_CASE("A secret key is not used, in this process, for what its template refused") {
  SimulatedToken t([](Settings& settings) { settings.cache_lifetime = seconds(0); });
  AttributeList secret;
  secret.token().text(CKA_ID, "k1").number(CKA_VALUE_LEN, 32);
  secret.boolean(CKA_ENCRYPT, true).boolean(CKA_DECRYPT, true).boolean(CKA_SIGN, false);
  secret.boolean(CKA_VERIFY, false);
  REQUIRE(t.token->generate_key(kAesGeneration, secret.view(), kSession));
  const auto key = t.token->object(t.only(with_id("k1")));
  const CK_MECHANISM cmac{CKM_AES_CMAC, nullptr, 0};
  for (const CK_ATTRIBUTE_TYPE use : {CKA_SIGN, CKA_VERIFY}) CHECK_FALSE(is_set(**key, use));
  for (const CK_ATTRIBUTE_TYPE use : {CKA_ENCRYPT, CKA_DECRYPT}) CHECK(is_set(**key, use));
  CHECK(rv(plan_sign(cmac, **key, CKF_SIGN)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  CHECK(rv(plan_verify(cmac, **key, CKF_VERIFY)) == CKR_KEY_FUNCTION_NOT_PERMITTED);
  // Another process sees what the NetHSM has stored.
  const auto other = t.make_token();
  const auto found = other->find(with_id("k1").view());
  REQUIRE(found->size() == 1);
  CHECK(is_set(**other->object(found->front()), CKA_SIGN));
}

TEST_CASE("Only generation mechanisms generate, each its kind") {
  SimulatedToken t;
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32);
  CHECK(rv(t.token->generate_key({CKM_EC_KEY_PAIR_GEN, nullptr, 0}, secret.view(), kSession)) ==
        CKR_MECHANISM_INVALID);
  CHECK(rv(t.token->generate_key({CKM_AES_CBC, nullptr, 0}, secret.view(), kSession)) ==
        CKR_MECHANISM_INVALID);
  CHECK(rv(t.token->generate_key_pair(kAesGeneration, {}, secret.view(), kSession)) == CKR_MECHANISM_INVALID);
}

TEST_CASE("Keys of a hidden type are not made") {
  SimulatedToken t([](Settings& settings) { settings.hide_key_types = {api::KeyType::kGeneric}; });
  AttributeList secret;
  secret.token().number(CKA_VALUE_LEN, 32);
  CHECK(rv(t.token->generate_key(kAesGeneration, secret.view(), kSession)) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(t.requests().empty());
}

TEST_CASE("An imported private key answers with its private handle and is not local") {
  SimulatedToken t;
  const auto handle = t.token->create_object(ec_import("k1").view(), kSession);
  REQUIRE(handle);
  CHECK(t.value(*handle, CKA_CLASS)[0] == CKO_PRIVATE_KEY);
  CHECK(t.value(*handle, CKA_LOCAL) == Bytes{CK_FALSE});
  CHECK(to_hex(t.value(*handle, CKA_EC_POINT)) == "0441" + std::string(kPoint));
}

TEST_CASE("A public key of a private key on the device is accepted as what is there already") {
  SimulatedToken t;
  CHECK(rv(t.token->create_object(ec_public().view(), kSession)) == CKR_TEMPLATE_INCONSISTENT);
  REQUIRE(t.token->create_object(ec_import("k1").view(), kSession));
  const auto existing = t.only(of_class(CKO_PUBLIC_KEY));
  t.requests();
  const auto by_material = t.token->create_object(ec_public().view(), kSession);
  REQUIRE(by_material);
  CHECK(*by_material == existing);
  const auto by_id = t.token->create_object(ec_public().text(CKA_ID, "k1").view(), kSession);
  REQUIRE(by_id);
  CHECK(*by_id == existing);
  for (const auto& request : t.requests()) CHECK(request.starts_with("GET "));
}

TEST_CASE("A certificate is stored with the key of its id, in the form of the slot") {
  const bool der = GENERATE(false, true);
  SimulatedToken t([&](Settings& settings) {
    if (der) settings.certificate_format = CertificateFormat::kDer;
  });
  t.generate("k1");
  const auto handle = t.token->create_object(certificate_for("k1").view(), kSession);
  REQUIRE(handle);
  CHECK(t.value(*handle, CKA_VALUE) == sample_certificate()->der());
  const auto stored =
      t.make_client()->certificate(api::make_credential("operator", Secret(kOperatorPassphrase)), "k1");
  REQUIRE(stored);
  REQUIRE(stored->has_value());
  CHECK(**stored == (der ? sample_certificate()->der() : to_bytes(kSampleCertificate)));
  SECTION("once more is no change") {
    t.requests();
    CHECK(t.token->create_object(certificate_for("k1").view(), kSession).value() == *handle);
    for (const auto& request : t.requests()) CHECK(request.starts_with("GET "));
  }
  SECTION("it can be destroyed and stored again") {
    CHECK(t.token->destroy_object(*handle));
    CHECK(rv(t.token->destroy_object(*handle)) == CKR_OBJECT_HANDLE_INVALID);
    CHECK(t.count(of_class(CKO_CERTIFICATE)) == 0);
    CHECK(t.token->create_object(certificate_for("k1").view(), kSession));
  }
}

TEST_CASE("A certificate replaces the one that is there") {
  SimulatedToken t;
  t.generate("k1");
  const auto administrator = api::make_credential("admin", Secret(kAdministratorPassphrase));
  REQUIRE(t.make_client()->put_certificate(administrator, "k1", as_bytes("an older one")));
  t.requests();
  REQUIRE(t.token->create_object(certificate_for("k1").view(), kSession));
  CHECK(t.requests() ==
        Requests{"GET /keys/k1", "GET /keys/k1/cert", "DELETE /keys/k1/cert", "PUT /keys/k1/cert"});
  CHECK(t.count(of_class(CKO_CERTIFICATE)) == 1);
}

TEST_CASE("The label of a certificate names its key, if nothing else does") {
  SimulatedToken t;
  const auto store = [&](std::string_view label) {
    const auto handle = t.token->create_object(certificate_for("k1").text(CKA_LABEL, label).view(), kSession);
    REQUIRE(handle);
    return t.value(*handle, CKA_LABEL);
  };
  SECTION("a key without a label gets it") {
    const auto pair = t.generate("k1");
    CHECK(store("Web") == to_bytes("Web"));
    CHECK(t.value(pair.private_key, CKA_LABEL) == to_bytes("Web"));
    CHECK(key_on_device(t, "k1").label == "Web");
  }
  SECTION("a key with a label keeps it") {
    t.generate("k1", "Mail");
    CHECK(store("Web") == to_bytes("Mail"));
    CHECK(key_on_device(t, "k1").label == "Mail");
  }
  SECTION("the id is no label") {
    t.generate("k1");
    CHECK(store("k1") == to_bytes("k1"));
    CHECK(key_on_device(t, "k1").label.empty());
  }
  SECTION("one that cannot be stored is left out") {
    t.generate("k1");
    CHECK(store(std::string(33, 'x')) == to_bytes("k1"));
  }
}

TEST_CASE("What is no certificate cannot be stored") {
  SimulatedToken t;
  t.generate("k1");
  AttributeList bad;
  bad.object_class(CKO_CERTIFICATE).token().text(CKA_ID, "k1");
  CHECK(rv(t.token->create_object(bad.view(), kSession)) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(rv(t.token->create_object(bad.text(CKA_VALUE, "nonsense").view(), kSession)) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("Other classes of objects are refused") {
  SimulatedToken t;
  CHECK(rv(t.token->create_object({}, kSession)) == CKR_TEMPLATE_INCOMPLETE);
  CHECK(rv(t.token->create_object(of_class(CKO_DATA).view(), kSession)) == CKR_ATTRIBUTE_VALUE_INVALID);
  CHECK(rv(t.token->create_object(of_class(0xce534353).view(), kSession)) == CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("Destroying the private half removes the key; the public half may follow") {
  SimulatedToken t;
  const auto pair = t.generate("k1");
  t.requests();
  CHECK(t.token->destroy_object(pair.private_key));
  CHECK(t.token->destroy_object(pair.public_key));
  CHECK(t.requests() == Requests{"DELETE /keys/k1"});
  CHECK(rv(t.token->destroy_object(pair.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(rv(t.token->destroy_object(pair.public_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(rv(t.token->object(pair.private_key)) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.count(all_stored()) == 0);
  CHECK(t.generate("k1").private_key != pair.private_key);
}

TEST_CASE("Destroying the public half never touches the key") {
  SimulatedToken t;
  const auto pair = t.generate("k1");
  t.requests();
  CHECK(t.token->destroy_object(pair.public_key));
  CHECK(t.requests().empty());
  CHECK(t.only(with_id("k1")) == pair.private_key);
  CHECK(key_on_device(t, "k1").id == "k1");
}

TEST_CASE("Renaming moves the key and both halves keep their handles") {
  SimulatedToken t;
  const auto pair = t.generate("k1");
  t.requests();
  CHECK(t.token->set_attributes(pair.public_key, with_id("k2").view()));
  CHECK(t.token->set_attributes(pair.private_key, with_id("k2").view()));
  CHECK(t.requests() == Requests{"POST /keys/k1/move"});
  CHECK(t.value(pair.private_key, CKA_ID) == to_bytes("k2"));
  CHECK(t.only(with_id("k2").object_class(CKO_PRIVATE_KEY)) == pair.private_key);
  CHECK(t.count(with_id("k1")) == 0);
  SECTION("an operation that began before goes on") {
    const auto object = t.token->object(pair.private_key);
    REQUIRE(t.token->set_attributes(pair.private_key, with_id("k3").view()));
    CHECK(t.token->sign(**object, api::Mechanism::kEcdsaSignature, Bytes(32, 1)));
  }
  SECTION("an id that is taken is refused") {
    t.generate("k4");
    CHECK(rv(t.token->set_attributes(pair.private_key, with_id("k4").view())) == CKR_ATTRIBUTE_VALUE_INVALID);
    CHECK(t.value(pair.private_key, CKA_ID) == to_bytes("k2"));
  }
}

TEST_CASE("Labels can be changed where the server has them") {
  SimulatedToken t;
  const auto pair = t.generate("k1", "Old");
  AttributeList label;
  label.text(CKA_LABEL, "New");
  CHECK(t.token->set_attributes(pair.public_key, label.view()));
  CHECK(t.value(pair.private_key, CKA_LABEL) == to_bytes("New"));
  CHECK(key_on_device(t, "k1").label == "New");
  CHECK(rv(t.token->set_attributes(pair.private_key,
                                   AttributeList().text(CKA_LABEL, std::string(33, 'x')).view())) ==
        CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_CASE("Of a new id and a new label the key gets both or none") {
  SimulatedToken t;
  const auto pair = t.generate("k1", "Old");
  t.generate("taken");
  const std::string label = GENERATE("New", "longer than any label that a NetHSM can store");
  const std::string id = GENERATE("k2", "taken");
  const auto status = t.token->set_attributes(pair.private_key, with_id(id).text(CKA_LABEL, label).view());
  if (label == "New" && id == "k2") {
    CHECK(status);
    CHECK(key_on_device(t, "k2").label == "New");
  } else {
    CHECK(rv(status) == CKR_ATTRIBUTE_VALUE_INVALID);
    CHECK(key_on_device(t, "k1").label == "Old");
    CHECK(t.value(pair.private_key, CKA_LABEL) == to_bytes("Old"));
  }
}

TEST_CASE("Labels are read-only where the server has none") {
  SimulatedToken t({}, simulator::Profile::kV4_0);
  const auto pair = t.generate("k1");
  CHECK(rv(t.token->set_attributes(pair.private_key, AttributeList().text(CKA_LABEL, "New").view())) ==
        CKR_ATTRIBUTE_READ_ONLY);
  CHECK(t.token->set_attributes(pair.private_key, AttributeList().text(CKA_LABEL, "k1").view()));
}

TEST_CASE("Other attributes are read-only, unless nothing changes") {
  SimulatedToken t;
  const auto pair = t.generate("k1");
  t.requests();
  CHECK(t.token->set_attributes(pair.private_key, AttributeList().boolean(CKA_SENSITIVE, true).view()));
  CHECK(rv(t.token->set_attributes(pair.private_key, AttributeList().boolean(CKA_SENSITIVE, false).view())) ==
        CKR_ATTRIBUTE_READ_ONLY);
  CHECK(rv(t.token->set_attributes(pair.private_key, with_id("k2").object_class(CKO_DATA).view())) ==
        CKR_ATTRIBUTE_READ_ONLY);
  CHECK(rv(t.token->set_attributes(pair.private_key, AttributeList().text(CKA_ISSUER, "x").view())) ==
        CKR_ATTRIBUTE_TYPE_INVALID);
  CHECK(rv(t.token->set_attributes(12345, with_id("k2").view())) == CKR_OBJECT_HANDLE_INVALID);
  CHECK(t.requests().empty());
}

TEST_CASE("What the token alone sets cannot even be set to what it is, on the device and in memory") {
  SimulatedToken t;
  AttributeList secret;
  secret.number(CKA_VALUE_LEN, 32);
  const auto temporary = t.token->generate_key(kAesGeneration, secret.view(), kSession);
  REQUIRE(temporary);
  for (const CK_OBJECT_HANDLE key : {t.generate("k1").private_key, *temporary}) {
    for (const CK_ATTRIBUTE_TYPE type :
         {CKA_LOCAL, CKA_KEY_GEN_MECHANISM, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_UNIQUE_ID}) {
      CAPTURE(type);
      const AttributeList same = AttributeList().bytes(type, t.value(key, type));
      CHECK(rv(t.token->set_attributes(key, same.view())) == CKR_ATTRIBUTE_READ_ONLY);
    }
  }
}
