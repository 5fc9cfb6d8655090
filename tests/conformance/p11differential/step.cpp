// SPDX-License-Identifier: Apache-2.0
#include "step.h"

#include "cryptoki/rv_name.h"

namespace nethsm::differential {
namespace {

constexpr CK_SESSION_HANDLE kNoSuchSession = 99999;
constexpr std::size_t kShown = 24;

}  // namespace

std::string text_of(const Step& step) {
  std::string text = step.function;
  text += "(";
  if (step.session >= 0) text += "session " + std::to_string(step.session) + (step.text.empty() ? "" : ", ");
  if (step.session == kBadSession) text += "no session, ";
  return text + step.text + ")";
}

std::string text_of(const Outcome& outcome) {
  std::string text = cryptoki::rv_name(outcome.rv);
  for (const CK_ULONG number : outcome.numbers) {
    text += number == CK_UNAVAILABLE_INFORMATION ? " -1" : " " + std::to_string(number);
  }
  for (const Bytes& part : outcome.parts) {
    text += " [" + to_hex(ByteView(part).first(std::min(kShown, part.size())));
    text += part.size() > kShown ? "...]" : "]";
  }
  return text;
}

CK_SESSION_HANDLE session_handle(const Side& side, int session) {
  return session >= 0 ? side.sessions[static_cast<std::size_t>(session)] : kNoSuchSession;
}

}  // namespace nethsm::differential
