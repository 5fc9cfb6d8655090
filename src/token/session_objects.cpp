// SPDX-License-Identifier: Apache-2.0
// Copies, and the end of session objects.
#include "base/log.h"
#include "token/attributes.h"
#include "token/memory_template.h"
#include "token/rv.h"
#include "token/token_impl.h"

namespace nethsm::token {
namespace {

// CKA_ID and CKA_LABEL that an object in memory has, as a template.
class OwnNames {
 public:
  explicit OwnNames(const OwnAttributes& own) {
    for (const auto& [type, value] : own) {
      if (type == CKA_ID || type == CKA_LABEL) values_.push_back({type, value});
    }
    for (auto& [type, value] : values_) attributes_.push_back({type, value.data(), value.size()});
  }
  Result<Template> view() const { return Template::from(attributes_.data(), attributes_.size()); }

 private:
  std::vector<std::pair<CK_ATTRIBUTE_TYPE, Bytes>> values_;
  std::vector<CK_ATTRIBUTE> attributes_;
};

}  // namespace

Result<CK_OBJECT_HANDLE> Token::copy_object(CK_OBJECT_HANDLE handle, const Template& changes,
                                            CK_SESSION_HANDLE session) {
  const auto object = TRY(this->object(handle));
  if (!is_set(*object, CKA_COPYABLE)) return fail(CKR_ACTION_PROHIBITED, "the object cannot be copied");
  TRY(check_changes_of_copy(*object, changes));
  const bool on_token = TRY(changes.boolean(CKA_TOKEN)).value_or(is_set(*object, CKA_TOKEN));
  if (object->is_temporary_key) {
    if (on_token) return impl_->make_permanent(*object, changes);
    return fail(CKR_TEMPLATE_INCONSISTENT, "a temporary key can be copied to the token only");
  }
  if (!on_token) return impl_->keep(TRY(copied(*object, changes, session)));
  if (is_set(*object, CKA_TOKEN)) {
    return fail(CKR_TEMPLATE_INCONSISTENT,
                "the NetHSM has one public key and one certificate for each key: copies are session objects");
  }
  if (object->certificate) return impl_->store_certificate(changes, object->certificate);
  return impl_->existing_public_key(changes, object->record->key);
}

// The key moves to its new id, and its old handle goes on as a session object that stands for the permanent
// key but never takes it along: applications destroy the original after they have copied it.
Result<CK_OBJECT_HANDLE> Token::Impl::make_permanent(const Object& temporary, const Template& changes) {
  const OwnNames own(*temporary.own);
  const auto as = TRY(login.for_management());
  const Template own_names = TRY(own.view());
  auto name = TRY(name_for(changes, own_names, client->has_labels()));
  TRY(settle_name(as, name));
  const std::string& old_id = temporary.record->key.id;
  const ObjectStore::Change change(objects, {name.id});
  const bool has_label = !name.label.empty() && !name.label_is_local;
  if (has_label) TRY(translate(client->set_label(as, old_id, name.label), Doing::kManaging));
  TRY(translate(client->move_key(as, old_id, name.id), Doing::kManaging));

  KeyRecord record = *temporary.record;
  record.key.id = name.id;
  Object original = temporary;
  original.is_temporary_key = false;
  original.record = std::make_shared<const KeyRecord>(record);
  auto attributes = *temporary.own;
  attributes[CKA_COPYABLE] = Bytes{CK_FALSE};
  original.own = std::make_shared<const OwnAttributes>(std::move(attributes));
  memory.change(temporary.handle, std::move(original));

  record.key.label = name.label;
  record.label_is_local = name.label_is_local;
  objects.add(std::move(record));
  return handle_of(name.id, temporary.object_class);
}

Token::EndedKeys Token::Impl::end_objects(const MemoryObjects::Predicate& ends) {
  EndedKeys ended;
  for (const ObjectPtr& object : memory.take(ends)) {
    if (object->is_temporary_key) ended.ids.push_back(object->record->key.id);
  }
  if (ended.ids.empty()) return ended;
  if (const auto as = login.for_management()) ended.as = *as;
  return ended;
}

Token::EndedKeys Token::end_session_objects(CK_SESSION_HANDLE session) {
  return impl_->end_objects([&](const Object& object) { return object.owner == session; });
}

Token::EndedKeys Token::end_all_session_objects() {
  return impl_->end_objects([](const Object& object) { return object.owner.has_value(); });
}

void Token::delete_ended(const EndedKeys& keys) {
  bool reachable = keys.as.has_value();
  for (const auto& id : keys.ids) {
    const auto deleted = reachable ? impl_->client->delete_key(*keys.as, id) : api::ApiResult<Ok>(Ok{});
    if (reachable && (deleted || deleted.error().kind == api::Error::Kind::kNotFound)) continue;
    // One that cannot be reached costs its timeouts once.
    reachable = reachable && deleted.error().kind != api::Error::Kind::kUnreachable;
    log::warn(
        "The temporary key \"%s\" stays on the NetHSM: %s", id.c_str(),
        deleted ? "no administrator is known, or no instance answers" : deleted.error().message.c_str());
  }
}

// Where the configuration has the operator's password, everybody stays the user and nothing ends.
Status Token::logout() {
  const auto as = impl_->login.for_management();
  EndedKeys ended;
  {
    const Impl::NamespaceChange change(*impl_);
    TRY(impl_->login.logout());
    if (login_state() != LoginState::kPublic) return Ok{};
    impl_->end_private_handles();
    ended =
        impl_->end_objects([](const Object& object) { return object.owner && is_set(object, CKA_PRIVATE); });
  }
  if (as) ended.as = *as;
  delete_ended(ended);
  return Ok{};
}

}  // namespace nethsm::token
