// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nethsm::simulator {

// A request as it came in, the body complete.
struct Request {
  std::string method;
  std::string target;  // as sent, with query
  std::string remote_address;
  std::vector<std::pair<std::string, std::string>> headers;  // names as sent
  std::string body;

  std::optional<std::string_view> header(std::string_view name) const;  // the first of that name
  std::string_view raw_path() const;                                    // the target without its query
  std::optional<std::string> query(std::string_view name) const;        // decoded; "" without a value
};

// What happens to the instance once the response is sent.
enum class Afterwards { kNothing, kReboot, kFactoryReset, kShutdown, kNewCertificate };

struct Response {
  int status = 204;
  std::string content_type;  // empty: no such header
  std::string body;
  std::string location;                                      // empty: no such header
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
  bool chunked = false;                                      // Transfer-Encoding instead of Content-Length
  std::string stray;      // sent after the response as if it was its body, which its status does not allow
  bool untagged = false;  // no ETag, although the resource has them
  Afterwards afterwards = Afterwards::kNothing;
};

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kOctetStream = "application/octet-stream";
inline constexpr std::string_view kPem = "application/x-pem-file";

// The path in the form that routes are matched with: escapes of characters that may stand for themselves
// undone, dot segments resolved, cut at each slash. Nothing unless it starts with /api/v1/.
std::optional<std::vector<std::string>> path_segments(std::string_view raw_path);

// "type/subtype" of a Content-Type or of one item of Accept, in lower case and without parameters; nothing if
// it is no media range.
std::optional<std::string> media_range(std::string_view header);
bool media_range_includes(std::string_view range, std::string_view type);  // "*/*" and "text/*" match widely

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

}  // namespace nethsm::simulator
