// SPDX-License-Identifier: Apache-2.0
#include "generator.h"

namespace nethsm::differential {
namespace {

constexpr CK_OBJECT_HANDLE kNoSuchObject = 88888;

constexpr CK_ATTRIBUTE_TYPE kAttributes[] = {CKA_CLASS,
                                             CKA_TOKEN,
                                             CKA_PRIVATE,
                                             CKA_LABEL,
                                             CKA_ID,
                                             CKA_KEY_TYPE,
                                             CKA_MODULUS,
                                             CKA_MODULUS_BITS,
                                             CKA_PUBLIC_EXPONENT,
                                             CKA_EC_PARAMS,
                                             CKA_EC_POINT,
                                             CKA_VALUE,
                                             CKA_VALUE_LEN,
                                             CKA_SENSITIVE,
                                             CKA_EXTRACTABLE,
                                             CKA_ALWAYS_SENSITIVE,
                                             CKA_NEVER_EXTRACTABLE,
                                             CKA_SIGN,
                                             CKA_VERIFY,
                                             CKA_ENCRYPT,
                                             CKA_DECRYPT,
                                             CKA_WRAP,
                                             CKA_UNWRAP,
                                             CKA_DERIVE,
                                             CKA_LOCAL,
                                             CKA_MODIFIABLE,
                                             CKA_ALWAYS_AUTHENTICATE,
                                             CKA_CERTIFICATE_TYPE,
                                             CKA_SUBJECT,
                                             CKA_ISSUER,
                                             CKA_SERIAL_NUMBER,
                                             CKA_TRUSTED,
                                             CKA_PRIVATE_EXPONENT,
                                             CKA_PRIME_1,
                                             CKA_COEFFICIENT,
                                             CKA_PRIME,
                                             CKA_VENDOR_DEFINED | 0x7777};

CK_OBJECT_HANDLE handle_of(const Side& side, const std::string& name) {
  const CK_OBJECT_HANDLE handle = side.object(name);
  return handle != CK_INVALID_HANDLE ? handle : kNoSuchObject;
}

// A session object that lives for this call only: what it was to make it, and to destroy it again.
Outcome create_and_destroy(Side& side, int session, Attributes attributes, bool null_template,
                           bool null_handle) {
  const CK_SESSION_HANDLE handle = session_handle(side, session);
  CK_OBJECT_HANDLE object = 0;
  const CK_RV rv = side.c.C_CreateObject(handle, null_template ? nullptr : attributes.data(),
                                         attributes.size(), null_handle ? nullptr : &object);
  if (rv != CKR_OK) {
    side.destroy_session_objects();
    return {rv, {}, {}};
  }
  return {rv, {side.c.C_DestroyObject(handle, object)}, {}};
}

Attributes changed(std::size_t which) {
  switch (which) {
    case 0:
      return Attributes().number(CKA_CLASS, CKO_DATA);
    case 1:
      return Attributes().number(CKA_KEY_TYPE, CKK_DES3);
    case 2:
      return Attributes().flag(CKA_SENSITIVE, false);
    case 3:
      return Attributes().flag(CKA_EXTRACTABLE, true);
    case 4:
      return Attributes().flag(CKA_TOKEN, false);
    case 5:
      return Attributes().flag(CKA_LOCAL, true);
    default:
      return Attributes().text(CKA_MODULUS, "not a modulus");
  }
}

}  // namespace

Step Generator::find_init() {
  Step step{"C_FindObjectsInit", "", {}};
  Attributes wanted;
  const CK_OBJECT_CLASS object_class =
      pick<CK_OBJECT_CLASS>({CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY, CKO_CERTIFICATE, CKO_DATA});
  if (chance(50)) wanted.number(CKA_CLASS, object_class);
  if (wanted.size() == 0 || chance(50)) {
    const std::string& id = world_.keys[below(world_.keys.size())].id;
    wanted.text(chance(50) ? CKA_ID : CKA_LABEL, chance(10) ? id + "x" : id);
  }
  const bool null = chance(3);
  step.text = std::to_string(wanted.size()) + " attributes" + (null ? ", NULL" : "");
  step.session = chance(80) ? idle_session() : any_session();
  step.operation = Operation::kFind;
  step.phase = Phase::kInit;
  step.call = [=, session = step.session](Side& side) {
    Attributes copy = wanted;
    return Outcome{
        side.c.C_FindObjectsInit(session_handle(side, session), null ? nullptr : copy.data(), copy.size()),
        {},
        {}};
  };
  return step;
}

Step Generator::find_objects() {
  const CK_ULONG most = pick<CK_ULONG>({0, 1, 2, 5, 100});
  const bool null_list = chance(3), null_count = chance(3);
  Step step{"C_FindObjects",
            std::to_string(most) + (null_list ? ", NULL" : "") + (null_count ? ", no count" : ""),
            {}};
  step.session = any_session();
  for (int i = 0; i < kSessions && chance(90); ++i) {
    if (model_[static_cast<std::size_t>(i)].active.contains(Operation::kFind)) step.session = i;
  }
  step.operation = Operation::kFind;
  step.phase = Phase::kUpdate;
  step.call = [=, session = step.session](Side& side) {
    CK_OBJECT_HANDLE list[100];
    CK_ULONG count = 0;
    const CK_RV rv = side.c.C_FindObjects(session_handle(side, session), null_list ? nullptr : list, most,
                                          null_count ? nullptr : &count);
    return Outcome{rv, {count}, {}};
  };
  return step;
}

Step Generator::find_final() {
  Step step{"C_FindObjectsFinal", "", {}};
  step.session = any_session();
  for (int i = 0; i < kSessions && chance(90); ++i) {
    if (model_[static_cast<std::size_t>(i)].active.contains(Operation::kFind)) step.session = i;
  }
  step.operation = Operation::kFind;
  step.phase = Phase::kFinal;
  step.call = [session = step.session](Side& side) {
    return Outcome{side.c.C_FindObjectsFinal(session_handle(side, session)), {}, {}};
  };
  return step;
}

Step Generator::get_attributes() {
  enum class Room : CK_ULONG { kNone = 0, kShort = 1, kNoBuffer = 2, kAmple = 2000 };
  const std::string object = any_object();
  std::vector<std::pair<CK_ATTRIBUTE_TYPE, Room>> wanted(chance(60) ? 1 : 1 + below(5));
  Step step{"C_GetAttributeValue", object + " {", {}};
  for (auto& [type, room] : wanted) {
    type = kAttributes[below(std::size(kAttributes))];
    room = pick({Room::kAmple, Room::kAmple, Room::kAmple, Room::kNoBuffer, Room::kShort, Room::kNone});
    step.attributes.push_back(type);
    step.text += " " + std::to_string(type) + ":" + std::to_string(static_cast<CK_ULONG>(room));
  }
  const bool null = chance(1);
  step.text += null ? " } NULL" : " }";
  step.key = object;
  step.session = any_session();
  step.call = [=, session = step.session](Side& side) {
    std::vector<Bytes> buffers(wanted.size(), Bytes(2000));
    std::vector<CK_ATTRIBUTE> attributes;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto [type, room] = wanted[i];
      const bool no_buffer = room == Room::kNoBuffer;
      attributes.push_back(
          {type, no_buffer ? nullptr : buffers[i].data(), no_buffer ? 0 : static_cast<CK_ULONG>(room)});
    }
    Outcome outcome{side.c.C_GetAttributeValue(session_handle(side, session), handle_of(side, object),
                                               null ? nullptr : attributes.data(), attributes.size()),
                    {},
                    {}};
    if (outcome.rv == CKR_SESSION_HANDLE_INVALID || outcome.rv == CKR_OBJECT_HANDLE_INVALID) return outcome;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const CK_ULONG length = attributes[i].ulValueLen;
      outcome.numbers.push_back(length);
      const bool given = attributes[i].pValue != nullptr && length != CK_UNAVAILABLE_INFORMATION;
      buffers[i].resize(given ? length : 0);
      outcome.parts.push_back(buffers[i]);
    }
    return outcome;
  };
  return step;
}

