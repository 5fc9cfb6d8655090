// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "log_receivers.h"

using namespace nethsm;
using namespace nethsm::log;

namespace {

std::string read_some(const Descriptor& connection) {
  pollfd waiting{connection.get(), POLLIN, 0};
  REQUIRE(poll(&waiting, 1, 5000) == 1);
  char text[32768];
  const ssize_t size = recv(connection.get(), text, sizeof text, 0);
  REQUIRE(size >= 0);
  return {text, static_cast<std::size_t>(size)};
}

// The next frame of a stream of octet-counted ones.
std::string take_frame(std::string& stream) {
  const std::size_t blank = stream.find(' ');
  REQUIRE(blank != std::string::npos);
  const std::size_t size = std::stoul(stream.substr(0, blank));
  REQUIRE(stream.size() >= blank + 1 + size);
  const std::string frame = stream.substr(blank + 1, size);
  stream.erase(0, blank + 1 + size);
  return frame;
}

Settings to_tcp(const Receiver& listener) {
  Settings settings = named_settings();
  settings.syslog_tcp = listener.address();
  return settings;
}

}  // namespace

TEST_CASE("Lines go to a syslog socket as datagrams") {
  const TemporaryFolder folder;
  const Receiver daemon = unix_receiver(folder / "socket");
  Settings settings = named_settings();
  settings.syslog_socket = folder / "socket";
  const Configured configured(settings);
  warn("the key \"%s\" is missing", "k1");
  const std::string message = daemon.next();
  CHECK(message.substr(0, 5) == "<156>");
  CHECK(contains(message, " signer[4711]: the key \"k1\" is missing"));
  CHECK_FALSE(contains(message, "host.example"));
}

TEST_CASE("A syslog daemon that is restarted gets the next line") {
  const TemporaryFolder folder;
  Settings settings = named_settings();
  settings.syslog_socket = folder / "socket";
  auto daemon = std::make_unique<Receiver>(unix_receiver(folder / "socket"));
  const Configured configured(settings);
  error("one");
  CHECK(contains(daemon->next(), "one"));
  daemon.reset();
  unlink((folder / "socket").c_str());
  error("two");  // nobody is there
  daemon = std::make_unique<Receiver>(unix_receiver(folder / "socket"));
  error("three");
  CHECK(contains(daemon->next(), "1 lines of the log were dropped"));
  CHECK(contains(daemon->next(), "three"));
}

TEST_CASE("A syslog daemon that does not read costs lines, not time") {
  const TemporaryFolder folder;
  const Receiver daemon = unix_receiver(folder / "socket");
  Settings settings = named_settings();
  settings.syslog_socket = folder / "socket";
  const Configured configured(settings);
  constexpr int kMany = 5000;  // would block for ever
  for (int i = 0; i < kMany; ++i) error("line");
  int read = 0;
  for (; daemon.has_message(); ++read) daemon.next();
  CHECK(read < kMany);
  error("now there is room");
  CHECK(contains(daemon.next(), std::to_string(kMany - read) + " lines of the log were dropped"));
  CHECK(contains(daemon.next(), "now there is room"));
}

TEST_CASE("A syslog socket that is not there is reported on stderr") {
  const CapturedStderr captured;
  Settings settings;
  settings.syslog_socket = "/nonexistent/socket";
  const Configured configured(settings);
  CHECK(contains(captured.text(), "syslog_socket \"/nonexistent/socket\" cannot be reached: No such file"));
}

TEST_CASE("Lines go to a syslog server over UDP") {
  const Receiver server = udp_receiver();
  Settings settings = named_settings();
  settings.syslog_udp = Settings::Udp{server.address(), "127.0.0.1:0"};
  const Configured configured(settings);
  error("over UDP");
  const std::string message = server.next();
  CHECK(message.substr(0, 7) == "<155>1 ");
  CHECK(contains(message, "Z host.example signer 4711 - - over UDP"));
}

