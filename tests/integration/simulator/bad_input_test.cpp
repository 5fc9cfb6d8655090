// SPDX-License-Identifier: Apache-2.0
// Every function of the module with every bad argument, one at a time: always a code that the standard has
// for the function, and nothing written where nothing belongs.
#include <map>
#include <memory>
#include <set>

#include "bad_input/any_call.h"
#include "bad_input/arguments.h"
#include "bad_input/return_codes.h"
#include "catch.hpp"
#include "fixture/device.h"
#include "fixture/token_session.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// What went wrong; one assertion for all of it, as there are very many calls.
class Findings {
 public:
  void add(const Function& function, const Arguments::Variation& variation, const std::string& what) {
    if (++count_ <= 40) text_ += "\n  " + function.name + ", " + variation.what + ": " + what;
  }
  void count_call() { ++calls_; }
  void check() const {
    INFO(count_ << " findings in " << calls_ << " calls" << text_);
    CHECK(calls_ > 0);
    CHECK(count_ == 0);
  }

 private:
  std::size_t calls_ = 0, count_ = 0;
  std::string text_;
};

std::string code(CK_RV rv) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%lx", rv);
  return text;
}

bool gives_out_a_list(const Function& function) {
  return function.name == "C_GetFunctionList" || function.name.starts_with("C_GetInterface");
}

// An initialised module with a session, and one key of each kind.
class Bench {
 public:
  Bench() : aes_(token_.generate_aes("bad-aes")), rsa_(token_.generate_rsa("bad-rsa")) {
    ec_ = token_.generate_ec("bad-ec", ec_params(kCurves[0]));
    CK_ULONG count = 0;
    must(module()->C_GetMechanismList(0, nullptr, &count), "C_GetMechanismList");
    mechanisms_.resize(count);
    must(module()->C_GetMechanismList(0, mechanisms_.data(), &count), "C_GetMechanismList");
  }

  const Module& module() const { return token_.module; }
  CK_SESSION_HANDLE session() const { return token_.session; }
  TokenSession& token() { return token_; }
  CK_OBJECT_HANDLE rsa_private() const { return rsa_.private_key; }
  CK_OBJECT_HANDLE rsa_public() const { return rsa_.public_key; }
  CK_OBJECT_HANDLE aes_key() const { return aes_; }

  Surroundings surroundings() const {
    return {token_.session,
            aes_,
            rsa_.private_key,
            rsa_.public_key,
            ec_.private_key,
            mechanisms_,
            std::string(kOperatorPassphrase)};
  }

  // Undoes what a call may have done. True if the session is another one.
  bool tidy_up() {
    const bool is_closed = module()->C_SessionCancel(token_.session, ~CK_FLAGS{0}) != CKR_OK;
    if (is_closed) {
      must(module()->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &token_.session),
           "C_OpenSession");
    }
    module()->C_Logout(token_.session);
    return is_closed;
  }

 private:
  TokenSession token_;
  CK_OBJECT_HANDLE aes_;
  TokenSession::KeyPair rsa_, ec_{};
  std::vector<CK_MECHANISM_TYPE> mechanisms_;
};

struct Situation {
  const char* name;
  CK_RV (*begin)(Bench&);
};

CK_BYTE some_data[] = "some data for an operation that is active";

const Situation kSituations[] = {
    {"nothing active", [](Bench&) -> CK_RV { return CKR_OK; }},
    {"a search", [](Bench& bench) { return bench.module()->C_FindObjectsInit(bench.session(), nullptr, 0); }},
    {"a signature",
     [](Bench& bench) { return bench.token().sign_init(CKM_SHA256_RSA_PKCS, bench.rsa_private()); }},
    {"a signature in parts",
     [](Bench& bench) {
       must(bench.token().sign_init(CKM_SHA256_RSA_PKCS, bench.rsa_private()), "C_SignInit");
       return bench.module()->C_SignUpdate(bench.session(), some_data, sizeof some_data);
     }},
    {"a verification",
     [](Bench& bench) {
       CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
       return bench.module()->C_VerifyInit(bench.session(), &mechanism, bench.rsa_public());
     }},
    {"a verification in parts of a signature given first",
     [](Bench& bench) {
       CK_MECHANISM mechanism{CKM_SHA256_RSA_PKCS, nullptr, 0};
       must(bench.module()->C_VerifySignatureInit(bench.session(), &mechanism, bench.rsa_public(), some_data,
                                                  sizeof some_data),
            "C_VerifySignatureInit");
       return bench.module()->C_VerifySignatureUpdate(bench.session(), some_data, sizeof some_data);
     }},
    {"an RSA decryption",
     [](Bench& bench) {
       CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
       return bench.module()->C_DecryptInit(bench.session(), &mechanism, bench.rsa_private());
     }},
    {"an AES decryption",
     [](Bench& bench) {
       CK_MECHANISM mechanism{CKM_AES_CBC, some_data, 16};
       return bench.module()->C_DecryptInit(bench.session(), &mechanism, bench.aes_key());
     }},
    {"an encryption and a digest",
     [](Bench& bench) {
       CK_MECHANISM encryption{CKM_AES_CBC, some_data, 16};
       must(bench.module()->C_EncryptInit(bench.session(), &encryption, bench.aes_key()), "C_EncryptInit");
       CK_MECHANISM digest{CKM_SHA256, nullptr, 0};
       return bench.module()->C_DigestInit(bench.session(), &digest);
     }},
    {"the security officer",
     [](Bench& bench) {
       return bench.module()->C_Login(bench.session(), CKU_SO, pin(kAdministratorPassphrase),
                                      kAdministratorPassphrase.size());
     }},
};

}  // namespace

