// SPDX-License-Identifier: Apache-2.0
#include "transport/response_parser.h"

#include <random>

#include "catch.hpp"

using namespace nethsm;
using namespace nethsm::transport;

namespace {

// Offers the text in pieces, as a socket would, with the unused rest before the next piece.
std::vector<Response> parse(ResponseParser& parser, std::string_view text, std::size_t piece) {
  std::vector<Response> answers;
  std::string pending;
  while (!text.empty() && parser.failure() == nullptr) {
    pending += text.substr(0, piece);
    text.remove_prefix(std::min(piece, text.size()));
    while (!pending.empty() && parser.failure() == nullptr) {
      const auto used = parser.feed(as_bytes(pending));
      pending.erase(0, used);
      if (!parser.complete()) break;
      answers.push_back(parser.take());
    }
  }
  return answers;
}

struct Refusal {
  const char* what;
  std::string text;
  FailureKind kind = FailureKind::kProtocol;
};

}  // namespace

TEST_CASE("Answers are understood however they arrive in pieces") {
  const std::string text =
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
      "HTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 201 Created\r\nLocation: /api/v1/keys/k1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n"
      "HTTP/1.1 204 No Content\r\nconnection: keep-alive\r\n\r\n"
      "HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n";
  const auto piece = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{64},
                              std::size_t{10000});
  ResponseParser parser;
  const auto answers = parse(parser, text, piece);
  REQUIRE(parser.failure() == nullptr);
  REQUIRE(answers.size() == 4);
  CHECK(answers[0].status == 200);
  CHECK(answers[0].content_type == "application/json");
  CHECK(answers[0].text() == "{\"a\":1}");
  CHECK(answers[1].status == 201);
  CHECK(answers[1].location == "/api/v1/keys/k1");
  CHECK(answers[1].text() == "abcdefg");
  CHECK(answers[2].status == 204);
  CHECK(answers[2].body.empty());
  CHECK(answers[3].status == 404);
}

