// SPDX-License-Identifier: Apache-2.0
// Each kind of fault, as a client sees it on the wire.
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "demo_simulator.h"

using namespace nethsm::simulator;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr const char* kGenerate = R"({"mechanisms":["EdDSA_Signature"],"type":"Curve25519","id":"k"})";

// Two instances, the first of which is to misbehave.
struct Faulty {
  explicit Faulty(const std::string& spec) { simulator.add_fault(spec + ",instance=0"); }
  Simulator simulator{demo(2)};
  std::uint16_t port() const { return simulator.port(0); }
  std::uint16_t sound_port() const { return simulator.port(1); }

  std::string status_of_key() const {
    return TlsClient(sound_port()).request("GET", "/keys/k", kAdmin).substr(0, 12);
  }
};

milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

std::string get(const std::string& path) { return "GET /api/v1" + path + " HTTP/1.1\r\nHost: s\r\n\r\n"; }

// A TCP connection without TLS.
class Tcp {
 public:
  explicit Tcp(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    error_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  }
  ~Tcp() { ::close(socket_); }
  Tcp(const Tcp&) = delete;
  Tcp& operator=(const Tcp&) = delete;

  int connect_error() const { return error_; }
  // 0 at the end of the stream, errno otherwise; EAGAIN if nothing comes within the time.
  int receive_error(milliseconds limit) const {
    const timeval time{0, limit.count() * 1000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) < 0 ? errno : 0;
  }

 private:
  int socket_, error_ = 0;
};

struct Ending {
  std::string bytes;  // that came before
  int ssl_error = 0;
  int system_error = 0;
};
Ending read_to_end(TlsClient& client) {
  Ending ending;
  std::array<char, 16384> data;
  while (true) {
    errno = 0;
    const int count = SSL_read(client.ssl(), data.data(), static_cast<int>(data.size()));
    if (count > 0) {
      ending.bytes.append(data.data(), static_cast<std::size_t>(count));
      continue;
    }
    ending.system_error = errno;
    ending.ssl_error = SSL_get_error(client.ssl(), count);
    return ending;
  }
}

bool nothing_comes(TlsClient& client, milliseconds limit) {
  const timeval time{0, limit.count() * 1000};
  ::setsockopt(SSL_get_fd(client.ssl()), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  return read_to_end(client).system_error == EAGAIN;
}

}  // namespace

TEST_CASE("refuse closes the port and leaves what is connected") {
  Simulator simulator(demo(2));
  TlsClient before(simulator.port(0));
  const auto id = simulator.add_fault("refuse,instance=0");
  CHECK(Tcp(simulator.port(0)).connect_error() == ECONNREFUSED);
  CHECK(has_status(before.request("GET", "/info"), "200"));
  CHECK(TlsClient(simulator.port(1)).connected());
  simulator.remove_fault(id);
  CHECK(TlsClient(simulator.port(0)).connected());
}

TEST_CASE("refuse ends by itself after its time") {
  const Faulty faulty("refuse,for=150ms");
  CHECK(Tcp(faulty.port()).connect_error() == ECONNREFUSED);
  const auto start = steady_clock::now();
  while (Tcp(faulty.port()).connect_error() != 0 && since(start) < milliseconds(5000))
    std::this_thread::sleep_for(milliseconds(5));
  CHECK(since(start) < milliseconds(5000));
}

TEST_CASE("an instance that refuses can be stopped and started") {
  Faulty faulty("refuse");
  faulty.simulator.stop_instance(0);
  faulty.simulator.start_instance(0);
  CHECK(Tcp(faulty.port()).connect_error() == ECONNREFUSED);
  faulty.simulator.clear_faults();
  CHECK(TlsClient(faulty.port()).connected());
}

TEST_CASE("reset-on-accept resets new connections") {
  const Faulty faulty("reset-on-accept,count=1");
  const Tcp first(faulty.port());
  CHECK((first.connect_error() == ECONNRESET || first.receive_error(milliseconds(900)) == ECONNRESET));
  CHECK(TlsClient(faulty.port()).connected());
}

TEST_CASE("stall-on-accept takes connections and says nothing") {
  const Faulty faulty("stall-on-accept");
  const Tcp client(faulty.port());
  CHECK(client.connect_error() == 0);
  CHECK(client.receive_error(milliseconds(200)) == EAGAIN);
}

TEST_CASE("slow-handshake shakes hands late") {
  const Faulty faulty("slow-handshake=300ms");
  const auto start = steady_clock::now();
  TlsClient client(faulty.port());
  CHECK(since(start) >= milliseconds(300));
  CHECK(has_status(client.request("GET", "/info"), "200"));
}

