// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "step.h"
#include "world.h"

namespace nethsm::differential {

// What a session is up to, as far as both sides agree. Kept by the runner, read by the generator.
struct SessionModel {
  bool is_open = false;
  CK_FLAGS flags = 0;
  struct Active {
    Mechanism mechanism;
    std::string key;
    Bytes data;
    CK_STATE state = 0;  // of the anchor session at the Init
    bool updated = false;
    bool queried = false;
  };
  std::map<Operation, Active> active;
};
using Model = std::array<SessionModel, kSessions>;

// A signature that both sides know, with what it was made by.
struct KnownSignature {
  Mechanism mechanism;
  std::string public_key;
  Bytes data;
  Bytes signature;
};

// Random calls, of which most make sense: half of them belong to sequences (Init, Update ..., Final), the
// others are single calls in any state. The same seed gives the same calls as long as the module answers the
// same.
class Generator {
 public:
  Generator(std::uint64_t seed, const World& world, const Model& model);

  Step next();
  void remember(KnownSignature signature);

 private:
  // random.cpp
  std::size_t below(std::size_t bound);
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  T pick(std::initializer_list<T> of) {
    return *(of.begin() + below(of.size()));
  }
  Bytes bytes(std::size_t count);
  Bytes some_data();
  int any_session();
  int idle_session();
  std::string any_object();
  const SharedKey& any_key(std::initializer_list<KeyKind> kinds);

  // session_steps.cpp
  Step open_session();
  Step close_session();
  Step close_all_sessions();
  Step session_info();
  Step login();
  Step logout();

  // general_steps.cpp
  Step list_slots();
  Step slot_information();
  Step mechanism_information();
  Step no_longer_parallel();
  Step random_numbers();

  // object_steps.cpp
  Step find_init();
  Step find_objects();
  Step find_final();
  Step get_attributes();
  Step set_attributes();
  Step object_size();
  Step create_object();
  Step destroy_object();
  Step generate();

  // operation_steps.cpp
  Step init(Operation operation, int session, Mechanism mechanism, const std::string& key);
  Step any_init();
  Step any_call();
  Step one_shot(Operation operation, int session, Bytes data);
  Step update(Operation operation, int session, Bytes data);
  Step final(Operation operation, int session);
  Step verify(int session, Bytes data, Bytes signature);
  Step verify_final(int session, Bytes signature);

  // sequences.cpp
  Mechanism any_mechanism(Operation operation, KeyKind kind);
  Mechanism mechanism_with(CK_MECHANISM_TYPE type, const char* name);
  void plan();
  void plan_digest(int session);
  void plan_cipher(int session);
  void plan_signature(int session);
  void plan_verification(int session);
  void plan_parts(Operation operation, int session, const Bytes& data);

  std::mt19937_64 random_;
  const World& world_;
  const Model& model_;
  std::deque<Step> planned_;
  std::vector<KnownSignature> signatures_;
};

}  // namespace nethsm::differential
