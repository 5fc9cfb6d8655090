// SPDX-License-Identifier: Apache-2.0
#include "token/search.h"

#include <algorithm>

#include "base/log.h"
#include "token/certificate_form.h"
#include "token/key_facts.h"
#include "token/key_id.h"
#include "token/rv.h"

namespace nethsm::token {
namespace {

// One key that cannot be understood must not hide the others; everything else that goes wrong would.
bool concerns_one_key(api::Error::Kind kind) {
  return kind == api::Error::Kind::kProtocol || kind == api::Error::Kind::kRejected ||
         kind == api::Error::Kind::kTooLarge;
}

// The id that the template names, if it names one.
struct NamedKey {
  bool named = false;
  std::optional<std::string> id;  // nullopt: bytes that no key can have
};
NamedKey named_key(const Template& wanted) {
  if (const auto id = wanted.bytes(CKA_ID)) return {true, to_key_id(*id)};
  if (const auto unique = wanted.bytes(CKA_UNIQUE_ID)) return {true, key_id_of_unique_id(*unique)};
  return {};
}

}  // namespace

Search::Search(const Settings& settings, api::Client& client, const Login& login, ObjectStore& objects)
    : settings_(settings), client_(client), login_(login), objects_(objects) {}

ClassSet Search::visible_classes() const {
  const bool is_public = login_.state() == LoginState::kPublic;
  return is_public ? kPublicClass | kCertificateClass : kDeviceClasses;
}

Result<std::vector<CK_OBJECT_HANDLE>> Search::find(const Template& wanted) {
  std::vector<CK_OBJECT_HANDLE> found;
  const auto classes = static_cast<ClassSet>(classes_that_can_match(wanted) & visible_classes());
  const auto credential = login_.for_reading();
  if (classes == 0 || !credential) return found;

  const auto ids = TRY(candidates(*credential, wanted));
  if ((classes & kCertificateClass) != 0) TRY(load_certificates(*credential, ids));
  for (const ObjectPtr& object : objects_.objects_of(ids)) {
    if ((class_set_of(object->object_class) & classes) != 0 && matches(*object, wanted)) {
      found.push_back(object->handle);
    }
  }
  return found;
}

Result<std::vector<std::string>> Search::candidates(const api::Credential& as, const Template& wanted) {
  const NamedKey named = named_key(wanted);
  if (named.named) {
    if (!named.id || is_temporary(*named.id) || !TRY(key(as, *named.id))) return std::vector<std::string>();
    return std::vector<std::string>{*named.id};
  }
  const auto label = wanted.bytes(CKA_LABEL);
  return label && !label->empty() ? with_label(as, *label) : all_keys(as);
}

Result<std::vector<std::string>> Search::with_label(const api::Credential& as, ByteView label) {
  std::vector<std::string> ids;
  if (client_.has_labels()) {
    if (label.size() <= api::kMaxLabelLength && is_valid_utf8(label)) {
      ids = TRY(translate(client_.list_keys(as, {std::string(as_text(label))}), Doing::kReading));
    }
    // Whatever is cached under another label was read before it got this one.
    for (const auto& id : ids) {
      const auto record = objects_.record_of(id);
      if (record && record->key.label != as_text(label)) objects_.expire(id);
    }
    TRY(load_details(as, ids));
  }
  for (const auto& record : objects_.records()) {
    if (record->label_is_local && record->key.label == as_text(label)) ids.push_back(record->key.id);
  }
  // Without a stored label a key's label reads as its id. The device is asked for such a key only if none has
  // that label: nearly always there is no other, and each search would cost a request more.
  const auto same_id = to_key_id(label);
  if (same_id && !is_temporary(*same_id)) {
    const bool exists =
        ids.empty() ? TRY(key(as, *same_id)) != nullptr : objects_.record_of(*same_id) != nullptr;
    if (exists) ids.push_back(*same_id);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<std::vector<std::string>> Search::all_keys(const api::Credential& as) {
  auto ids = TRY(translate(client_.list_keys(as), Doing::kReading));
  std::erase_if(ids, [](const std::string& id) { return is_temporary(id); });
  std::ranges::sort(ids);
  TRY(keep_those_of_other_devices(as, ids));
  objects_.keep_only(ids);
  TRY(load_details(as, ids));
  return ids;
}

// The device that was asked may lack keys that others have, for hours where they are kept alike by backups:
// the absence of a known key is believed of all of them only.
Status Search::keep_those_of_other_devices(const api::Credential& as, std::vector<std::string>& ids) {
  std::vector<std::string> missing;
  for (const auto& record : objects_.records()) {
    if (!std::ranges::binary_search(ids, record->key.id)) missing.push_back(record->key.id);
  }
  if (missing.empty()) return Ok{};
  auto answers = client_.keys(as, missing);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i]) ids.push_back(missing[i]);
    TRY(take_details(missing[i], std::move(answers[i])));
  }
  std::ranges::sort(ids);
  return Ok{};
}

Status Search::take_details(const std::string& id, api::ApiResult<api::Key> answer) {
  if (answer) {
    objects_.put_details(std::move(*answer));
  } else if (answer.error().kind == api::Error::Kind::kNotFound) {
    objects_.forget(id);
  } else if (concerns_one_key(answer.error().kind)) {
    if (objects_.put_unreadable(id)) {
      log::warn("The key \"%s\" is left out: %s", id.c_str(), answer.error().message.c_str());
    }
  } else {
    return failure(answer.error(), Doing::kReading);
  }
  return Ok{};
}

Status Search::load_details(const api::Credential& as, std::span<const std::string> ids) {
  const auto missing = objects_.without_details(ids, settings_.cache_lifetime);
  if (missing.empty()) return Ok{};
  auto answers = client_.keys(as, missing);
  for (std::size_t i = 0; i < answers.size(); ++i) TRY(take_details(missing[i], std::move(answers[i])));
  return Ok{};
}

Status Search::load_certificates(const api::Credential& as, std::span<const std::string> ids) {
  const auto missing = objects_.without_certificate(ids, settings_.cache_lifetime);
  if (missing.empty()) return Ok{};
  const auto answers = client_.certificates(as, missing);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& answer = answers[i];
    std::shared_ptr<const crypto::Certificate> certificate;
    if (!answer && !concerns_one_key(answer.error().kind)) return failure(answer.error(), Doing::kReading);
    if (answer && *answer) {
      certificate = parse_certificate(**answer);
      if (!certificate) log::debug("What is stored as the certificate of \"%s\" is none", missing[i].c_str());
    }
    objects_.put_certificate(missing[i], std::move(certificate));
  }
  return Ok{};
}

Result<std::shared_ptr<const KeyRecord>> Search::key(const api::Credential& as, const std::string& id) {
  TRY(take_details(id, client_.key(as, id, objects_.record_of(id) != nullptr)));
  return objects_.record_of(id);
}

Result<std::shared_ptr<const KeyRecord>> Search::key_with(const api::Credential& as, ByteView wanted) {
  TRY(all_keys(as));
  for (const auto& record : objects_.records()) {
    if (std::ranges::equal(public_key_info(record->key), wanted)) return record;
  }
  return std::shared_ptr<const KeyRecord>();
}

}  // namespace nethsm::token