TEST_CASE("Without C_Initialize no argument makes a call do anything") {
  const Module module;
  Surroundings surroundings;
  surroundings.mechanisms = {CKM_RSA_PKCS};
  Findings findings;
  for (const Function& function : all_functions(*module.operator->())) {
    if (function.name == "C_Initialize" || gives_out_a_list(function)) continue;
    Arguments arguments(function, surroundings);
    for (const auto& variation : arguments.variations()) {
      const CK_RV rv = function.call(arguments.prepare(variation));
      findings.count_call();
      if (rv != CKR_CRYPTOKI_NOT_INITIALIZED) findings.add(function, variation, code(rv));
      if (const auto where = arguments.trespass(rv); !where.empty()) findings.add(function, variation, where);
    }
  }
  findings.check();
}

TEST_CASE("A session that is not there is the first thing to be noticed") {
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)});
  Bench bench;
  Surroundings surroundings = bench.surroundings();
  surroundings.session = GENERATE(CK_SESSION_HANDLE{0}, CK_SESSION_HANDLE{99999}, ~CK_SESSION_HANDLE{0});
  Findings findings;
  for (const Function& function : all_functions(*bench.module().operator->())) {
    if (!function.takes_session()) continue;
    Arguments arguments(function, surroundings);
    for (const auto& variation : arguments.variations()) {
      if (variation.is_one_of_many) continue;
      if (!variation.words.empty() && variation.words[0].first == 0) continue;  // the session itself
      const CK_RV rv = function.call(arguments.prepare(variation));
      findings.count_call();
      if (rv != CKR_SESSION_HANDLE_INVALID) findings.add(function, variation, code(rv));
      if (const auto where = arguments.trespass(rv); !where.empty()) findings.add(function, variation, where);
    }
  }
  findings.check();
}

TEST_CASE("Every bad argument gets a code that the standard has for the function") {
  const std::size_t number = GENERATE(range(std::size_t{0}, std::size(kSituations)));
  const Situation& situation = kSituations[number];
  CAPTURE(situation.name);
  simulator::Simulator simulator(demo());
  const ConfigFile config({slot_of(simulator)}, "log_level: Error\n");
  Bench bench;
  Findings findings;
  std::map<std::string, std::set<bool>> supported;  // by function: what its calls have said
  for (const Function& function : all_functions(*bench.module().operator->())) {
    Surroundings surroundings = bench.surroundings();
    auto arguments = std::make_unique<Arguments>(function, surroundings);
    for (std::size_t i = 0; i < arguments->variations().size(); ++i) {
      const auto& variation = arguments->variations()[i];
      if (variation.is_one_of_many && number != 0) continue;
      must(situation.begin(bench), situation.name);
      const CK_RV rv = function.call(arguments->prepare(variation));
      findings.count_call();
      if (!may_answer(function.name, rv)) findings.add(function, variation, code(rv));
      if (const auto where = arguments->trespass(rv); !where.empty())
        findings.add(function, variation, where);
      if (rv != CKR_SESSION_HANDLE_INVALID) supported[function.name].insert(rv != CKR_FUNCTION_NOT_SUPPORTED);
      if (!bench.tidy_up()) continue;
      surroundings = bench.surroundings();
      arguments = std::make_unique<Arguments>(function, surroundings);
    }
  }
  for (const auto& [name, said] : supported) {
    CAPTURE(name);
    // C_InitToken looks at its arguments first.
    CHECK((said.size() == 1 || name == "C_InitToken"));
  }
  findings.check();
}
