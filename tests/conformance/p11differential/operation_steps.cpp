// SPDX-License-Identifier: Apache-2.0
// Init, one-shot, Update and Final of the five kinds of operation.
#include "generator.h"

namespace nethsm::differential {
namespace {

constexpr CK_OBJECT_HANDLE kNoSuchObject = 88888;
constexpr std::uint8_t kFill = 0xA5;
constexpr CK_ULONG kAmple = 2048;

// Empty data have an address, too.
CK_BYTE* at(const Bytes& data) {
  static CK_BYTE nothing = 0;
  return data.empty() ? &nothing : test::in(data);
}

struct Functions {
  const char* init;
  const char* one_shot;
  const char* update;
  const char* final;
};
constexpr Functions names(Operation operation) {
  switch (operation) {
    case Operation::kEncrypt:
      return {"C_EncryptInit", "C_Encrypt", "C_EncryptUpdate", "C_EncryptFinal"};
    case Operation::kDecrypt:
      return {"C_DecryptInit", "C_Decrypt", "C_DecryptUpdate", "C_DecryptFinal"};
    case Operation::kSign:
      return {"C_SignInit", "C_Sign", "C_SignUpdate", "C_SignFinal"};
    case Operation::kVerify:
      return {"C_VerifyInit", "C_Verify", "C_VerifyUpdate", "C_VerifyFinal"};
    default:
      return {"C_DigestInit", "C_Digest", "C_DigestUpdate", "C_DigestFinal"};
  }
}

CK_RV call_init(const CK_FUNCTION_LIST& c, Operation operation, CK_SESSION_HANDLE session,
                CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  switch (operation) {
    case Operation::kEncrypt:
      return c.C_EncryptInit(session, mechanism, key);
    case Operation::kDecrypt:
      return c.C_DecryptInit(session, mechanism, key);
    case Operation::kSign:
      return c.C_SignInit(session, mechanism, key);
    case Operation::kVerify:
      return c.C_VerifyInit(session, mechanism, key);
    default:
      return c.C_DigestInit(session, mechanism);
  }
}

auto one_shot_function(const CK_FUNCTION_LIST& c, Operation operation) {
  switch (operation) {
    case Operation::kEncrypt:
      return c.C_Encrypt;
    case Operation::kDecrypt:
      return c.C_Decrypt;
    case Operation::kSign:
      return c.C_Sign;
    default:
      return c.C_Digest;
  }
}

auto final_function(const CK_FUNCTION_LIST& c, Operation operation) {
  switch (operation) {
    case Operation::kEncrypt:
      return c.C_EncryptFinal;
    case Operation::kDecrypt:
      return c.C_DecryptFinal;
    case Operation::kSign:
      return c.C_SignFinal;
    default:
      return c.C_DigestFinal;
  }
}

// A buffer for the output: none, too small perhaps, or ample; or not even a length.
struct Room {
  CK_ULONG capacity = kAmple;
  bool is_null = false;
  bool no_length = false;

