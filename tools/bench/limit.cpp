// SPDX-License-Identifier: Apache-2.0
#include "bench/limit.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <future>
#include <stdexcept>

namespace nethsm::bench {
namespace {

// As the module: connections to an instance, and GETs under way on each, in a batch.
constexpr std::size_t kConnections = 4;
constexpr std::size_t kDepth = 8;

SSL_CTX* context() {
  static SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  return context;
}

class Connection {
 public:
  explicit Connection(const Devices::Device& device) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(device.host.c_str(), device.port.c_str(), &hints, &found) != 0) fail("name");
    socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int connected = ::connect(socket_, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (connected != 0) fail("connect");
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!device.tls) return;
    ssl_ = SSL_new(context());
    SSL_set_fd(ssl_, socket_);
    if (SSL_connect(ssl_) != 1) fail("TLS");
  }
  ~Connection() {
    SSL_free(ssl_);
    ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const std::string& bytes) {
    const auto size = static_cast<int>(bytes.size());
    const auto sent = ssl_ != nullptr
                          ? SSL_write(ssl_, bytes.data(), size)
                          : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent != size) fail("send");
  }

  // Reads one answer and returns its body, which lives until the next call.
  std::string_view receive() {
    buffer_.erase(0, consumed_);
    std::size_t head = 0;
    while ((head = buffer_.find("\r\n\r\n")) == std::string::npos) read_more();
    head += 4;
    if (buffer_.compare(9, 1, "2") != 0)
      throw std::runtime_error("limit: " + buffer_.substr(0, buffer_.find('\r')));
    const char* const length = strcasestr(buffer_.c_str(), "content-length:");
    if (length == nullptr) fail("content-length");
    const std::size_t size = std::strtoul(length + 15, nullptr, 10);
    while (buffer_.size() < head + size) read_more();
    consumed_ = head + size;
    return std::string_view(buffer_).substr(head, size);
  }

 private:
  [[noreturn]] static void fail(const char* what) { throw std::runtime_error(std::string("limit: ") + what); }

  void read_more() {
    char piece[16384];
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, piece, sizeof piece)
                                     : static_cast<int>(::recv(socket_, piece, sizeof piece, 0));
    if (got <= 0) fail("receive");
    buffer_.append(piece, static_cast<std::size_t>(got));
  }

  int socket_ = -1;
  SSL* ssl_ = nullptr;
  std::string buffer_;
  std::size_t consumed_ = 0;
};

std::string bytes_of(const Devices& devices, const Devices::Device& device, const Exchange& exchange) {
  std::string bytes = exchange.method + " " + device.path + exchange.path +
                      " HTTP/1.1\r\nHost: " + device.host + "\r\n" + devices.authorization;
  if (!exchange.body.empty()) {
    bytes +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(exchange.body.size()) + "\r\n";
  }
  return bytes + "\r\n" + exchange.body;
}

struct Line {
  Connection connection;
  std::string request;
};

std::vector<std::string> ids_in(std::string_view listing) {
  std::vector<std::string> ids;
  constexpr std::string_view kKey = R"("id":")";
  for (auto at = listing.find(kKey); at != std::string_view::npos; at = listing.find(kKey, at)) {
    at += kKey.size();
    ids.emplace_back(listing.substr(at, listing.find('"', at) - at));
  }
  return ids;
}

// Every step-th id from `first` on, pipelined.
void fetch(const Devices& devices, const Devices::Device& device, const std::vector<std::string>& ids,
           std::size_t first, std::size_t step) {
  Connection connection(device);
  std::size_t sent = first, received = first;
  while (received < ids.size()) {
    std::string batch;
    for (; sent < ids.size() && sent < received + kDepth * step; sent += step) {
      batch += bytes_of(devices, device, {"GET", "/keys/" + ids[sent], ""});
    }
    if (!batch.empty()) connection.send(batch);
    connection.receive();
    received += step;
  }
}

}  // namespace

Devices::Devices(const config::Slot& slot) {
  for (const auto& instance : slot.instances) {
    Device device;
    device.tls = instance.url.starts_with("https://");
    const auto begin = instance.url.find("://") + 3;
    const auto path = instance.url.find('/', begin);
    const std::string authority = instance.url.substr(begin, path - begin);
    const auto colon = authority.rfind(':');
    device.host = authority.substr(0, colon);
    device.port = colon == std::string::npos ? (device.tls ? "443" : "80") : authority.substr(colon + 1);
    device.path = path == std::string::npos ? "" : instance.url.substr(path);
    devices.push_back(std::move(device));
  }
  if (!slot.operator_user || !slot.operator_user->password) {
    throw std::runtime_error("--limit needs the operator's password in the configuration");
  }
  const std::string text =
      slot.operator_user->username + ":" + std::string(as_text(slot.operator_user->password->reveal()));
  authorization = "Authorization: Basic " + to_base64(as_bytes(text)) + "\r\n";
  std::signal(SIGPIPE, SIG_IGN);
}

Work limit_work(const Devices& devices, const Exchange& exchange) {
  std::vector<std::shared_ptr<Line>> lines;
  for (const auto& device : devices.devices) {
    lines.push_back(std::shared_ptr<Line>(new Line{Connection(device), bytes_of(devices, device, exchange)}));
  }
  return [&devices, lines] {
    Line& line = *lines[devices.next.fetch_add(1, std::memory_order_relaxed) % lines.size()];
    line.connection.send(line.request);
    line.connection.receive();
  };
}

Work limit_listing(const Devices& devices) {
  return [&devices] {
    const auto& first = devices.devices.front();
    std::vector<std::string> ids;
    {
      Connection connection(first);
      connection.send(bytes_of(devices, first, {"GET", "/keys", ""}));
      ids = ids_in(connection.receive());
    }
    const std::size_t lanes = devices.devices.size() * kConnections;
    std::vector<std::future<void>> fetched;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const auto& device = devices.devices[lane % devices.devices.size()];
      fetched.push_back(
          std::async(std::launch::async, [&, lane] { fetch(devices, device, ids, lane, lanes); }));
    }
    for (auto& part : fetched) part.get();
  };
}

}  // namespace nethsm::bench
