// SPDX-License-Identifier: Apache-2.0
#include "crypto/ecdsa.h"

#include "crypto/der.h"

namespace nethsm::crypto {
namespace {

Status append_at_width(Bytes& out, std::optional<ByteView> integer, std::size_t width) {
  const auto number = integer ? der::unsigned_number(*integer) : std::nullopt;
  if (!number || number->size() > width) return fail("malformed ECDSA signature");
  out.insert(out.end(), width - number->size(), 0);
  out.insert(out.end(), number->begin(), number->end());
  return Ok{};
}

}  // namespace

Result<Bytes> ecdsa_fixed_from_der(ByteView input, std::size_t width) {
  const auto content = der::content_of(der::kSequence, input);
  if (!content) return fail("the ECDSA signature is not a DER sequence");
  der::Reader numbers(*content);
  const auto r = numbers.next(der::kInteger);
  const auto s = numbers.next(der::kInteger);
  if (!numbers.empty()) return fail("malformed ECDSA signature");
  Bytes fixed;
  fixed.reserve(2 * width);
  TRY(append_at_width(fixed, r, width));
  TRY(append_at_width(fixed, s, width));
  return fixed;
}

Result<Bytes> ecdsa_der_from_fixed(ByteView fixed) {
  if (fixed.empty() || fixed.size() % 2 != 0)
    return fail("an ECDSA signature has two halves of the same length");
  const std::size_t width = fixed.size() / 2;
  return der::sequence(
      {der::unsigned_integer(fixed.first(width)), der::unsigned_integer(fixed.subspan(width))});
}

}  // namespace nethsm::crypto
