// SPDX-License-Identifier: Apache-2.0
// A key of a provider that is loaded once and used by the process and its children, before and after fork:
// fork KEY-URI CHILDREN. Every signature is verified with the public half, in OpenSSL's own provider.
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned char message[] = "signed on both sides of a fork";

static EVP_PKEY *load(const char *uri) {
  EVP_PKEY *key = NULL;
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  while (store != NULL && key == NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
      key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  return key;
}

// The public half as a key of its own, which no longer belongs to the provider.
static EVP_PKEY *software(EVP_PKEY *key) {
  unsigned char *der = NULL;
  int length = i2d_PUBKEY(key, &der);
  const unsigned char *position = der;
  EVP_PKEY *copy = length > 0 ? d2i_PUBKEY(NULL, &position, length) : NULL;
  OPENSSL_free(der);
  return copy;
}

static int sign(EVP_PKEY *key, EVP_PKEY *public_key) {
  unsigned char signature[1024];
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int good = EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
             EVP_DigestSign(context, signature, &length, message, sizeof message) == 1;
  EVP_MD_CTX_free(context);
  context = EVP_MD_CTX_new();
  good = good && EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, "provider=default", public_key, NULL) == 1 &&
         EVP_DigestVerify(context, signature, length, message, sizeof message) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

int main(int argc, char **argv) {
  int children = argc == 3 ? atoi(argv[2]) : 0;
  EVP_PKEY *key = argc == 3 ? load(argv[1]) : NULL;
  EVP_PKEY *public_key = key != NULL ? software(key) : NULL;
  if (public_key == NULL || !sign(key, public_key)) return 1;
  for (int i = 0; i < children; ++i) {
    if (fork() == 0) exit(sign(key, public_key) && sign(key, public_key) ? 0 : 1);
  }
  int failed = !sign(key, public_key);
  for (int i = 0; i < children; ++i) {
    int status = 0;
    wait(&status);
    if (status != 0) printf("a child ended with %#x\n", status);
    failed |= status != 0;
  }
  EVP_PKEY_free(public_key);
  EVP_PKEY_free(key);
  return failed;
}
