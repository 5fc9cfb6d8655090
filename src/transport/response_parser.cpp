// SPDX-License-Identifier: Apache-2.0
#include "transport/response_parser.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the empty boost::optional that Beast returns for an uninitialised one.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace nethsm::transport {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using Text = boost::beast::string_view;

constexpr unsigned kMaxInterimAnswers = 8;
// A length is only a promise: memory is taken as the bytes come.
constexpr std::size_t kMaxReserved = std::size_t{64} << 10;

bool is_too_large(const error_code& error) {
  return error == http::error::header_limit || error == http::error::body_limit ||
         error == http::error::buffer_overflow;
}

std::string_view as_std(Text text) { return {text.data(), text.size()}; }

}  // namespace

// One answer while it is being read.
class ResponseParser::Message : public http::basic_parser<false> {
 public:
  explicit Message(std::size_t max_body) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(kMaxHeader));
    body_limit(max_body);
  }

  Response response;
  std::uint64_t announced = 0;  // Content-Length

 private:
  void on_request_impl(http::verb, Text, Text, int, error_code&) override {}
  void on_response_impl(int status, Text, int, error_code&) override { response.status = status; }

  void on_field_impl(http::field name, Text, Text value, error_code& error) override {
    if (name == http::field::content_type) {
      response.content_type.assign(value.data(), value.size());
    } else if (name == http::field::location) {
      response.location.assign(value.data(), value.size());
    } else if (name == http::field::transfer_encoding && !boost::beast::iequals(value, "chunked")) {
      error = http::error::bad_transfer_encoding;
    }
  }

  void on_header_impl(error_code&) override { announced = content_length().value_or(0); }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length)
      response.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kMaxReserved)));
  }

  std::size_t on_body_impl(Text part, error_code&) override {
    append(response.body, as_std(part));
    return part.size();
  }

  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, Text part, error_code&) override {
    append(response.body, as_std(part));
    return part.size();
  }

  void on_finish_impl(error_code&) override {}
};

ResponseParser::ResponseParser(std::size_t max_body) : max_body_(max_body) { expect_next(); }
ResponseParser::~ResponseParser() = default;

void ResponseParser::expect_next() {
  message_ = std::make_unique<Message>(max_body_);
  started_ = false;
}

void ResponseParser::refuse(FailureKind kind, std::string message) {
  failure_ = std::make_unique<Failure>(Failure{kind, Phase::kAnswering, std::move(message)});
}

// Swallows the answer if it only announces the real one. 101 would mean another protocol, which nobody has
// asked for.
bool ResponseParser::is_interim() {
  const int status = message_->response.status;
  if (!message_->is_done() || status / 100 != 1 || status == 101) return false;
  if (++interim_answers_ > kMaxInterimAnswers) {
    refuse(FailureKind::kProtocol, "too many interim answers");
    return false;
  }
  expect_next();
  started_ = true;
  return true;
}

std::size_t ResponseParser::feed(ByteView input) {
  std::size_t used = 0;
  while (used < input.size() && !complete() && !failure_) {
    started_ = true;
    error_code error;
    const auto rest = input.subspan(used);
    used += message_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (is_interim()) continue;
    if (error == http::error::need_more) {
      // Chunk headers and trailers have no limit of their own.
      if (input.size() - used > kMaxHeader) refuse(FailureKind::kTooLarge, "a header line without an end");
      break;
    }
    if (error) {
      refuse(is_too_large(error) ? FailureKind::kTooLarge : FailureKind::kProtocol,
             "the answer is not acceptable: " + error.message());
    }
  }
  return used;
}

void ResponseParser::feed_end() {
  if (failure_ || complete()) return;
  error_code error;
  if (message_->got_some()) message_->put_eof(error);
  if (!message_->is_done()) refuse(FailureKind::kClosed, "the connection was closed within an answer");
}

bool ResponseParser::started() const { return started_; }
bool ResponseParser::complete() const { return !failure_ && message_->is_done(); }
const Failure* ResponseParser::failure() const { return failure_.get(); }

bool ResponseParser::keeps_connection() const {
  const int status = message_->response.status;
  // Devices up to 4.0 send a body with a 304 and do not announce it: it would be taken for the next answer. A
  // 204 that announces a body is as suspicious.
  if (status == 304 || status == 101) return false;
  if (status == 204 && message_->announced != 0) return false;
  return message_->keep_alive();
}

Response ResponseParser::take() {
  auto response = std::move(message_->response);
  interim_answers_ = 0;
  expect_next();
  return response;
}

}  // namespace nethsm::transport
