// SPDX-License-Identifier: Apache-2.0
#include "transport/tls.h"

#include <openssl/err.h>

#include <cstdio>
#include <fstream>

#include "catch.hpp"
#include "unit/transport/driving.h"

using namespace nethsm;
using namespace nethsm::test;

namespace {

// A file that lives as long as the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    const int descriptor = ::mkstemp(path_.data());
    ::close(descriptor);
    std::ofstream(path_) << content;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/nethsm-test-XXXXXX";
};

Trust by_ca(const TemporaryFile& file) { return {{}, file.path(), false}; }

// Asks once; a refusal must have happened before any byte of HTTP.
std::optional<transport::Failure> refusal(ScriptedServer& server, const Endpoint& endpoint) {
  const auto connection = connect(endpoint);
  const auto answer = exchange(*connection, post("/keys/k/sign"));
  CHECK_FALSE(answer);
  server.stop();
  CHECK(server.count() == 0);
  if (connection->failure() == nullptr) return std::nullopt;
  return *connection->failure();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A pinned certificate is enough, whatever its name and issuer") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const auto certificate = make_certificate("DNS:somewhere.else");
  ScriptedServer server({certificate, version}, echo_path);
  Trust trust = pinned(certificate);
  SECTION("the only pin") {}
  SECTION("the last of several") {
    trust.pins.insert(trust.pins.begin(), {transport::Fingerprint{1}, transport::Fingerprint{2}});
  }
  const auto endpoint = endpoint_of(server.url(), trust);
  const auto connection = connect(endpoint);
  const auto answer = exchange(*connection, post("/random"));
  REQUIRE(answer);
  CHECK(answer->text() == "/api/v1/random");
  CHECK(server.count() == 1);
}

TEST_CASE("A certificate that is not pinned is refused before any request is sent") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const auto certificate = make_certificate("IP:127.0.0.1");
  const auto other = make_certificate("IP:127.0.0.1");
  ScriptedServer server({certificate, version}, echo_path);
  Trust trust = pinned(other);
  SECTION("one pin") {}
  SECTION("several pins") { trust.pins.push_back(transport::Fingerprint{}); }
  const auto failure = refusal(server, endpoint_of(server.url(), trust));
  REQUIRE(failure);
  CHECK(failure->kind == FailureKind::kCertificate);
  CHECK(failure->phase == Phase::kVerify);
  CHECK(failure->provably_not_sent());
  CHECK(contains(failure->message, to_hex(certificate.fingerprint())));
  CHECK(contains(failure->message, "sha256_fingerprints"));
}

TEST_CASE("A CA file vouches for the names in the certificates that it has signed") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const auto ca = make_certificate("", nullptr, true);
  const TemporaryFile ca_file(ca.pem());
  const auto certificate = make_certificate("DNS:localhost,IP:127.0.0.1", &ca);
  ScriptedServer server({certificate, version}, echo_path);
  const auto host = GENERATE("127.0.0.1", "localhost");
  const auto endpoint = endpoint_of(server.url(host), by_ca(ca_file));
  const auto connection = connect(endpoint);
  CHECK(exchange(*connection, post("/random")));
  if (connection->failure() != nullptr) FAIL(connection->failure()->message);
  // A server name is sent for names only.
  CHECK(server.server_name() ==
        (host == std::string("localhost") ? std::optional<std::string>(host) : std::nullopt));
}

TEST_CASE("The server's own certificate can be the CA file") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  const TemporaryFile ca_file(certificate.pem());
  ScriptedServer server({certificate}, echo_path);
  const auto endpoint = endpoint_of(server.url(), by_ca(ca_file));
  const auto connection = connect(endpoint);
  CHECK(exchange(*connection, get("/info")));
}

