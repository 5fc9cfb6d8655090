// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "token/object.h"

namespace nethsm::token {

inline api::Key rsa_key(std::size_t modulus_bytes = 256,
                        api::Mechanisms mechanisms = api::mechanisms_of(api::KeyType::kRsa)) {
  Bytes modulus(modulus_bytes, 0x5a);
  modulus.front() = 0xc1;
  return {.id = "rsa1",
          .type = api::KeyType::kRsa,
          .mechanisms = mechanisms,
          .public_part = api::RsaPublic{modulus, {1, 0, 1}},
          .label = {},
          .tags = {}};
}

inline api::Key curve_key(api::KeyType type, std::size_t point_bytes) {
  return {.id = "ec1",
          .type = type,
          .mechanisms = api::mechanisms_of(type),
          .public_part = Bytes(point_bytes, 4),
          .label = {},
          .tags = {}};
}
inline api::Key p256_key() { return curve_key(api::KeyType::kEcP256, 65); }
inline api::Key ed25519_key() { return curve_key(api::KeyType::kCurve25519, 32); }

inline api::Key generic_key(api::Mechanisms mechanisms = api::mechanisms_of(api::KeyType::kGeneric)) {
  return {.id = "aes1",
          .type = api::KeyType::kGeneric,
          .mechanisms = mechanisms,
          .public_part = Bytes(),
          .label = {},
          .tags = {}};
}

inline Object object_of(CK_OBJECT_CLASS object_class, KeyRecord record) {
  Object object;
  object.handle = 1;
  object.object_class = object_class;
  object.record = std::make_shared<const KeyRecord>(std::move(record));
  return object;
}
inline Object object_of(CK_OBJECT_CLASS object_class, api::Key key) {
  KeyRecord record;
  record.key = std::move(key);
  return object_of(object_class, std::move(record));
}

}  // namespace nethsm::token
