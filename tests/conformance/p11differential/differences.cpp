// SPDX-License-Identifier: Apache-2.0
#include "differences.h"

#include <algorithm>
#include <initializer_list>
#include <span>

namespace nethsm::differential {
namespace {

bool codes(const Situation& s, CK_RV ours, CK_RV theirs) {
  return s.ours.rv == ours && s.theirs.rv == theirs;
}

bool is(const Situation& s, std::initializer_list<std::string_view> functions) {
  return std::ranges::find(functions, s.step.function) != functions.end();
}

bool is_user(const Situation& s) { return s.state == CKS_RW_USER_FUNCTIONS; }

bool does_something_else(const Situation& s) {
  return s.session != nullptr && std::ranges::any_of(s.session->active, [&](const auto& active) {
           return active.first != s.step.operation;
         });
}

const SessionModel::Active* active(const Situation& s) {
  if (s.session == nullptr) return nullptr;
  const auto found = s.session->active.find(s.step.operation);
  return found != s.session->active.end() ? &found->second : nullptr;
}

bool removes_padding(const Situation& s) {
  return s.step.operation == Operation::kDecrypt && active(s) != nullptr &&
         active(s)->mechanism.type == CKM_AES_CBC_PAD;
}

bool both_refuse(const Situation& s) { return s.ours.rv != CKR_OK && s.theirs.rv != CKR_OK; }

// Attributes that the two have different values of, or only one has.
struct AttributeDifference {
  CK_ATTRIBUTE_TYPE type;
  const char* reason;
};
constexpr AttributeDifference kAttributes[] = {
    {CKA_SUBJECT, "SoftHSM2 gives keys an empty one"},
    {CKA_ISSUER, "SoftHSM2 does not read it from the certificate"},
    {CKA_SERIAL_NUMBER, "SoftHSM2 does not read it from the certificate"},
    {CKA_ENCRYPT, "SoftHSM2 says true of keys that cannot"},
    {CKA_DECRYPT, "SoftHSM2 says true of keys that cannot"},
    {CKA_SIGN, "SoftHSM2 says true of keys that cannot"},
    {CKA_VERIFY, "SoftHSM2 says true of keys that cannot"},
    {CKA_WRAP, "SoftHSM2 says true of keys that cannot"},
    {CKA_UNWRAP, "SoftHSM2 says true of keys that cannot"},
    {CKA_MODULUS_BITS, "SoftHSM2's private keys have none"},
    {CKA_ALWAYS_AUTHENTICATE, "SoftHSM2's secret keys have none"},
    {CKA_EC_POINT, "SoftHSM2's private keys have none"},
};

// Nothing but such attributes differs; the code is theirs to choose then.
bool only_known_attributes_differ(const Situation& s) {
  if (s.step.attributes.empty() || s.ours.numbers.size() != s.theirs.numbers.size()) return false;
  bool any_known = false;
  for (std::size_t i = 0; i < s.step.attributes.size(); ++i) {
    const bool known = std::ranges::find(kAttributes, s.step.attributes[i], &AttributeDifference::type) !=
                       std::end(kAttributes);
    any_known = any_known || known;
    if (!known && (s.ours.numbers[i] != s.theirs.numbers[i] || s.ours.parts[i] != s.theirs.parts[i]))
      return false;
  }
  return any_known;
}

constexpr KnownDifference kKnown[] = {
    {"SoftHSM2 looks at the arguments before the session or slot",
     [](const Situation& s) {
       return codes(s, CKR_SESSION_HANDLE_INVALID, CKR_ARGUMENTS_BAD) ||
              codes(s, CKR_SLOT_ID_INVALID, CKR_ARGUMENTS_BAD);
     }},
    {"SoftHSM2 does one thing at a time in a session, the standard one of each kind",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit && s.theirs.rv == CKR_OPERATION_ACTIVE && does_something_else(s);
     }},
    {"Without a login as user, a NetHSM's module misses the login and SoftHSM2 the key",
     [](const Situation& s) {
       return !is_user(s) && s.step.phase == Phase::kInit && s.ours.rv == CKR_USER_NOT_LOGGED_IN;
     }},
    {"An operation may or may not survive the logout (C_Logout)",
     [](const Situation& s) {
       return !is_user(s) && active(s) != nullptr && s.ours.rv == CKR_USER_NOT_LOGGED_IN;
     }},
    {"A NetHSM gives random bytes to users only",
     [](const Situation& s) {
       return is(s, {"C_GenerateRandom"}) && !is_user(s) && codes(s, CKR_USER_NOT_LOGGED_IN, CKR_OK);
     }},
    {"SoftHSM2 says CKR_OBJECT_HANDLE_INVALID of a key",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit && codes(s, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID);
     }},
    {"SoftHSM2 looks for the key before the mechanism",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit && codes(s, CKR_MECHANISM_INVALID, CKR_OBJECT_HANDLE_INVALID);
     }},
    {"SoftHSM2 looks at the arguments before it looks for an operation",
     [](const Situation& s) { return codes(s, CKR_OPERATION_NOT_INITIALIZED, CKR_ARGUMENTS_BAD); }},
    {"SoftHSM2 looks at the key's usage before the mechanism and the key's type",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit &&
              (codes(s, CKR_MECHANISM_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED) ||
               codes(s, CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED) ||
               codes(s, CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED));
     }},
    {"SoftHSM2 takes a key of another type, and fails later",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit && codes(s, CKR_KEY_TYPE_INCONSISTENT, CKR_OK);
     }},
    {"SoftHSM2 lets calls of one piece and of many be mixed",
     [](const Situation& s) {
       return s.ours.rv == CKR_OPERATION_ACTIVE && active(s) != nullptr &&
              (active(s)->updated || active(s)->queried);
     }},
    {"SoftHSM2 says CKR_MECHANISM_INVALID of an IV that is too short",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit && codes(s, CKR_MECHANISM_PARAM_INVALID, CKR_MECHANISM_INVALID);
     }},
    {"SoftHSM2 takes a logout without a login",
     [](const Situation& s) { return is(s, {"C_Logout"}) && codes(s, CKR_USER_NOT_LOGGED_IN, CKR_OK); }},
    {"SoftHSM2 offers mechanisms that a NetHSM has not",
     [](const Situation& s) {
       return is(s, {"C_GetMechanismInfo"}) && codes(s, CKR_MECHANISM_INVALID, CKR_OK);
     }},
    {"SoftHSM2 says the modulus' length of decrypted data whose length is not known yet",
     [](const Situation& s) {
       return is(s, {"C_Decrypt"}) && !s.theirs.numbers.empty() && s.theirs.numbers[0] == 256 &&
              !s.ours.numbers.empty() && s.ours.numbers[0] < 256;
     }},
    {"Both say more than there will be, while the padding is not known",
     [](const Situation& s) {
       return removes_padding(s) && !s.ours.numbers.empty() && !s.theirs.numbers.empty() &&
              s.ours.numbers[0] <= s.theirs.numbers[0] + 1 && s.theirs.numbers[0] <= s.ours.numbers[0] + 16;
     }},
    {"SoftHSM2 tells a length, or wants room for it, before it looks at the data",
     [](const Situation& s) {
       const bool tells = s.theirs.rv == CKR_BUFFER_TOO_SMALL || (s.theirs.rv == CKR_OK && s.step.is_query);
       return tells && (s.ours.rv == CKR_DATA_LEN_RANGE || s.ours.rv == CKR_ENCRYPTED_DATA_INVALID ||
                        s.ours.rv == CKR_ENCRYPTED_DATA_LEN_RANGE);
     }},
    {"SoftHSM2 says CKR_GENERAL_ERROR of data of a wrong length or content",
     [](const Situation& s) {
       return codes(s, CKR_DATA_LEN_RANGE, CKR_GENERAL_ERROR) ||
              codes(s, CKR_DATA_INVALID, CKR_GENERAL_ERROR) ||
              codes(s, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_GENERAL_ERROR) ||
              codes(s, CKR_ENCRYPTED_DATA_INVALID, CKR_GENERAL_ERROR);
     }},
    {"A NetHSM's administrator manages all keys, so the SO sees them",
     [](const Situation& s) {
       return is(s, {"C_FindObjects"}) && active(s) != nullptr && active(s)->state == CKS_RW_SO_FUNCTIONS;
     }},
    {"SoftHSM2 takes no NULL, not even for no data",
     [](const Situation& s) {
       const bool taken = s.ours.rv == CKR_OK || s.ours.rv == CKR_BUFFER_TOO_SMALL;
       return taken && s.theirs.rv == CKR_ARGUMENTS_BAD && s.step.data.empty() &&
              s.step.phase != Phase::kInit;
     }},
    {"An Init without a mechanism ends the operation, since 3.0",
     [](const Situation& s) {
       return s.step.phase == Phase::kInit && active(s) != nullptr && codes(s, CKR_OK, CKR_ARGUMENTS_BAD);
     }},
    {"SoftHSM2 does not take data in parts for mechanisms that cannot do without the whole",
     [](const Situation& s) {
       const bool in_parts = s.step.phase == Phase::kUpdate || s.step.phase == Phase::kFinal;
       return in_parts && active(s) != nullptr &&
              (s.theirs.rv == CKR_OPERATION_NOT_INITIALIZED || s.theirs.rv == CKR_FUNCTION_NOT_SUPPORTED);
     }},
    {"SoftHSM2 says CKR_SIGNATURE_INVALID of data that nobody could have signed",
     [](const Situation& s) { return codes(s, CKR_DATA_LEN_RANGE, CKR_SIGNATURE_INVALID); }},
    {"Both refuse to create an object, for another of the reasons",
     [](const Situation& s) { return is(s, {"C_CreateObject"}) && both_refuse(s); }},
    {"Both refuse to generate a key, for another of the reasons",
     [](const Situation& s) { return is(s, {"C_GenerateKey"}) && both_refuse(s); }},
    {"Both refuse to change an attribute, for another of the reasons",
     [](const Situation& s) { return is(s, {"C_SetAttributeValue"}) && both_refuse(s); }},
    {"Attributes that have other values, see the table of attributes", only_known_attributes_differ},
};

}  // namespace

std::span<const KnownDifference> known_differences() { return kKnown; }

const KnownDifference* explanation(const Situation& situation) {
  for (const KnownDifference& known : kKnown) {
    if (known.explains(situation)) return &known;
  }
  return nullptr;
}

}  // namespace nethsm::differential
