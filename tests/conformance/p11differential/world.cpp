// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <algorithm>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace nethsm::differential {
namespace {

struct Kind {
  const char* id;
  KeyKind kind;
  const char* ec_params;  // hex
  std::size_t bytes;      // of an AES key; of the private value of an EC key
};
constexpr Kind kKinds[] = {
    {"rsa", KeyKind::kRsa, "", 0},
    {"p256", KeyKind::kEc, "06082a8648ce3d030107", 32},
    {"p384", KeyKind::kEc, "06052b81040022", 48},
    {"ed25519", KeyKind::kEdwards, "06032b6570", 32},
    {"aes128", KeyKind::kAes, "", 16},
    {"aes256", KeyKind::kAes, "", 32},
};

simulator::Options three_instances() {
  simulator::Options options;
  options.instances = 3;
  options.demo = true;
  options.record = false;
  return options;
}

test::SlotOptions operator_by_pin(const simulator::Simulator& simulator) {
  test::SlotOptions slot = test::slot_of(simulator);
  slot.label = kTokenLabel;
  slot.operator_passphrase.reset();
  return slot;
}

test::EvpKey generate(const Kind& kind) {
  EVP_PKEY* key = nullptr;
  if (kind.kind == KeyKind::kRsa) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
  } else if (kind.kind == KeyKind::kEc) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.bytes == 32 ? "P-256" : "P-384");
  } else if (kind.kind == KeyKind::kEdwards) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  if (key == nullptr && kind.kind != KeyKind::kAes) throw std::runtime_error("no key is generated");
  return {key, EVP_PKEY_free};
}

Bytes number(const test::EvpKey& key, const char* name, std::size_t bytes = 0) {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &value) != 1) throw std::runtime_error(name);
  const auto needed = static_cast<std::size_t>(BN_num_bytes(value));
  Bytes out(bytes != 0 ? bytes : needed);
  BN_bn2binpad(value, out.data(), static_cast<int>(out.size()));
  BN_clear_free(value);
  return out;
}

Bytes raw(const test::EvpKey& key, bool is_private) {
  Bytes out(32);
  std::size_t length = out.size();
  (is_private ? EVP_PKEY_get_raw_private_key : EVP_PKEY_get_raw_public_key)(key.get(), out.data(), &length);
  return out;
}

Bytes octet_string(const Bytes& content) {
  Bytes der(2 + content.size());
  der[0] = 0x04;
  der[1] = static_cast<std::uint8_t>(content.size());
  std::copy(content.begin(), content.end(), der.begin() + 2);
  return der;
}

Bytes ec_point(const test::EvpKey& key) {
  Bytes point(256);
  std::size_t length = 0;
  if (EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                      &length) != 1) {
    throw std::runtime_error("no point");
  }
  point.resize(length);
  return point;
}

Attributes named(const std::string& id, CK_OBJECT_CLASS object_class, bool is_private) {
  Attributes attributes;
  attributes.number(CKA_CLASS, object_class).flag(CKA_TOKEN, true).flag(CKA_PRIVATE, is_private);
  return attributes.text(CKA_ID, id).text(CKA_LABEL, id);
}

