// SPDX-License-Identifier: Apache-2.0
// BIP-340, "Verification"; the names of the variables are those of its text.
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "crypto/context.h"
#include "crypto/digest.h"
#include "crypto/openssl_handles.h"
#include "crypto/public_operations.h"

namespace nethsm::crypto {
namespace {

using Group = std::unique_ptr<EC_GROUP, FreedBy<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreedBy<EC_POINT_free>>;

constexpr std::size_t kWidth = 32;

Result<Bytes> sha256(std::initializer_list<ByteView> parts) {
  auto digest = TRY(Digest::start(DigestAlgorithm::kSha256));
  for (const ByteView part : parts) TRY(digest.update(part));
  return digest.finish();
}

Result<Bytes> challenge(ByteView r, ByteView x, ByteView message) {
  const Bytes tag = TRY(sha256({as_bytes("BIP0340/challenge")}));
  return sha256({tag, tag, r, x, message});
}

struct Numbers {
  BigNumber r, s, e, x;
};

// R = s·G - e·P. False where the signature cannot be genuine.
Result<bool> is_genuine(const EC_GROUP* group, const Numbers& numbers) {
  const BigNumberContext context(BN_CTX_new_ex(library_context()));
  const Point p(EC_POINT_new(group)), big_r(EC_POINT_new(group));
  const BigNumber minus_e(BN_new()), x(BN_new()), y(BN_new());
  const BIGNUM* n = EC_GROUP_get0_order(group);
  if (!context || !p || !big_r || !minus_e || !x || !y) return openssl_failure("cannot verify with BIP-340");
  // lift_x: the point with this x and an even y.
  if (EC_POINT_set_compressed_coordinates(group, p.get(), numbers.x.get(), 0, context.get()) != 1) {
    return fail("the public key is not a point of secp256k1");
  }
  if (BN_cmp(numbers.s.get(), n) >= 0) return false;
  if (BN_mod_sub(minus_e.get(), n, numbers.e.get(), n, context.get()) != 1 ||
      EC_POINT_mul(group, big_r.get(), numbers.s.get(), p.get(), minus_e.get(), context.get()) != 1) {
    return openssl_failure("cannot verify with BIP-340");
  }
  if (EC_POINT_is_at_infinity(group, big_r.get()) == 1) return false;
  if (EC_POINT_get_affine_coordinates(group, big_r.get(), x.get(), y.get(), context.get()) != 1) {
    return openssl_failure("cannot verify with BIP-340");
  }
  return !BN_is_odd(y.get()) && BN_cmp(x.get(), numbers.r.get()) == 0;
}

}  // namespace

Result<Verdict> verify_bip340(const EcPublicKey& key, ByteView message, ByteView signature) {
  const ErrorQueueGuard guard;
  if (key.curve != Curve::kSecp256k1 || key.point.size() != point_size(key.curve)) {
    return fail("BIP-340 needs a key on secp256k1");
  }
  if (signature.size() != 2 * kWidth) return Verdict::kForged;
  const ByteView x = ByteView(key.point).subspan(1, kWidth);
  const Bytes e = TRY(challenge(signature.first(kWidth), x, message));
  const Numbers numbers{big_number(signature.first(kWidth)), big_number(signature.last(kWidth)),
                        big_number(e), big_number(x)};
  const Group group(EC_GROUP_new_by_curve_name_ex(library_context(), nullptr, NID_secp256k1));
  if (!group || !numbers.r || !numbers.s || !numbers.e || !numbers.x) {
    return openssl_failure("cannot verify with BIP-340");
  }
  return TRY(is_genuine(group.get(), numbers)) ? Verdict::kGenuine : Verdict::kForged;
}

}  // namespace nethsm::crypto
