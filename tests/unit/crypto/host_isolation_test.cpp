// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "crypto/context.h"
#include "crypto/private_key.h"
#include "crypto/public_operations.h"
#include "crypto/x509.h"
#include "software_key.h"

namespace nethsm::crypto {
namespace {

using test::hex;

// Public key, message and signature of RFC 8032 §7.1, test 1.
const EcPublicKey kEd25519Key{Curve::kEd25519,
                              hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")};
const Bytes kEd25519Signature =
    hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25b"
        "f5f0595bbe2"
        "4655141438e7a100b");

// One of each that needs OpenSSL, with keys that need no generation.
void use_everything() {
  CHECK(digest(DigestAlgorithm::kSha3_256, as_bytes("x")));
  CHECK(verify_ed25519(kEd25519Key, {}, kEd25519Signature).value() == Verdict::kGenuine);
  const EcPublicKey generator{Curve::kP256,
                              hex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                  "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")};
  CHECK(verify_ecdsa(generator, Bytes(32, 1), Bytes(64, 1)).value() == Verdict::kForged);
  Bytes modulus(256, 0xff);
  modulus[200] = 0;
  const RsaPublicKey rsa{modulus, hex("010001")};
  CHECK(encrypt_rsa_pkcs1(rsa, as_bytes("x")));
  CHECK(encrypt_rsa_oaep(rsa, {DigestAlgorithm::kSha256, DigestAlgorithm::kSha1, as_bytes("l")},
                         as_bytes("x")));
  CHECK(encrypt_rsa_raw(rsa, Bytes(256, 1)));
  CHECK(
      verify_rsa_pss(rsa, {DigestAlgorithm::kSha256, DigestAlgorithm::kSha256, 32}, Bytes(32), Bytes(256, 1))
          .value() == Verdict::kForged);
  CHECK(verify_rsa_pkcs1(rsa, Bytes(32), Bytes(256, 1)).value() == Verdict::kForged);
  CHECK(recover_primes(hex("0ca1"), hex("11"), hex("0ac1")));
  CHECK_FALSE(Certificate::parse(hex("3000")));
}

// Runs this one test of this program in a new process, in which nothing has used OpenSSL before.
int run_alone(const std::string& test, const std::string& configuration) {
  std::string variable = "OPENSSL_CONF=" + configuration;
  std::vector<std::string> words = {"crypto_test", test};
  char* arguments[] = {words[0].data(), words[1].data(), nullptr};
  char* environment[] = {variable.data(), nullptr};
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments, environment) == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

TEST_CASE("a process of its own", "[.][alone]") {
  REQUIRE(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr) == 1);
  REQUIRE(EVP_MD_fetch(nullptr, "SHA2-256", nullptr) == nullptr);  // the host's OpenSSL is as good as gone
  ERR_clear_error();
  use_everything();
  std::ofstream(std::string(std::getenv("OPENSSL_CONF")) + ".done")
      << "done";  // no test run is a success, too
}

TEST_CASE("the host's configuration does not reach the module's OpenSSL") {
  char path[] = "/tmp/nethsm_crypto_test_XXXXXX";
  const int file = mkstemp(path);
  REQUIRE(file >= 0);
  close(file);
  std::ofstream(path) << "openssl_conf = init\n[init]\nproviders = providers\nalg_section = algorithms\n"
                         "[providers]\nnull = null\n[null]\nactivate = 1\n"
                         "[algorithms]\ndefault_properties = fips=yes\n";
  const std::string done = std::string(path) + ".done";
  CHECK(run_alone("a process of its own", path) == 0);
  CHECK(unlink(done.c_str()) == 0);
  unlink(path);
}

TEST_CASE("failures leave the host's error queue as it was") {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
  CHECK_FALSE(verify_ecdsa({Curve::kP256, hex("04" + std::string(128, '1'))}, Bytes(32), Bytes(64)));
  CHECK_FALSE(verify_rsa_pkcs1({Bytes(256, 0x80), hex("010001")}, Bytes(32), Bytes(256)));
  CHECK_FALSE(encrypt_rsa_raw({Bytes(256, 0x81), hex("010001")}, Bytes(256, 0xff)));
  use_everything();
  CHECK(ERR_GET_REASON(ERR_get_error()) == ERR_R_PASSED_INVALID_ARGUMENT);
  CHECK(ERR_get_error() == 0);
}

TEST_CASE("there is one library context, whichever thread asks first") {
  std::vector<OSSL_LIB_CTX*> seen(4);
  {
    std::vector<std::thread> threads;
    for (auto& place : seen) {
      threads.emplace_back([&place] {
        place = library_context();
        (void)digest(DigestAlgorithm::kSha3_384, as_bytes("x"));
      });
    }
    for (auto& thread : threads) thread.join();
  }
  for (OSSL_LIB_CTX* context : seen) {
    CHECK(context != nullptr);
    CHECK(context == library_context());
  }
}

}  // namespace
}  // namespace nethsm::crypto
