// SPDX-License-Identifier: Apache-2.0
#include "runner.h"

#include <algorithm>
#include <utility>

#include "cryptoki/rv_name.h"

namespace nethsm::differential {
namespace {

bool is_random(CK_MECHANISM_TYPE type, Operation operation) {
  switch (type) {
    case CKM_ECDSA:
    case CKM_RSA_PKCS_PSS:
    case CKM_SHA1_RSA_PKCS_PSS:
    case CKM_SHA256_RSA_PKCS_PSS:
    case CKM_SHA384_RSA_PKCS_PSS:
    case CKM_SHA512_RSA_PKCS_PSS:
      return true;
    case CKM_RSA_PKCS:
    case CKM_RSA_PKCS_OAEP:
      return operation == Operation::kEncrypt;
    default:
      return false;
  }
}

CK_RV verify(Side& side, const KnownSignature& known) {
  CK_MECHANISM mechanism = known.mechanism.get();
  CK_BYTE nothing = 0;
  const CK_RV rv = side.c.C_VerifyInit(side.anchor, &mechanism, side.object(known.public_key));
  if (rv != CKR_OK) return rv;
  return side.c.C_Verify(side.anchor, known.data.empty() ? &nothing : test::in(known.data), known.data.size(),
                         test::in(known.signature), known.signature.size());
}

std::string public_name(const std::string& private_name) {
  return private_name.substr(0, private_name.find('.') + 1) + std::to_string(CKO_PUBLIC_KEY);
}

}  // namespace

Runner::Runner(World& world) : world_(world) { reset(); }

void Runner::reset() {
  world_.ours.reset();
  world_.theirs.reset();
  model_ = {};
}

bool Runner::gives_random(const Step& step) const {
  if (step.is_random) return true;
  if (step.session < 0) return false;
  const auto& active = model_[static_cast<std::size_t>(step.session)].active;
  const auto found = active.find(step.operation);
  return found != active.end() && is_random(found->second.mechanism.type, step.operation);
}

bool Runner::differ(const Step& step, const Outcome& ours, const Outcome& theirs) const {
  if (ours.rv != theirs.rv) return true;
  const bool tells = ours.rv == CKR_OK || ours.rv == CKR_BUFFER_TOO_SMALL || !step.attributes.empty();
  if (!tells) return false;
  return ours.numbers != theirs.numbers || (!gives_random(step) && ours.parts != theirs.parts);
}

std::optional<std::string> Runner::apply(const Step& step) {
  ++calls;
  const CK_STATE state = world_.ours.state();
  const Outcome ours = step.call(world_.ours);
  const Outcome theirs = step.call(world_.theirs);
  SessionModel* session = step.session >= 0 ? &model_[static_cast<std::size_t>(step.session)] : nullptr;
  const KnownDifference* known = nullptr;
  if (differ(step, ours, theirs)) {
    known = explanation({step, ours, theirs, session, state});
    if (known == nullptr) {
      return text_of(step) + "\n    ours:   " + text_of(ours) + "\n    theirs: " + text_of(theirs);
    }
    ++explained[known];
  }
  auto problem = verify_crosswise(step, ours, theirs);
  note(step, ours);
  if (step.may_change_login && !problem) problem = after_login();
  const bool of_session = session != nullptr && step.operation != Operation::kNone;
  if (of_session && session->is_open && (known != nullptr || leaves_sides_apart(step, ours)))
    reopen(step.session);
  return problem;
}

// What both sides answer alike, but SoftHSM2 goes on with the operation.
bool Runner::leaves_sides_apart(const Step& step, const Outcome& outcome) const {
  if (step.operation == Operation::kFind || step.phase == Phase::kInit) return false;
  return outcome.rv == CKR_ARGUMENTS_BAD || outcome.rv == CKR_OPERATION_ACTIVE;
}

void Runner::reopen(int session) {
  const auto index = static_cast<std::size_t>(session);
  for (Side* side : {&world_.ours, &world_.theirs}) {
    must(side->c.C_CloseSession(side->sessions[index]), "C_CloseSession");
    must(side->c.C_OpenSession(side->slot, model_[index].flags, nullptr, nullptr, &side->sessions[index]),
         "C_OpenSession");
  }
  model_[index].active.clear();
}

void Runner::note(const Step& step, const Outcome& outcome) {
  if (step.closes_all && outcome.rv == CKR_OK) return reset();
  if (step.session < 0) return;
  SessionModel& session = model_[static_cast<std::size_t>(step.session)];
  const std::string_view function = step.function;
  if (function == "C_OpenSession" && outcome.rv == CKR_OK) session = {true, step.mechanism.type, {}};
  if (function == "C_CloseSession" && outcome.rv == CKR_OK) session = {};
  if (step.operation != Operation::kNone) note_operation(step, outcome.rv);
}

void Runner::note_operation(const Step& step, CK_RV rv) {
  auto& active = model_[static_cast<std::size_t>(step.session)].active;
  if (step.phase == Phase::kInit) {
    if (rv == CKR_OK) active[step.operation] = {step.mechanism, step.key, {}, world_.ours.state()};
    return;
  }
  const auto found = active.find(step.operation);
  if (found == active.end()) return;
  const bool stays = rv == CKR_BUFFER_TOO_SMALL ||
                     (rv == CKR_OK && (step.is_query || step.phase == Phase::kUpdate)) ||
                     (step.operation == Operation::kFind && rv != CKR_OK);
  if (!stays) {
    active.erase(found);
    return;
  }
  if (step.phase != Phase::kOneShot) found->second.updated = true;
  if (step.phase == Phase::kOneShot) found->second.queried = true;
  if (step.phase == Phase::kUpdate && rv == CKR_OK && !step.is_query) {
    found->second.data.insert(found->second.data.end(), step.data.begin(), step.data.end());
  }
}

// A NetHSM shows nothing without a login, and all to its administrator: the same objects are seen by the
// user.
std::optional<std::string> Runner::after_login() {
  world_.ours.find_objects();
  world_.theirs.find_objects();
  const CK_STATE ours = world_.ours.state(), theirs = world_.theirs.state();
  if (ours != theirs)
    return "the anchor sessions are in the states " + std::to_string(ours) + " and " + std::to_string(theirs);
  if (ours != CKS_RW_USER_FUNCTIONS) return std::nullopt;
  const auto names = [](const Side& side) {
    std::string text;
    for (const auto& [name, handle] : side.objects) text += " " + name;
    return text;
  };
  if (names(world_.ours) == names(world_.theirs)) return std::nullopt;
  return "the user sees different objects:\n    ours:  " + names(world_.ours) +
         "\n    theirs:" + names(world_.theirs);
}

// Each side must take the other's signature, and its own.
std::optional<std::string> Runner::verify_crosswise(const Step& step, const Outcome& ours,
                                                    const Outcome& theirs) {
  signature_.reset();
  const bool ends = step.phase == Phase::kOneShot || step.phase == Phase::kFinal;
  if (step.operation != Operation::kSign || !ends || step.session < 0) return std::nullopt;
  if (ours.parts.empty() || theirs.parts.empty()) return std::nullopt;
  const auto& active = model_[static_cast<std::size_t>(step.session)].active;
  const auto found = active.find(Operation::kSign);
  if (found == active.end()) return std::nullopt;
  KnownSignature known{found->second.mechanism, public_name(found->second.key), found->second.data, {}};
  if (step.phase == Phase::kOneShot) known.data = step.data;
  for (const Bytes& signature : {ours.parts[0], theirs.parts[0]}) {
    known.signature = signature;
    for (Side* side : {&world_.theirs, &world_.ours}) {
      const CK_RV rv = verify(*side, known);
      if (rv == CKR_OK) continue;
      return std::string("a signature of ") + (signature == ours.parts[0] ? "ours" : "theirs") +
             " is refused by " + (side == &world_.ours ? "ours" : "theirs") + " with " +
             cryptoki::rv_name(rv) + ": " + text_of(step);
    }
  }
  signature_ = known;
  return std::nullopt;
}

std::optional<KnownSignature> Runner::take_signature() { return std::exchange(signature_, std::nullopt); }

}  // namespace nethsm::differential
