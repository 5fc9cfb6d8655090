// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "token/device_status.h"
#include "token/key_template.h"
#include "token/login.h"
#include "token/memory_objects.h"
#include "token/object_store.h"
#include "token/search.h"
#include "token/self_description.h"
#include "token/token.h"

namespace nethsm::token {

// The parts of a token. None of them holds a lock while it calls another or the device.
class Token::Impl {
 public:
  Impl(Settings the_settings, std::shared_ptr<api::Client> the_client,
       std::atomic<CK_OBJECT_HANDLE>& next_handle)
      : settings(std::move(the_settings)),
        client(std::move(the_client)),
        login(settings, *client),
        objects(next_handle, settings.hide_key_types, settings.withheld_mechanisms),
        memory(next_handle),
        description(settings, next_handle),
        search(settings, *client, login, objects),
        device(*client) {}

  // On the device or in memory; null: no such object (any more).
  ObjectPtr find(CK_OBJECT_HANDLE handle) const;
  // The handle of one side of a key that the store has.
  Result<CK_OBJECT_HANDLE> handle_of(const std::string& id, CK_OBJECT_CLASS object_class) const;

  // Makes up an id where the application gave none; CKR_ATTRIBUTE_VALUE_INVALID if the given one is taken.
  Status settle_name(const api::Credential& as, KeyName& name);
  // How a new key will be called on the device: as the templates say, or temporarily.
  Result<KeyName> name_of_new(const api::Credential& as, const Template& first, const Template& second);
  Result<KeyRecord> generate(const api::Credential& as, api::NewKey key, const KeyName& name,
                             CK_MECHANISM_TYPE mechanism);
  // A key that has just been made, as the device describes it, with what is known beyond that.
  Result<KeyRecord> read_new(const api::Credential& as, const KeyName& name, KeyRecord facts);
  Result<CK_OBJECT_HANDLE> adopt(KeyRecord record, const Template& key, CK_OBJECT_CLASS object_class,
                                 CK_SESSION_HANDLE session);
  Result<CK_OBJECT_HANDLE> import_key(const Template& object, CK_OBJECT_CLASS object_class,
                                      CK_SESSION_HANDLE session);

  // The copy of a temporary key to the token.
  Result<CK_OBJECT_HANDLE> make_permanent(const Object& temporary, const Template& changes);
  EndedKeys end_objects(const MemoryObjects::Predicate& ends);

  Result<CK_OBJECT_HANDLE> create_public_key(const Template& object, CK_SESSION_HANDLE session);
  Result<CK_OBJECT_HANDLE> existing_public_key(const Template& object, const api::Key& key);
  Result<CK_OBJECT_HANDLE> create_certificate(const Template& object, CK_SESSION_HANDLE session);
  Result<CK_OBJECT_HANDLE> store_certificate(const Template& object,
                                             const std::shared_ptr<const crypto::Certificate>& certificate);
  Result<CK_OBJECT_HANDLE> keep_authority(const Template& object,
                                          const std::shared_ptr<const crypto::Certificate>& certificate);
  bool has_issued(const crypto::Certificate& issuer) const;
  Result<CK_OBJECT_HANDLE> keep(Object object);  // in memory
  Status replace_certificate(const api::Credential& as, const std::string& id, ByteView stored);
  void label_as_certificate(const api::Credential& as, const std::string& id, const Template& object);

  Status destroy_in_memory(const Object& object);
  Status destroy_key(const Object& object);
  Status destroy_certificate(const Object& object);

  Status change_key(const api::Credential& as, const api::Key& key, const std::optional<std::string>& new_id,
                    const std::optional<std::string>& label);

  // The id that the key has now: an operation may have begun before a rename.
  std::string current_id(const Object& key) const;
  // The answer to a use of a key; one that has gone is read again at the next search.
  template <class T>
  Result<T> used(const std::string& id, api::ApiResult<T> answer, bool decrypting = false);

  // After a logout (PKCS#11 v3.2 §5.6.10), unless everybody is a user here.
  void end_private_handles();

  // Around a change of the login. In another namespace the same id is another key: what is known of keys is
  // forgotten then.
  class NamespaceChange {
   public:
    explicit NamespaceChange(Impl& impl) : impl_(impl), before_(impl.login.reading_namespace()) {}
    ~NamespaceChange() {
      if (impl_.login.reading_namespace() != before_) impl_.objects.forget_all();
    }
    NamespaceChange(const NamespaceChange&) = delete;
    NamespaceChange& operator=(const NamespaceChange&) = delete;

   private:
    Impl& impl_;
    const std::string before_;
  };

  const Settings settings;
  const std::shared_ptr<api::Client> client;
  Login login;
  ObjectStore objects;
  MemoryObjects memory;
  const SelfDescription description;
  Search search;
  DeviceStatus device;
};

}  // namespace nethsm::token
