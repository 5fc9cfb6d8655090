// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <random>

namespace nethsm::test::chaos {
namespace {

std::string code(CK_RV rv) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%lx", rv);
  return text;
}

// A session of a thread.
class Worker {
 public:
  explicit Worker(Arena& arena) : arena_(arena), c_(*arena.token.module.operator->()) {
    must(c_.C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_),
         "C_OpenSession");
  }
  ~Worker() { c_.C_CloseSession(session_); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Each returns what is wrong, or nothing.
  std::string sign(CK_MECHANISM_TYPE type, const Arena::StableKey& key,
                   const std::function<bool(ByteView)>& verifies) {
    CK_MECHANISM mechanism{type, nullptr, 0};
    Bytes signature(512);
    CK_ULONG length = signature.size();
    if (const CK_RV rv = c_.C_SignInit(session_, &mechanism, key.handles.private_key); rv != CKR_OK)
      return code(rv);
    if (const CK_RV rv = c_.C_Sign(session_, in(kData), kData.size(), signature.data(), &length);
        rv != CKR_OK)
      return code(rv);
    signature.resize(length);
    return verifies(signature) ? "" : "the signature is wrong";
  }

  std::string decrypt() {
    CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
    Bytes plain(256);
    CK_ULONG length = plain.size();
    const CK_RV begun = c_.C_DecryptInit(session_, &mechanism, arena_.rsa.handles.private_key);
    if (begun != CKR_OK) return code(begun);
    const auto& ciphertext = arena_.ciphertext;
    const CK_RV rv = c_.C_Decrypt(session_, in(ciphertext), ciphertext.size(), plain.data(), &length);
    if (rv != CKR_OK) return code(rv);
    plain.resize(length);
    return as_text(plain) == "secret" ? "" : "the plaintext is wrong";
  }

  std::string find(const std::string& id) {
    Attributes wanted;
    wanted.text(CKA_ID, id).number(CKA_CLASS, CKO_PRIVATE_KEY);
    CK_OBJECT_HANDLE found[4];
    CK_ULONG count = 0;
    if (const CK_RV rv = c_.C_FindObjectsInit(session_, wanted.data(), wanted.size()); rv != CKR_OK)
      return code(rv);
    const CK_RV rv = c_.C_FindObjects(session_, found, 4, &count);
    c_.C_FindObjectsFinal(session_);
    if (rv != CKR_OK) return code(rv);
    return count == 1 ? "" : "found " + std::to_string(count) + " keys";
  }

  std::string random() {
    Bytes bytes(24);
    const CK_RV rv = c_.C_GenerateRandom(session_, bytes.data(), bytes.size());
    return rv == CKR_OK ? "" : code(rv);
  }

  CK_RV generate(const std::string& id, CK_OBJECT_HANDLE& private_key) {
    CK_MECHANISM mechanism{CKM_EC_EDWARDS_KEY_PAIR_GEN, nullptr, 0};
    Attributes public_part, private_part;
    public_part.bytes(CKA_EC_PARAMS, kEd25519).flag(CKA_TOKEN, true).text(CKA_ID, id);
    private_part.flag(CKA_TOKEN, true).text(CKA_ID, id);
    CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
    return c_.C_GenerateKeyPair(session_, &mechanism, public_part.data(), public_part.size(),
                                private_part.data(), private_part.size(), &public_key, &private_key);
  }
  CK_RV destroy(CK_OBJECT_HANDLE object) { return c_.C_DestroyObject(session_, object); }

  const Bytes kData = to_bytes("what is to be signed");

 private:
  const Bytes kEd25519 = *from_hex("06032b6570");
  Arena& arena_;
  const CK_FUNCTION_LIST_3_2& c_;
  CK_SESSION_HANDLE session_ = CK_INVALID_HANDLE;
};

}  // namespace

Load::Load(Arena& arena, Kinds kinds) : arena_(arena), kinds_(kinds) {
  for (unsigned i = 0; i < kinds.users; ++i) users_.emplace_back([this, i] { use(i); });
  for (unsigned i = 0; i < kinds.writers; ++i) writers_.emplace_back([this, i] { write(i); });
}

Load::~Load() {
  stop_ = true;
  for (auto& thread : users_) thread.join();
  for (auto& thread : writers_) {
    if (thread.joinable()) thread.join();
  }
}

void Load::wait_for_writers() {
  for (auto& thread : writers_) thread.join();
}

void Load::timed(const char* what, const std::function<std::string()>& call) {
  const auto start = Clock::now();
  const auto problem = call();
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  if (!problem.empty()) arena_.findings.add(std::string(what) + ": " + problem);
  auto longest = longest_.load();
  while (took.count() > longest && !longest_.compare_exchange_weak(longest, took.count())) continue;
  if (took > seconds(1)) ++long_calls_;
}

void Load::use(unsigned seed) {
  Worker worker(arena_);
  const auto verifies_rsa = [&](ByteView signature) {
    return rsa_verifies(arena_.rsa.key, worker.kData, signature, {"SHA256"});
  };
  const auto verifies_ec = [&](ByteView signature) {
    return ecdsa_verifies(arena_.ec.key, worker.kData, signature, "SHA256");
  };
  const auto verifies_ed = [&](ByteView signature) {
    return eddsa_verifies(arena_.ed25519.key, worker.kData, signature);
  };
  for (unsigned step = seed; !stop_; ++step, ++calls_) {
    switch (step % 6) {
      case 0:
        timed("C_Sign RSA", [&] { return worker.sign(CKM_SHA256_RSA_PKCS, arena_.rsa, verifies_rsa); });
        break;
      case 1:
        timed("C_Sign ECDSA", [&] { return worker.sign(CKM_ECDSA_SHA256, arena_.ec, verifies_ec); });
        break;
      case 2:
        timed("C_Sign EdDSA", [&] { return worker.sign(CKM_EDDSA, arena_.ed25519, verifies_ed); });
        break;
      case 3:
        timed("C_Decrypt", [&] { return worker.decrypt(); });
        break;
      case 4:
        timed("C_FindObjects", [&] { return worker.find(arena_.ec.id); });
        break;
      default:
        timed("C_GenerateRandom", [&] { return worker.random(); });
    }
  }
}

// What a call reports is entered; at the end the devices must agree.
void Load::write(unsigned seed) {
  Worker worker(arena_);
  std::minstd_rand random(seed + 1);
  const auto enter_failure = [&](const std::string& id, bool existed) {
    ++failed_writes_;
    if (!kinds_.strict) return arena_.ledger.unclear(id);
    if (!existed) arena_.ledger.gone(id);  // reported as not done, so it must not exist
  };
  while (!stop_ && writes_++ < kinds_.writes) {
    const auto id = unique_id("w" + std::to_string(seed));
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    if (worker.generate(id, key) != CKR_OK) {
      enter_failure(id, false);
      continue;
    }
    arena_.ledger.exists(id);
    if (random() % 2 == 0 || stop_ || writes_++ >= kinds_.writes) continue;
    if (worker.destroy(key) == CKR_OK) {
      arena_.ledger.gone(id);
    } else {
      enter_failure(id, true);
    }
  }
}

}  // namespace nethsm::test::chaos
