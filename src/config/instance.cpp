// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>

#include "config/keys.h"
#include "config/scalar.h"

namespace nethsm::config {
namespace {

constexpr std::uint64_t kMaxConnections = 65535;

void read_url(const Field& field, Instance& instance) {
  const auto text = field.text();
  if (!text) return;
  if (const auto fault = fault_of_url(*text)) return field.refuse(field.node, *fault);
  instance.url = *text;
  while (instance.url.ends_with('/')) instance.url.pop_back();
  if (!instance.url.ends_with("/api/v1"))
    field.notice("the API of a NetHSM has the path /api/v1, which is not here");
}

void read_connections(const Field& field, Instance& instance) {
  const auto count = field.number(0, kMaxConnections);
  if (!count) return;
  if (*count == 0) field.notice("0 counts as 1; connections_max_idle_duration: 0 is what keeps none");
  instance.max_idle_connections = std::max<std::uint64_t>(*count, 1);
}

void read_fingerprints(const Field& field, Instance& instance) {
  for (const Node& item : field.list()) {
    const auto fingerprint = parse_fingerprint(item.text());
    if (fingerprint) {
      instance.sha256_fingerprints.push_back(*fingerprint);
    } else {
      field.refuse(item, "this is none");
    }
  }
}

void read_ca_file(const Field& field, Instance& instance) {
  instance.ca_file = field.text();
  if (instance.ca_file && access(instance.ca_file->c_str(), R_OK) != 0) {
    field.refuse(field.node, '"' + *instance.ca_file + "\" cannot be read");
  }
}

// Two ways to trust at once would leave open which of them counts.
void check_trust(const Node& node, const Instance& instance, Reading& reading) {
  const bool pins = !instance.sha256_fingerprints.empty();
  const auto contradict = [&](const char* one, const char* other) {
    reading.report.problem(node.place,
                           std::string(one) + " and " + other + " contradict each other: remove one");
  };
  if (pins && instance.danger_insecure_cert) contradict("sha256_fingerprints", "danger_insecure_cert: true");
  if (pins && instance.ca_file) contradict("sha256_fingerprints", "ca_file");
  if (instance.ca_file && instance.danger_insecure_cert) contradict("ca_file", "danger_insecure_cert: true");
  if (equal_ignoring_case(std::string_view(instance.url).substr(0, 5), "http:")) {
    reading.report.notice(node.place, "http:// sends everything, passphrases too, in the clear");
  } else if (instance.danger_insecure_cert) {
    reading.report.notice(node.place,
                          "danger_insecure_cert: whoever is in the way can pretend to be the NetHSM");
  }
}

constexpr std::array<Key<Instance>, 5> kKeys{{
    {"url", "the address of the NetHSM's API such as https://192.168.1.1/api/v1", read_url, true},
    {"max_idle_connections", "a whole number such as 8", read_connections},
    {"sha256_fingerprints",
     "a list of SHA-256 fingerprints, each 64 hexadecimal digits, with or without colons, in quotes",
     read_fingerprints},
    {"danger_insecure_cert", "true or false",
     [](const Field& field, Instance& instance) {
       instance.danger_insecure_cert = field.truth().value_or(false);
     }},
    {"ca_file", "the path of a file of certificates in PEM", read_ca_file},
}};

}  // namespace

constinit const Level<Instance> kInstanceLevel{"an instance", kKeys, check_trust};

}  // namespace nethsm::config
