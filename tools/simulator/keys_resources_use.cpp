// SPDX-License-Identifier: Apache-2.0
#include "simulator/key_crypto_rsa.h"
#include "simulator/keys_resources.h"

namespace nethsm::simulator {
namespace {

Response answer_use(Context& context, Use use, std::string_view event) {
  const KeyRecordPtr key = require_key(context);
  const UseRequest request = read_use_request(parse_body(context), use);
  try {
    Response response = json_response(use_key(*key, use, request, context.user->tags));
    context.instance.metrics.count(event);
    return response;
  } catch (const TagsNotMet& refusal) {
    throw Failure(403, refusal.what());
  }
}

}  // namespace

Response sign_with_key(Context& context) { return answer_use(context, Use::kSign, "sign"); }
Response decrypt_with_key(Context& context) { return answer_use(context, Use::kDecrypt, "decrypt"); }
Response encrypt_with_key(Context& context) { return answer_use(context, Use::kEncrypt, "encrypt"); }

Response request_certificate(Context& context) {
  const KeyRecordPtr key = require_key(context);
  const CsrSubject subject = read_csr_request(parse_body(context));
  if (subject.common_name.empty()) throw Failure(400, "JSON field commonName is empty.");
  EVP_PKEY* pkey = key->material->pkey();
  if (pkey == nullptr) throw Failure(400, "Generic keys can't create certificates");
  const EVP_MD* digest = evp_digest(key_type_row(key->material->type()).digest);
  return typed_response(kPem, build_csr_pem(pkey, digest, subject, context.profile.clusters));
}

}  // namespace nethsm::simulator
