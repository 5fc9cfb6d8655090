// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "simulator/base64.h"

namespace nethsm::simulator {

// Owners of OpenSSL's objects.
template <auto kFree>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BnPtr = std::unique_ptr<BIGNUM, OpensslFree<&BN_clear_free>>;
using BnCtxPtr = std::unique_ptr<BN_CTX, OpensslFree<&BN_CTX_free>>;
using EcGroupPtr = std::unique_ptr<EC_GROUP, OpensslFree<&EC_GROUP_free>>;
using EcPointPtr = std::unique_ptr<EC_POINT, OpensslFree<&EC_POINT_free>>;
using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<&EVP_PKEY_free>>;
using EvpPkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, OpensslFree<&EVP_PKEY_CTX_free>>;
using EvpMdCtxPtr = std::unique_ptr<EVP_MD_CTX, OpensslFree<&EVP_MD_CTX_free>>;
using EvpCipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, OpensslFree<&EVP_CIPHER_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, OpensslFree<&BIO_free_all>>;
using X509ReqPtr = std::unique_ptr<X509_REQ, OpensslFree<&X509_REQ_free>>;

// Forgets the errors that OpenSSL's functions leave behind within its life; a later TLS call of the same
// thread would take them for its own.
class ExpectedErrors {
 public:
  ExpectedErrors() { ERR_set_mark(); }
  ~ExpectedErrors() { ERR_pop_to_mark(); }
  ExpectedErrors(const ExpectedErrors&) = delete;
  ExpectedErrors& operator=(const ExpectedErrors&) = delete;
};

// OpenSSL refused something that it should not: a bug or no memory; never the client's fault.
class OpensslError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void require(bool success, const char* what) {
  if (!success) throw OpensslError(what);
}

inline BnPtr to_bn(std::span<const std::uint8_t> big_endian) {
  BnPtr number(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  require(number != nullptr, "BN_bin2bn");
  return number;
}

// Big-endian, left-padded to the width; width 0: as short as possible.
inline Bytes to_bytes(const BIGNUM* number, std::size_t width = 0) {
  Bytes data(width == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : width);
  require(BN_bn2binpad(number, data.data(), static_cast<int>(data.size())) >= 0, "BN_bn2binpad");
  return data;
}

inline std::string memory_text(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace nethsm::simulator
