// SPDX-License-Identifier: Apache-2.0
// The generator's choices.
#include "generator.h"

namespace nethsm::differential {
namespace {

constexpr std::size_t kLengths[] = {0,  1,  2,  15,  16,  17,  20,  28,  31,  32,  33,  48,
                                    63, 64, 65, 100, 117, 128, 240, 245, 246, 255, 256, 1000};
constexpr std::size_t kRemembered = 64;

}  // namespace

Generator::Generator(std::uint64_t seed, const World& world, const Model& model)
    : random_(seed), world_(world), model_(model) {}

// Not std::uniform_int_distribution, which differs from one library to the next.
std::size_t Generator::below(std::size_t bound) { return random_() % bound; }

Bytes Generator::bytes(std::size_t count) {
  Bytes out(count);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random_());
  return out;
}

Bytes Generator::some_data() { return bytes(kLengths[below(std::size(kLengths))]); }

int Generator::any_session() { return chance(3) ? kBadSession : static_cast<int>(below(kSessions)); }

// One that is open and does nothing, if there is one.
int Generator::idle_session() {
  const auto first = below(kSessions);
  for (std::size_t i = 0; i < kSessions; ++i) {
    const auto session = (first + i) % kSessions;
    if (model_[session].is_open && model_[session].active.empty()) return static_cast<int>(session);
  }
  return static_cast<int>(first);
}

// Only what both sides see now, or what neither does.
std::string Generator::any_object() {
  if (chance(5)) return "nothing";
  const auto& objects = world_.ours.objects;
  if (objects.empty()) return "nothing";
  auto chosen = objects.begin();
  std::advance(chosen, below(objects.size()));
  return world_.theirs.objects.contains(chosen->first) ? chosen->first : "nothing";
}

const SharedKey& Generator::any_key(std::initializer_list<KeyKind> kinds) {
  std::vector<const SharedKey*> keys;
  for (const SharedKey& key : world_.keys) {
    if (std::find(kinds.begin(), kinds.end(), key.kind) != kinds.end()) keys.push_back(&key);
  }
  return *keys[below(keys.size())];
}

void Generator::remember(KnownSignature signature) {
  if (signatures_.size() < kRemembered) {
    signatures_.push_back(std::move(signature));
  } else {
    signatures_[below(kRemembered)] = std::move(signature);
  }
}

Step Generator::next() {
  if (planned_.empty() && chance(50)) plan();
  if (!planned_.empty() && chance(90)) {
    Step step = std::move(planned_.front());
    planned_.pop_front();
    return step;
  }
  using Maker = Step (Generator::*)();
  struct Weighted {
    unsigned weight;
    Maker maker;
  };
  static constexpr Weighted kMakers[] = {
      {60, &Generator::open_session},
      {30, &Generator::close_session},
      {1, &Generator::close_all_sessions},
      {30, &Generator::session_info},
      {12, &Generator::login},
      {3, &Generator::logout},
      {10, &Generator::list_slots},
      {20, &Generator::slot_information},
      {30, &Generator::mechanism_information},
      {5, &Generator::no_longer_parallel},
      {15, &Generator::random_numbers},
      {20, &Generator::find_init},
      {40, &Generator::find_objects},
      {20, &Generator::find_final},
      {150, &Generator::get_attributes},
      {25, &Generator::set_attributes},
      {10, &Generator::object_size},
      {20, &Generator::create_object},
      {5, &Generator::destroy_object},
      {15, &Generator::generate},
      {60, &Generator::any_init},
      {150, &Generator::any_call},
  };
  unsigned total = 0;
  for (const Weighted& weighted : kMakers) total += weighted.weight;
  auto at = below(total);
  for (const Weighted& weighted : kMakers) {
    if (at < weighted.weight) return (this->*weighted.maker)();
    at -= weighted.weight;
  }
  return session_info();
}

}  // namespace nethsm::differential