TEST_CASE("wrong-certificate shows a certificate that is not the instance's") {
  const Faulty faulty("wrong-certificate,count=1");
  const auto fingerprint_of = [](const TlsClient& client) {
    std::array<unsigned char, 32> digest{};
    X509* certificate = SSL_get1_peer_certificate(client.ssl());
    X509_digest(certificate, EVP_sha256(), digest.data(), nullptr);
    X509_free(certificate);
    return digest;
  };
  const TlsClient wrong(faulty.port()), right(faulty.port());
  REQUIRE(wrong.connected());
  CHECK(fingerprint_of(wrong) != fingerprint_of(right));
}

TEST_CASE("a reset before or after reading ends the connection, and nothing is carried out") {
  const auto kind = GENERATE("reset-before-reading", "reset-after-reading");
  const Faulty faulty(kind);
  TlsClient client(faulty.port());
  CHECK(client.request("POST", "/keys/generate", kAdmin, kGenerate).empty());
  const auto ending = read_to_end(client);
  CHECK(ending.bytes.empty());
  CHECK(faulty.status_of_key() == "HTTP/1.1 404");
  CHECK(faulty.simulator.request_counts(0).total == (kind == std::string("reset-after-reading") ? 1 : 0));
}

TEST_CASE("a reset is a TCP reset") {
  const Faulty faulty(GENERATE("reset-before-reading", "reset-after-reading"));
  TlsClient client(faulty.port());
  REQUIRE(client.send(get("/info")));
  const auto ending = read_to_end(client);
  CHECK(ending.ssl_error == SSL_ERROR_SYSCALL);
  CHECK(ending.system_error == ECONNRESET);
}

TEST_CASE("stall leaves a request without an answer, and others are served") {
  const Faulty faulty("stall,path=/info");
  TlsClient client(faulty.port());
  REQUIRE(client.send(get("/info")));
  CHECK(nothing_comes(client, milliseconds(200)));
  CHECK(has_status(TlsClient(faulty.port()).request("GET", "/health/alive"), "412"));
  CHECK(faulty.simulator.requests().front().status == 0);
}

TEST_CASE("stall with a duration delays the answer") {
  const Faulty faulty("stall=200ms");
  TlsClient client(faulty.port());
  const auto start = steady_clock::now();
  CHECK(has_status(client.request("GET", "/info"), "200"));
  CHECK(since(start) >= milliseconds(200));
}

TEST_CASE("status answers without carrying out, and keeps the connection") {
  const auto status = GENERATE("412", "429", "500", "502", "503", "504");
  const Faulty faulty(std::string("status=") + status + ",count=1");
  TlsClient client(faulty.port());
  CHECK(has_status(client.request("POST", "/keys/generate", kAdmin, kGenerate), status));
  CHECK(faulty.status_of_key() == "HTTP/1.1 404");
  CHECK(has_status(client.request("POST", "/keys/generate", kAdmin, kGenerate), "201"));
  const auto record = faulty.simulator.requests().front();
  CHECK(std::to_string(record.status) == status);
  CHECK(record.fault == std::string("status=") + status + ",instance=0,count=1");
}

TEST_CASE("drip sends the answer byte by byte") {
  const Faulty faulty("drip=1ms");
  TlsClient client(faulty.port());
  const auto start = steady_clock::now();
  const auto answer = client.request("GET", "/info");
  CHECK(has_status(answer, "200"));
  CHECK(since(start) >= milliseconds(answer.size()));
}

TEST_CASE("close-mid-answer ends the connection within the answer") {
  const Faulty faulty("close-mid-answer");
  TlsClient client(faulty.port());
  REQUIRE(client.send(get("/info")));
  const auto ending = read_to_end(client);
  CHECK(has_status(ending.bytes, "200"));
  CHECK(ending.bytes.find("vendor") == std::string::npos);
  CHECK(ending.ssl_error != SSL_ERROR_ZERO_RETURN);
}

TEST_CASE("lost-answer carries out and says nothing") {
  const Faulty faulty("lost-answer,method=POST");
  TlsClient client(faulty.port());
  CHECK(client.request("POST", "/keys/generate", kAdmin, kGenerate).empty());
  CHECK(faulty.status_of_key() == "HTTP/1.1 200");
  CHECK(faulty.simulator.requests().front().status == 0);
}

TEST_CASE("garbage-http is no HTTP") {
  const Faulty faulty("garbage-http");
  TlsClient client(faulty.port());
  REQUIRE(client.send(get("/info")));
  const auto ending = read_to_end(client);
  CHECK_FALSE(ending.bytes.empty());
  CHECK(ending.bytes.find("HTTP/") == std::string::npos);
}

TEST_CASE("garbage-json is a complete answer with a body that is no JSON") {
  const Faulty faulty("garbage-json");
  TlsClient client(faulty.port());
  const auto answer = client.request("GET", "/info");
  CHECK(has_status(answer, "200"));
  CHECK_FALSE(body_of(answer).empty());
  CHECK_FALSE(nlohmann::json::accept(body_of(answer)));
  CHECK(has_status(client.request("GET", "/info"), "200"));
}

