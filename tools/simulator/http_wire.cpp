// SPDX-License-Identifier: Apache-2.0
#include "simulator/http_wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace nethsm::simulator {
namespace {

constexpr std::size_t kMaxHeaders = 1000;
constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 30;  // our memory, not a rule of the server
constexpr std::size_t kChunkBytes = 4096;

struct ReasonRow {
  int status;
  std::string_view reason;
};
constexpr std::array<ReasonRow, 21> kReasons{{{200, "OK"},
                                              {201, "Created"},
                                              {204, "No Content"},
                                              {304, "Not Modified"},
                                              {400, "Bad Request"},
                                              {401, "Unauthorized"},
                                              {403, "Forbidden"},
                                              {404, "Not Found"},
                                              {405, "Method Not Allowed"},
                                              {406, "Not Acceptable"},
                                              {409, "Conflict"},
                                              {412, "Precondition Failed"},
                                              {413, "Request Entity Too Large"},
                                              {414, "Request-URI Too Long"},
                                              {415, "Unsupported Media Type"},
                                              {429, "Too Many Requests"},
                                              {500, "Internal Server Error"},
                                              {501, "Not Implemented"},
                                              {502, "Bad Gateway"},
                                              {503, "Service Unavailable"},
                                              {504, "Gateway Timeout"}}};

std::string_view reason(int status) {
  const auto it = std::find_if(kReasons.begin(), kReasons.end(),
                               [=](const ReasonRow& row) { return row.status == status; });
  return it == kReasons.end() ? std::string_view("Unknown") : it->reason;
}

bool parse_request_line(std::string_view line, Request& request, bool& keep_alive) {
  const auto parts = split(line, ' ');
  if (parts.size() != 3 || parts[0].empty() || parts[1].empty()) return false;
  if (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0") return false;
  request.method = parts[0];
  request.target = parts[1];
  keep_alive = parts[2] == "HTTP/1.1";
  return true;
}

bool read_headers(Connection& connection, Request& request) {
  std::string line;
  while (connection.read_line(line)) {
    if (line.empty()) return true;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || request.headers.size() >= kMaxHeaders) return false;
    request.headers.emplace_back(line.substr(0, colon), trim(std::string_view(line).substr(colon + 1)));
  }
  return false;
}

bool read_chunks(Connection& connection, std::string& body) {
  std::string line;
  while (connection.read_line(line)) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc() || end == line.data() || body.size() + size > kMaxBodyBytes) return false;
    if (size == 0) {
      while (connection.read_line(line) && !line.empty()) {
      }
      return line.empty();
    }
    if (!connection.fill_to(size)) return false;
    body += connection.take(size);
    if (!connection.read_line(line) || !line.empty()) return false;
  }
  return false;
}

bool read_body(Connection& connection, Request& request) {
  constexpr std::array<std::string_view, 5> kWithoutBody = {"GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"};
  if (std::find(kWithoutBody.begin(), kWithoutBody.end(), request.method) != kWithoutBody.end()) return true;
  const auto encoding = request.header("Transfer-Encoding");
  if (encoding && encoding->find("chunked") != std::string_view::npos)
    return read_chunks(connection, request.body);
  const auto header = request.header("Content-Length");
  if (!header) return true;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), length);
  if (error != std::errc() || end != header->data() + header->size()) return true;
  if (length > kMaxBodyBytes || !connection.fill_to(length)) return false;
  request.body = connection.take(length);
  return true;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), size};
}

void append_header(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

void append_chunks(std::string& text, std::string_view body) {
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, kChunkBytes);
    std::array<char, 16> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), chunk.size(), 16).ptr;
    text.append(size.data(), end).append("\r\n").append(chunk).append("\r\n");
    body.remove_prefix(chunk.size());
  }
  text += "0\r\n\r\n";
}

}  // namespace

bool read_request(Connection& connection, ReceivedRequest& received) {
  Request& request = received.request;
  std::string line;
  if (!connection.read_line(line) || !parse_request_line(line, request, received.keep_alive)) return false;
  if (!read_headers(connection, request) || !read_body(connection, request)) return false;
  if (const auto header = request.header("Connection")) {
    if (equal_ignoring_case(*header, "close")) received.keep_alive = false;
    if (equal_ignoring_case(*header, "keep-alive")) received.keep_alive = true;
  }
  return true;
}

std::string serialize(const Response& response, const Request& request, bool keep_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text.append(reason(response.status)).append("\r\n");
  if (!response.content_type.empty()) append_header(text, "Content-Type", response.content_type);
  if (!response.location.empty()) append_header(text, "Location", response.location);
  for (const auto& [name, value] : response.headers) append_header(text, name, value);
  append_header(text, "Date", http_date());
  if (response.chunked) {
    append_header(text, "transfer-encoding", "chunked");
  } else if (response.stray.empty()) {
    append_header(text, "content-length", std::to_string(response.body.size()));
  }
  append_header(text, "connection", keep_alive ? "keep-alive" : "close");
  text += "\r\n";
  if (request.method == "HEAD") return text;
  if (response.chunked) {
    append_chunks(text, response.body);
  } else {
    text += response.body;
  }
  return text + response.stray;
}

}  // namespace nethsm::simulator