  std::string text() const {
    if (no_length) return ", no length";
    return is_null ? ", size query" : ", room for " + std::to_string(capacity);
  }
};

template <class Call>
Outcome filled(const Room& room, Call&& call) {
  Bytes out(kAmple, kFill);
  CK_ULONG length = room.capacity;
  Outcome outcome{call(room.is_null ? nullptr : out.data(), room.no_length ? nullptr : &length), {}, {}};
  const bool tells_length = outcome.rv == CKR_OK || outcome.rv == CKR_BUFFER_TOO_SMALL;
  if (tells_length && !room.no_length) outcome.numbers.push_back(length);
  if (outcome.rv == CKR_OK && !room.is_null && length <= kAmple) {
    out.resize(length);
    outcome.parts.push_back(std::move(out));
  }
  return outcome;
}

}  // namespace

Step Generator::init(Operation operation, int session, Mechanism mechanism, const std::string& key) {
  const bool null = chance(1);
  Step step{names(operation).init,
            std::string(mechanism.name) + " " + to_hex(mechanism.parameter) + ", " + key,
            {}};
  if (null) step.text += ", NULL";
  step.session = session;
  step.operation = operation;
  step.phase = Phase::kInit;
  step.mechanism = mechanism;
  step.key = key;
  step.call = [=](Side& side) {
    CK_MECHANISM copy = mechanism.get();
    const CK_OBJECT_HANDLE handle = side.object(key);
    return Outcome{call_init(side.c, operation, session_handle(side, session), null ? nullptr : &copy,
                             handle != CK_INVALID_HANDLE ? handle : kNoSuchObject),
                   {},
                   {}};
  };
  return step;
}

Step Generator::one_shot(Operation operation, int session, Bytes data) {
  Room room;
  if (chance(15)) room.is_null = true;
  if (chance(15)) room.capacity = pick<CK_ULONG>({0, 1, 15, 16, 31, 32, 63, 64, 255, 256});
  if (chance(1)) room.no_length = true;
  const bool null = chance(1);
  Step step{names(operation).one_shot, std::to_string(data.size()) + (null ? " NULL" : "") + room.text(), {}};
  step.session = session;
  step.operation = operation;
  step.phase = Phase::kOneShot;
  step.is_query = room.is_null;
  step.data = data;
  step.call = [=](Side& side) {
    return filled(room, [&](CK_BYTE* out, CK_ULONG* length) {
      return one_shot_function(side.c, operation)(session_handle(side, session), null ? nullptr : at(data),
                                                  data.size(), out, length);
    });
  };
  return step;
}

Step Generator::update(Operation operation, int session, Bytes data) {
  Room room;
  const bool gives = operation == Operation::kEncrypt || operation == Operation::kDecrypt;
  if (gives && chance(10)) room.is_null = true;
  if (gives && chance(10)) room.capacity = pick<CK_ULONG>({0, 15, 16, 32, 48});
  const bool null = chance(1);
  Step step{names(operation).update,
            std::to_string(data.size()) + (null ? " NULL" : "") + (gives ? room.text() : ""),
            {}};
  step.session = session;
  step.operation = operation;
  step.phase = Phase::kUpdate;
  step.is_query = room.is_null;
  step.data = data;
  step.call = [=](Side& side) {
    const CK_SESSION_HANDLE handle = session_handle(side, session);
    CK_BYTE* in = null ? nullptr : at(data);
    const CK_ULONG size = data.size();
    switch (operation) {
      case Operation::kSign:
        return Outcome{side.c.C_SignUpdate(handle, in, size), {}, {}};
      case Operation::kVerify:
        return Outcome{side.c.C_VerifyUpdate(handle, in, size), {}, {}};
      case Operation::kDigest:
        return Outcome{side.c.C_DigestUpdate(handle, in, size), {}, {}};
      default:
        break;
    }
    return filled(room, [&](CK_BYTE* out, CK_ULONG* length) {
      return (operation == Operation::kEncrypt ? side.c.C_EncryptUpdate : side.c.C_DecryptUpdate)(
          handle, in, size, out, length);
    });
  };
  return step;
}

Step Generator::final(Operation operation, int session) {
  Room room;
  if (chance(15)) room.is_null = true;
  if (chance(15)) room.capacity = pick<CK_ULONG>({0, 1, 15, 16, 31, 32, 63, 64, 255, 256});
  if (chance(1)) room.no_length = true;
  Step step{names(operation).final, room.text().substr(2), {}};
  step.session = session;
  step.operation = operation;
  step.phase = Phase::kFinal;
  step.is_query = room.is_null;
  step.call = [=](Side& side) {
    return filled(room, [&](CK_BYTE* out, CK_ULONG* length) {
      return final_function(side.c, operation)(session_handle(side, session), out, length);
    });
  };
  return step;
}

Step Generator::verify(int session, Bytes data, Bytes signature) {
  const bool null = chance(1);
  Step step{"C_Verify",
            std::to_string(data.size()) + ", " + std::to_string(signature.size()) + (null ? " NULL" : ""),
            {}};
  step.session = session;
  step.operation = Operation::kVerify;
  step.phase = Phase::kOneShot;
  step.call = [=](Side& side) {
    return Outcome{side.c.C_Verify(session_handle(side, session), at(data), data.size(),
                                   null ? nullptr : test::in(signature), signature.size()),
                   {},
                   {}};
  };
  return step;
}

Step Generator::verify_final(int session, Bytes signature) {
  Step step{"C_VerifyFinal", std::to_string(signature.size()), {}};
  step.session = session;
  step.operation = Operation::kVerify;
  step.phase = Phase::kFinal;
  step.call = [=](Side& side) {
    return Outcome{
        side.c.C_VerifyFinal(session_handle(side, session), test::in(signature), signature.size()), {}, {}};
  };
  return step;
}

// An Init out of order: any kind of operation, with a key that may not fit. SoftHSM2 crashes over keys of
// other types with ECDSA and EdDSA: these get theirs, or none.
Step Generator::any_init() {
  const Operation operation = pick(
      {Operation::kEncrypt, Operation::kDecrypt, Operation::kSign, Operation::kVerify, Operation::kDigest});
  const KeyKind kind = pick({KeyKind::kRsa, KeyKind::kEc, KeyKind::kEdwards, KeyKind::kAes});
  Mechanism mechanism = any_mechanism(operation, kind);
  if (chance(5)) mechanism = mechanism_with(CKM_VENDOR_DEFINED | 0x7777, "a vendor's");
  std::string object = any_object();
  if (mechanism.type == CKM_ECDSA || mechanism.type == CKM_EDDSA) {
    const SharedKey& key = any_key({kind});
    object = chance(20) ? "nothing" : chance(50) ? key.private_name() : key.public_name();
  }
  return init(operation, chance(90) ? idle_session() : any_session(), mechanism, object);
}

// A call out of order, which mostly finds no operation.
Step Generator::any_call() {
  const Operation operation = pick(
      {Operation::kEncrypt, Operation::kDecrypt, Operation::kSign, Operation::kVerify, Operation::kDigest});
  const int session = any_session();
  if (operation == Operation::kVerify) {
    if (chance(40)) return verify(session, some_data(), bytes(pick<std::size_t>({4, 64, 96, 256})));
    if (chance(50)) return verify_final(session, bytes(64));
  } else {
    if (chance(40)) return one_shot(operation, session, some_data());
    if (chance(50)) return final(operation, session);
  }
  return update(operation, session, some_data());
}

}  // namespace nethsm::differential
