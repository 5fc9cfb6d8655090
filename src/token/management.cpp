// SPDX-License-Identifier: Apache-2.0
// C_DestroyObject and C_SetAttributeValue.
#include <algorithm>

#include "base/log.h"
#include "token/attributes.h"
#include "token/key_id.h"
#include "token/key_template.h"
#include "token/memory_template.h"
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
    if (row->given != Given::kNever && has_value(object, attribute.type, value)) continue;
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

}  // namespace

Status Token::destroy_object(CK_OBJECT_HANDLE handle) {
  const auto object = impl_->find(handle);
  if (!object) {
    if (impl_->objects.take_tombstone(handle)) return Ok{};
    return fail(CKR_OBJECT_HANDLE_INVALID);
  }
  if (!is_set(*object, CKA_DESTROYABLE)) {
    return fail(CKR_ACTION_PROHIBITED, "the object is not one that can be destroyed");
  }
  if (object->own) return impl_->destroy_in_memory(*object);
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

Status Token::Impl::destroy_in_memory(const Object& object) {
  if (object.is_temporary_key) {
    const auto as = TRY(login.for_management());
    const auto deleted = client->delete_key(as, object.record->key.id);
    if (!deleted && deleted.error().kind != api::Error::Kind::kNotFound) {
      return failure(deleted.error(), Doing::kManaging);
    }
  }
  if (memory.remove(object.handle)) return Ok{};
  return fail(CKR_OBJECT_HANDLE_INVALID);  // another thread was faster
}

Status Token::Impl::destroy_key(const Object& object) {
  const auto as = TRY(login.for_management());
  const std::string& id = object.record->key.id;
  const auto deleted = [&] {
    const ObjectStore::Change change(objects, {id});
    auto result = client->delete_key(as, id);
    if (result) objects.remove(id);
    return result;
  }();
  if (deleted) return Ok{};
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
  if (object->own) {
    impl_->memory.change(handle, TRY(changed(*object, wanted)));
    return Ok{};
  }
  const auto changes =
      TRY(changes_in(*object, wanted, wanted.bytes(CKA_LABEL) && impl_->client->has_labels()));
  if (!changes.id && !changes.label) return Ok{};
  const auto as = TRY(impl_->login.for_management());
  return impl_->change_key(as, object->record->key, changes.id, changes.label);
}

// All or nothing: the label first, because it can be taken back where the new id is refused.
Status Token::Impl::change_key(const api::Credential& as, const api::Key& key,
                               const std::optional<std::string>& new_id,
                               const std::optional<std::string>& label) {
  const ObjectStore::Change change(objects, {key.id, new_id.value_or(key.id)});
  if (label) TRY(translate(client->set_label(as, key.id, *label), Doing::kManaging));
  if (new_id) {
    const auto moved = client->move_key(as, key.id, *new_id);
    if (!moved) {
      if (label && !client->set_label(as, key.id, key.label)) {
        log::warn("The label of \"%s\" has been changed and its id has not: its old label, \"%s\", is lost",
                  key.id.c_str(), key.label.c_str());
        objects.expire(key.id);
      }
      return failure(moved.error(), Doing::kManaging);
    }
    objects.rename(key.id, *new_id);
    memory.rename(key.id, *new_id);
  }
  if (label) objects.relabel(new_id.value_or(key.id), *label);
  return Ok{};
}

}  // namespace nethsm::token
