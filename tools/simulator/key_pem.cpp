// SPDX-License-Identifier: Apache-2.0
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <array>

#include "simulator/key_material.h"

namespace nethsm::simulator {
namespace {

struct PemBlock {
  std::string name;
  Bytes der;
};

constexpr std::array<std::string_view, 3> kPrivateKeyNames{"RSA PRIVATE KEY", "EC PRIVATE KEY",
                                                           "PRIVATE KEY"};

bool is_private_key(std::string_view name) {
  return std::find(kPrivateKeyNames.begin(), kPrivateKeyNames.end(), name) != kPrivateKeyNames.end();
}

// Other blocks, such as EC PARAMETERS in front of the key, are passed over.
std::vector<PemBlock> private_key_blocks(std::string_view pem) {
  std::vector<PemBlock> blocks;
  BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (PEM_read_bio(memory.get(), &name, &header, &data, &size) == 1) {
    if (is_private_key(name)) blocks.push_back({name, Bytes(data, data + size)});
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  }
  return blocks;
}

EvpPkeyPtr decode(const PemBlock& block) {
  const unsigned char* data = block.der.data();
  const long size = static_cast<long>(block.der.size());
  EvpPkeyPtr pkey;
  if (block.name == "PRIVATE KEY") {
    pkey.reset(d2i_AutoPrivateKey(nullptr, &data, size));
  } else {
    const int type = block.name.front() == 'R' ? EVP_PKEY_RSA : EVP_PKEY_EC;
    pkey.reset(d2i_PrivateKey(type, nullptr, &data, size));
  }
  if (!pkey) throw KeyRefused("Failed to decode private key");
  return pkey;
}

Bytes number_of(EVP_PKEY* pkey, const char* name, std::size_t width = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1) throw KeyRefused("Failed to decode private key");
  return to_bytes(BnPtr(number).get(), width);
}

PrivateKeyValues rsa_values(EVP_PKEY* pkey) {
  PrivateKeyValues values;
  values.type = KeyType::kRsa;
  values.prime_p = number_of(pkey, OSSL_PKEY_PARAM_RSA_FACTOR1);
  values.prime_q = number_of(pkey, OSSL_PKEY_PARAM_RSA_FACTOR2);
  values.public_exponent = number_of(pkey, OSSL_PKEY_PARAM_RSA_E);
  return values;
}

PrivateKeyValues ec_values(EVP_PKEY* pkey) {
  std::array<char, 80> name{};
  require(EVP_PKEY_get_group_name(pkey, name.data(), name.size(), nullptr) == 1, "EVP_PKEY_get_group_name");
  const int curve = OBJ_txt2nid(name.data());
  const auto row = std::find_if(kKeyTypes.begin(), kKeyTypes.end(),
                                [=](auto& it) { return curve != NID_undef && it.curve == curve; });
  if (row == kKeyTypes.end()) throw KeyRefused("unsupported elliptic curve");
  PrivateKeyValues values;
  values.type = row->type;
  values.data = number_of(pkey, OSSL_PKEY_PARAM_PRIV_KEY, row->field_bytes);
  return values;
}

PrivateKeyValues ed25519_values(EVP_PKEY* pkey) {
  PrivateKeyValues values;
  values.type = KeyType::kCurve25519;
  values.data.resize(32);
  std::size_t size = values.data.size();
  require(EVP_PKEY_get_raw_private_key(pkey, values.data.data(), &size) == 1, "Ed25519 seed");
  return values;
}

}  // namespace

PrivateKeyValues parse_private_key_pem(std::string_view pem) {
  const ExpectedErrors expected_errors;  // at the end of the text, and for what is no key
  const std::vector<PemBlock> blocks = private_key_blocks(pem);
  if (blocks.empty()) throw KeyRefused("No private key");
  if (blocks.size() > 1) throw KeyRefused("Multiple private keys");
  const EvpPkeyPtr pkey = decode(blocks.front());
  switch (EVP_PKEY_get_base_id(pkey.get())) {
    case EVP_PKEY_RSA:
      return rsa_values(pkey.get());
    case EVP_PKEY_EC:
      return ec_values(pkey.get());
    case EVP_PKEY_ED25519:
      return ed25519_values(pkey.get());
    default:
      throw KeyRefused("unsupported private key algorithm");
  }
}

}  // namespace nethsm::simulator