TEST_CASE("What is not an acceptable answer is refused") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const auto refusal = GENERATE_COPY(
      Refusal{"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"}, Refusal{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"},
      Refusal{"a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"},
      Refusal{"a status that is no number", "HTTP/1.1 2x0 OK\r\n\r\n"},
      Refusal{"a control character in the status line", "HTTP/1.1 200 \x01\r\n\r\n"},
      Refusal{"two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      Refusal{"two lengths in one field", ok + "Content-Length: 1, 2\r\n\r\nab"},
      Refusal{"a negative length", ok + "Content-Length: -1\r\n\r\n"},
      Refusal{"a length that overflows", ok + "Content-Length: 18446744073709551617\r\n\r\n"},
      Refusal{"length and chunks", ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      Refusal{"chunks and length", ok + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
      Refusal{"another encoding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
      Refusal{"a chunk size that is no number", ok + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"},
      Refusal{"a chunk longer than it says", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"},
      Refusal{"a field without a colon", ok + "What is this\r\n\r\n"},
      Refusal{"a blank before the colon", ok + "Content-Length : 3\r\n\r\nabc"},
      Refusal{"endless interim answers",
              [] {
                std::string text;
                for (int i = 0; i < 20; ++i) text += "HTTP/1.1 102 Processing\r\n\r\n";
                return text;
              }()},
      Refusal{"a huge status line", "HTTP/1.1 200 " + std::string(40000, 'x'), FailureKind::kTooLarge},
      Refusal{"a huge field", ok + "X: " + std::string(40000, 'x'), FailureKind::kTooLarge},
      Refusal{"many fields",
              [] {
                std::string text = "HTTP/1.1 200 OK\r\n";
                for (int i = 0; i < 5000; ++i) text += "X-Field: value\r\n";
                return text + "\r\n";
              }(),
              FailureKind::kTooLarge},
      Refusal{"a body over the limit", ok + "Content-Length: 73400321\r\n\r\n", FailureKind::kTooLarge},
      Refusal{"a chunk over the limit", ok + "Transfer-Encoding: chunked\r\n\r\n4600001\r\n",
              FailureKind::kTooLarge},
      Refusal{"an endless chunk header",
              ok + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(70000, 'x'), FailureKind::kTooLarge},
      Refusal{"an endless trailer",
              ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(70000, 'x'),
              FailureKind::kTooLarge});
  const auto piece = GENERATE(std::size_t{100}, std::size_t{100000});
  INFO(refusal.what);
  ResponseParser parser;
  CHECK(parse(parser, refusal.text, piece).empty());
  REQUIRE(parser.failure() != nullptr);
  CHECK(parser.failure()->kind == refusal.kind);
}

TEST_CASE("The limit holds for the sum of all parts of a body") {
  const auto head = GENERATE("", "Transfer-Encoding: chunked\r\n");
  const std::string part = *head == '\0' ? std::string(100, 'x') : "64\r\n" + std::string(100, 'x') + "\r\n";
  std::string text = "HTTP/1.1 200 OK\r\n" + std::string(head) + "\r\n";
  for (int i = 0; i < 10; ++i) text += part;
  ResponseParser parser(1000);
  text.erase(0, parser.feed(as_bytes(text)));
  CHECK(text.size() <= 2);  // the end of a chunk is looked at with the next one
  REQUIRE(parser.failure() == nullptr);
  parser.feed(as_bytes(text + part));
  REQUIRE(parser.failure() != nullptr);
  CHECK(parser.failure()->kind == FailureKind::kTooLarge);
}

TEST_CASE("Text in the status line that is not UTF-8 does no harm") {
  ResponseParser parser;
  const auto answers = parse(parser, "HTTP/1.1 200 \xff\xfe\xc3\r\nContent-Length: 0\r\n\r\n", 100);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].status == 200);
}

TEST_CASE("An answer says whether another may follow on its connection") {
  struct Case {
    const char* head;
    bool keeps;
  };
  const auto c = GENERATE(
      Case{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", true},
      Case{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n", false},
      Case{"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n", false},
      Case{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n", true},
      Case{"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n", true},
      Case{"HTTP/1.1 204 No Content\r\n", true},
      Case{"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n", false},  // the body would be the next answer
      Case{"HTTP/1.1 304 Not Modified\r\n", false}, Case{"HTTP/1.1 101 Switching Protocols\r\n", false});
  INFO(c.head);
  ResponseParser parser;
  parser.feed(as_bytes(std::string(c.head) + "\r\n"));
  REQUIRE(parser.complete());
  CHECK(parser.keeps_connection() == c.keeps);
}

TEST_CASE("An answer without a length ends with the connection") {
  ResponseParser parser;
  parser.feed(as_bytes("HTTP/1.1 200 OK\r\n\r\nall of "));
  parser.feed(as_bytes("it"));
  CHECK_FALSE(parser.complete());
  parser.feed_end();
  REQUIRE(parser.complete());
  CHECK_FALSE(parser.keeps_connection());
  CHECK(parser.take().text() == "all of it");
}

TEST_CASE("An answer that ends too early is a failure") {
  const auto text = GENERATE(
      "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "HTTP/1.1 100 Continue\r\n\r\n");
  ResponseParser parser;
  parser.feed(as_bytes(text));
  parser.feed_end();
  REQUIRE(parser.failure() != nullptr);
  CHECK(parser.failure()->kind == FailureKind::kClosed);
}

TEST_CASE("No bytes, however mutilated, break the parser") {
  const std::vector<std::string> seeds = {
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"key\":\"abc\"}",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nabcde\r\n10;x=\"y\"\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\n",
      "HTTP/1.0 500 Oops\r\nConnection: close\r\nX-Folded: a\r\n b\r\n\r\nplain text"};
  std::mt19937 random(20261121);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  std::size_t answers = 0, refusals = 0;
  for (int round = 0; round < 20000; ++round) {
    auto text = seeds[below(seeds.size())] + seeds[below(seeds.size())];
    for (auto changes = below(6); changes > 0; --changes) {
      const auto at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(at, 1 + below(8));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), below(12)));
          break;
        default:
          text.insert(at, 1, "\r\n :;,0f\0\xff"[below(10)]);
      }
      if (text.empty()) text = "H";
    }
    ResponseParser parser;
    answers += parse(parser, text, 1 + below(40)).size();
    parser.feed_end();
    if (parser.failure() != nullptr) ++refusals;
  }
  // Both happen, or the mutations are of no use.
  CHECK(answers > 1000);
  CHECK(refusals > 1000);
}
