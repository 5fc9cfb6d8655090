// SPDX-License-Identifier: Apache-2.0
#include "arena.h"

#include <httplib.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace nethsm::test::chaos {
namespace {

constexpr std::size_t kShown = 20;
constexpr const char* kQuiet = "log_level: Error\nlog_file: \"-\"\n";  // what fails is meant to

SlotOptions slot(const simulator::Simulator& devices) {
  SlotOptions slot = slot_of(devices);
  slot.more =
      "    connect_timeout_seconds: 2\n    timeout_seconds: " + std::to_string(kTimeout.count()) + "\n";
  return slot;
}

simulator::Options options() {
  auto options = demo(kInstances);
  options.record = false;  // an hour of it would not fit into memory
  return options;
}

Arena::StableKey stable(TokenSession& token, const TokenSession::KeyPair& handles, std::string id) {
  return {std::move(id), handles, public_key_of(token, handles.public_key)};
}

}  // namespace

void Findings::add(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (++count_ <= kShown) first_.push_back(what);
}

std::size_t Findings::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

void Findings::print() const {
  const std::lock_guard lock(mutex_);
  for (const auto& what : first_) std::printf("WRONG: %s\n", what.c_str());
  if (count_ > first_.size()) std::printf("WRONG: %zu more\n", count_ - first_.size());
}

Arena::Arena()
    : devices(options()),
      config({slot(devices)}, kQuiet),
      rsa(stable(token, token.generate_rsa("stable-rsa", 1024), "stable-rsa")),
      ec(stable(token, token.generate_ec("stable-ec", ec_params(kCurves[0])), "stable-ec")),
      ed25519(stable(token, token.generate_ed25519("stable-ed25519"), "stable-ed25519")),
      ciphertext(rsa_encrypt(rsa.key, as_bytes("secret"), RsaPadding::kPkcs1)) {}

std::uint64_t Arena::requests() const {
  std::uint64_t total = 0;
  for (unsigned i = 0; i < kInstances; ++i) {
    const auto counts = devices.request_counts(i);
    total += counts.total - counts.health;
  }
  return total;
}

std::set<std::string> Arena::keys_on_devices() const {
  const std::string url = devices.url(0);  // https://host:port/api/v1
  const auto path = url.find('/', url.find("//") + 2);
  httplib::Client client(url.substr(0, path));
  client.enable_server_certificate_verification(false);
  client.set_basic_auth(std::string(kOperator), std::string(kOperatorPassphrase));
  const auto answer = client.Get(url.substr(path) + "/keys");
  if (!answer || answer->status != 200) throw std::runtime_error("the device does not list its keys");
  std::set<std::string> ids;
  for (const auto& key : nlohmann::json::parse(answer->body)) ids.insert(key.at("id").get<std::string>());
  return ids;
}

void Ledger::exists(const std::string& id) {
  const std::lock_guard lock(mutex_);
  existing_.insert(id);
}

void Ledger::gone(const std::string& id) {
  const std::lock_guard lock(mutex_);
  existing_.erase(id);
  gone_.insert(id);
}

void Ledger::unclear(const std::string& id) {
  const std::lock_guard lock(mutex_);
  existing_.erase(id);
  unclear_.insert(id);
}

std::string Ledger::summary() const {
  const std::lock_guard lock(mutex_);
  return std::to_string(existing_.size()) + " keys exist, " + std::to_string(gone_.size()) + " do not, " +
         std::to_string(unclear_.size()) + " unclear";
}

void Ledger::check(Arena& arena) const {
  const auto found = arena.keys_on_devices();
  const std::lock_guard lock(mutex_);
  for (const auto& id : existing_) {
    if (!found.contains(id)) arena.findings.add("the key " + id + " does not exist");
  }
  for (const auto& id : found) {
    const bool expected = existing_.contains(id) || unclear_.contains(id) || id.starts_with("stable-");
    if (!expected) arena.findings.add("the key " + id + " exists");
  }
}

}  // namespace nethsm::test::chaos