Step Generator::set_attributes() {
  const std::string object = any_object();
  const std::size_t which = below(7);
  const bool null = chance(5);
  Step step{"C_SetAttributeValue", object + ", change " + std::to_string(which) + (null ? ", NULL" : ""), {}};
  step.session = any_session();
  step.key = object;
  step.call = [=, session = step.session](Side& side) {
    Attributes changes = changed(which);
    return Outcome{side.c.C_SetAttributeValue(session_handle(side, session), handle_of(side, object),
                                              null ? nullptr : changes.data(), changes.size()),
                   {},
                   {}};
  };
  return step;
}

Step Generator::object_size() {
  const std::string object = any_object();
  const bool null = chance(10);
  Step step{"C_GetObjectSize", object + (null ? ", NULL" : ""), {}};
  step.session = any_session();
  step.call = [=, session = step.session](Side& side) {
    CK_ULONG bytes = 0;
    return Outcome{side.c.C_GetObjectSize(session_handle(side, session), handle_of(side, object),
                                          null ? nullptr : &bytes),
                   {},
                   {}};
  };
  return step;
}

// A public key of the session, or something that cannot be one.
Step Generator::create_object() {
  const bool null_template = chance(5), null_handle = chance(5);
  Attributes attributes;
  std::string text;
  const auto add = [&](const char* name, Attributes& (Attributes::*function)(CK_ATTRIBUTE_TYPE, CK_ULONG),
                       CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    if (chance(8)) return;  // forgotten
    text += std::string(" ") + name;
    (attributes.*function)(type, value);
  };
  add("class", &Attributes::number, CKA_CLASS, chance(5) ? 4711 : CKO_PUBLIC_KEY);
  add("type", &Attributes::number, CKA_KEY_TYPE, chance(5) ? 4711 : CKK_RSA);
  attributes.flag(CKA_TOKEN, false).flag(CKA_PRIVATE, false);
  if (!chance(8)) attributes.bytes(CKA_MODULUS, *from_hex("c3" + std::string(510, '7'))), text += " modulus";
  if (!chance(8)) attributes.bytes(CKA_PUBLIC_EXPONENT, *from_hex("010001")), text += " exponent";
  if (chance(5)) attributes.text(CKA_VENDOR_DEFINED | 0x7777, "x"), text += " unknown";
  Step step{"C_CreateObject", text + (null_template ? " NULL" : "") + (null_handle ? " no handle" : ""), {}};
  step.session = any_session();
  step.call = [=, session = step.session](Side& side) {
    return create_and_destroy(side, session, attributes, null_template, null_handle);
  };
  return step;
}

