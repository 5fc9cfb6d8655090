// SPDX-License-Identifier: Apache-2.0
#include "transport/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace nethsm::transport {
namespace {

template <class T>
Address make_address(const T& native) {
  Address address;
  std::memcpy(&address.storage, &native, sizeof native);
  address.length = sizeof native;
  return address;
}

void set_port(Address& address, std::uint16_t port) {
  auto* storage = &address.storage;
  if (address.family() == AF_INET) {
    reinterpret_cast<sockaddr_in*>(storage)->sin_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in6*>(storage)->sin6_port = htons(port);
  }
}

std::optional<Address> literal(const std::string& host) {
  sockaddr_in v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    return make_address(v4);
  }
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    return make_address(v6);
  }
  return std::nullopt;
}

Result<std::vector<Address>, std::string> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (code != 0) {
    return Unexpected(std::string(code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  std::vector<Address> addresses;
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    Address address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
    addresses.push_back(address);
  }
  if (addresses.empty()) return Unexpected(std::string("the name has no IP address"));
  return addresses;
}

std::vector<Address> with_port(std::vector<Address> addresses, std::uint16_t port) {
  for (auto& address : addresses) set_port(address, port);
  return addresses;
}

}  // namespace

std::string Address::to_string() const {
  char text[INET6_ADDRSTRLEN] = "?";
  if (family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
  inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
}

Result<std::vector<Address>, Failure> Resolver::resolve(const std::string& host, std::uint16_t port) {
  if (const auto address = literal(host)) return with_port({*address}, port);
  std::vector<Address> old;
  {
    auto cache = cache_.lock();
    if (const auto entry = cache->find(host); entry != cache->end()) {
      if (Clock::now() < entry->second.fresh_until) return with_port(entry->second.addresses, port);
      old = entry->second.addresses;
    }
  }
  auto found = look_up(host);
  if (!found && old.empty()) {
    return Unexpected(Failure{FailureKind::kResolve, Phase::kResolve,
                              "cannot resolve the host name '" + host + "': " + found.error()});
  }
  auto addresses = found ? std::move(*found) : std::move(old);
  cache_.lock()->insert_or_assign(host, Entry{addresses, Clock::now() + kLifetime});
  return with_port(std::move(addresses), port);
}

void Resolver::distrust(const std::string& host) {
  auto cache = cache_.lock();
  if (const auto entry = cache->find(host); entry != cache->end()) entry->second.fresh_until = Clock::now();
}

}  // namespace nethsm::transport
