// SPDX-License-Identifier: Apache-2.0
#include "token/object_store.h"

#include <algorithm>

#include "catch.hpp"
#include "sample_certificate.h"
#include "sample_keys.h"

using namespace nethsm;
using namespace nethsm::token;

namespace {

constexpr auto kLong = std::chrono::hours(1);
constexpr auto kNone = seconds(0);

using Ids = std::vector<std::string>;

struct Store {
  explicit Store(std::vector<api::KeyType> hidden = {}) : objects(next_handle, std::move(hidden)) {}

  std::vector<CK_OBJECT_CLASS> classes(const std::string& id) const {
    std::vector<CK_OBJECT_CLASS> classes;
    for (const auto& object : objects.objects_of(Ids{id})) classes.push_back(object->object_class);
    return classes;
  }
  CK_OBJECT_HANDLE handle(const std::string& id, CK_OBJECT_CLASS object_class) const {
    for (const auto& object : objects.objects_of(Ids{id})) {
      if (object->object_class == object_class) return object->handle;
    }
    return CK_INVALID_HANDLE;
  }

  std::atomic<CK_OBJECT_HANDLE> next_handle{1};
  ObjectStore objects;
};

api::Key named(api::Key key, std::string id) {
  key.id = std::move(id);
  return key;
}

KeyRecord generated(api::Key key) {
  KeyRecord record;
  record.key = std::move(key);
  record.origin = KeyRecord::Origin::kGenerated;
  return record;
}

}  // namespace

TEST_CASE("A key pair gives two objects, a secret key one") {
  Store store;
  store.objects.put_details(rsa_key());
  store.objects.put_details(generic_key());
  CHECK(store.classes("rsa1") == std::vector<CK_OBJECT_CLASS>{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY});
  CHECK(store.classes("aes1") == std::vector<CK_OBJECT_CLASS>{CKO_SECRET_KEY});
  CHECK(store.classes("other").empty());
}

TEST_CASE("Handles differ and find their objects") {
  Store store;
  store.objects.put_details(rsa_key());
  const auto private_key = store.handle("rsa1", CKO_PRIVATE_KEY);
  const auto public_key = store.handle("rsa1", CKO_PUBLIC_KEY);
  CHECK(private_key != public_key);
  CHECK(store.objects.find(private_key)->object_class == CKO_PRIVATE_KEY);
  CHECK(store.objects.find(public_key)->record->key.id == "rsa1");
  CHECK(store.objects.find(12345) == nullptr);
}

TEST_CASE("Handles survive a refresh, a new label and a rename") {
  Store store;
  store.objects.put_details(rsa_key());
  const auto handle = store.handle("rsa1", CKO_PRIVATE_KEY);
  const auto before = store.objects.find(handle);

  store.objects.put_details(rsa_key());
  CHECK(store.objects.find(handle) == before);

  auto relabelled = rsa_key();
  relabelled.label = "Web";
  store.objects.put_details(relabelled);
  CHECK(store.objects.find(handle)->record->key.label == "Web");
  CHECK(before->record->key.label.empty());  // whoever holds the old value keeps it

  store.objects.rename("rsa1", "rsa2");
  CHECK(store.objects.find(handle)->record->key.id == "rsa2");
  CHECK(store.handle("rsa2", CKO_PRIVATE_KEY) == handle);
  CHECK(store.classes("rsa1").empty());
}

TEST_CASE("Other key material under the same id is another object") {
  Store store;
  store.objects.put_details(rsa_key(256));
  const auto handle = store.handle("rsa1", CKO_PRIVATE_KEY);
  store.objects.put_details(rsa_key(512));
  CHECK(store.objects.find(handle) == nullptr);
  CHECK(store.handle("rsa1", CKO_PRIVATE_KEY) != handle);
}

TEST_CASE("Handles are never used again") {
  Store store;
  std::vector<CK_OBJECT_HANDLE> seen;
  for (int round = 0; round < 50; ++round) {
    store.objects.add(generated(rsa_key()));
    for (const auto& object : store.objects.objects_of(Ids{"rsa1"})) {
      CHECK(std::ranges::find(seen, object->handle) == seen.end());
      seen.push_back(object->handle);
    }
    store.objects.remove("rsa1");
  }
  CHECK(seen.size() == 100);
}

TEST_CASE("Details are fetched once per lifetime") {
  Store store;
  const Ids ids{"aes1", "rsa1"};
  CHECK(store.objects.without_details(ids, kLong) == ids);
  store.objects.put_details(rsa_key());
  CHECK(store.objects.without_details(ids, kLong) == Ids{"aes1"});
  CHECK(store.objects.without_details(ids, kNone) == ids);
  store.objects.expire("rsa1");
  CHECK(store.objects.without_details(ids, kLong) == ids);
}

TEST_CASE("Certificates are asked for where a key can have one, and their absence is remembered") {
  Store store;
  const Ids ids{"aes1", "rsa1", "unknown"};
  store.objects.put_details(rsa_key());
  store.objects.put_details(generic_key());
  CHECK(store.objects.without_certificate(ids, kLong) == Ids{"rsa1"});
  store.objects.put_certificate("rsa1", nullptr);
  CHECK(store.objects.without_certificate(ids, kLong).empty());
  CHECK(store.objects.without_certificate(ids, kNone) == Ids{"rsa1"});
}

TEST_CASE("A certificate object comes last and another certificate has another handle") {
  Store store;
  store.objects.put_details(rsa_key());
  const auto certificate = sample_certificate();
  REQUIRE(certificate);
  store.objects.put_certificate("rsa1", certificate);
  CHECK(store.classes("rsa1") ==
        std::vector<CK_OBJECT_CLASS>{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_CERTIFICATE});
  const auto handle = store.handle("rsa1", CKO_CERTIFICATE);
  CHECK(store.objects.find(handle)->certificate == certificate);
  store.objects.remove_certificate("rsa1");
  CHECK(store.objects.find(handle) == nullptr);
  CHECK_FALSE(store.objects.take_tombstone(handle));
}

