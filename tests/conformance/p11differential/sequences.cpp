// SPDX-License-Identifier: Apache-2.0
// Whole operations: an Init that suits its key, the data in one piece or many, and the end.
#include <cstring>

#include "generator.h"

namespace nethsm::differential {
namespace {

struct Named {
  CK_MECHANISM_TYPE type;
  const char* name;
};
#define NAMED(type) \
  { type, #type }
constexpr Named kDigests[] = {NAMED(CKM_SHA_1), NAMED(CKM_SHA224), NAMED(CKM_SHA256), NAMED(CKM_SHA384),
                              NAMED(CKM_SHA512)};
constexpr Named kRsaSigning[] = {NAMED(CKM_RSA_PKCS), NAMED(CKM_SHA1_RSA_PKCS), NAMED(CKM_SHA256_RSA_PKCS),
                                 NAMED(CKM_SHA512_RSA_PKCS)};
struct Pss {
  Named plain, hashing;
  CK_RSA_PKCS_PSS_PARAMS parameters;
};
constexpr Pss kPss[] = {
    {NAMED(CKM_RSA_PKCS_PSS), NAMED(CKM_SHA1_RSA_PKCS_PSS), {CKM_SHA_1, CKG_MGF1_SHA1, 20}},
    {NAMED(CKM_RSA_PKCS_PSS), NAMED(CKM_SHA256_RSA_PKCS_PSS), {CKM_SHA256, CKG_MGF1_SHA256, 32}},
    {NAMED(CKM_RSA_PKCS_PSS), NAMED(CKM_SHA384_RSA_PKCS_PSS), {CKM_SHA384, CKG_MGF1_SHA384, 48}},
    {NAMED(CKM_RSA_PKCS_PSS), NAMED(CKM_SHA512_RSA_PKCS_PSS), {CKM_SHA512, CKG_MGF1_SHA512, 64}},
};

template <class T>
Bytes parameter_bytes(const T& parameter) {
  Bytes bytes(sizeof parameter);
  std::memcpy(bytes.data(), &parameter, sizeof parameter);
  return bytes;
}

bool takes_parts(CK_MECHANISM_TYPE type) {
  return type != CKM_RSA_PKCS && type != CKM_RSA_PKCS_PSS && type != CKM_RSA_PKCS_OAEP && type != CKM_ECDSA &&
         type != CKM_EDDSA;
}

// What the mechanism signs as it is: a digest, or a message.
std::size_t input_length(const Mechanism& mechanism) {
  switch (mechanism.type) {
    case CKM_RSA_PKCS:
    case CKM_ECDSA:
      return 32;
    case CKM_RSA_PKCS_PSS: {
      CK_RSA_PKCS_PSS_PARAMS pss{};
      std::memcpy(&pss, mechanism.parameter.data(), sizeof pss);
      return pss.sLen;  // here the salt is always as long as the hash
    }
    default:
      return 100;
  }
}

}  // namespace

Mechanism Generator::mechanism_with(CK_MECHANISM_TYPE type, const char* name) { return {type, {}, name}; }

Mechanism Generator::any_mechanism(Operation operation, KeyKind kind) {
  if (operation == Operation::kDigest) {
    const Named& named = kDigests[below(std::size(kDigests))];
    return mechanism_with(named.type, named.name);
  }
  if (kind == KeyKind::kAes) {
    const bool pads = chance(40);
    return {pads ? CKM_AES_CBC_PAD : CKM_AES_CBC, bytes(chance(3) ? 15 : 16),
            pads ? "CKM_AES_CBC_PAD" : "CKM_AES_CBC"};
  }
  if (kind == KeyKind::kEc) return mechanism_with(CKM_ECDSA, "CKM_ECDSA");
  if (kind == KeyKind::kEdwards) return mechanism_with(CKM_EDDSA, "CKM_EDDSA");
  if (operation == Operation::kEncrypt || operation == Operation::kDecrypt) {
    if (chance(50)) return mechanism_with(CKM_RSA_PKCS, "CKM_RSA_PKCS");
    const CK_RSA_PKCS_OAEP_PARAMS oaep{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
    return {CKM_RSA_PKCS_OAEP, parameter_bytes(oaep), "CKM_RSA_PKCS_OAEP"};
  }
  if (chance(50)) {
    const Named& named = kRsaSigning[below(std::size(kRsaSigning))];
    return mechanism_with(named.type, named.name);
  }
  const Pss& pss = kPss[below(std::size(kPss))];
  const Named& named = chance(50) ? pss.plain : pss.hashing;
  return {named.type, parameter_bytes(pss.parameters), named.name};
}

void Generator::plan() {
  const int session = idle_session();
  switch (below(5)) {
    case 0:
      return plan_digest(session);
    case 1:
      return plan_cipher(session);
    case 2:
      return plan_signature(session);
    default:
      return plan_verification(session);
  }
}

void Generator::plan_parts(Operation operation, int session, const Bytes& data) {
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t part = std::min(data.size() - at, 1 + below(60));
    planned_.push_back(update(operation, session,
                              {data.begin() + static_cast<std::ptrdiff_t>(at),
                               data.begin() + static_cast<std::ptrdiff_t>(at + part)}));
    at += part;
  }
}

void Generator::plan_digest(int session) {
  planned_.push_back(
      init(Operation::kDigest, session, any_mechanism(Operation::kDigest, KeyKind::kRsa), "nothing"));
  const Bytes data = bytes(below(200));
  if (chance(50)) {
    planned_.push_back(one_shot(Operation::kDigest, session, data));
    return;
  }
  plan_parts(Operation::kDigest, session, data);
  planned_.push_back(final(Operation::kDigest, session));
}

void Generator::plan_cipher(int session) {
  const Operation operation = chance(50) ? Operation::kEncrypt : Operation::kDecrypt;
  const SharedKey& key = any_key({KeyKind::kRsa, KeyKind::kAes, KeyKind::kAes, KeyKind::kAes});
  const Mechanism mechanism = any_mechanism(operation, key.kind);
  Bytes data = bytes(chance(80) ? 16 * below(8) : below(100));
  if (key.kind == KeyKind::kRsa && operation == Operation::kDecrypt) {
    const bool oaep = mechanism.type == CKM_RSA_PKCS_OAEP;
    data =
        test::rsa_encrypt(key.evp, bytes(below(100)),
                          oaep ? test::RsaPadding::kOaep : test::RsaPadding::kPkcs1, oaep ? "SHA1" : nullptr);
  }
  if (mechanism.type == CKM_AES_CBC_PAD && operation == Operation::kDecrypt &&
      mechanism.parameter.size() == 16) {
    const std::size_t padding = 16 - data.size() % 16;
    Bytes padded = data;
    padded.insert(padded.end(), padding, static_cast<std::uint8_t>(padding));
    data = test::aes_cbc(key.value, mechanism.parameter, padded, true);
  }
  const bool is_public = operation == Operation::kEncrypt && key.kind == KeyKind::kRsa;
  planned_.push_back(init(operation, session, mechanism, is_public ? key.public_name() : key.private_name()));
  if (chance(50) || !takes_parts(mechanism.type)) {
    planned_.push_back(one_shot(operation, session, data));
    return;
  }
  plan_parts(operation, session, data);
  planned_.push_back(final(operation, session));
}

void Generator::plan_signature(int session) {
  const SharedKey& key = any_key({KeyKind::kRsa, KeyKind::kEc, KeyKind::kEdwards});
  const Mechanism mechanism = any_mechanism(Operation::kSign, key.kind);
  const Bytes data = chance(85) ? bytes(input_length(mechanism)) : some_data();
  planned_.push_back(init(Operation::kSign, session, mechanism, key.private_name()));
  if (chance(60) || !takes_parts(mechanism.type)) {
    planned_.push_back(one_shot(Operation::kSign, session, data));
    return;
  }
  plan_parts(Operation::kSign, session, data);
  planned_.push_back(final(Operation::kSign, session));
}

// Of a signature that somebody made; sometimes spoilt, sometimes cut.
void Generator::plan_verification(int session) {
  if (signatures_.empty()) return plan_signature(session);
  KnownSignature known = signatures_[below(signatures_.size())];
  if (chance(15)) known.signature[below(known.signature.size())] ^= 1;
  if (chance(5)) known.signature.resize(pick<std::size_t>({1, 4, 63, 65, 255, 257}));
  if (chance(15) && !known.data.empty()) known.data[below(known.data.size())] ^= 1;
  planned_.push_back(init(Operation::kVerify, session, known.mechanism, known.public_key));
  if (chance(60) || !takes_parts(known.mechanism.type)) {
    planned_.push_back(verify(session, known.data, known.signature));
    return;
  }
  plan_parts(Operation::kVerify, session, known.data);
  planned_.push_back(verify_final(session, known.signature));
}

}  // namespace nethsm::differential