TEST_CASE("huge answers have the size asked for") {
  const bool header = GENERATE(true, false);
  const Faulty faulty(header ? "huge-header=300K" : "huge-body=300K");
  TlsClient client(faulty.port());
  const auto answer = client.request("GET", "/info");
  CHECK(has_status(answer, "200"));
  CHECK((header ? answer : body_of(answer)).size() >= 300 * 1024);
}

TEST_CASE("close-idle says goodbye to an idle connection after an answer") {
  const Faulty faulty("close-idle=30ms,count=1");
  TlsClient client(faulty.port());
  CHECK(has_status(client.request("GET", "/info"), "200"));
  const auto start = steady_clock::now();
  CHECK(read_to_end(client).ssl_error == SSL_ERROR_ZERO_RETURN);
  CHECK(since(start) < milliseconds(5000));
}

TEST_CASE("close-idle spares a connection on which the next request comes in time") {
  const Faulty faulty("close-idle=60s");
  TlsClient client(faulty.port());
  for (int i = 0; i < 3; ++i) CHECK(has_status(client.request("GET", "/info"), "200"));
}

TEST_CASE("delayed-visibility hides changes from the other instances for a while") {
  Simulator simulator(demo(2));
  TlsClient writer(simulator.port(0)), reader(simulator.port(1));
  const auto seen = [&] { return has_status(reader.request("GET", "/keys/k", kAdmin), "200"); };
  const auto wait_until = [&](bool state) {
    const auto start = steady_clock::now();
    while (seen() != state && since(start) < milliseconds(9000))
      std::this_thread::sleep_for(milliseconds(10));
    return since(start);
  };
  simulator.add_fault("delayed-visibility=700ms");
  REQUIRE(has_status(writer.request("POST", "/keys/generate", kAdmin, kGenerate), "201"));
  CHECK(has_status(writer.request("GET", "/keys/k", kAdmin), "200"));
  CHECK_FALSE(seen());
  CHECK(
      has_status(reader.request("POST", "/keys/generate", kAdmin, kGenerate), "400"));  // in use all the same
  CHECK(wait_until(true) < milliseconds(9000));

  REQUIRE(has_status(writer.request("DELETE", "/keys/k", kAdmin), "204"));
  CHECK(has_status(writer.request("GET", "/keys/k", kAdmin), "404"));
  CHECK(seen());
  CHECK(wait_until(false) < milliseconds(9000));
}

TEST_CASE("split-store hides changes until it is over") {
  Simulator simulator(demo(2));
  TlsClient first(simulator.port(0)), second(simulator.port(1));
  REQUIRE(has_status(first.request("POST", "/keys/generate", kAdmin, kGenerate), "201"));
  const auto id = simulator.add_fault("split-store");
  CHECK(has_status(second.request("GET", "/keys/k", kAdmin), "200"));  // from before
  REQUIRE(has_status(first.request("POST", "/keys/k/move", kAdmin, R"({"newId":"m"})"), "20"));
  CHECK(has_status(second.request("GET", "/keys/k", kAdmin), "200"));
  CHECK(has_status(second.request("GET", "/keys/m", kAdmin), "404"));
  CHECK(body_of(second.request("GET", "/keys", kAdmin)) == R"([{"id":"k"}])");
  simulator.remove_fault(id);
  CHECK(body_of(second.request("GET", "/keys", kAdmin)) == R"([{"id":"m"}])");
}

TEST_CASE("faults can be given before the start") {
  auto options = demo(2);
  options.faults = {parse_fault("refuse,instance=1")};
  const Simulator simulator(options);
  CHECK(TlsClient(simulator.port(0)).connected());
  CHECK(Tcp(simulator.port(1)).connect_error() == ECONNREFUSED);
}

TEST_CASE("requests are counted by method and by what they are to their client") {
  Simulator simulator(demo(2));
  TlsClient client(simulator.port(0));
  client.request("GET", "/health/alive");
  client.request("GET", "/keys", kAdmin);
  client.request("POST", "/keys/generate", kAdmin, kGenerate);
  client.request("POST", "/keys/k/sign", kAdmin, "{}");
  client.request("POST", "/random", kAdmin, R"({"length":1})");
  client.request("DELETE", "/keys/k", kAdmin);
  const auto counts = simulator.request_counts(0);
  CHECK(counts.total == 6);
  CHECK(counts.health == 1);
  CHECK(counts.reads == 1);
  CHECK(counts.uses == 2);
  CHECK(counts.writes == 2);
  CHECK(counts.methods.at("POST") == 3);
  CHECK(simulator.request_counts(1).total == 0);
}