TEST_CASE("A certificate that the CA file does not vouch for is refused before any request is sent") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const auto ca = make_certificate("", nullptr, true);
  const auto other_ca = make_certificate("", nullptr, true);
  struct Case {
    const char* what;
    std::string names, host;
    const Certificate* believed;
  };
  const auto c = GENERATE_REF(Case{"another CA", "IP:127.0.0.1", "127.0.0.1", &other_ca},
                              Case{"another address", "IP:127.0.0.2,DNS:localhost", "127.0.0.1", &ca},
                              Case{"an address as a name", "DNS:127.0.0.1", "127.0.0.1", &ca},
                              Case{"another name", "DNS:nethsm.example,IP:127.0.0.1", "localhost", &ca},
                              Case{"no name", "", "localhost", &ca});
  INFO(c.what);
  const TemporaryFile ca_file(c.believed->pem());
  ScriptedServer server({make_certificate(c.names, &ca), version}, echo_path);
  const auto failure = refusal(server, endpoint_of(server.url(c.host), by_ca(ca_file)));
  REQUIRE(failure);
  INFO(failure->message);
  CHECK(failure->kind == FailureKind::kCertificate);
  CHECK(failure->phase == Phase::kVerify);
  CHECK((contains(failure->message, "mismatch") || contains(failure->message, "unable to get local issuer")));
  CHECK(contains(failure->message, ca_file.path()));
}

TEST_CASE("Without pins and CA file the system's root certificates decide") {
  ScriptedServer server({make_certificate("IP:127.0.0.1")}, echo_path);
  const auto failure = refusal(server, endpoint_of(server.url()));
  REQUIRE(failure);
  CHECK(failure->kind == FailureKind::kCertificate);
  CHECK(contains(failure->message, "self-signed certificate"));
  CHECK(contains(failure->message, "the system's root certificates"));
}

TEST_CASE("Any certificate will do for those who have asked for it") {
  ScriptedServer server({make_certificate("DNS:somewhere.else")}, echo_path);
  const auto endpoint = endpoint_of(server.url(), Trust{{}, {}, true});
  const auto connection = connect(endpoint);
  CHECK(exchange(*connection, get("/info")));
}

TEST_CASE("A server that speaks only TLS 1.1 is not spoken to") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer server({certificate, TLS1_1_VERSION}, echo_path);
  const auto failure = refusal(server, endpoint_of(server.url(), pinned(certificate)));
  REQUIRE(failure);
  CHECK(failure->kind != FailureKind::kCertificate);
  CHECK(failure->provably_not_sent());
}

TEST_CASE("A CA file that cannot be read is reported with its name") {
  const TemporaryFile empty("no certificate in here\n");
  transport::TlsContexts contexts;
  for (const auto& path : {empty.path(), std::string("/no/such/file.pem")}) {
    const auto context = contexts.get({{}, path, false});
    REQUIRE_FALSE(context);
    CHECK(context.error().kind == FailureKind::kCertificate);
    CHECK(contains(context.error().message, path));
  }
}

TEST_CASE("Instances that trust the same share one context") {
  transport::TlsContexts contexts;
  const Trust a{{transport::Fingerprint{1}}, {}, false}, b{{transport::Fingerprint{2}}, {}, false};
  const auto first = contexts.get(a).value();
  CHECK(contexts.get(a).value() == first);
  CHECK(contexts.get(b).value() != first);
}

TEST_CASE("A peer that does not speak TLS is a failure of the handshake") {
  ScriptedServer server({}, [](Peer& peer) {
    peer.write("220 mail.example ESMTP\r\n");
    peer.stall();
  });
  auto endpoint = endpoint_of(server.url());
  endpoint.tls = true;
  const auto connection = connect(endpoint);
  CHECK_FALSE(exchange(*connection, get("/info")));
  REQUIRE(connection->failure() != nullptr);
  CHECK(connection->failure()->kind == FailureKind::kTls);
  CHECK(connection->failure()->provably_not_sent());
}

TEST_CASE("Nothing of the host's OpenSSL errors is mistaken for a failure, and none is left behind") {
  const auto certificate = make_certificate("IP:127.0.0.1");
  ScriptedServer server({certificate}, echo_path);
  const auto endpoint = endpoint_of(server.url(), pinned(certificate));
  const auto connection = connect(endpoint);
  EVP_PKEY_Q_keygen(nullptr, nullptr, "no such algorithm");
  REQUIRE(ERR_peek_error() != 0);
  CHECK(exchange(*connection, get("/info")));
  CHECK(ERR_peek_error() == 0);
}
