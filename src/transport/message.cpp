// SPDX-License-Identifier: Apache-2.0
#include "transport/message.h"

#include <openssl/evp.h>

namespace nethsm::transport {

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

Authorization basic_authorization(std::string_view user, const Secret& passphrase) {
  constexpr std::string_view kScheme = "Basic ";
  const auto secret = passphrase.reveal();
  SecretBytes pair;
  pair.reserve(user.size() + 1 + secret.size());  // no copies are left behind by growing
  append(pair, user);
  pair.push_back(':');
  append(pair, secret);

  const auto encoded_size = 4 * ((pair.size() + 2) / 3);
  SecretBytes header(kScheme.size() + encoded_size + 1);  // EVP_EncodeBlock adds a NUL
  std::copy(kScheme.begin(), kScheme.end(), header.begin());
  EVP_EncodeBlock(header.data() + kScheme.size(), pair.data(), static_cast<int>(pair.size()));
  header.pop_back();
  return std::make_shared<const Secret>(std::move(header));
}

}  // namespace nethsm::transport
