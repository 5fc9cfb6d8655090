// SPDX-License-Identifier: Apache-2.0
#include "bench/operations.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "crypto/public_operations.h"

namespace nethsm::bench {
namespace {

const Bytes kP256 = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};  // CKA_EC_PARAMS
const Bytes kEd25519 = {0x06, 0x03, 0x2b, 0x65, 0x70};

CK_BYTE* in(ByteView bytes) { return const_cast<CK_BYTE*>(bytes.data()); }

Work sign(const Session& session, const Material& material, const char* kind, CK_MECHANISM_TYPE type,
          ByteView data) {
  const auto key = session.find_one(CKO_PRIVATE_KEY, material.id(kind));
  return [&session, key, type, data] {
    CK_MECHANISM mechanism{type, nullptr, 0};
    std::array<CK_BYTE, 1024> signature;
    CK_ULONG length = signature.size();
    must(session.module()->C_SignInit(session.handle(), &mechanism, key), "C_SignInit");
    must(session.module()->C_Sign(session.handle(), in(data), data.size(), signature.data(), &length),
         "C_Sign");
  };
}
std::optional<Exchange> sign(const Material& material, const char* kind, const char* mode, ByteView data) {
  return Exchange{"POST", "/keys/" + material.id(kind) + "/sign",
                  std::string(R"({"mode":")") + mode + R"(","message":")" + to_base64(data) + "\"}"};
}

Work decrypt(const Session& session, const Material& material) {
  const auto key = session.find_one(CKO_PRIVATE_KEY, material.id("rsa2048"));
  return [&session, &material, key] {
    CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
    std::array<CK_BYTE, 1024> plaintext;
    CK_ULONG length = plaintext.size();
    must(session.module()->C_DecryptInit(session.handle(), &mechanism, key), "C_DecryptInit");
    must(session.module()->C_Decrypt(session.handle(), in(material.ciphertext), material.ciphertext.size(),
                                     plaintext.data(), &length),
         "C_Decrypt");
  };
}
std::optional<Exchange> decrypt(const Material& material) {
  return Exchange{"POST", "/keys/" + material.id("rsa2048") + "/decrypt",
                  R"({"mode":"PKCS1","encrypted":")" + to_base64(material.ciphertext) + "\"}"};
}

Work encrypt(const Session& session, const Material& material) {
  const auto key = session.find_one(CKO_SECRET_KEY, material.id("aes"));
  return [&session, &material, key] {
    CK_MECHANISM mechanism{CKM_AES_CBC, in(material.iv), material.iv.size()};
    std::array<CK_BYTE, 1024> ciphertext;
    CK_ULONG length = ciphertext.size();
    must(session.module()->C_EncryptInit(session.handle(), &mechanism, key), "C_EncryptInit");
    must(session.module()->C_Encrypt(session.handle(), in(material.kibibyte), material.kibibyte.size(),
                                     ciphertext.data(), &length),
         "C_Encrypt");
  };
}
std::optional<Exchange> encrypt(const Material& material) {
  return Exchange{"POST", "/keys/" + material.id("aes") + "/encrypt",
                  R"({"mode":"AES_CBC","message":")" + to_base64(material.kibibyte) + R"(","iv":")" +
                      to_base64(material.iv) + "\"}"};
}

Work random(const Session& session, const Material&) {
  return [&session] {
    std::array<CK_BYTE, 32> bytes;
    must(session.module()->C_GenerateRandom(session.handle(), bytes.data(), bytes.size()),
         "C_GenerateRandom");
  };
}

Work find_id(const Session& session, const Material& material) {
  return [&session, id = material.id("p256")] { session.find_one(CKO_PRIVATE_KEY, id); };
}
Work find_label(const Session& session, const Material& material) {
  return [&session, id = material.id("p256")] {
    if (session.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY).add(CKA_LABEL, id)).empty()) {
      throw std::runtime_error("the key is not found by its label");
    }
  };
}

Work list(const Session& session, const Material&) {
  return [&session] { session.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY)); };
}
// With a run of the module of its own each time, so that nothing is known.
Work list_cold(const Session& session, const Material&) {
  return [&session] {
    auto& module = const_cast<Module&>(session.module());
    module.finalize();
    module.initialize();
    const Session fresh(module, session.slot(), std::nullopt);
    fresh.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY));
  };
}

Work generate(const Session& session, const Material& material) {
  static std::atomic<unsigned> counter{0};
  return [&session, &material] {
    const std::string id = material.id("new-") + std::to_string(counter.fetch_add(1));
    session.generate_pair(CKM_EC_KEY_PAIR_GEN, id, Attributes().add(CKA_EC_PARAMS, kP256));
    session.destroy(id);
  };
}

Work open_session(const Session& session, const Material&) {
  return [&session] { const Session another(session.module(), session.slot(), std::nullopt); };
}

constexpr auto kNoExchange = nullptr;