TEST_CASE("Keys that vanish from the list take their objects along") {
  Store store;
  store.objects.put_details(rsa_key());
  store.objects.put_details(generic_key());
  const auto handle = store.handle("rsa1", CKO_PRIVATE_KEY);
  store.objects.keep_only(Ids{"aes1"});
  CHECK(store.objects.find(handle) == nullptr);
  CHECK(store.classes("aes1").size() == 1);
}

TEST_CASE("A key that was made a moment ago stays, as a lagging node may not list it yet") {
  Store store;
  store.objects.add(generated(rsa_key()));
  store.objects.keep_only({});
  CHECK(store.classes("rsa1").size() == 2);
}

TEST_CASE("A key that was deleted a moment ago does not come back from a lagging node") {
  Store store;
  store.objects.put_details(rsa_key());
  store.objects.remove("rsa1");
  store.objects.put_details(rsa_key());
  CHECK(store.classes("rsa1").empty());
  SECTION("but from this process") {
    store.objects.add(generated(rsa_key()));
    CHECK(store.classes("rsa1").size() == 2);
  }
}

TEST_CASE("The public half can be destroyed once more after its private half") {
  Store store;
  store.objects.put_details(rsa_key());
  const auto private_key = store.handle("rsa1", CKO_PRIVATE_KEY);
  const auto public_key = store.handle("rsa1", CKO_PUBLIC_KEY);
  store.objects.remove("rsa1");
  CHECK(store.objects.find(public_key) == nullptr);
  CHECK(store.objects.take_tombstone(public_key));
  CHECK_FALSE(store.objects.take_tombstone(public_key));
  CHECK_FALSE(store.objects.take_tombstone(private_key));
}

TEST_CASE("A hidden public key stays hidden until it is shown") {
  Store store;
  store.objects.put_details(rsa_key());
  const auto handle = store.handle("rsa1", CKO_PUBLIC_KEY);
  store.objects.hide_public_key("rsa1");
  auto relabelled = rsa_key();
  relabelled.label = "x";
  store.objects.put_details(relabelled);
  CHECK(store.classes("rsa1") == std::vector<CK_OBJECT_CLASS>{CKO_PRIVATE_KEY});
  store.objects.show_public_key("rsa1");
  CHECK(store.handle("rsa1", CKO_PUBLIC_KEY) != CK_INVALID_HANDLE);
  CHECK(store.handle("rsa1", CKO_PUBLIC_KEY) != handle);
}

TEST_CASE("Keys of hidden types have no objects and need no certificates") {
  Store store({api::KeyType::kCurve25519, api::KeyType::kGeneric});
  for (const auto& key : {rsa_key(), ed25519_key(), generic_key()}) store.objects.put_details(key);
  CHECK(store.classes("ec1").empty());
  CHECK(store.classes("aes1").empty());
  CHECK(store.classes("rsa1").size() == 2);
  CHECK(store.objects.record_of("ec1") == nullptr);
  CHECK(store.objects.records().size() == 1);
  CHECK(store.objects.without_details(Ids{"ec1"}, kLong).empty());
  CHECK(store.objects.without_certificate(Ids{"ec1"}, kLong).empty());
}

TEST_CASE("A key that cannot be understood is news once and is not asked for again at once") {
  Store store;
  CHECK(store.objects.put_unreadable("odd"));
  CHECK_FALSE(store.objects.put_unreadable("odd"));
  CHECK(store.classes("odd").empty());
  CHECK(store.objects.without_details(Ids{"odd"}, kLong).empty());
  store.objects.put_details(named(rsa_key(), "odd"));
  CHECK(store.classes("odd").size() == 2);
}

TEST_CASE("What only this process knows of a key outlives a refresh") {
  Store store;
  auto record = generated(rsa_key());
  record.generated_by = CKM_RSA_PKCS_KEY_PAIR_GEN;
  record.key.label = "kept here";
  record.label_is_local = true;
  store.objects.add(record);
  auto refreshed = rsa_key();
  refreshed.tags = {"berlin"};
  store.objects.put_details(refreshed);
  const auto known = store.objects.record_of("rsa1");
  CHECK(known->generated_by == CKM_RSA_PKCS_KEY_PAIR_GEN);
  CHECK(known->key.label == "kept here");
  CHECK(known->key.tags == std::vector<std::string>{"berlin"});
}

TEST_CASE("While a key is being changed, no answer from before or after the change touches its objects") {
  Store store;
  store.objects.put_details(named(p256_key(), "old"));
  const auto handle = store.handle("old", CKO_PRIVATE_KEY);
  {
    const ObjectStore::Change change(store.objects, {"old", "new"});
    store.objects.forget("old");
    store.objects.keep_only({});
    store.objects.put_details(named(p256_key(), "new"));
    CHECK(store.classes("new").empty());
    store.objects.rename("old", "new");
  }
  CHECK(store.handle("new", CKO_PRIVATE_KEY) == handle);
  store.objects.forget("new");
  CHECK(store.classes("new").empty());
}

TEST_CASE("A rename over an id that was known replaces it") {
  Store store;
  store.objects.put_details(rsa_key());
  store.objects.put_details(named(p256_key(), "old"));
  const auto handle = store.handle("old", CKO_PRIVATE_KEY);
  store.objects.rename("old", "rsa1");
  CHECK(store.handle("rsa1", CKO_PRIVATE_KEY) == handle);
  CHECK(store.objects.record_of("rsa1")->key.type == api::KeyType::kEcP256);
}
