// SPDX-License-Identifier: Apache-2.0
#ifndef NETHSM_PKCS11F_H
#define NETHSM_PKCS11F_H

// The functions of PKCS#11 as data: X(name, (parameters), (arguments)), in the order of the function lists. Facts of
// the OASIS PKCS #11 Specification Version 3.2, chapter 5. A list of a later version begins with all of the earlier.
// Buffers belong to the caller; a null output pointer asks for the length, in bytes, as §5.2 has it.

// In CK_FUNCTION_LIST, 2.0 to 2.40.
#define CK_PKCS11_FUNCTIONS_2_40(X) \
  /* §5.4 General purpose */ \
  X(C_Initialize, (CK_VOID_PTR pInitArgs), (pInitArgs)) \
  X(C_Finalize, (CK_VOID_PTR pReserved), (pReserved)) \
  X(C_GetInfo, (CK_INFO_PTR pInfo), (pInfo)) \
  X(C_GetFunctionList, (CK_FUNCTION_LIST_PTR_PTR ppFunctionList), (ppFunctionList)) \
  /* §5.5 Slots and tokens */ \
  X(C_GetSlotList, (CK_BBOOL tokenPresent, CK_SLOT_ID_PTR pSlotList, CK_ULONG_PTR pulCount), \
    (tokenPresent, pSlotList, pulCount)) \
  X(C_GetSlotInfo, (CK_SLOT_ID slotID, CK_SLOT_INFO_PTR pInfo), (slotID, pInfo)) \
  X(C_GetTokenInfo, (CK_SLOT_ID slotID, CK_TOKEN_INFO_PTR pInfo), (slotID, pInfo)) \
  X(C_GetMechanismList, (CK_SLOT_ID slotID, CK_MECHANISM_TYPE_PTR pMechanismList, CK_ULONG_PTR pulCount), \
    (slotID, pMechanismList, pulCount)) \
  X(C_GetMechanismInfo, (CK_SLOT_ID slotID, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR pInfo), \
    (slotID, type, pInfo)) \
  X(C_InitToken, (CK_SLOT_ID slotID, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen, CK_UTF8CHAR_PTR pLabel), \
    (slotID, pPin, ulPinLen, pLabel)) \
  X(C_InitPIN, (CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen), \
    (hSession, pPin, ulPinLen)) \
  X(C_SetPIN, (CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pOldPin, CK_ULONG ulOldLen, \
               CK_UTF8CHAR_PTR pNewPin, CK_ULONG ulNewLen), \
    (hSession, pOldPin, ulOldLen, pNewPin, ulNewLen)) \
  /* §5.6 Sessions */ \
  X(C_OpenSession, (CK_SLOT_ID slotID, CK_FLAGS flags, CK_VOID_PTR pApplication, CK_NOTIFY Notify, \
                    CK_SESSION_HANDLE_PTR phSession), \
    (slotID, flags, pApplication, Notify, phSession)) \
  X(C_CloseSession, (CK_SESSION_HANDLE hSession), (hSession)) \
  X(C_CloseAllSessions, (CK_SLOT_ID slotID), (slotID)) \
  X(C_GetSessionInfo, (CK_SESSION_HANDLE hSession, CK_SESSION_INFO_PTR pInfo), (hSession, pInfo)) \
  X(C_GetOperationState, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pOperationState, \
      CK_ULONG_PTR pulOperationStateLen), \
    (hSession, pOperationState, pulOperationStateLen)) \
  X(C_SetOperationState, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pOperationState, \
      CK_ULONG ulOperationStateLen, CK_OBJECT_HANDLE hEncryptionKey, CK_OBJECT_HANDLE hAuthenticationKey), \
    (hSession, pOperationState, ulOperationStateLen, hEncryptionKey, hAuthenticationKey)) \
  X(C_Login, (CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen), \
    (hSession, userType, pPin, ulPinLen)) \
  X(C_Logout, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.7 Objects */ \
  X(C_CreateObject, (CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount, \
                     CK_OBJECT_HANDLE_PTR phObject), \
    (hSession, pTemplate, ulCount, phObject)) \
  X(C_CopyObject, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate, \
                   CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phNewObject), \
    (hSession, hObject, pTemplate, ulCount, phNewObject)) \
  X(C_DestroyObject, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject), (hSession, hObject)) \
  X(C_GetObjectSize, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ULONG_PTR pulSize), \
    (hSession, hObject, pulSize)) \
  X(C_GetAttributeValue, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, \
      CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount), \
    (hSession, hObject, pTemplate, ulCount)) \
  X(C_SetAttributeValue, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, \
      CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount), \
    (hSession, hObject, pTemplate, ulCount)) \
  X(C_FindObjectsInit, (CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount), \
    (hSession, pTemplate, ulCount)) \
  X(C_FindObjects, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE_PTR phObject, CK_ULONG ulMaxObjectCount, \
                    CK_ULONG_PTR pulObjectCount), \
    (hSession, phObject, ulMaxObjectCount, pulObjectCount)) \
  X(C_FindObjectsFinal, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.8 Encryption */ \
  X(C_EncryptInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_Encrypt, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, \
                CK_BYTE_PTR pEncryptedData, CK_ULONG_PTR pulEncryptedDataLen), \
    (hSession, pData, ulDataLen, pEncryptedData, pulEncryptedDataLen)) \
  X(C_EncryptUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen, \
                      CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen), \
    (hSession, pPart, ulPartLen, pEncryptedPart, pulEncryptedPartLen)) \
  X(C_EncryptFinal, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastEncryptedPart, \
                     CK_ULONG_PTR pulLastEncryptedPartLen), \
    (hSession, pLastEncryptedPart, pulLastEncryptedPartLen)) \
  /* §5.10 Decryption */ \
  X(C_DecryptInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_Decrypt, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedData, CK_ULONG ulEncryptedDataLen, \
                CK_BYTE_PTR pData, CK_ULONG_PTR pulDataLen), \
    (hSession, pEncryptedData, ulEncryptedDataLen, pData, pulDataLen)) \
  X(C_DecryptUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, CK_ULONG ulEncryptedPartLen, \
                      CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen), \
    (hSession, pEncryptedPart, ulEncryptedPartLen, pPart, pulPartLen)) \
  X(C_DecryptFinal, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastPart, CK_ULONG_PTR pulLastPartLen), \
    (hSession, pLastPart, pulLastPartLen)) \
  /* §5.12 Digests */ \
  X(C_DigestInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism), (hSession, pMechanism)) \
  X(C_Digest, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pDigest, \
               CK_ULONG_PTR pulDigestLen), \
    (hSession, pData, ulDataLen, pDigest, pulDigestLen)) \
  X(C_DigestUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen), \
    (hSession, pPart, ulPartLen)) \
  X(C_DigestKey, (CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hKey), (hSession, hKey)) \
  X(C_DigestFinal, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pDigest, CK_ULONG_PTR pulDigestLen), \
    (hSession, pDigest, pulDigestLen)) \
  /* §5.13 Signatures and MACs */ \
  X(C_SignInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_Sign, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, \
             CK_ULONG_PTR pulSignatureLen), \
    (hSession, pData, ulDataLen, pSignature, pulSignatureLen)) \
  X(C_SignUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen), \
    (hSession, pPart, ulPartLen)) \
  X(C_SignFinal, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen), \
    (hSession, pSignature, pulSignatureLen)) \
  X(C_SignRecoverInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_SignRecover, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, \
                    CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen), \
    (hSession, pData, ulDataLen, pSignature, pulSignatureLen)) \
  /* §5.15 Verification */ \
  X(C_VerifyInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_Verify, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, \
               CK_ULONG ulSignatureLen), \
    (hSession, pData, ulDataLen, pSignature, ulSignatureLen)) \
  X(C_VerifyUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen), \
    (hSession, pPart, ulPartLen)) \
  X(C_VerifyFinal, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen), \
    (hSession, pSignature, ulSignatureLen)) \
  X(C_VerifyRecoverInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_VerifyRecover, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen, \
                      CK_BYTE_PTR pData, CK_ULONG_PTR pulDataLen), \
    (hSession, pSignature, ulSignatureLen, pData, pulDataLen)) \
  /* §5.17 Two operations at once */ \
  X(C_DigestEncryptUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen, \
      CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen), \
    (hSession, pPart, ulPartLen, pEncryptedPart, pulEncryptedPartLen)) \
  X(C_DecryptDigestUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, \
      CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen), \
    (hSession, pEncryptedPart, ulEncryptedPartLen, pPart, pulPartLen)) \
  X(C_SignEncryptUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen, \
      CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen), \
    (hSession, pPart, ulPartLen, pEncryptedPart, pulEncryptedPartLen)) \
  X(C_DecryptVerifyUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, \
      CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen), \
    (hSession, pEncryptedPart, ulEncryptedPartLen, pPart, pulPartLen)) \
  /* §5.18 Keys */ \
  X(C_GenerateKey, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_ATTRIBUTE_PTR pTemplate, \
                    CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phKey), \
    (hSession, pMechanism, pTemplate, ulCount, phKey)) \
  X(C_GenerateKeyPair, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
                        CK_ATTRIBUTE_PTR pPublicKeyTemplate, CK_ULONG ulPublicKeyAttributeCount, \
                        CK_ATTRIBUTE_PTR pPrivateKeyTemplate, CK_ULONG ulPrivateKeyAttributeCount, \
                        CK_OBJECT_HANDLE_PTR phPublicKey, CK_OBJECT_HANDLE_PTR phPrivateKey), \
    (hSession, pMechanism, pPublicKeyTemplate, ulPublicKeyAttributeCount, pPrivateKeyTemplate, \
     ulPrivateKeyAttributeCount, phPublicKey, phPrivateKey)) \
  X(C_WrapKey, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hWrappingKey, \
                CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pWrappedKey, CK_ULONG_PTR pulWrappedKeyLen), \
    (hSession, pMechanism, hWrappingKey, hKey, pWrappedKey, pulWrappedKeyLen)) \
  X(C_UnwrapKey, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
                  CK_OBJECT_HANDLE hUnwrappingKey, CK_BYTE_PTR pWrappedKey, CK_ULONG ulWrappedKeyLen, \
                  CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_OBJECT_HANDLE_PTR phKey), \
    (hSession, pMechanism, hUnwrappingKey, pWrappedKey, ulWrappedKeyLen, pTemplate, ulAttributeCount, \
     phKey)) \
  X(C_DeriveKey, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hBaseKey, \
                  CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_OBJECT_HANDLE_PTR phKey), \
    (hSession, pMechanism, hBaseKey, pTemplate, ulAttributeCount, phKey)) \
  /* §5.19 Random numbers */ \
  X(C_SeedRandom, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSeed, CK_ULONG ulSeedLen), \
    (hSession, pSeed, ulSeedLen)) \
  X(C_GenerateRandom, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR RandomData, CK_ULONG ulRandomLen), \
    (hSession, RandomData, ulRandomLen)) \
  /* §5.20 Functions of 1.0, kept for their places */ \
  X(C_GetFunctionStatus, (CK_SESSION_HANDLE hSession), (hSession)) \
  X(C_CancelFunction, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.5 Slots */ \
  X(C_WaitForSlotEvent, (CK_FLAGS flags, CK_SLOT_ID_PTR pSlot, CK_VOID_PTR pReserved), \
    (flags, pSlot, pReserved))

// Those of 3.0 that deal with many messages under one Init.
#define CK_PKCS11_MESSAGE_FUNCTIONS(X) \
  /* §5.9 Message-based encryption */ \
  X(C_MessageEncryptInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
      CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_EncryptMessage, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
                       CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen, CK_BYTE_PTR pPlaintext, \
                       CK_ULONG ulPlaintextLen, CK_BYTE_PTR pCiphertext, CK_ULONG_PTR pulCiphertextLen), \
    (hSession, pParameter, ulParameterLen, pAssociatedData, ulAssociatedDataLen, pPlaintext, \
     ulPlaintextLen, pCiphertext, pulCiphertextLen)) \
  X(C_EncryptMessageBegin, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
      CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen), \
    (hSession, pParameter, ulParameterLen, pAssociatedData, ulAssociatedDataLen)) \
  X(C_EncryptMessageNext, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
      CK_BYTE_PTR pPlaintextPart, CK_ULONG ulPlaintextPartLen, CK_BYTE_PTR pCiphertextPart, \
      CK_ULONG_PTR pulCiphertextPartLen, CK_FLAGS flags), \
    (hSession, pParameter, ulParameterLen, pPlaintextPart, ulPlaintextPartLen, pCiphertextPart, \
     pulCiphertextPartLen, flags)) \
  X(C_MessageEncryptFinal, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.11 Message-based decryption */ \
  X(C_MessageDecryptInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
      CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_DecryptMessage, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
                       CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen, CK_BYTE_PTR pCiphertext, \
                       CK_ULONG ulCiphertextLen, CK_BYTE_PTR pPlaintext, CK_ULONG_PTR pulPlaintextLen), \
    (hSession, pParameter, ulParameterLen, pAssociatedData, ulAssociatedDataLen, pCiphertext, \
     ulCiphertextLen, pPlaintext, pulPlaintextLen)) \
  X(C_DecryptMessageBegin, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
      CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen), \
    (hSession, pParameter, ulParameterLen, pAssociatedData, ulAssociatedDataLen)) \
  X(C_DecryptMessageNext, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
      CK_BYTE_PTR pCiphertextPart, CK_ULONG ulCiphertextPartLen, CK_BYTE_PTR pPlaintextPart, \
      CK_ULONG_PTR pulPlaintextPartLen, CK_FLAGS flags), \
    (hSession, pParameter, ulParameterLen, pCiphertextPart, ulCiphertextPartLen, pPlaintextPart, \
     pulPlaintextPartLen, flags)) \
  X(C_MessageDecryptFinal, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.14 Message-based signatures */ \
  X(C_MessageSignInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_SignMessage, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
                    CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, \
                    CK_ULONG_PTR pulSignatureLen), \
    (hSession, pParameter, ulParameterLen, pData, ulDataLen, pSignature, pulSignatureLen)) \
  X(C_SignMessageBegin, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen), \
    (hSession, pParameter, ulParameterLen)) \
  X(C_SignMessageNext, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
                        CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, \
                        CK_ULONG_PTR pulSignatureLen), \
    (hSession, pParameter, ulParameterLen, pData, ulDataLen, pSignature, pulSignatureLen)) \
  X(C_MessageSignFinal, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.16 Message-based verification */ \
  X(C_MessageVerifyInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey), \
    (hSession, pMechanism, hKey)) \
  X(C_VerifyMessage, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
                      CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, \
                      CK_ULONG ulSignatureLen), \
    (hSession, pParameter, ulParameterLen, pData, ulDataLen, pSignature, ulSignatureLen)) \
  X(C_VerifyMessageBegin, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen), \
    (hSession, pParameter, ulParameterLen)) \
  X(C_VerifyMessageNext, (CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, \
      CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen), \
    (hSession, pParameter, ulParameterLen, pData, ulDataLen, pSignature, ulSignatureLen)) \
  X(C_MessageVerifyFinal, (CK_SESSION_HANDLE hSession), (hSession))