Attributes private_part(const Kind& kind, const SharedKey& key) {
  Attributes a = named(key.id, kind.kind == KeyKind::kAes ? CKO_SECRET_KEY : CKO_PRIVATE_KEY, true);
  a.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false);
  switch (kind.kind) {
    case KeyKind::kRsa:
      a.number(CKA_KEY_TYPE, CKK_RSA).flag(CKA_SIGN, true).flag(CKA_DECRYPT, true);
      a.bytes(CKA_MODULUS, number(key.evp, OSSL_PKEY_PARAM_RSA_N));
      a.bytes(CKA_PUBLIC_EXPONENT, number(key.evp, OSSL_PKEY_PARAM_RSA_E));
      a.bytes(CKA_PRIVATE_EXPONENT, number(key.evp, OSSL_PKEY_PARAM_RSA_D));
      a.bytes(CKA_PRIME_1, number(key.evp, OSSL_PKEY_PARAM_RSA_FACTOR1));
      a.bytes(CKA_PRIME_2, number(key.evp, OSSL_PKEY_PARAM_RSA_FACTOR2));
      a.bytes(CKA_EXPONENT_1, number(key.evp, OSSL_PKEY_PARAM_RSA_EXPONENT1));
      a.bytes(CKA_EXPONENT_2, number(key.evp, OSSL_PKEY_PARAM_RSA_EXPONENT2));
      return a.bytes(CKA_COEFFICIENT, number(key.evp, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
    case KeyKind::kEc:
      a.number(CKA_KEY_TYPE, CKK_EC).flag(CKA_SIGN, true).bytes(CKA_EC_PARAMS, *from_hex(kind.ec_params));
      return a.bytes(CKA_VALUE, number(key.evp, OSSL_PKEY_PARAM_PRIV_KEY, kind.bytes));
    case KeyKind::kEdwards:
      a.number(CKA_KEY_TYPE, CKK_EC_EDWARDS).flag(CKA_SIGN, true);
      return a.bytes(CKA_EC_PARAMS, *from_hex(kind.ec_params)).bytes(CKA_VALUE, raw(key.evp, true));
    case KeyKind::kAes:
      break;
  }
  a.number(CKA_KEY_TYPE, CKK_AES).flag(CKA_ENCRYPT, true).flag(CKA_DECRYPT, true);
  return a.bytes(CKA_VALUE, key.value);
}

Attributes public_part(const Kind& kind, const SharedKey& key) {
  Attributes a = named(key.id, CKO_PUBLIC_KEY, false);
  a.flag(CKA_VERIFY, true);
  if (kind.kind == KeyKind::kRsa) {
    a.number(CKA_KEY_TYPE, CKK_RSA).flag(CKA_ENCRYPT, true);
    a.bytes(CKA_MODULUS, number(key.evp, OSSL_PKEY_PARAM_RSA_N));
    return a.bytes(CKA_PUBLIC_EXPONENT, number(key.evp, OSSL_PKEY_PARAM_RSA_E));
  }
  const bool edwards = kind.kind == KeyKind::kEdwards;
  a.number(CKA_KEY_TYPE, edwards ? CKK_EC_EDWARDS : CKK_EC).bytes(CKA_EC_PARAMS, *from_hex(kind.ec_params));
  return a.bytes(CKA_EC_POINT, octet_string(edwards ? raw(key.evp, false) : ec_point(key.evp)));
}

void log_in(Side& side) {
  const std::string pin = kUserPin;
  must(side.c.C_Login(side.anchor, CKU_USER, test::in(as_bytes(pin)), pin.size()), "C_Login");
}

// A new token of SoftHSM2, which names its slots anew.
void initialise_token(Side& side) {
  const std::string so = kSoPin, user = kUserPin;
  std::string label = kTokenLabel;
  label.resize(32, ' ');
  must(side.c.C_InitToken(0, test::in(as_bytes(so)), so.size(), test::in(as_bytes(label))), "C_InitToken");
  must(side.c.C_Finalize(nullptr), "C_Finalize");
  must(side.c.C_Initialize(nullptr), "C_Initialize");
  side.choose_token();
  side.reset();
  must(side.c.C_Login(side.anchor, CKU_SO, test::in(as_bytes(so)), so.size()), "C_Login");
  must(side.c.C_InitPIN(side.anchor, test::in(as_bytes(user)), user.size()), "C_InitPIN");
}

}  // namespace

std::string SharedKey::private_name() const {
  return id + "." + std::to_string(kind == KeyKind::kAes ? CKO_SECRET_KEY : CKO_PRIVATE_KEY);
}
std::string SharedKey::public_name() const { return id + "." + std::to_string(CKO_PUBLIC_KEY); }

SoftHsmDirectory::SoftHsmDirectory() {
  path_ = (std::filesystem::temp_directory_path() / "softhsm2-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary directory");
  std::filesystem::create_directory(path_ + "/tokens");
  std::ofstream(path_ + "/conf") << "directories.tokendir = " << path_ << "/tokens\nlog.level = ERROR\n";
  setenv("SOFTHSM2_CONF", (path_ + "/conf").c_str(), 1);
}
SoftHsmDirectory::~SoftHsmDirectory() { std::filesystem::remove_all(path_); }

World::World(const std::string& our_module, const std::string& softhsm_module)
    : simulator_(three_instances()),
      config_({operator_by_pin(simulator_)}, "log_level: Error\nlog_file: /dev/null\n"),
      ours(our_module),
      theirs(softhsm_module) {
  initialise_token(theirs);
  ours.choose_token();
  const Bytes certificate = test::any_certificate("differential");
  for (const Kind& kind : kKinds) {
    SharedKey key{kind.id, kind.kind, generate(kind), Bytes(kind.bytes)};
    RAND_bytes(key.value.data(), static_cast<int>(key.value.size()));
    keys.push_back(std::move(key));
  }
  for (Side* side : {&ours, &theirs}) {
    side->reset();
    log_in(*side);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      side->import(private_part(kKinds[i], keys[i]));
      if (keys[i].kind != KeyKind::kAes) side->import(public_part(kKinds[i], keys[i]));
    }
    Attributes object = named("rsa", CKO_CERTIFICATE, false);
    object.number(CKA_CERTIFICATE_TYPE, CKC_X_509).bytes(CKA_VALUE, certificate);
    side->import(object.bytes(CKA_SUBJECT, test::subject_of(certificate)));
    side->reset();
  }
}

const SharedKey& World::key(KeyKind kind) const {
  for (const SharedKey& key : keys) {
    if (key.kind == kind) return key;
  }
  throw std::runtime_error("no such key");
}

}  // namespace nethsm::differential
