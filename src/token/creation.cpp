// SPDX-License-Identifier: Apache-2.0
// C_CreateObject: what the device stores, and what this process keeps for itself.
#include <algorithm>

#include "base/log.h"
#include "token/attributes.h"
#include "token/certificate_form.h"
#include "token/key_facts.h"
#include "token/key_id.h"
#include "token/memory_template.h"
#include "token/new_key.h"
#include "token/rv.h"
#include "token/token_impl.h"

namespace nethsm::token {

Result<CK_OBJECT_HANDLE> Token::create_object(const Template& object, CK_SESSION_HANDLE session) {
  const auto object_class = TRY(object.number(CKA_CLASS));
  if (!object_class) return fail(CKR_TEMPLATE_INCOMPLETE, "CKA_CLASS is missing");
  switch (*object_class) {
    case CKO_PRIVATE_KEY:
    case CKO_SECRET_KEY:
      return impl_->import_key(object, *object_class, session);
    case CKO_PUBLIC_KEY:
      return impl_->create_public_key(object, session);
    case CKO_CERTIFICATE:
      return impl_->create_certificate(object, session);
    default:
      return fail(CKR_ATTRIBUTE_VALUE_INVALID,
                  "CKA_CLASS: the NetHSM stores keys and their certificates only");
  }
}

Result<CK_OBJECT_HANDLE> Token::Impl::keep(Object object) {
  if (is_set(object, CKA_PRIVATE) && login.state() == LoginState::kPublic) {
    return fail(CKR_USER_NOT_LOGGED_IN, "private objects are made by users who are logged in");
  }
  return memory.add(std::move(object));
}

Result<CK_OBJECT_HANDLE> Token::Impl::create_public_key(const Template& object, CK_SESSION_HANDLE session) {
  auto key = TRY(public_key_in_memory(object, settings.withheld_mechanisms, session));
  if (TRY(object.boolean(CKA_TOKEN)).value_or(false)) return existing_public_key(object, key.record->key);
  return keep(std::move(key));
}

// The device derives public keys from the private ones; applications that write both are told what they
// expect.
Result<CK_OBJECT_HANDLE> Token::Impl::existing_public_key(const Template& object, const api::Key& key) {
  const Bytes wanted = public_key_info(key);
  const auto as = login.for_reading();
  if (!as) return fail(CKR_USER_NOT_LOGGED_IN);
  std::shared_ptr<const KeyRecord> record;
  const auto given_id = object.bytes(CKA_ID);
  if (const auto id = given_id ? to_key_id(*given_id) : std::nullopt) record = TRY(search.key(*as, *id));
  if (!record || public_key_info(record->key) != wanted) record = TRY(search.key_with(*as, wanted));
  if (!record) {
    return fail_loudly(CKR_TEMPLATE_INCONSISTENT,
                       "the NetHSM has no private key for this public key, and stores no public keys by "
                       "themselves; with CKA_TOKEN=FALSE it would be a session object");
  }
  objects.show_public_key(record->key.id);
  return handle_of(record->key.id, CKO_PUBLIC_KEY);
}

Result<CK_OBJECT_HANDLE> Token::Impl::create_certificate(const Template& object, CK_SESSION_HANDLE session) {
  TRY(check_attributes(object, kCertificateClass));
  const auto type = TRY(object.number(CKA_CERTIFICATE_TYPE));
  if (type && *type != CKC_X_509) {
    return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_CERTIFICATE_TYPE: only X.509 certificates can be stored");
  }
  const auto value = object.bytes(CKA_VALUE);
  if (!value) return fail(CKR_TEMPLATE_INCOMPLETE, "CKA_VALUE is missing");
  auto certificate = parse_certificate(*value);
  if (!certificate) return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_VALUE is not an X.509 certificate");
  if (TRY(object.boolean(CKA_TOKEN)).value_or(false)) return store_certificate(object, certificate);
  return keep(certificate_in_memory(object, std::move(certificate), session));
}

Result<CK_OBJECT_HANDLE> Token::Impl::store_certificate(
    const Template& object, const std::shared_ptr<const crypto::Certificate>& certificate) {
  const auto as = TRY(login.for_management());
  std::shared_ptr<const KeyRecord> record;
  const auto given_id = object.bytes(CKA_ID);
  if (const auto id = given_id ? to_key_id(*given_id) : std::nullopt) record = TRY(search.key(as, *id));
  // NSS names certificates by a hash of the public key, which is no id of a key that it has not made.
  if (!record) record = TRY(search.key_with(as, certificate->public_key_info()));
  if (!record) return keep_authority(object, certificate);
  const std::string& id = record->key.id;
  TRY(replace_certificate(as, id, stored_form(*certificate, settings.certificate_format)));
  objects.put_certificate(id, certificate);
  if (record->key.label.empty()) label_as_certificate(as, id, object);
  return handle_of(id, CKO_CERTIFICATE);
}

// NSS labels its certificates only, and looks for them by that. What cannot be stored as a label is no reason
// to refuse the certificate.
void Token::Impl::label_as_certificate(const api::Credential& as, const std::string& id,
                                       const Template& object) {
  const auto wanted = object.bytes(CKA_LABEL);
  if (!wanted || wanted->empty() || !client->has_labels()) return;
  const auto label = checked_label(*wanted);
  const auto own_id = to_key_id(*wanted);
  if (!label || own_id == id) return;
  if (client->set_label(as, id, *label)) objects.relabel(id, *label);
}

// Java stores whole chains, and takes it for a failure of all if one of them is refused. The device has a
// place for the first only.
Result<CK_OBJECT_HANDLE> Token::Impl::keep_authority(
    const Template& object, const std::shared_ptr<const crypto::Certificate>& certificate) {
  if (!certificate->is_authority() && !has_issued(*certificate)) {
    return fail_loudly(
        CKR_TEMPLATE_INCONSISTENT,
        "the NetHSM stores a certificate with its key, and has no key of this CKA_ID or public key");
  }
  log::warn(
      "A CA certificate is kept until the application ends its use of the module: the NetHSM stores "
      "certificates with their keys only");
  return keep(certificate_in_memory(object, certificate, std::nullopt));
}

// Of a certificate that does not say itself whether it is an authority's.
bool Token::Impl::has_issued(const crypto::Certificate& issuer) const {
  const auto is_issued = [&](const ObjectPtr& object) {
    return object->certificate && object->certificate->issuer() == issuer.subject() &&
           object->certificate->der() != issuer.der();
  };
  return std::ranges::any_of(objects.certificates(), is_issued) ||
         std::ranges::any_of(memory.all(), is_issued);
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

}  // namespace nethsm::token
