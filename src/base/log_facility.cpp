// SPDX-License-Identifier: Apache-2.0
#include <syslog.h>

#include <array>
#include <utility>

#include "base/log.h"

namespace nethsm::log {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 20> kFacilities{{
    {"kern", LOG_KERN},     {"user", LOG_USER},     {"mail", LOG_MAIL},         {"daemon", LOG_DAEMON},
    {"auth", LOG_AUTH},     {"syslog", LOG_SYSLOG}, {"lpr", LOG_LPR},           {"news", LOG_NEWS},
    {"uucp", LOG_UUCP},     {"cron", LOG_CRON},     {"authpriv", LOG_AUTHPRIV}, {"ftp", LOG_FTP},
    {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2},     {"local3", LOG_LOCAL3},
    {"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6},     {"local7", LOG_LOCAL7},
}};

}  // namespace

std::optional<int> facility_code(std::string_view name) {
  for (const auto& [known, code] : kFacilities) {
    if (known == name) return code;
  }
  return std::nullopt;
}

}  // namespace nethsm::log
