// SPDX-License-Identifier: Apache-2.0
#include "token/key_template.h"

#include <cstring>
#include <vector>

#include "base/log.h"
#include "crypto/der.h"
#include "token/attributes.h"
#include "token/key_facts.h"
#include "token/key_id.h"
#include "token/mechanisms.h"

namespace nethsm::token {
namespace {

using M = api::Mechanism;

// What a key gets only if CKA_ALLOWED_MECHANISMS asks for it.
constexpr api::Mechanisms kOnlyIfListed = {M::kRsaDecryptionRaw, M::kBip340Signature};

// What the module can do with a key, by the attribute that allows it.
api::Mechanisms modes_for(CK_ATTRIBUTE_TYPE usage, api::KeyType type) {
  api::Mechanisms modes;
  for (const MechanismRow& row : mechanism_rows()) {
    modes = modes | (usage == CKA_SIGN ? row.sign : usage == CKA_DECRYPT ? row.decrypt : row.encrypt);
  }
  return modes & api::mechanisms_of(type);
}

Status check_number(const Template& key, CK_ATTRIBUTE_TYPE attribute, CK_ULONG expected) {
  const auto given = TRY(key.number(attribute));
  if (!given || *given == expected) return Ok{};
  return fail(CKR_TEMPLATE_INCONSISTENT, attribute_name(attribute) + " does not fit what is to be made");
}

Result<std::optional<api::Mechanisms>> allowed_by_list(const Template& key) {
  const auto bytes = key.bytes(CKA_ALLOWED_MECHANISMS);
  if (!bytes || bytes->empty()) return std::optional<api::Mechanisms>();
  if (bytes->size() % sizeof(CK_MECHANISM_TYPE) != 0) {
    return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_ALLOWED_MECHANISMS is not an array of CK_MECHANISM_TYPE");
  }
  std::vector<CK_MECHANISM_TYPE> list(bytes->size() / sizeof(CK_MECHANISM_TYPE));
  std::memcpy(list.data(), bytes->data(), bytes->size());
  return std::optional(device_mechanisms(list));
}

Result<api::Mechanisms> allowed_by_usage(api::KeyType type, const Template& key) {
  api::Mechanisms wanted, not_refused;
  for (const CK_ATTRIBUTE_TYPE usage : {CKA_SIGN, CKA_DECRYPT, CKA_ENCRYPT}) {
    const auto given = TRY(key.boolean(usage));
    const auto modes = modes_for(usage, type);
    if (given.value_or(false)) wanted = wanted | modes;
    if (given.value_or(true)) not_refused = not_refused | modes;
  }
  return wanted.empty() ? not_refused : wanted;
}

// What no key of a NetHSM can promise. For less, applications ask without meaning it.
constexpr struct {
  CK_ATTRIBUTE_TYPE type;
  bool value;
  bool of_token_keys_only;
} kPromises[] = {
    {CKA_ALWAYS_AUTHENTICATE, true, false},
    {CKA_MODIFIABLE, false, true},
    {CKA_DESTROYABLE, false, true},
};

Status check_promises(const Template& key) {
  const bool is_temporary = TRY(is_session_key(key));
  for (const auto& promise : kPromises) {
    const auto given = TRY(key.boolean(promise.type));
    if (given != promise.value || (promise.of_token_keys_only && is_temporary)) continue;
    return fail(CKR_TEMPLATE_INCONSISTENT,
                attribute_name(promise.type) + " cannot have this value for a key on the NetHSM");
  }
  if (!TRY(key.boolean(CKA_TRUSTED)).value_or(false)) return Ok{};
  return fail(CKR_ATTRIBUTE_READ_ONLY, "no application can make a key trusted");
}

// One of the forms that CKA_EC_PARAMS have (PKCS#11 v3.2 §6.3.3), whatever it says.
bool is_ec_parameters(ByteView value) {
  namespace der = crypto::der;
  der::Reader reader(value);
  const auto element = reader.next();
  if (!element || !reader.empty()) return false;
  switch (element->tag) {
    case der::kObjectIdentifier:
    case der::kPrintableString:
    case der::kUtf8String:
    case der::kSequence:
      return !element->content.empty();
    case der::kNull:
      return element->content.empty();
    default:
      return false;
  }
}

Status check_is_text(ByteView label) {
  if (is_valid_utf8(label)) return Ok{};
  return fail_loudly(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_LABEL is not UTF-8 text");
}

}  // namespace

Status check_key_type(const Template& key, CK_KEY_TYPE expected) {
  return check_number(key, CKA_KEY_TYPE, expected);
}

Result<bool> is_session_key(const Template& key) { return !TRY(key.boolean(CKA_TOKEN)).value_or(false); }

Status check_key_template(const Template& key, CK_OBJECT_CLASS object_class) {
  TRY(check_number(key, CKA_CLASS, object_class));
  TRY(check_attributes(key, class_set_of(object_class)));
  TRY(check_promises(key));
  if (TRY(key.boolean(CKA_EXTRACTABLE)).value_or(false)) {
    log::warn("CKA_EXTRACTABLE=TRUE was asked for: a key never leaves the NetHSM, so it will be FALSE");
  }
  return Ok{};
}

Result<api::Mechanisms> mechanisms_for(api::KeyType type, const Template& key) {
  api::Mechanisms mechanisms = TRY(allowed_by_usage(type, key));
  const auto listed = TRY(allowed_by_list(key));
  mechanisms = listed ? mechanisms & *listed : mechanisms.without(kOnlyIfListed);
  if (!mechanisms.empty()) return mechanisms;
  return fail(CKR_TEMPLATE_INCONSISTENT,
              "the template allows no mechanism that the NetHSM has for this type of key");
}

Result<api::Mechanisms> mechanisms_for_public_key(api::KeyType type, const Template& key) {
  const bool verifies = TRY(key.boolean(CKA_VERIFY)).value_or(true);
  const bool encrypts = TRY(key.boolean(CKA_ENCRYPT)).value_or(true);
  api::Mechanisms mechanisms;
  if (verifies) mechanisms = mechanisms | modes_for(CKA_SIGN, type);
  if (encrypts) mechanisms = mechanisms | modes_for(CKA_DECRYPT, type);
  // The raw operation is good for both.
  if (!verifies || !encrypts) mechanisms = mechanisms.without(M::kRsaDecryptionRaw);
  const auto listed = TRY(allowed_by_list(key));
  return listed ? mechanisms & *listed : mechanisms;
}

Result<api::KeyType> curve_type(std::optional<ByteView> ec_params, bool edwards) {
  if (!ec_params) {
    if (edwards) return api::KeyType::kCurve25519;
    return fail(CKR_TEMPLATE_INCOMPLETE, "CKA_EC_PARAMS is missing");
  }
  const auto type = key_type_of_ec_params(*ec_params);
  if (type && edwards == (*type == api::KeyType::kCurve25519)) return *type;
  if (!is_ec_parameters(*ec_params)) {
    return fail(CKR_DOMAIN_PARAMS_INVALID, "CKA_EC_PARAMS is not the DER of an OID, a name or parameters");
  }
  return fail(CKR_CURVE_NOT_SUPPORTED,
              "CKA_EC_PARAMS: the NetHSM does not have this curve, or not for this type of key");
}

Result<CK_FLAGS> refused_uses(const Template& secret) {
  constexpr struct {
    CK_ATTRIBUTE_TYPE attribute;
    CK_FLAGS use;
  } kUses[] = {
      {CKA_SIGN, CKF_SIGN}, {CKA_VERIFY, CKF_VERIFY}, {CKA_ENCRYPT, CKF_ENCRYPT}, {CKA_DECRYPT, CKF_DECRYPT}};
  CK_FLAGS refused = 0;
  for (const auto& each : kUses) {
    if (!TRY(secret.boolean(each.attribute)).value_or(true)) refused |= each.use;
  }
  return refused;
}

Result<std::string> checked_key_id(ByteView cka_id) {
  auto id = to_key_id(cka_id);
  if (id && is_temporary(*id)) {
    return fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_ID begins like the ids of temporary keys");
  }
  if (id) return std::move(*id);
  return fail(CKR_ATTRIBUTE_VALUE_INVALID,
              "CKA_ID does not fit into a NetHSM id: 1 to 62 bytes, or 1 to 128 of [A-Za-z0-9_.-]");
}

Result<std::string> checked_label(ByteView cka_label) {
  if (cka_label.size() > api::kMaxLabelLength) {
    return fail_loudly(CKR_ATTRIBUTE_VALUE_INVALID,
                       "CKA_LABEL is longer than the 32 bytes that the NetHSM can store");
  }
  TRY(check_is_text(cka_label));
  return std::string(as_text(cka_label));
}

Result<KeyName> name_for(const Template& first, const Template& second, bool server_has_labels) {
  const auto given = [&](CK_ATTRIBUTE_TYPE attribute) -> ByteView {
    for (const Template* each : {&first, &second}) {
      const auto value = each->bytes(attribute);
      if (value && !value->empty()) return *value;
    }
    return {};
  };
  const ByteView id = given(CKA_ID);
  const ByteView label = given(CKA_LABEL);
  KeyName name;
  if (!id.empty()) name.id = TRY(checked_key_id(id));
  if (label.empty()) return name;
  TRY(check_is_text(label));
  // dnst, for one, gives keys provisional labels of 64 bytes: with an id of its own, a key can do without.
  if (server_has_labels && (id.empty() || checked_label(label))) {
    name.label = TRY(checked_label(label));
  } else if (id.empty()) {
    name.id = TRY(checked_key_id(label));
  } else {
    name.label = std::string(as_text(label));
    name.label_is_local = true;
    log::info("The NetHSM cannot store the label of the key \"%s\": only this process knows it",
              name.id.c_str());
  }
  return name;
}

}  // namespace nethsm::token
