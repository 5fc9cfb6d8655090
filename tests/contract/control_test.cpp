// SPDX-License-Identifier: Apache-2.0
// The control port of the simulator.
#include "simulator/control.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "catch.hpp"
#include "tls_client.h"

using namespace nethsm::simulator;

namespace {

// One plain HTTP request, without a body and without a Content-Length; the whole answer.
std::string ask(const ControlPort& control, const std::string& method, const std::string& path) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(control.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = method + " " + path + " HTTP/1.1\r\nHost: control\r\n\r\n";
    ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    std::array<char, 4096> bytes;
    ssize_t count = 0;
    while ((count = ::recv(socket, bytes.data(), bytes.size(), 0)) > 0)
      answer.append(bytes.data(), static_cast<std::size_t>(count));
  }
  ::close(socket);
  return answer;
}

bool has_status(const std::string& answer, const std::string& status) {
  return answer.substr(0, 12) == "HTTP/1.1 " + status;
}

}  // namespace

TEST_CASE("the control port stops and starts instances") {
  Options options;
  options.demo = true;
  options.instances = 2;
  Simulator simulator(options);
  const ControlPort control(simulator, 0);
  CHECK(has_status(ask(control, "POST", "/instances/1/stop"), "204"));
  CHECK_FALSE(TlsClient(simulator.port(1)).reachable());
  CHECK(TlsClient(simulator.port(0)).connected());
  CHECK(has_status(ask(control, "POST", "/instances/1/start"), "204"));
  CHECK(TlsClient(simulator.port(1)).connected());
}

TEST_CASE("the control port tells and forgets the requests") {
  Options options;
  options.demo = true;
  Simulator simulator(options);
  const ControlPort control(simulator, 0);
  TlsClient(simulator.port(0)).request("GET", "/info");
  const std::string answer = ask(control, "GET", "/requests");
  CHECK(answer.find(R"([{"instance":0,"method":"GET","path":"/api/v1/info","user":"","status":200}])") !=
        std::string::npos);
  CHECK(has_status(ask(control, "DELETE", "/requests"), "204"));
  CHECK(simulator.requests().empty());
}

TEST_CASE("the control port refuses what it does not know") {
  Simulator simulator({});
  const ControlPort control(simulator, 0);
  for (const char* path :
       {"/instances/1/stop", "/instances/x/stop", "/instances/0/burn", "/instances/0", "/"}) {
    CAPTURE(path);
    CHECK(has_status(ask(control, "POST", path), "404"));
  }
  CHECK(has_status(ask(control, "GET", "/instances/0/stop"), "404"));
}
