// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/openssl_errors.h"
#include "transport/tls_context.h"

namespace nethsm::transport {
namespace {

int bio_write(BIO* bio, const char* data, int size) {
  auto& socket = *static_cast<Socket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const long count = socket.send(data, static_cast<std::size_t>(size));
  if (count < 0 && socket.would_block()) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}

int bio_read(BIO* bio, char* data, int size) {
  auto& socket = *static_cast<Socket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const long count = socket.receive(data, static_cast<std::size_t>(size));
  if (count < 0 && socket.would_block()) BIO_set_retry_read(bio);
  return static_cast<int>(count);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return static_cast<Socket*>(BIO_get_data(bio))->ended() ? 1 : 0;
  return 0;
}

bool is_ip_literal(const std::string& host) {
  in6_addr ignored{};
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

// Not thread-safe. The SSL points to this object and to the socket: neither may move.
class TlsStream : public Stream {
 public:
  TlsStream(std::shared_ptr<const TlsContext> context, Socket& socket)
      : context_(std::move(context)), socket_(socket), ssl_(SSL_new(context_->ssl())) {
    peer_.context = context_.get();
  }

  bool prepare(const std::string& host) {
    if (!ssl_) return false;
    auto* bio = BIO_new_ex(context_->library().context, context_->library().socket_bio.get());
    if (bio == nullptr) return false;
    BIO_set_data(bio, &socket_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_connect_state(ssl_.get());
    SSL_set_app_data(ssl_.get(), &peer_);
    auto* parameters = SSL_get0_param(ssl_.get());
    if (is_ip_literal(host)) return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // RFC 6066 §3: literal addresses are not permitted as a server name.
    return X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1 && set_server_name(host);
  }

  Progress handshake() override {
    clear_openssl_errors();  // SSL_get_error reads the queue, which the host may have left filled
    return progress_of(SSL_do_handshake(ssl_.get()));
  }

  Transfer read(std::span<std::uint8_t> into) override {
    clear_openssl_errors();
    std::size_t count = 0;
    const auto progress = progress_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), &count));
    return {progress, count};
  }

  Transfer write(ByteView data) override {
    clear_openssl_errors();
    std::size_t count = 0;
    const auto progress = progress_of(SSL_write_ex(ssl_.get(), data.data(), data.size(), &count));
    return {progress, count};
  }

  bool has_unread() const override { return SSL_has_pending(ssl_.get()) == 1; }

  void say_goodbye() noexcept override {
    if (broken_ || !SSL_is_init_finished(ssl_.get())) return;
    clear_openssl_errors();
    SSL_shutdown(ssl_.get());  // one try on a non-blocking socket
    clear_openssl_errors();
  }

 private:
  // What SSL_set_tlsext_host_name does, without its C cast.
  bool set_server_name(const std::string& host) {
    return SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str())) == 1;
  }

  Progress progress_of(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_NONE:
        return Progress::kDone;
      case SSL_ERROR_WANT_READ:
        return Progress::kWantRead;
      case SSL_ERROR_WANT_WRITE:
        return Progress::kWantWrite;
      case SSL_ERROR_ZERO_RETURN:
        return Progress::kEnded;
      default:
        break;
    }
    broken_ = true;
    record_error();
    return Progress::kFailed;
  }

  void record_error() {
    const auto openssl = take_openssl_error();
    if (peer_.refused) {
      error_ = {FailureKind::kCertificate, true, peer_.reason};
    } else if (socket_.error() != 0 && !socket_.would_block()) {
      error_ = {FailureKind::kClosed, false, errno_text(socket_.error())};
    } else if (socket_.ended()) {
      error_ = {FailureKind::kClosed, false, "the peer closed the connection without the TLS close_notify"};
    } else {
      error_ = {FailureKind::kTls, false, openssl};
    }
  }

  std::shared_ptr<const TlsContext> context_;
  Socket& socket_;
  PeerVerification peer_;
  SslPtr ssl_;
  bool broken_ = false;
};

}  // namespace

std::string take_openssl_error() {
  const auto code = ERR_get_error();
  clear_openssl_errors();
  if (code == 0) return "no reason given";
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  return "OpenSSL error " + std::to_string(code);
}

BioMethodPtr make_socket_bio_method() {
  // No BIO_get_new_index(): there are only 127 for a whole process, and each library run would take one.
  BioMethodPtr method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "nethsm socket"));
  if (!method || BIO_meth_set_write(method.get(), &bio_write) != 1 ||
      BIO_meth_set_read(method.get(), &bio_read) != 1 || BIO_meth_set_ctrl(method.get(), &bio_control) != 1) {
    return nullptr;
  }
  return method;
}

std::unique_ptr<Stream> tls_stream(std::shared_ptr<const TlsContext> context, Socket& socket,
                                   const std::string& host) {
  auto stream = std::make_unique<TlsStream>(std::move(context), socket);
  if (!stream->prepare(host)) return nullptr;
  return stream;
}

}  // namespace nethsm::transport
