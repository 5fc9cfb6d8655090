// SPDX-License-Identifier: Apache-2.0
#include "simulator/connection.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

namespace nethsm::simulator {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;  // a TLS record
constexpr std::size_t kMaxLineBytes = 1024 * 1024;

}  // namespace

Connection::Connection(SSL_CTX* context, int socket) : ssl_(SSL_new(context)), socket_(socket) {
  if (ssl_ != nullptr && SSL_set_fd(ssl_.get(), socket) != 1) ssl_.reset();
}

bool Connection::handshake() {
  ERR_clear_error();
  return ssl_ != nullptr && SSL_accept(ssl_.get()) == 1;
}

std::string Connection::take(std::size_t count) {
  std::string data;
  if (count == buffer_.size()) {
    data.swap(buffer_);
  } else {
    data = buffer_.substr(0, count);
    buffer_.erase(0, count);
  }
  return data;
}

bool Connection::fill() {
  std::array<char, kReadBytes> data;
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), data.data(), static_cast<int>(data.size()));
  if (count <= 0) return false;
  buffer_.append(data.data(), static_cast<std::size_t>(count));
  return true;
}

bool Connection::fill_to(std::size_t count) {
  while (buffer_.size() < count) {
    if (!fill()) return false;
  }
  return true;
}

bool Connection::read_line(std::string& line) {
  std::size_t searched = 0;
  std::size_t end = 0;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    searched = buffer_.size();
    if (searched > kMaxLineBytes || !fill()) return false;
  }
  line = take(end + 1);
  line.pop_back();
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

bool Connection::write(std::string_view data) {
  std::size_t written = 0;
  ERR_clear_error();
  return SSL_write_ex(ssl_.get(), data.data(), data.size(), &written) == 1;
}

bool Connection::wait_for_data(std::optional<std::chrono::milliseconds> limit) {
  if (!buffer_.empty() || SSL_has_pending(ssl_.get()) == 1) return true;
  pollfd waiting{socket_, POLLIN, 0};
  return ::poll(&waiting, 1, limit ? static_cast<int>(limit->count()) : -1) != 0;
}

bool Connection::pause(std::chrono::milliseconds length) const {
  pollfd waiting{socket_, POLLRDHUP, 0};
  return ::poll(&waiting, 1, static_cast<int>(length.count())) == 0;
}

bool Connection::pause_until(std::chrono::steady_clock::time_point when) const {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::chrono::nanoseconds left = when - std::chrono::steady_clock::now();
  if (left.count() <= 0) return true;
  pollfd waiting{socket_, POLLRDHUP, 0};
  const timespec limit{left.count() / kSecond, left.count() % kSecond};
  return ::ppoll(&waiting, 1, &limit, nullptr) == 0;
}

void Connection::end_with_reset() const {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Connection::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

}  // namespace nethsm::simulator
