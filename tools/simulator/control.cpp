// SPDX-License-Identifier: Apache-2.0
#include "simulator/control.h"

#include <httplib.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <optional>
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
            json_string(request.user) + R"(,"status":)" + std::to_string(request.status);
    if (!request.fault.empty()) json += R"(,"fault":)" + json_string(request.fault);
    json += "}";
  }
  return json + "]\n";
}

std::string counts_json(const Simulator& simulator) {
  std::string json = "[";
  for (unsigned i = 0; i < simulator.instances(); ++i) {
    const RequestCounts counts = simulator.request_counts(i);
    if (i != 0) json += ",";
    json += R"({"instance":)" + std::to_string(i) + R"(,"total":)" + std::to_string(counts.total) +
            R"(,"classes":{"read":)" + std::to_string(counts.reads) + R"(,"use":)" +
            std::to_string(counts.uses) + R"(,"write":)" + std::to_string(counts.writes) + R"(,"health":)" +
            std::to_string(counts.health) + R"(},"methods":{)";
    const char* separator = "";
    for (const auto& [method, count] : counts.methods) {
      json += separator + json_string(method) + ":" + std::to_string(count);
      separator = ",";
    }
    json += "}}";
  }
  return json + "]\n";
}

std::string faults_json(const std::vector<Faults::Status>& faults) {
  std::string json = "[";
  for (const Faults::Status& fault : faults) {
    if (json.size() > 1) json += ",";
    json += R"({"id":)" + std::to_string(fault.id) + R"(,"fault":)" + json_string(fault.spec.text()) +
            R"(,"matched":)" + std::to_string(fault.matched) + R"(,"happened":)" +
            std::to_string(fault.happened) + R"(,"over":)" + (fault.over ? "true" : "false") + "}";
  }
  return json + "]\n";
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
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
      // Only this request has a body that is looked at.
      if (request.path == "/faults" && request.method == "POST" && request.has_header("Content-Length"))
        return httplib::Server::HandlerResponse::Unhandled;
      response.status = answer(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.Post("/faults", [this](const httplib::Request& request, httplib::Response& response) {
      response.status = add_faults(request.body, response);
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
    const auto parts = split(std::string_view(request.path).substr(1), '/');
    if (parts[0] == "requests") return requests(request, response);
    if (parts[0] == "faults") return faults(request.method, parts, response);
    if (request.method != "POST" || parts.size() != 3 || parts[0] != "instances") return 404;
    const auto instance = number(parts[1]);
    if (!instance || *instance >= simulator_.instances()) return 404;
    if (parts[2] == "stop") {
      simulator_.stop_instance(*instance);
    } else if (parts[2] == "start") {
      simulator_.start_instance(*instance);
    } else {
      return 404;
    }
    return 204;
  }

  int requests(const httplib::Request& request, httplib::Response& response) {
    if (request.path == "/requests" && request.method == "GET") {
      response.set_content(requests_json(simulator_.requests()), "application/json");
      return 200;
    }
    if (request.path == "/requests/counts" && request.method == "GET") {
      response.set_content(counts_json(simulator_), "application/json");
      return 200;
    }
    if (request.path != "/requests" || request.method != "DELETE") return 404;
    simulator_.clear_requests();
    return 204;
  }

  int faults(const std::string& method, const std::vector<std::string_view>& parts,
             httplib::Response& response) {
    if (parts.size() == 1 && method == "GET") {
      response.set_content(faults_json(simulator_.faults()), "application/json");
      return 200;
    }
    if (parts.size() == 1 && method == "POST") {
      response.set_content("the body holds one fault per line\n", "text/plain");
      return 400;
    }
    if (method != "DELETE" || parts.size() > 2) return 404;
    if (parts.size() == 1) {
      simulator_.clear_faults();
      return 204;
    }
    const auto id = number(parts[1]);
    return id && simulator_.remove_fault(*id) ? 204 : 404;
  }

  // All lines or none.
  int add_faults(std::string_view body, httplib::Response& response) {
    std::vector<std::string> specs;
    for (const auto line : split(body, '\n')) {
      if (const auto text = trim(line); !text.empty()) specs.emplace_back(text);
    }
    std::string ids;
    try {
      for (const auto& spec : specs) check_instances(parse_fault(spec), simulator_.instances());
      for (const auto& spec : specs)
        ids += (ids.empty() ? "" : ",") + std::to_string(simulator_.add_fault(spec));
    } catch (const FaultError& error) {
      response.set_content(std::string(error.what()) + "\n", "text/plain");
      return 400;
    }
    response.set_content(R"({"ids":[)" + ids + "]}\n", "application/json");
    return 201;
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
