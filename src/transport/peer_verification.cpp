// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>

#include "transport/tls_context.h"

namespace nethsm::transport {
namespace {

std::optional<Fingerprint> fingerprint_of(X509* certificate, const EVP_MD* sha256) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return std::nullopt;
  Fingerprint fingerprint{};
  const bool ok =
      EVP_Digest(der, static_cast<std::size_t>(size), fingerprint.data(), nullptr, sha256, nullptr) == 1;
  OPENSSL_free(der);
  return ok ? std::optional(fingerprint) : std::nullopt;
}

bool is_pinned(const std::vector<Fingerprint>& pins, const Fingerprint& seen) {
  return std::any_of(pins.begin(), pins.end(), [&](const auto& pin) {
    return CRYPTO_memcmp(pin.data(), seen.data(), pin.size()) == 0;
  });
}

bool refuse(PeerVerification& peer, X509_STORE_CTX* chain, int code, std::string reason) {
  peer.refused = true;
  peer.reason = std::move(reason);
  X509_STORE_CTX_set_error(chain, code);
  return false;
}

bool verify_pins(PeerVerification& peer, X509_STORE_CTX* chain, const Fingerprint& seen) {
  const auto& pins = peer.context->trust().pins;
  if (is_pinned(pins, seen)) return true;
  return refuse(peer, chain, X509_V_ERR_APPLICATION_VERIFICATION,
                "its certificate has the SHA-256 fingerprint " + to_hex(seen) + ", which is " +
                    (pins.size() == 1 ? "not the configured one" : "none of the configured ones") +
                    "; if this certificate is the right one, add the fingerprint to the instance's "
                    "sha256_fingerprints");
}

bool verify_chain(PeerVerification& peer, X509_STORE_CTX* chain, const Fingerprint& seen) {
  if (X509_verify_cert(chain) == 1) return true;
  const int code = X509_STORE_CTX_get_error(chain);
  const auto& ca_file = peer.context->trust().ca_file;
  return refuse(peer, chain, code,
                std::string("its certificate is refused: ") + X509_verify_cert_error_string(code) +
                    " (checked against " +
                    (ca_file ? "ca_file '" + *ca_file + "'" : "the system's root certificates") +
                    "); to trust exactly this certificate, add its SHA-256 fingerprint " + to_hex(seen) +
                    " to the instance's sha256_fingerprints");
}

bool verify(PeerVerification& peer, X509_STORE_CTX* chain) {
  if (peer.context->trust().insecure) return true;
  auto* leaf = X509_STORE_CTX_get0_cert(chain);
  const auto seen =
      leaf == nullptr ? std::nullopt : fingerprint_of(leaf, peer.context->library().sha256.get());
  if (!seen) return refuse(peer, chain, X509_V_ERR_UNSPECIFIED, "its certificate cannot be read");
  return peer.context->trust().pins.empty() ? verify_chain(peer, chain, *seen)
                                            : verify_pins(peer, chain, *seen);
}

}  // namespace

int verify_peer(X509_STORE_CTX* chain, void*) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* peer = ssl == nullptr ? nullptr : static_cast<PeerVerification*>(SSL_get_app_data(ssl));
  if (peer == nullptr) return 0;
  try {
    return verify(*peer, chain) ? 1 : 0;
  } catch (...) {  // no memory; must not unwind through OpenSSL
    peer->refused = true;
    return 0;
  }
}

}  // namespace nethsm::transport
