// SPDX-License-Identifier: Apache-2.0
#include "simulator/control.h"

#include <httplib.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "simulator/http_message.h"
#include "simulator/json_record.h"

namespace nethsm::simulator {
namespace {

std::string requests_json(const std::vector<RequestRecord>& requests) {
  std::string json = "[";
  for (const RequestRecord& request : requests) {
    if (json.size() > 1) json += ",";
    json += R"({"instance":)" + std::to_string(request.instance) + R"(,"method":)" +
            json_string(request.method) + R"(,"path":)" + json_string(request.path) + R"(,"user":)" +
            json_string(request.user) + R"(,"status":)" + std::to_string(request.status) + "}";
  }
  return json + "]\n";
}

}  // namespace

class ControlPort::Impl {
 public:
  Impl(Simulator& simulator, std::uint16_t port) : simulator_(simulator) {
    server_.set_socket_options([](int socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1);
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      response.status = answer(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    const int bound = port == 0                              ? server_.bind_to_any_port(kAddress)
                      : server_.bind_to_port(kAddress, port) ? int{port}
                                                             : -1;
    if (bound <= 0)
      throw std::runtime_error("cannot listen on " + std::string(kAddress) + " port " + std::to_string(port) +
                               " for control");
    port_ = static_cast<std::uint16_t>(bound);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }

  ~Impl() {
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

 private:
  static constexpr const char* kAddress = "127.0.0.1";

  // Before the routing of cpp-httplib, which would wait for the body of a POST that announces none. What a
  // client sends as a body stays unread, so the connection ends.
  int answer(const httplib::Request& request, httplib::Response& response) {
    if (request.path == "/requests" && request.method == "GET") {
      response.set_content(requests_json(simulator_.requests()), "application/json");
      return 200;
    }
    if (request.path == "/requests" && request.method == "DELETE") {
      simulator_.clear_requests();
      return 204;
    }
    const auto parts = split(request.path, '/');
    if (request.method != "POST" || parts.size() != 4 || parts[1] != "instances") return 404;
    unsigned instance = 0;
    const auto [end, error] = std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), instance);
    if (error != std::errc() || end != parts[2].data() + parts[2].size() ||
        instance >= simulator_.instances())
      return 404;
    if (parts[3] == "stop") {
      simulator_.stop_instance(instance);
    } else if (parts[3] == "start") {
      simulator_.start_instance(instance);
    } else {
      return 404;
    }
    return 204;
  }

  Simulator& simulator_;
  httplib::Server server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

ControlPort::ControlPort(Simulator& simulator, std::uint16_t port)
    : impl_(std::make_unique<Impl>(simulator, port)) {}
ControlPort::~ControlPort() = default;

std::uint16_t ControlPort::port() const { return impl_->port(); }

}  // namespace nethsm::simulator
