// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_requests.h"

#include "simulator/json_record.h"

namespace nethsm::simulator {
namespace {

constexpr std::size_t kMaxLabelBytes = 32;

// One well-formed UTF-8 character at the front: its length; 0 if there is none (RFC 3629).
std::size_t utf8_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xc2 && byte(0) <= 0xdf) return follows(1) ? 2 : 0;
  if ((byte(0) & 0xf0) == 0xe0) {
    const bool overlong_or_surrogate =
        (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) > 0x9f);
    return follows(1) && follows(2) && !overlong_or_surrogate ? 3 : 0;
  }
  if (byte(0) >= 0xf0 && byte(0) <= 0xf4) {
    const bool out_of_range = (byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) > 0x8f);
    return follows(1) && follows(2) && follows(3) && !out_of_range ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = utf8_character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

MechanismSet read_mechanisms(const nlohmann::json& value) {
  if (!value.is_array()) throw SchemaError("Expected JSON list for mechanisms");
  MechanismSet mechanisms;
  for (const auto& item : value) {
    if (!item.is_string()) throw SchemaError("Expected JSON string for mechanism");
    const Mechanism* mechanism = find_mechanism(item.get_ref<const std::string&>());
    if (mechanism == nullptr) throw SchemaError("Json.mechanism");
    mechanisms.insert(*mechanism);
  }
  return mechanisms;
}

KeyType read_key_type(const nlohmann::json& value) {
  const KeyTypeRow* row = value.is_string() ? find_key_type(value.get_ref<const std::string&>()) : nullptr;
  if (row == nullptr) throw SchemaError("Json.key_type");
  return row->type;
}

std::string read_label(const nlohmann::json& value) {
  if (!value.is_string()) throw SchemaError("Json.Label.t");
  const auto& label = value.get_ref<const std::string&>();
  if (const auto complaint = label_complaint(label); !complaint.empty())
    throw SchemaError(std::string(complaint));
  return label;
}

std::set<std::string> read_restrictions(const nlohmann::json& value) {
  const JsonRecord record(value, "Json.restrictions", {"tags"});
  if (const auto* tags = record.find("tags"); tags != nullptr && tags->is_null()) record.complain("tags");
  const auto tags = record.optional_strings("tags").value_or(std::vector<std::string>());
  return {tags.begin(), tags.end()};
}

// The members that all ways to make a key end with: restrictions and label.
KeyAttributes read_last_attributes(const JsonRecord& record) {
  KeyAttributes attributes;
  if (const auto* label = record.find("label")) attributes.label = read_label(*label);
  if (const auto* restrictions = record.find("restrictions"))
    attributes.tags = read_restrictions(*restrictions);
  return attributes;
}

struct PrivateKeyTexts {
  std::string prime_p, prime_q, public_exponent, data;
};

PrivateKeyTexts read_private_key(const nlohmann::json& value) {
  const JsonRecord record(value, "Json.private_key", {"primeP", "primeQ", "publicExponent", "data"});
  PrivateKeyTexts texts;
  texts.data = record.string_or_empty("data");
  texts.public_exponent = record.string_or_empty("publicExponent");
  texts.prime_q = record.string_or_empty("primeQ");
  texts.prime_p = record.string_or_empty("primeP");
  return texts;
}

Bytes decode_number(const std::string& member, const std::string& text) {
  try {
    return base64_decode(text);
  } catch (const Base64Error& error) {
    throw KeyRefused(std::string("Invalid base64 encoded value (error: ") + error.what() + ") in \"" +
                     member + "\": " + text);
  }
}

PrivateKeyValues decode_private_key(KeyType type, const PrivateKeyTexts& texts) {
  PrivateKeyValues values;
  values.type = type;
  if (type == KeyType::kRsa) {
    values.prime_p = decode_number("primeP", texts.prime_p);
    values.prime_q = decode_number("primeQ", texts.prime_q);
    values.public_exponent = decode_number("publicExponent", texts.public_exponent);
    return values;
  }
  try {
    values.data = base64_decode(texts.data);
  } catch (const Base64Error& error) {
    throw KeyRefused(error.what());
  }
  return values;
}

