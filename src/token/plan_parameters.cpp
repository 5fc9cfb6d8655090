// SPDX-License-Identifier: Apache-2.0
#include "token/plan_parameters.h"

#include <cstring>

namespace nethsm::token {
namespace {

template <class Struct>
Result<Struct> parameter_of(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  Struct parameter{};
  if (mechanism.pParameter == nullptr || mechanism.ulParameterLen != sizeof parameter) {
    return bad_parameter(row, "the parameter is missing or has another size");
  }
  std::memcpy(&parameter, mechanism.pParameter, sizeof parameter);
  return parameter;
}

struct Hashes {
  const HashRow* hash;
  const HashRow* mgf;
};

Result<Hashes> hashes_of(CK_MECHANISM_TYPE hash, CK_RSA_PKCS_MGF_TYPE mgf, const MechanismRow& row) {
  const HashRow* found = find_hash(hash);
  if (found == nullptr) return bad_parameter(row, "the hash is not one of SHA-1, SHA-2 and SHA-3");
  // Some applications, among them OpenSSL's provider, leave the mask function out: the hash's own is meant.
  const HashRow* mask = mgf == 0 ? found : find_mgf(mgf);
  if (mask == nullptr) return bad_parameter(row, "the mask generation function is unknown");
  return Hashes{found, mask};
}

}  // namespace

Result<Pss> pss_of(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  const auto parameter = TRY(parameter_of<CK_RSA_PKCS_PSS_PARAMS>(mechanism, row));
  const Hashes hashes = TRY(hashes_of(parameter.hashAlg, parameter.mgf, row));
  const auto digest = hashes.hash->algorithm;
  if (row.digest && *row.digest != digest) return bad_parameter(row, "the hash is not the mechanism's own");
  Pss pss{{digest, hashes.mgf->algorithm, parameter.sLen}, std::nullopt};
  if (hashes.mgf == hashes.hash && parameter.sLen == crypto::digest_size(digest)) {
    pss.native = hashes.hash->pss;
  }
  return pss;
}

Result<OaepChoice> oaep_of(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  const auto parameter = TRY(parameter_of<CK_RSA_PKCS_OAEP_PARAMS>(mechanism, row));
  const Hashes hashes = TRY(hashes_of(parameter.hashAlg, parameter.mgf, row));
  const bool has_label = parameter.ulSourceDataLen != 0;
  // pkcs11-tool says 0 when there is no label.
  if (parameter.source != CKZ_DATA_SPECIFIED && (parameter.source != 0 || has_label)) {
    return bad_parameter(row, "the source of the label is unknown");
  }
  if (has_label && parameter.pSourceData == nullptr) return bad_parameter(row, "the label is missing");
  OaepChoice choice{{hashes.hash->algorithm, hashes.mgf->algorithm, {}}, std::nullopt};
  if (has_label) {
    const auto* label = static_cast<const std::uint8_t*>(parameter.pSourceData);
    choice.oaep.label.assign(label, label + parameter.ulSourceDataLen);
  } else if (hashes.mgf == hashes.hash) {
    choice.native = hashes.hash->oaep;
  }
  return choice;
}

Result<std::array<std::uint8_t, CbcCipher::kBlock>> iv_of(const CK_MECHANISM& mechanism,
                                                          const MechanismRow& row) {
  return parameter_of<std::array<std::uint8_t, CbcCipher::kBlock>>(mechanism, row);
}

Result<std::size_t> mac_length_of(const CK_MECHANISM& mechanism, const MechanismRow& row) {
  if (row.parameter != Parameter::kMacLength) return CbcCipher::kBlock;
  const auto length = TRY(parameter_of<CK_MAC_GENERAL_PARAMS>(mechanism, row));
  if (length == 0 || length > CbcCipher::kBlock) return bad_parameter(row, "the MAC has 1 to 16 bytes");
  return std::size_t{length};
}

}  // namespace nethsm::token