// Objects that exist stay: only sessions that may not destroy them ask for it.
Step Generator::destroy_object() {
  Step step{"C_DestroyObject", "nothing", {}};
  step.session = any_session();
  std::string object = "nothing";
  if (step.session >= 0 && (model_[static_cast<std::size_t>(step.session)].flags & CKF_RW_SESSION) == 0) {
    object = any_object();
  }
  step.text = object;
  step.call = [=, session = step.session](Side& side) {
    return Outcome{side.c.C_DestroyObject(session_handle(side, session), handle_of(side, object)), {}, {}};
  };
  return step;
}

// Templates and mechanisms that no key comes from.
Step Generator::generate() {
  enum class Mistake {
    kNoMechanism,
    kNoTemplate,
    kNoHandle,
    kWrongMechanism,
    kUnknownMechanism,
    kIncomplete,
    kLength
  };
  const Mistake mistake =
      pick({Mistake::kNoMechanism, Mistake::kNoTemplate, Mistake::kNoHandle, Mistake::kWrongMechanism,
            Mistake::kUnknownMechanism, Mistake::kIncomplete, Mistake::kLength});
  Step step{"C_GenerateKey", "mistake " + std::to_string(static_cast<int>(mistake)), {}};
  step.session = any_session();
  step.call = [=, session = step.session](Side& side) {
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    if (mistake == Mistake::kWrongMechanism) mechanism.mechanism = CKM_RSA_PKCS_KEY_PAIR_GEN;
    if (mistake == Mistake::kUnknownMechanism) mechanism.mechanism = CKM_VENDOR_DEFINED | 0x7777;
    Attributes attributes;
    attributes.flag(CKA_TOKEN, true);
    if (mistake != Mistake::kIncomplete)
      attributes.number(CKA_VALUE_LEN, mistake == Mistake::kLength ? 5 : 16);
    CK_OBJECT_HANDLE key = 0;
    return Outcome{side.c.C_GenerateKey(session_handle(side, session),
                                        mistake == Mistake::kNoMechanism ? nullptr : &mechanism,
                                        mistake == Mistake::kNoTemplate ? nullptr : attributes.data(),
                                        attributes.size(), mistake == Mistake::kNoHandle ? nullptr : &key),
                   {},
                   {}};
  };
  return step;
}

}  // namespace nethsm::differential