const Mechanism& read_mode(const nlohmann::json& value, Use use, const std::string& word) {
  if (!value.is_string()) throw SchemaError("Expected JSON string for " + word + " mode");
  const Mechanism* mechanism = find_mode(use, value.get_ref<const std::string&>());
  if (mechanism == nullptr) throw SchemaError("Json." + word + "_mode");
  return *mechanism;
}

}  // namespace

std::string_view label_complaint(std::string_view label) {
  if (label.size() > kMaxLabelBytes) return "Label is too long, max 32 bytes";
  if (!is_utf8(label)) return "Label is not valid UTF-8";
  return {};
}

// Where the version has no labels, the list of members repeats another one in the label's place.
ImportRequest read_import_request(const nlohmann::json& body, bool labels) {
  const JsonRecord record(body, "Json.private_key_req",
                          {"mechanisms", "type", "private", "restrictions", labels ? "label" : "private"});
  ImportRequest request;
  request.attributes = read_last_attributes(record);
  const PrivateKeyTexts texts = read_private_key(record.required("private", "priv"));
  const KeyType type = read_key_type(record.required("type", "typ"));
  request.attributes.mechanisms = read_mechanisms(record.required("mechanisms"));
  request.values = decode_private_key(type, texts);
  return request;
}

KeyAttributes read_pem_import_request(const nlohmann::json& body, bool labels) {
  const JsonRecord record(body, "Json.private_key_multipart_req",
                          {"mechanisms", "restrictions", labels ? "label" : "mechanisms"});
  KeyAttributes attributes = read_last_attributes(record);
  attributes.mechanisms = read_mechanisms(record.required("mechanisms"));
  return attributes;
}

GenerateRequest read_generate_request(const nlohmann::json& body, bool labels) {
  const JsonRecord record(body, "Json.generate_key_req",
                          {"mechanisms", "type", "length", "id", "restrictions", labels ? "label" : "type"});
  GenerateRequest request;
  request.attributes = read_last_attributes(record);
  request.id = record.string_or_empty("id");
  request.length = record.integer_or("length", 0);
  request.type = read_key_type(record.required("type", "typ"));
  request.attributes.mechanisms = read_mechanisms(record.required("mechanisms"));
  return request;
}

UseRequest read_use_request(const nlohmann::json& body, Use use) {
  const std::string word = use == Use::kSign ? "sign" : use == Use::kDecrypt ? "decrypt" : "encrypt";
  const std::string_view data = use == Use::kDecrypt ? "encrypted" : "message";
  const JsonRecord record(body, "Json." + word + "_req", {"mode", data, use == Use::kSign ? data : "iv"});
  UseRequest request;
  if (use != Use::kSign) request.iv = record.optional_string("iv");
  request.data = record.string(data);
  request.mechanism = &read_mode(record.required("mode"), use, word);
  return request;
}

CsrSubject read_csr_request(const nlohmann::json& body) {
  const JsonRecord record(body, "Json.subject_req",
                          {"commonName", "countryName", "localityName", "stateOrProvinceName",
                           "organizationName", "organizationalUnitName", "emailAddress", "subjectAltNames"});
  CsrSubject subject;
  subject.subject_alt_names = record.optional_strings("subjectAltNames");
  subject.email_address = record.string_or_empty("emailAddress");
  subject.organizational_unit_name = record.string_or_empty("organizationalUnitName");
  subject.organization_name = record.string_or_empty("organizationName");
  subject.state_or_province_name = record.string_or_empty("stateOrProvinceName");
  subject.locality_name = record.string_or_empty("localityName");
  subject.country_name = record.string_or_empty("countryName");
  subject.common_name = record.string("commonName");
  return subject;
}

std::string read_move_request(const nlohmann::json& body) {
  return JsonRecord(body, "Json.move_key_req", {"newId"}).string("newId");
}

std::string read_label_request(const nlohmann::json& body) {
  return read_label(JsonRecord(body, "Json.label_req", {"label"}).required("label"));
}

}  // namespace nethsm::simulator
