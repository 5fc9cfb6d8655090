// SPDX-License-Identifier: Apache-2.0
// The control port of the simulator.
#include "simulator/control.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "catch.hpp"
#include "demo_simulator.h"

using namespace nethsm::simulator;

namespace {

// One plain HTTP request, without a Content-Length unless there is a body; the whole answer.
std::string ask(const ControlPort& control, const std::string& method, const std::string& path,
                const std::string& body = "") {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(control.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    const std::string request =
        method + " " + path + " HTTP/1.1\r\nHost: control\r\n" + length + "\r\n" + body;
    ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    std::array<char, 4096> bytes;
    ssize_t count = 0;
    while ((count = ::recv(socket, bytes.data(), bytes.size(), 0)) > 0)
      answer.append(bytes.data(), static_cast<std::size_t>(count));
  }
  ::close(socket);
  return answer;
}

}  // namespace

TEST_CASE("the control port stops and starts instances") {
  Simulator simulator(demo(2));
  const ControlPort control(simulator, 0);
  CHECK(has_status(ask(control, "POST", "/instances/1/stop"), "204"));
  CHECK_FALSE(TlsClient(simulator.port(1)).reachable());
  CHECK(TlsClient(simulator.port(0)).connected());
  CHECK(has_status(ask(control, "POST", "/instances/1/start"), "204"));
  CHECK(TlsClient(simulator.port(1)).connected());
}

TEST_CASE("the control port tells and forgets the requests") {
  Simulator simulator(demo());
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

TEST_CASE("the control port adds, tells and takes away faults") {
  Simulator simulator(demo());
  const ControlPort control(simulator, 0);
  const auto added = ask(control, "POST", "/faults", "status=503,path=/info\nstall,path=/random,share=10%\n");
  CHECK(has_status(added, "201"));
  CHECK(added.find(R"({"ids":[1,2]})") != std::string::npos);
  CHECK(has_status(TlsClient(simulator.port(0)).request("GET", "/info"), "503"));
  const auto told = ask(control, "GET", "/faults");
  CHECK(told.find(R"({"id":1,"fault":"status=503,path=/info","matched":1,"happened":1,"over":false})") !=
        std::string::npos);
  CHECK(ask(control, "GET", "/requests").find(R"("status":503,"fault":"status=503,path=/info"})") !=
        std::string::npos);
  CHECK(has_status(ask(control, "DELETE", "/faults/1"), "204"));
  CHECK(has_status(ask(control, "DELETE", "/faults/1"), "404"));
  CHECK(has_status(TlsClient(simulator.port(0)).request("GET", "/info"), "200"));
  CHECK(has_status(ask(control, "DELETE", "/faults"), "204"));
  CHECK(simulator.faults().empty());
}

TEST_CASE("the control port says what is wrong with a fault, and adds none of the lines") {
  Simulator simulator({});
  const ControlPort control(simulator, 0);
  CHECK(ask(control, "POST", "/faults", "stall\nstall,count=0").find("count takes a number from 1 on") !=
        std::string::npos);
  CHECK(ask(control, "POST", "/faults", "stall,instance=1").find("there is no instance 1") !=
        std::string::npos);
  CHECK(has_status(ask(control, "POST", "/faults"), "400"));
  CHECK(simulator.faults().empty());
}

TEST_CASE("the control port counts requests") {
  Simulator simulator({});
  const ControlPort control(simulator, 0);
  TlsClient(simulator.port(0)).request("GET", "/info");
  CHECK(ask(control, "GET", "/requests/counts")
            .find(R"([{"instance":0,"total":1,"classes":{"read":1,"use":0,"write":0,"health":0},)"
                  R"("methods":{"GET":1}}])") != std::string::npos);
}