TEST_CASE("A UDP line is cut to what a server must take") {
  const Receiver server = udp_receiver();
  Settings settings = named_settings();
  settings.syslog_udp = Settings::Udp{server.address(), "127.0.0.1:0"};
  const Configured configured(settings);
  error("%s", std::string(20000, 'x').c_str());
  const std::string message = server.next();
  CHECK(message.substr(message.size() - 4) == "x...");
  CHECK(message.size() < 2200);
}

TEST_CASE("An absent UDP server costs nothing") {
  const std::string address = udp_receiver().address();
  Settings settings = named_settings();
  settings.syslog_udp = Settings::Udp{address, "127.0.0.1:0"};
  const CapturedStderr captured;
  const Configured configured(settings);
  for (int i = 0; i < 10; ++i) error("to nobody");
  CHECK(captured.text().empty());
}

TEST_CASE("Lines go to a syslog server over TCP in octet-counted frames") {
  const Receiver listener = tcp_listener();
  Descriptor connection;
  {
    const Configured configured(to_tcp(listener));
    connection = listener.accept_one();
    error("one\ntwo");
    warn("%s", std::string(20000, 'x').c_str());
  }
  std::string stream;
  while (stream.size() < 8192) stream += read_some(connection);
  const std::string first = take_frame(stream);
  CHECK(first.substr(0, 7) == "<155>1 ");
  CHECK(contains(first, "host.example signer 4711 - - one\\ntwo"));
  const std::string second = take_frame(stream);
  CHECK(second.size() > 8192);
  CHECK(second.size() < 8400);
  CHECK(second.substr(second.size() - 4) == "x...");
  CHECK(stream.empty());
}

TEST_CASE("Lines that are logged before a TCP connection stands are delivered at the end at the latest") {
  const Receiver listener = tcp_listener();
  {
    const Configured configured(to_tcp(listener));
    error("early");
  }
  const Descriptor connection = listener.accept_one();
  CHECK(contains(read_some(connection), "early"));
}

TEST_CASE("A TCP server that does not read costs lines, not time") {
  const Receiver listener = tcp_listener();
  const int small = 4096;
  setsockopt(listener.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  const Configured configured(to_tcp(listener));
  const Descriptor connection = listener.accept_one();
  const std::string long_text(8000, 'x');
  for (int i = 0; i < 600; ++i) error("%s", long_text.c_str());  // would block for ever
  // Each line sends what is queued as far as there is room.
  std::string stream;
  for (int i = 0; i < 10000 && !contains(stream, "lines of the log were dropped"); ++i) {
    error("again");
    stream += read_some(connection);
  }
  CHECK(contains(stream, "lines of the log were dropped"));
}

TEST_CASE("A TCP server that hangs up, or is absent, is survived") {
  const Receiver listener = tcp_listener();
  const CapturedStderr captured;
  const Configured configured(to_tcp(listener));
  if (GENERATE(true, false)) {
    Descriptor connection = listener.accept_one();
    error("one");
    connection.reset();
  }
  for (int i = 0; i < 10; ++i) error("more");
  CHECK(captured.text().empty());
}

TEST_CASE("Of several syslog servers the socket comes first, then TCP") {
  const TemporaryFolder folder;
  const Receiver daemon = unix_receiver(folder / "socket");
  const Receiver udp = udp_receiver();
  const Receiver tcp = tcp_listener();
  Settings settings = to_tcp(tcp);
  settings.syslog_udp = Settings::Udp{udp.address(), "127.0.0.1:0"};
  SECTION("with a socket") {
    settings.syslog_socket = folder / "socket";
    const Configured configured(settings);
    error("text");
    CHECK(contains(daemon.next(), "text"));
    CHECK_FALSE(udp.has_message());
    CHECK_FALSE(tcp.has_message());
  }
  SECTION("without") {
    const Configured configured(settings);
    error("text");
    CHECK(contains(read_some(tcp.accept_one()), "text"));
    CHECK_FALSE(udp.has_message());
  }
}