const Operation kOperations[] = {
    {"sign-p256", "C_Sign, ECDSA with P-256", "p256",
     [](const Session& s, const Material& m) { return sign(s, m, "p256", CKM_ECDSA, m.digest); },
     [](const Material& m) { return sign(m, "p256", "ECDSA", m.digest); }},
    {"sign-rsa2048", "C_Sign, RSA PKCS #1 with 2048 bits", "rsa2048",
     [](const Session& s, const Material& m) { return sign(s, m, "rsa2048", CKM_RSA_PKCS, m.digest_info); },
     [](const Material& m) { return sign(m, "rsa2048", "PKCS1", m.digest_info); }},
    {"sign-rsa4096", "C_Sign, RSA PKCS #1 with 4096 bits", "rsa4096",
     [](const Session& s, const Material& m) { return sign(s, m, "rsa4096", CKM_RSA_PKCS, m.digest_info); },
     [](const Material& m) { return sign(m, "rsa4096", "PKCS1", m.digest_info); }},
    {"sign-ed25519", "C_Sign, Ed25519", "ed25519",
     [](const Session& s, const Material& m) { return sign(s, m, "ed25519", CKM_EDDSA, m.digest); },
     [](const Material& m) { return sign(m, "ed25519", "EdDSA", m.digest); }},
    {"decrypt-rsa2048", "C_Decrypt, RSA PKCS #1 with 2048 bits", "rsa2048", decrypt, decrypt},
    {"encrypt-aes", "C_Encrypt, AES-CBC of 1 KiB", "aes", encrypt, encrypt},
    {"random", "C_GenerateRandom of 32 bytes", "", random,
     [](const Material&) -> std::optional<Exchange> {
       return Exchange{"POST", "/random", R"({"length":32})"};
     }},
    {"find-id", "search for a private key by CKA_ID", "p256", find_id,
     [](const Material& m) -> std::optional<Exchange> {
       return Exchange{"GET", "/keys/" + m.id("p256"), ""};
     }},
    {"find-label", "search for a private key by CKA_LABEL", "p256", find_label, kNoExchange},
    {"list", "search for all private keys, once they are known", "p256", list,
     [](const Material&) -> std::optional<Exchange> {
       return Exchange{"GET", "/keys", ""};
     }},
    {"list-cold", "C_Finalize, C_Initialize and a search for all private keys", "p256", list_cold,
     kNoExchange, true},
    {"generate", "C_GenerateKeyPair with P-256, and C_DestroyObject", "", generate, kNoExchange},
    {"session", "C_OpenSession and C_CloseSession", "", open_session, kNoExchange},
};

void make_key(const Session& session, const Material& material, std::string_view kind) {
  const std::string id = material.id(kind);
  if (!session.find(Attributes().add(CKA_ID, id)).empty()) return;
  const auto rsa = [&](CK_ULONG bits) {
    session.generate_pair(
        CKM_RSA_PKCS_KEY_PAIR_GEN, id,
        Attributes().number(CKA_MODULUS_BITS, bits).add(CKA_PUBLIC_EXPONENT, Bytes{1, 0, 1}));
  };
  if (kind == "rsa2048") rsa(2048);
  if (kind == "rsa4096") rsa(4096);
  if (kind == "aes") session.generate_aes(id);
  if (kind == "p256") {
    session.generate_pair(CKM_EC_KEY_PAIR_GEN, id, Attributes().add(CKA_EC_PARAMS, kP256));
  }
  if (kind == "ed25519") {
    session.generate_pair(CKM_EC_EDWARDS_KEY_PAIR_GEN, id, Attributes().add(CKA_EC_PARAMS, kEd25519));
  }
}

constexpr std::string_view kKinds[] = {"p256", "rsa2048", "rsa4096", "ed25519", "aes"};

// The number of all keys is made up with keys of a kind that devices make fast.
std::string filler_id(const Material& material, unsigned number) {
  return material.id("filler-") + std::to_string(number);
}

Bytes encrypted_for(const Session& session, const std::string& id) {
  const auto key = session.find_one(CKO_PUBLIC_KEY, id);
  const crypto::RsaPublicKey public_key{session.attribute(key, CKA_MODULUS),
                                        session.attribute(key, CKA_PUBLIC_EXPONENT)};
  const auto ciphertext = crypto::encrypt_rsa_pkcs1(public_key, as_bytes("thirty-two bytes to be encrypted"));
  if (!ciphertext) throw std::runtime_error("OpenSSL does not encrypt");
  return *ciphertext;
}

}  // namespace

std::span<const Operation> operations() { return kOperations; }
const Operation* find_operation(std::string_view name) {
  const auto found = std::ranges::find(kOperations, name, &Operation::name);
  return found == std::end(kOperations) ? nullptr : found;
}

Material make_material(const Session& session, std::span<const Operation* const> wanted,
                       const std::string& prefix, unsigned keys) {
  Material material;
  material.prefix = prefix.empty() ? "p11bench-" + std::to_string(getpid()) + "-" : prefix;
  material.digest.fill(0x42);
  material.digest_info = *from_hex("3031300d060960864801650304020105000420");
  material.digest_info.insert(material.digest_info.end(), material.digest.begin(), material.digest.end());
  const auto needed = [&](std::string_view kind) {
    return std::ranges::any_of(wanted, [&](const Operation* operation) { return operation->key == kind; });
  };
  for (const auto kind : kKinds) {
    if (needed(kind)) make_key(session, material, kind);
  }
  if (needed("rsa2048")) material.ciphertext = encrypted_for(session, material.id("rsa2048"));
  if (keys == 0) return material;
  const auto present = session.find(Attributes().number(CKA_CLASS, CKO_PRIVATE_KEY)).size();
  for (auto count = present; count < keys; ++count) {
    session.generate_pair(CKM_EC_KEY_PAIR_GEN, filler_id(material, material.fillers++),
                          Attributes().add(CKA_EC_PARAMS, kP256));
  }
  return material;
}

void destroy_material(const Session& session, const Material& material, bool keep_keys) {
  if (keep_keys) return;
  for (const auto kind : kKinds) session.destroy(material.id(kind));
  for (unsigned number = 0; number < material.fillers; ++number) session.destroy(filler_id(material, number));
}

}  // namespace nethsm::bench
