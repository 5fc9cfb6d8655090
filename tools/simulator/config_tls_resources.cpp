// SPDX-License-Identifier: Apache-2.0
// /config/tls: the instance's own key and certificate, the CA of the cluster.
#include <openssl/x509v3.h>

#include "simulator/csr.h"
#include "simulator/json_record.h"
#include "simulator/key_material.h"
#include "simulator/key_requests.h"
#include "simulator/routes.h"

namespace nethsm::simulator {
namespace {

constexpr std::int64_t kMinRsaBits = 1024, kMaxRsaBits = 8192;

Response get_public_key(Context& context) {
  return typed_response(kPem, context.instance.tls().public_pem());
}

Response get_certificate(Context& context) {
  return typed_response(kPem, context.instance.tls().certificate_pem());
}

bool is_signed_by(X509* certificate, X509* issuer) {
  return X509_verify(certificate, X509_get0_pubkey(issuer)) == 1;
}

Response created(const Context& context) {
  Response response;
  response.status = 201;
  response.location = context.request.raw_path();
  return response;
}

Response put_certificate(Context& context) {
  TlsIdentity identity = context.instance.tls();
  auto chain = read_certificate_chain(context.request.body);
  if (chain.empty()) throw Failure(400, "empty certificate chain");
  if (X509_check_private_key(chain.front().get(), identity.key.get()) != 1)
    throw Failure(400, "public key in certificate does not match private key.");
  if (const auto ca = context.store.cluster_ca()) {
    if (!is_signed_by(chain.front().get(), read_certificate_chain(*ca).front().get()))
      throw Failure(412, "certificate is not signed by the cluster CA");
  }
  identity.chain = std::move(chain);
  context.instance.set_tls(std::move(identity));
  Response response = created(context);
  response.afterwards = Afterwards::kNewCertificate;
  return response;
}

Response post_csr(Context& context) {
  const CsrSubject subject = read_csr_request(parse_body(context));
  const TlsIdentity identity = context.instance.tls();
  return typed_response(kPem, build_csr_pem(identity.key.get(), tls_digest(identity.key.get()), subject,
                                            context.profile.clusters));
}

const KeyTypeRow& read_tls_key_type(const nlohmann::json& value) {
  const KeyTypeRow* row = value.is_string() ? find_key_type(value.get_ref<const std::string&>()) : nullptr;
  if (row == nullptr) throw SchemaError("Json.key_type");
  return *row;
}

Response generate(Context& context) {
  const auto body = parse_body(context);
  const JsonRecord record(body, "Json.tls_generate_key_req", {"type", "length"});
  const std::int64_t length = record.integer_or("length", 0);
  const KeyTypeRow& row = read_tls_key_type(record.required("type", "typ"));
  if (row.type == KeyType::kGeneric || row.type == KeyType::kEcP224 || row.type == KeyType::kEcP256K1)
    throw Failure(400, "Unsupported key type '\"" + std::string(row.name) + "\"' for TLS");
  if (row.type == KeyType::kRsa && (length < kMinRsaBits || length > kMaxRsaBits))
    throw Failure(400, "Length must be between 1024 and 8192.");
  if (context.store.cluster_ca()) throw Failure(412, "a cluster CA is set");
  const KeyMaterialPtr material = generate_key(row.type, static_cast<std::size_t>(length));
  context.instance.set_tls(TlsIdentity::self_signed(std::shared_ptr<EVP_PKEY>(material, material->pkey())));
  Response response = no_content();
  response.afterwards = Afterwards::kNewCertificate;
  return response;
}

Response get_cluster_ca(Context& context) {
  auto pem = context.store.cluster_ca();
  if (!pem) throw Failure(404, "cluster CA is absent unless configured");
  return typed_response(kPem, std::move(*pem));
}

Response put_cluster_ca(Context& context) {
  const auto chain = read_certificate_chain(context.request.body);
  if (chain.empty()) throw Failure(400, "No certificate");
  X509* ca = chain.front().get();
  if (X509_check_ca(ca) == 0) throw Failure(400, "not a CA certificate");
  if (!is_signed_by(context.instance.tls().chain.front().get(), ca))
    throw Failure(412, "the TLS certificate is not signed by this CA");
  context.store.set_cluster_ca(context.request.body);
  return created(context);
}

constexpr std::string_view kAcceptsPem[] = {kPem};

constexpr Route kRoutes[] = {
    {.pattern = "/config/tls/public.pem",
     .allow = "GET,HEAD",
     .read_roles = kAdministrator,
     .root_only = true,
     .produces = kPem,
     .tagged = true,
     .get = get_public_key},
    {.pattern = "/config/tls/cert.pem",
     .allow = "GET,PUT",
     .read_roles = kAdministrator,
     .write_roles = kAdministrator,
     .root_only = true,
     .produces = kPem,
     .tagged = true,
     .accepts = kAcceptsPem,
     .get = get_certificate,
     .put = put_certificate},
    {.pattern = "/config/tls/csr.pem",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kAdministrator,
     .root_only = true,
     .produces = kPem,
     .post = post_csr},
    {.pattern = "/config/tls/generate",
     .allow = "POST",
     .no_cache = true,
     .write_roles = kAdministrator,
     .root_only = true,
     .post = generate},
    {.pattern = "/config/tls/cluster-ca.pem",
     .allow = "GET,PUT",
     .version = Version::kSince4_0,
     .read_roles = kAdministrator,
     .write_roles = kAdministrator,
     .root_only = true,
     .produces = kPem,
     .accepts = kAcceptsPem,
     .get = get_cluster_ca,
     .put = put_cluster_ca},
};

}  // namespace

std::span<const Route> config_tls_routes() { return kRoutes; }

}  // namespace nethsm::simulator
