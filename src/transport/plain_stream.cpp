// SPDX-License-Identifier: Apache-2.0
#include <system_error>

#include "transport/stream.h"

namespace nethsm::transport {
namespace {

class PlainStream : public Stream {
 public:
  explicit PlainStream(Socket& socket) : socket_(socket) {}

  Progress handshake() override { return Progress::kDone; }

  Transfer read(std::span<std::uint8_t> into) override {
    const long count = socket_.receive(into.data(), into.size());
    if (count > 0) return {Progress::kDone, static_cast<std::size_t>(count)};
    if (count == 0) return {Progress::kEnded};
    return blocked_or_failed(Progress::kWantRead);
  }

  Transfer write(ByteView data) override {
    const long count = socket_.send(data.data(), data.size());
    if (count >= 0) return {Progress::kDone, static_cast<std::size_t>(count)};
    return blocked_or_failed(Progress::kWantWrite);
  }

  bool has_unread() const override { return false; }
  void say_goodbye() noexcept override {}

 private:
  Transfer blocked_or_failed(Progress blocked) {
    if (socket_.would_block()) return {blocked};
    error_ = {FailureKind::kClosed, false, errno_text(socket_.error())};
    return {Progress::kFailed};
  }

  Socket& socket_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Socket& socket) { return std::make_unique<PlainStream>(socket); }

std::string errno_text(int error) { return std::generic_category().message(error); }

}  // namespace nethsm::transport
