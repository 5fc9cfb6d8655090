// SPDX-License-Identifier: Apache-2.0
#include "bad_input/arguments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>

namespace nethsm::test {
namespace {

constexpr std::size_t kRoom = 128 * 1024;   // of each buffer
constexpr std::size_t kWatched = 8 * 1024;  // of that, from its beginning
constexpr CK_BYTE kFill = 0xa5;

// One buffer for each place in a call, shared by all functions.
CK_BYTE* buffer(std::size_t index) {
  static std::array<Bytes, 10> buffers;
  if (buffers.at(index).empty()) buffers[index].resize(kRoom, kFill);
  return buffers[index].data();
}

template <class T>
Word word(T* pointer) {
  return reinterpret_cast<Word>(pointer);
}

std::string hex(Word value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%lx", value);
  return text;
}

bool is_pointer(const Parameter& parameter) { return parameter.type.ends_with("_PTR"); }
bool is_count_of_template(const Parameter& parameter) {
  return parameter.type == "CK_ULONG" && parameter.name.ends_with("Count") &&
         parameter.name != "ulMaxObjectCount";
}

// Values of structures that the standard defines for parameters: garbage, but null where a pointer stands.
Bytes parameter_garbage(std::size_t length) {
  Bytes bytes(length, kFill);
  for (std::size_t i = 2 * sizeof(Word); i < std::min(length, 4 * sizeof(Word)); ++i) bytes[i] = 0;
  return bytes;
}

constexpr CK_ATTRIBUTE_TYPE kAttributes[] = {
    CKA_CLASS,
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_LABEL,
    CKA_UNIQUE_ID,
    CKA_APPLICATION,
    CKA_VALUE,
    CKA_CERTIFICATE_TYPE,
    CKA_ISSUER,
    CKA_SERIAL_NUMBER,
    CKA_TRUSTED,
    CKA_CERTIFICATE_CATEGORY,
    CKA_CHECK_VALUE,
    CKA_KEY_TYPE,
    CKA_SUBJECT,
    CKA_ID,
    CKA_SENSITIVE,
    CKA_ENCRYPT,
    CKA_DECRYPT,
    CKA_WRAP,
    CKA_UNWRAP,
    CKA_SIGN,
    CKA_SIGN_RECOVER,
    CKA_VERIFY,
    CKA_DERIVE,
    CKA_START_DATE,
    CKA_END_DATE,
    CKA_MODULUS,
    CKA_MODULUS_BITS,
    CKA_PUBLIC_EXPONENT,
    CKA_PRIVATE_EXPONENT,
    CKA_PRIME_1,
    CKA_PRIME_2,
    CKA_EXPONENT_1,
    CKA_COEFFICIENT,
    CKA_PUBLIC_KEY_INFO,
    CKA_VALUE_LEN,
    CKA_EXTRACTABLE,
    CKA_LOCAL,
    CKA_NEVER_EXTRACTABLE,
    CKA_ALWAYS_SENSITIVE,
    CKA_KEY_GEN_MECHANISM,
    CKA_MODIFIABLE,
    CKA_COPYABLE,
    CKA_DESTROYABLE,
    CKA_EC_PARAMS,
    CKA_EC_POINT,
    CKA_ALWAYS_AUTHENTICATE,
    CKA_ALLOWED_MECHANISMS,
    CKA_PROFILE_ID,
    CKA_VENDOR_DEFINED | 1,
    0x7fffffff,
};

struct BadValue {
  const char* what;
  std::size_t size;
  CK_ULONG length;
  bool is_null = false;
  bool is_odd = false;
};
constexpr BadValue kBadValues[] = {
    {"NULL", 0, 0, true},
    {"NULL of 8 bytes", 0, 8, true},
    {"of no bytes", 8, 0},
    {"of 1 byte", 1, 1},
    {"of 7 bytes", 7, 7, false, true},
    {"of 8 bytes at an odd address", 8, 8, false, true},
    {"of 64 bytes", 64, 64},
    {"of 5000 bytes", 5000, 5000, false, true},
    {"of unavailable length", 8, CK_UNAVAILABLE_INFORMATION},
};

}  // namespace

Arguments::Arguments(const Function& function, const Surroundings& surroundings)
    : function_(function), surroundings_(surroundings), sensible_(function.parameters.size()) {
  variations_.push_back({"sensible arguments", {}});
  for (std::size_t i = 0; i < sensible_.size(); ++i) {
    const Parameter& parameter = function.parameters[i];
    if (parameter.type == "CK_NOTIFY") continue;
    if (is_count_of_template(parameter)) continue;  // goes with its template
    if (!is_pointer(parameter)) {
      choose_number(i);
    } else if (parameter.type == "CK_ATTRIBUTE_PTR") {
      choose_templates(i);
    } else if (parameter.type == "CK_MECHANISM_PTR") {
      choose_mechanisms(i);
    } else if (parameter.type == "CK_ULONG_PTR") {
      choose_length_pointer(i);
    } else if (parameter.name == "pInitArgs") {
      choose_initialize_arguments(i);
    } else {
      choose_pointer(i);
    }
  }
}

void Arguments::vary(std::size_t index, const std::string& what, Word value) {
  variations_.push_back({function_.parameters[index].name + " " + what, {{index, value}}});
}

Word Arguments::sensible_key() const {
  if (function_.name.find("Encrypt") != std::string::npos) return surroundings_.aes_key;
  return function_.name.find("Verify") != std::string::npos ? surroundings_.rsa_public
                                                            : surroundings_.rsa_private;
}

Word Arguments::sensible_number(const Parameter& parameter) const {
  const std::map<std::string_view, Word> by_type = {
      {"CK_SESSION_HANDLE", surroundings_.session},
      {"CK_SLOT_ID", 0},
      // An object that can be spared there is not.
      {"CK_OBJECT_HANDLE", function_.name == "C_DestroyObject" ? CK_INVALID_HANDLE : sensible_key()},
      {"CK_USER_TYPE", CKU_USER},
      {"CK_BBOOL", CK_TRUE},
      {"CK_MECHANISM_TYPE", CKM_RSA_PKCS},
      {"CK_SESSION_VALIDATION_FLAGS_TYPE", CKS_LAST_VALIDATION_OK},
      // C_WaitForSlotEvent must not wait.
      {"CK_FLAGS", function_.name == "C_OpenSession"        ? CKF_SERIAL_SESSION | CKF_RW_SESSION
                   : function_.name == "C_WaitForSlotEvent" ? CKF_DONT_BLOCK
                                                            : 0},
  };
  if (const auto found = by_type.find(parameter.type); found != by_type.end()) return found->second;
  if (parameter.name == "ulPinLen" || parameter.name == "ulOldLen" || parameter.name == "ulNewLen") {
    return surroundings_.pin.size();
  }
  return parameter.name == "ulUsernameLen" ? 8 : 32;
}

std::vector<Word> Arguments::bad_numbers(const Parameter& parameter) const {
  constexpr Word kAllOnes = ~Word{0};
  if (parameter.type == "CK_OBJECT_HANDLE") {
    std::vector<Word> bad = {CK_INVALID_HANDLE, 99999, kAllOnes};
    if (function_.name == "C_DestroyObject") return bad;
    const auto& s = surroundings_;
    bad.insert(bad.end(), {s.aes_key, s.rsa_private, s.rsa_public, s.ec_private});
    return bad;
  }
  // A wrong PIN costs a second; those of an impossible length cost nothing.
  if (parameter.name == "ulPinLen" || parameter.name == "ulOldLen" || parameter.name == "ulNewLen") {
    return {0, 201, 100'000};
  }
  if (parameter.name == "ulMaxObjectCount") return {0, 1, 1000};
  if (parameter.type == "CK_ULONG") return {0, 1, 15, 16, 17, 255, 256, 257, 4096, 100'000};
  if (parameter.type == "CK_USER_TYPE") return {2, 99, kAllOnes};
  if (parameter.type == "CK_BBOOL") return {CK_FALSE, 77};
  if (function_.name == "C_WaitForSlotEvent") return {kAllOnes};
  return {0, 1, 2, 88888, kAllOnes};
}

void Arguments::choose_number(std::size_t index) {
  const Parameter& parameter = function_.parameters[index];
  sensible_[index] = sensible_number(parameter);
  for (const Word bad : bad_numbers(parameter)) vary(index, hex(bad), bad);
}

void Arguments::choose_pointer(std::size_t index) {
  const Parameter& parameter = function_.parameters[index];
  const Word somewhere = word(buffer(index));
  const bool is_reserved = parameter.name == "pReserved" || parameter.name == "pApplication";
  if (function_.name == "C_Finalize") {
    sensible_[index] = somewhere;  // anything but what would end the test
    return;
  }
  sensible_[index] = is_reserved ? 0 : somewhere;
  vary(index, is_reserved ? "not NULL" : "NULL", is_reserved ? somewhere : 0);
  const bool has_length = index + 1 < sensible_.size() && function_.parameters[index + 1].type == "CK_ULONG";
  if (has_length) variations_.push_back({parameter.name + " NULL of no bytes", {{index, 0}, {index + 1, 0}}});
}

// The buffer before it has room for 4096 bytes or entries.
void Arguments::choose_length_pointer(std::size_t index) {
  const auto to_length = [&](Word length) {
    return word(&lengths_.emplace_back(Length{length, length}).now);
  };
  sensible_[index] = to_length(4096);
  vary(index, "NULL", 0);
  for (const Word length : {Word{0}, Word{1}, Word{15}, ~Word{0}})
    vary(index, "at " + hex(length), to_length(length));
}

void Arguments::choose_initialize_arguments(std::size_t index) {
  auto& reserved = initialize_arguments_.emplace_back();
  reserved.pReserved = buffer(index);
  sensible_[index] = word(&reserved);
  auto& some_mutexes = initialize_arguments_.emplace_back();
  some_mutexes.LockMutex = [](CK_VOID_PTR) -> CK_RV { return CKR_OK; };
  vary(index, "with one mutex function", word(&some_mutexes));
}

void Arguments::Template::restore() {
  storage.resize(attributes.size());
  entries.resize(attributes.size());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const Attribute& from = attributes[i];
    const std::size_t offset = from.is_odd ? 1 : 0;
    storage[i].resize(offset + from.value.size());
    std::ranges::copy(from.value, storage[i].begin() + static_cast<std::ptrdiff_t>(offset));
    entries[i] = {from.type, from.is_null ? nullptr : storage[i].data() + offset, from.length};
  }
}

Arguments::Template& Arguments::sensible_template() {
  Template& made = templates_.emplace_back();
  const auto add = [&](CK_ATTRIBUTE_TYPE type, Bytes value) {
    const CK_ULONG size = value.size();
    made.attributes.push_back({type, std::move(value), size});
  };
  const auto add_number = [&](CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    add(type, bytes);
  };
  const std::string& name = function_.name;
  if (name == "C_GenerateKey") add_number(CKA_VALUE_LEN, 32);
  if (name == "C_GenerateKeyPair") add(CKA_EC_PARAMS, *from_hex("06082a8648ce3d030107"));
  if (name == "C_CreateObject") {
    add_number(CKA_CLASS, CKO_SECRET_KEY);
    add_number(CKA_KEY_TYPE, CKK_AES);
    add(CKA_VALUE, Bytes(32, kFill));
  }
  if (name.starts_with("C_Generate") || name == "C_CreateObject") {
    add(CKA_TOKEN, {CK_TRUE});
  } else {
    add(name.ends_with("AttributeValue") ? CKA_LABEL : CKA_ID, Bytes(32, 'x'));
  }
  return made;
}

void Arguments::choose_templates(std::size_t index) {
  Template& sensible = sensible_template();
  sensible.restore();
  sensible_[index] = word(sensible.entries.data());
  sensible_[index + 1] = sensible.entries.size();
  vary(index, "NULL", 0);
  const std::string& name = function_.parameters[index].name;
  variations_.push_back({name + " NULL of none", {{index, 0}, {index + 1, 0}}});
  variations_.push_back({name + " of none", {{index + 1, 0}}});
  for (const CK_ATTRIBUTE_TYPE type : kAttributes) {
    for (const BadValue& bad : kBadValues) {
      Template& made = sensible_template();
      made.attributes.push_back({type, Bytes(bad.size, kFill), bad.length, bad.is_null, bad.is_odd});
      made.restore();
      variations_.push_back({name + " with attribute " + hex(type) + " " + bad.what,
                             {{index, word(made.entries.data())}, {index + 1, made.entries.size()}},
                             /*is_one_of_many=*/true});
    }
  }
}

Word Arguments::mechanism(CK_MECHANISM_TYPE type, const void* parameter, std::size_t length) {
  mechanisms_.push_back({type, const_cast<void*>(parameter), length});
  return word(&mechanisms_.back());
}

void Arguments::choose_mechanisms(std::size_t index) {
  CK_BYTE* parameter = buffer(index);
  const std::string& name = function_.name;
  sensible_[index] = name == "C_DigestInit"        ? mechanism(CKM_SHA256, nullptr, 0)
                     : name == "C_GenerateKey"     ? mechanism(CKM_AES_KEY_GEN, nullptr, 0)
                     : name == "C_GenerateKeyPair" ? mechanism(CKM_EC_KEY_PAIR_GEN, nullptr, 0)
                     : name == "C_DecryptInit"     ? mechanism(CKM_RSA_PKCS, nullptr, 0)
                     : name == "C_EncryptInit"     ? mechanism(CKM_AES_CBC, parameter, 16)
                                                   : mechanism(CKM_SHA256_RSA_PKCS, nullptr, 0);
  vary(index, "NULL", 0);
  auto types = surroundings_.mechanisms;
  types.insert(types.end(), {CKM_AES_GCM, CKM_ECDH1_DERIVE, CKM_VENDOR_DEFINED | 1, ~CK_MECHANISM_TYPE{0}});
  for (const CK_MECHANISM_TYPE type : types) {
    const std::size_t first = variations_.size();
    vary(index, hex(type) + " with NULL of 16 bytes", mechanism(type, nullptr, 16));
    vary(index, hex(type), mechanism(type, nullptr, 0));
    for (const std::size_t length : {0UL, 1UL, 8UL, 15UL, 16UL, 17UL, 24UL, 40UL, 5000UL}) {
      vary(index, hex(type) + " with " + std::to_string(length) + " bytes",
           mechanism(type, parameter + kWatched + (length % 2), length));
    }
    for (std::size_t i = first; i < variations_.size(); ++i) variations_[i].is_one_of_many = true;
  }
}

std::size_t Arguments::capacity_of(std::size_t index) const {
  if (function_.name == "C_GenerateRandom") return words_[index + 1];
  const bool is_output = index + 1 < words_.size() && function_.parameters[index + 1].type == "CK_ULONG_PTR";
  if (!is_output || words_[index + 1] == 0) return 0;
  Word capacity = 0;
  std::memcpy(&capacity, reinterpret_cast<void*>(words_[index + 1]), sizeof capacity);
  return capacity;
}

void Arguments::fill_buffers() {
  static const Bytes kGarbage = parameter_garbage(5001);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const Parameter& parameter = function_.parameters[i];
    if (!is_pointer(parameter)) continue;
    std::memset(buffer(i), kFill, kWatched);
    if (parameter.type == "CK_MECHANISM_PTR") std::ranges::copy(kGarbage, buffer(i) + kWatched);
    if (parameter.type == "CK_VERSION_PTR") std::memset(buffer(i), 3, 2);
    if (parameter.type != "CK_UTF8CHAR_PTR") continue;
    std::string text = surroundings_.pin;
    if (parameter.name == "pUsername") text = "operator";
    if (parameter.name == "pInterfaceName") text = "PKCS 11";
    std::memcpy(buffer(i), text.c_str(), text.size() + 1);
  }
}

std::span<const Word> Arguments::prepare(const Variation& variation) {
  words_ = sensible_;
  for (const auto& [index, value] : variation.words) words_[index] = value;
  fill_buffers();
  for (Length& length : lengths_) length.now = length.before;
  for (Template& one : templates_) {
    if (std::ranges::find(words_, word(one.entries.data())) != words_.end()) one.restore();
  }
  capacities_.assign(words_.size(), 0);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (function_.parameters[i].type == "CK_BYTE_PTR") capacities_[i] = capacity_of(i);
  }
  return words_;
}

std::string Arguments::trespass(CK_RV rv) const {
  static const Bytes kUntouched(kWatched, kFill);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (function_.parameters[i].type != "CK_BYTE_PTR" || words_[i] != word(buffer(i))) continue;
    const std::size_t from = rv == CKR_BUFFER_TOO_SMALL ? 0 : std::min(capacities_[i], kWatched);
    const bool untouched = std::memcmp(buffer(i) + from, kUntouched.data(), kWatched - from) == 0;
    if (!untouched) return function_.parameters[i].name + " has been written beyond its length";
  }
  return {};
}

}  // namespace nethsm::test
