// SPDX-License-Identifier: Apache-2.0
#include "simulator/control.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

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
    server_.set_keep_alive_timeout(1);
    add_routes();
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

  void add_routes() {
    on_instance(R"(/instances/(\d{1,6})/stop)", &Simulator::stop_instance);
    on_instance(R"(/instances/(\d{1,6})/start)", &Simulator::start_instance);
    server_.Get("/requests", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(requests_json(simulator_.requests()), "application/json");
    });
    server_.Delete("/requests", [this](const httplib::Request&, httplib::Response& response) {
      simulator_.clear_requests();
      response.status = 204;
    });
  }

  void on_instance(const char* pattern, void (Simulator::*action)(unsigned)) {
    server_.Post(pattern, [this, action](const httplib::Request& request, httplib::Response& response) {
      const auto instance = static_cast<unsigned>(std::stoul(request.matches[1].str()));
      if (instance >= simulator_.instances()) {
        response.status = 404;
        return;
      }
      (simulator_.*action)(instance);
      response.status = 204;
    });
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
