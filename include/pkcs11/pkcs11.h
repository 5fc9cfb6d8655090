// SPDX-License-Identifier: Apache-2.0
#ifndef NETHSM_PKCS11_H
#define NETHSM_PKCS11_H

// The PKCS#11 interface, C99 and C++, for platforms with the System V ABI (no packing). Written from the facts of the
// OASIS standard "PKCS #11 Specification Version 3.2", whose authors are hereby credited; names, values and layouts
// are the standard's, text and arrangement ours. Sections (§) are those of that document.
//
//   pkcs11t.h   types and constants: general here, then pkcs11t_objects.h, pkcs11t_mechanisms.h, pkcs11t_parameters.h
//   pkcs11f.h   the functions as a list of macros
//   this file   their prototypes and the function lists

// §2 Platform macros.
#ifndef CK_PTR
#define CK_PTR *
#endif
#ifndef CK_DECLARE_FUNCTION
#define CK_DECLARE_FUNCTION(returnType, name) __attribute__((visibility("default"))) returnType name
#endif
#ifndef CK_DEFINE_FUNCTION
#define CK_DEFINE_FUNCTION(returnType, name) returnType name
#endif
#ifndef CK_DECLARE_FUNCTION_POINTER
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(CK_PTR name)
#endif
#ifndef CK_CALLBACK_FUNCTION
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(CK_PTR name)
#endif
#ifndef NULL_PTR
#ifdef __cplusplus
#define NULL_PTR nullptr
#else
#define NULL_PTR ((void*)0)
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#include "pkcs11f.h"
#include "pkcs11t.h"

// §5 For each C_Name: its prototype, and CK_C_Name, a pointer to such a function.
#define CK_DECLARE_PROTOTYPE(name, parameters, arguments) CK_DECLARE_FUNCTION(CK_RV, name) parameters;
#define CK_DECLARE_TYPE(name, parameters, arguments) typedef CK_DECLARE_FUNCTION_POINTER(CK_RV, CK_##name) parameters;
#define CK_DECLARE_MEMBER(name, parameters, arguments) CK_##name name;

CK_PKCS11_FUNCTIONS_2_40(CK_DECLARE_PROTOTYPE)
CK_PKCS11_FUNCTIONS_3_0(CK_DECLARE_PROTOTYPE)
CK_PKCS11_FUNCTIONS_3_2(CK_DECLARE_PROTOTYPE)

CK_PKCS11_FUNCTIONS_2_40(CK_DECLARE_TYPE)
CK_PKCS11_FUNCTIONS_3_0(CK_DECLARE_TYPE)
CK_PKCS11_FUNCTIONS_3_2(CK_DECLARE_TYPE)

// §3.6 The function lists. C_GetFunctionList hands out the first; all of them are interfaces named "PKCS 11".
struct CK_FUNCTION_LIST {
  CK_VERSION version;  // 2.x
  CK_PKCS11_FUNCTIONS_2_40(CK_DECLARE_MEMBER)
};

struct CK_FUNCTION_LIST_3_0 {
  CK_VERSION version;  // 3.0 or 3.1
  CK_PKCS11_FUNCTIONS_2_40(CK_DECLARE_MEMBER)
  CK_PKCS11_FUNCTIONS_3_0(CK_DECLARE_MEMBER)
};

struct CK_FUNCTION_LIST_3_2 {
  CK_VERSION version;  // 3.2
  CK_PKCS11_FUNCTIONS_2_40(CK_DECLARE_MEMBER)
  CK_PKCS11_FUNCTIONS_3_0(CK_DECLARE_MEMBER)
  CK_PKCS11_FUNCTIONS_3_2(CK_DECLARE_MEMBER)
};

#undef CK_DECLARE_PROTOTYPE
#undef CK_DECLARE_TYPE
#undef CK_DECLARE_MEMBER

#ifdef __cplusplus
}
#endif

#endif
