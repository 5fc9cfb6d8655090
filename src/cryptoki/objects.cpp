// SPDX-License-Identifier: Apache-2.0
// Objects and searches (PKCS#11 v3.2 §5.7).
#include "cryptoki/arguments.h"
#include "cryptoki/entry.h"

namespace nethsm::cryptoki {
namespace {

// What stands for the size of an object: its largest part. The device does not say what it stores.
CK_ULONG object_size(const token::Object& object) {
  for (const CK_ATTRIBUTE_TYPE part : {CKA_MODULUS, CKA_EC_POINT, CKA_VALUE}) {
    if (const auto value = token::attribute_value(object, part)) return value->size();
  }
  return CK_UNAVAILABLE_INFORMATION;
}

}  // namespace
}  // namespace nethsm::cryptoki

using namespace nethsm::cryptoki;

extern "C" {

CK_RV C_CreateObject(CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount,
                     CK_OBJECT_HANDLE_PTR phObject) {
  return session_entry("C_CreateObject", hSession, [&](Session& session) -> Status {
    TRY(not_null(phObject));
    const Template object = TRY(Template::from(pTemplate, ulCount));
    TRY(session.may_create(object));
    *phObject = TRY(session.token().create_object(object, hSession));
    return Ok{};
  });
}

CK_RV C_CopyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate,
                   CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phNewObject) {
  return session_entry("C_CopyObject", hSession, [&](Session& session) -> Status {
    TRY(not_null(phNewObject));
    const Template changes = TRY(Template::from(pTemplate, ulCount));
    TRY(session.may_create(changes));
    *phNewObject = TRY(session.token().copy_object(hObject, changes, hSession));
    return Ok{};
  });
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject) {
  return session_entry(
      "C_DestroyObject", hSession,
      [&](Session& session) -> Status {
        TRY(session.may_change(hObject));
        return session.token().destroy_object(hObject);
      },
      AtExit::kOk);
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ULONG_PTR pulSize) {
  return session_entry("C_GetObjectSize", hSession, [&](Session& session) -> Status {
    TRY(not_null(pulSize));
    *pulSize = object_size(*TRY(session.token().object(hObject)));
    return Ok{};
  });
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate,
                          CK_ULONG ulCount) {
  return session_entry("C_GetAttributeValue", hSession, [&](Session& session) -> Status {
    TRY(not_null(pTemplate));
    const auto object = TRY(session.token().object(hObject));
    const CK_RV rv = nethsm::token::read_attributes(*object, std::span(pTemplate, ulCount));
    if (rv != CKR_OK) return fail(rv);
    return Ok{};
  });
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate,
                          CK_ULONG ulCount) {
  return session_entry("C_SetAttributeValue", hSession, [&](Session& session) -> Status {
    const Template changes = TRY(Template::from(pTemplate, ulCount));
    TRY(session.may_change(hObject));
    return session.token().set_attributes(hObject, changes);
  });
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount) {
  return session_entry("C_FindObjectsInit", hSession, [&](Session& session) -> Status {
    auto wanted = Template::from(pTemplate, ulCount);
    if (!wanted && wanted.error().rv == CKR_TEMPLATE_INCONSISTENT) {
      return fail(CKR_ATTRIBUTE_VALUE_INVALID, "the template wants two values of one attribute");
    }
    return session.find_init(TRY(std::move(wanted)));
  });
}

CK_RV C_FindObjects(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE_PTR phObject, CK_ULONG ulMaxObjectCount,
                    CK_ULONG_PTR pulObjectCount) {
  return session_entry("C_FindObjects", hSession, [&](Session& session) -> Status {
    TRY(not_null(phObject));
    TRY(not_null(pulObjectCount));
    *pulObjectCount = TRY(session.find(std::span(phObject, ulMaxObjectCount)));
    return Ok{};
  });
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE hSession) {
  return session_entry(
      "C_FindObjectsFinal", hSession, [](Session& session) { return session.find_final(); }, AtExit::kOk);
}

}  // extern "C"
