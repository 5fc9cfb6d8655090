// SPDX-License-Identifier: Apache-2.0
#include "token/token.h"

#include <algorithm>

#include "token/rv.h"
#include "token/token_impl.h"

namespace nethsm::token {

Token::Token(Settings settings, std::shared_ptr<api::Client> client,
             std::atomic<CK_OBJECT_HANDLE>& next_handle)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(client), next_handle)) {}
Token::~Token() = default;

const std::string& Token::label() const { return impl_->settings.label; }
api::Mechanisms Token::withheld_mechanisms() const { return impl_->settings.withheld_mechanisms; }
api::Client& Token::client() { return *impl_->client; }

LoginState Token::login_state() const { return impl_->login.state(); }
Status Token::login(CK_USER_TYPE user, const Secret& pin, const std::string& name) {
  const Impl::NamespaceChange change(*impl_);
  return impl_->login.login(user, pin, name);
}
void Token::forget_login() {
  const Impl::NamespaceChange change(*impl_);
  impl_->login.forget();
  impl_->end_private_handles();
}
Status Token::set_pin(const Secret& old_pin, const Secret& new_pin) {
  return impl_->login.set_pin(old_pin, new_pin);
}
Status Token::init_pin(const Secret& pin) { return impl_->login.init_pin(pin); }

Status Token::may_use_keys() const {
  TRY(impl_->login.for_use());
  return Ok{};
}

Result<std::vector<CK_OBJECT_HANDLE>> Token::find(const Template& wanted) {
  auto found = TRY(impl_->search.find(wanted));
  const bool is_public = login_state() == LoginState::kPublic;
  for (const ObjectPtr& object : impl_->memory.all()) {
    if (is_public && is_set(*object, CKA_PRIVATE)) continue;
    if (matches(*object, wanted)) found.push_back(object->handle);
  }
  const auto describing = impl_->description.find(wanted);
  found.insert(found.end(), describing.begin(), describing.end());
  return found;
}

Result<ObjectPtr> Token::object(CK_OBJECT_HANDLE handle) {
  if (auto object = impl_->find(handle)) return object;
  return fail(CKR_OBJECT_HANDLE_INVALID);
}

void Token::Impl::end_private_handles() {
  if (login.state() == LoginState::kPublic) objects.renew_private_handles();
}

ObjectPtr Token::Impl::find(CK_OBJECT_HANDLE handle) const {
  if (auto object = objects.find(handle)) return object;
  if (auto object = memory.find(handle)) return object;
  return description.find(handle);
}

std::string Token::Impl::current_id(const Object& key) const {
  const auto current = find(key.handle);
  return current && current->record ? current->record->key.id : key.record->key.id;
}

template <class T>
Result<T> Token::Impl::used(const std::string& id, api::ApiResult<T> answer, bool decrypting) {
  if (!answer && answer.error().kind == api::Error::Kind::kNotFound) objects.expire(id);
  return translate(std::move(answer), decrypting ? Doing::kDecrypting : Doing::kUsing);
}

Result<Bytes> Token::sign(const Object& key, api::Mechanism mode, ByteView message) {
  const auto as = TRY(impl_->login.for_use());
  const auto id = impl_->current_id(key);
  return impl_->used(id, impl_->client->sign(as, id, mode, message));
}

Result<SecretBytes> Token::decrypt(const Object& key, api::Mechanism mode, ByteView data,
                                   std::optional<ByteView> iv) {
  const auto as = TRY(impl_->login.for_use());
  const auto id = impl_->current_id(key);
  return impl_->used(id, impl_->client->decrypt(as, id, mode, data, iv), /*decrypting=*/true);
}

Result<Bytes> Token::encrypt(const Object& key, api::Mechanism mode, ByteView data, ByteView iv) {
  const auto as = TRY(impl_->login.for_use());
  const auto id = impl_->current_id(key);
  return impl_->used(id, impl_->client->encrypt(as, id, mode, data, iv));
}

Status Token::random(std::span<std::uint8_t> out) {
  const auto as = TRY(impl_->login.for_use());
  while (!out.empty()) {
    const auto part = out.first(std::min(out.size(), api::kMaxRandomLength));
    const Bytes bytes = TRY(translate(impl_->client->random(as, part.size()), Doing::kUsing));
    if (bytes.size() != part.size())
      return fail(CKR_DEVICE_ERROR, "the NetHSM gave fewer random bytes than asked for");
    std::ranges::copy(bytes, part.begin());
    out = out.subspan(part.size());
  }
  return Ok{};
}

}  // namespace nethsm::token
