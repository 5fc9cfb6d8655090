// SPDX-License-Identifier: Apache-2.0
// C_CreateObject, C_DestroyObject and C_SetAttributeValue.
#include <algorithm>

#include "base/log.h"
#include "token/attributes.h"
#include "token/certificate_form.h"
#include "token/key_facts.h"
#include "token/key_id.h"
#include "token/new_key.h"
#include "token/rv.h"
#include "token/token_impl.h"

namespace nethsm::token {
namespace {

// What a C_SetAttributeValue comes down to; empty: everything is as wanted already.
struct Changes {
  std::optional<std::string> id, label;
};

Result<Changes> changes_in(const Object& object, const Template& wanted, bool server_has_labels) {
  Changes changes;
  for (const CK_ATTRIBUTE& attribute : wanted.attributes()) {
    const ByteView value = *wanted.bytes(attribute.type);
    const AttributeRow* row = find_attribute(attribute.type, class_set_of(object.object_class));
    if (row == nullptr) {
      return fail(CKR_ATTRIBUTE_TYPE_INVALID,
                  attribute_name(attribute.type) + " is not an attribute of the object");
    }
    const auto current = attribute_value(object, attribute.type);
    if (current && std::ranges::equal(*current, value)) continue;
    if (attribute.type == CKA_ID) {
      changes.id = TRY(checked_key_id(value));
    } else if (attribute.type == CKA_LABEL && server_has_labels) {
      changes.label = TRY(checked_label(value));
    } else {
      return fail(CKR_ATTRIBUTE_READ_ONLY,
                  std::string(row->name) + " of a key on the NetHSM cannot be changed");
    }
  }
  return changes;
}

Status check_certificate_template(const Template& object) {
  const auto type = TRY(object.number(CKA_CERTIFICATE_TYPE));
  if (type && *type != CKC_X_509) {
    return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_CERTIFICATE_TYPE: only X.509 certificates can be stored");
  }
  if (TRY(object.boolean(CKA_TOKEN)).value_or(false)) return Ok{};
  return fail(CKR_TEMPLATE_INCONSISTENT,
              "certificates are stored on the NetHSM: the template must say CKA_TOKEN=TRUE");
}

}  // namespace

Result<CK_OBJECT_HANDLE> Token::create_object(const Template& object) {
  const auto object_class = TRY(object.number(CKA_CLASS));
  if (!object_class) return fail(CKR_TEMPLATE_INCOMPLETE, "CKA_CLASS is missing");
  switch (*object_class) {
    case CKO_PRIVATE_KEY:
    case CKO_SECRET_KEY:
      return impl_->import_key(object, *object_class);
    case CKO_PUBLIC_KEY:
      return impl_->existing_public_key(object);
    case CKO_CERTIFICATE:
      return impl_->store_certificate(object);
    default:
      return fail(CKR_ATTRIBUTE_VALUE_INVALID,
                  "CKA_CLASS: the NetHSM stores keys and their certificates only");
  }
}

// The device derives public keys from the private ones; applications that write both are told what they
// expect.
Result<CK_OBJECT_HANDLE> Token::Impl::existing_public_key(const Template& object) {
  const Bytes wanted = TRY(public_key_info_from(object));
  const auto as = login.for_reading();
  if (!as) return fail(CKR_USER_NOT_LOGGED_IN);
  std::shared_ptr<const KeyRecord> record;
  const auto given_id = object.bytes(CKA_ID);
  if (const auto id = given_id ? to_key_id(*given_id) : std::nullopt) record = TRY(search.key(*as, *id));
  if (!record || public_key_info(record->key) != wanted) record = TRY(search.key_with(*as, wanted));
  if (!record) {
    return fail(CKR_TEMPLATE_INCONSISTENT,
                "the NetHSM has no private key for this public key, and stores no public keys by themselves");
  }
  objects.show_public_key(record->key.id);
  return handle_of(record->key.id, CKO_PUBLIC_KEY);
}

Result<CK_OBJECT_HANDLE> Token::Impl::store_certificate(const Template& object) {
  TRY(check_certificate_template(object));
  const auto value = object.bytes(CKA_VALUE);
  if (!value) return fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE is missing");
  const auto certificate = parse_certificate(*value);
  if (!certificate) return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_VALUE is not an X.509 certificate");
  const auto as = TRY(login.for_management());

  std::shared_ptr<const KeyRecord> record;
  const auto given_id = object.bytes(CKA_ID);
  if (const auto id = given_id ? to_key_id(*given_id) : std::nullopt) record = TRY(search.key(as, *id));
  // NSS names certificates by a hash of the public key, which is no id of a key that it has not made.
  if (!record) record = TRY(search.key_with(as, certificate->public_key_info()));
  if (!record) {
    return fail(CKR_TEMPLATE_INCONSISTENT,
                "the NetHSM stores a certificate with its key, and has no key of this CKA_ID or public key");
  }
  const std::string& id = record->key.id;
  TRY(replace_certificate(as, id, stored_form(*certificate, settings.certificate_format)));
  objects.put_certificate(id, certificate);
  return handle_of(id, CKO_CERTIFICATE);
}

// The device has no replace: the old certificate goes first, and comes back if the new one is not taken.
Status Token::Impl::replace_certificate(const api::Credential& as, const std::string& id, ByteView stored) {
  const auto old = TRY(translate(client->certificate(as, id), Doing::kManaging));
  if (old && std::ranges::equal(*old, stored)) return Ok{};
  if (old) TRY(translate(client->delete_certificate(as, id), Doing::kManaging));
  const auto put = client->put_certificate(as, id, stored);
  if (put) return Ok{};
  if (old && !client->put_certificate(as, id, *old)) {
    log::error("The certificate of \"%s\" is lost: the new one was refused and the old one not taken back",
               id.c_str());
  }
  return failure(put.error(), Doing::kManaging);
}

Status Token::destroy_object(CK_OBJECT_HANDLE handle) {
  const auto object = impl_->objects.find(handle);
  if (!object) {
    if (impl_->objects.take_tombstone(handle)) return Ok{};
    return fail(CKR_OBJECT_HANDLE_INVALID);
  }
  switch (object->object_class) {
    case CKO_PUBLIC_KEY:
      // OpenDNSSEC and others drop the public half of a key that is to live on.
      impl_->objects.hide_public_key(object->record->key.id);
      return Ok{};
    case CKO_CERTIFICATE:
      return impl_->destroy_certificate(*object);
    default:
      return impl_->destroy_key(*object);
  }
}

Status Token::Impl::destroy_key(const Object& object) {
  const auto as = TRY(login.for_management());
  const std::string& id = object.record->key.id;
  const auto deleted = client->delete_key(as, id);
  if (deleted) {
    objects.remove(id);
    return Ok{};
  }
  if (deleted.error().kind == api::Error::Kind::kNotFound) objects.forget(id);
  return failure(deleted.error(), Doing::kManaging);
}

Status Token::Impl::destroy_certificate(const Object& object) {
  const auto as = TRY(login.for_management());
  const std::string& id = object.record->key.id;
  const auto deleted = client->delete_certificate(as, id);
  const bool gone = deleted || deleted.error().kind == api::Error::Kind::kNotFound;
  if (gone) objects.remove_certificate(id);
  if (deleted) return Ok{};
  return failure(deleted.error(), Doing::kManaging);
}

Status Token::set_attributes(CK_OBJECT_HANDLE handle, const Template& wanted) {
  const auto object = TRY(this->object(handle));
  const auto changes =
      TRY(changes_in(*object, wanted, wanted.bytes(CKA_LABEL) && impl_->client->has_labels()));
  if (!changes.id && !changes.label) return Ok{};
  const auto as = TRY(impl_->login.for_management());
  std::string id = object->record->key.id;
  if (changes.id) {
    TRY(translate(impl_->client->move_key(as, id, *changes.id), Doing::kManaging));
    impl_->objects.rename(id, *changes.id);
    id = *changes.id;
  }
  if (changes.label) {
    TRY(translate(impl_->client->set_label(as, id, *changes.label), Doing::kManaging));
    impl_->objects.relabel(id, *changes.label);
  }
  return Ok{};
}

}  // namespace nethsm::token