// Added by 3.0: CK_FUNCTION_LIST_3_0.
#define CK_PKCS11_FUNCTIONS_3_0(X) \
  /* §5.4 Interfaces */ \
  X(C_GetInterfaceList, (CK_INTERFACE_PTR pInterfacesList, CK_ULONG_PTR pulCount), \
    (pInterfacesList, pulCount)) \
  X(C_GetInterface, (CK_UTF8CHAR_PTR pInterfaceName, CK_VERSION_PTR pVersion, \
                     CK_INTERFACE_PTR_PTR ppInterface, CK_FLAGS flags), \
    (pInterfaceName, pVersion, ppInterface, flags)) \
  /* §5.6 Sessions */ \
  X(C_LoginUser, (CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, \
                  CK_ULONG ulPinLen, CK_UTF8CHAR_PTR pUsername, CK_ULONG ulUsernameLen), \
    (hSession, userType, pPin, ulPinLen, pUsername, ulUsernameLen)) \
  X(C_SessionCancel, (CK_SESSION_HANDLE hSession, CK_FLAGS flags), (hSession, flags)) \
  CK_PKCS11_MESSAGE_FUNCTIONS(X)

// Added by 3.2: CK_FUNCTION_LIST_3_2.
#define CK_PKCS11_FUNCTIONS_3_2(X) \
  /* §5.18 Key encapsulation */ \
  X(C_EncapsulateKey, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
                       CK_OBJECT_HANDLE hPublicKey, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, \
                       CK_BYTE_PTR pCiphertext, CK_ULONG_PTR pulCiphertextLen, \
                       CK_OBJECT_HANDLE_PTR phKey), \
    (hSession, pMechanism, hPublicKey, pTemplate, ulAttributeCount, pCiphertext, pulCiphertextLen, phKey)) \
  X(C_DecapsulateKey, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
                       CK_OBJECT_HANDLE hPrivateKey, CK_ATTRIBUTE_PTR pTemplate, \
                       CK_ULONG ulAttributeCount, CK_BYTE_PTR pCiphertext, CK_ULONG ulCiphertextLen, \
                       CK_OBJECT_HANDLE_PTR phKey), \
    (hSession, pMechanism, hPrivateKey, pTemplate, ulAttributeCount, pCiphertext, ulCiphertextLen, phKey)) \
  /* §5.15 Verification of a signature known first */ \
  X(C_VerifySignatureInit, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
      CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen), \
    (hSession, pMechanism, hKey, pSignature, ulSignatureLen)) \
  X(C_VerifySignature, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen), \
    (hSession, pData, ulDataLen)) \
  X(C_VerifySignatureUpdate, (CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen), \
    (hSession, pPart, ulPartLen)) \
  X(C_VerifySignatureFinal, (CK_SESSION_HANDLE hSession), (hSession)) \
  /* §5.6 Sessions */ \
  X(C_GetSessionValidationFlags, (CK_SESSION_HANDLE hSession, CK_SESSION_VALIDATION_FLAGS_TYPE type, \
      CK_FLAGS_PTR pFlags), \
    (hSession, type, pFlags)) \
  /* §5 Asynchronous functions */ \
  X(C_AsyncComplete, (CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pFunctionName, \
                      CK_ASYNC_DATA_PTR pResult), \
    (hSession, pFunctionName, pResult)) \
  X(C_AsyncGetID, (CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pFunctionName, CK_ULONG_PTR pulID), \
    (hSession, pFunctionName, pulID)) \
  X(C_AsyncJoin, (CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pFunctionName, CK_ULONG ulID, \
                  CK_BYTE_PTR pData, CK_ULONG ulData), \
    (hSession, pFunctionName, ulID, pData, ulData)) \
  /* §5.18 Authenticated wrapping */ \
  X(C_WrapKeyAuthenticated, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
      CK_OBJECT_HANDLE hWrappingKey, CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pAssociatedData, \
      CK_ULONG ulAssociatedDataLen, CK_BYTE_PTR pWrappedKey, CK_ULONG_PTR pulWrappedKeyLen), \
    (hSession, pMechanism, hWrappingKey, hKey, pAssociatedData, ulAssociatedDataLen, pWrappedKey, \
     pulWrappedKeyLen)) \
  X(C_UnwrapKeyAuthenticated, (CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, \
      CK_OBJECT_HANDLE hUnwrappingKey, CK_BYTE_PTR pWrappedKey, CK_ULONG ulWrappedKeyLen, \
      CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_BYTE_PTR pAssociatedData, \
      CK_ULONG ulAssociatedDataLen, CK_OBJECT_HANDLE_PTR phKey), \
    (hSession, pMechanism, hUnwrappingKey, pWrappedKey, ulWrappedKeyLen, pTemplate, ulAttributeCount, \
     pAssociatedData, ulAssociatedDataLen, phKey))

#endif
