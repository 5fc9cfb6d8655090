// SPDX-License-Identifier: Apache-2.0
#include "simulator/fault.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "simulator/http_message.h"

namespace nethsm::simulator {
namespace {

using Kind = FaultKind;
using Stage = FaultStage;
using Value = FaultFacts::Value;

constexpr std::array<FaultFacts, 19> kFaults{{
    {Kind::kRefuse, "refuse", Stage::kListen, Value::kNone, 0,
     "the port is closed; connections that exist stay"},
    {Kind::kResetOnAccept, "reset-on-accept", Stage::kAccept, Value::kNone, 0,
     "the connection is reset as soon as it has been accepted"},
    {Kind::kStallOnAccept, "stall-on-accept", Stage::kAccept, Value::kDuration, kForEver,
     "the connection is accepted, and then nothing is said"},
    {Kind::kSlowHandshake, "slow-handshake", Stage::kAccept, Value::kDuration, 2000,
     "the TLS handshake is answered late"},
    {Kind::kWrongCertificate, "wrong-certificate", Stage::kAccept, Value::kNone, 0,
     "another certificate is shown"},
    {Kind::kResetBeforeReading, "reset-before-reading", Stage::kArrival, Value::kNone, 0,
     "the connection is reset when a request arrives, before any of it has been read"},
    {Kind::kResetAfterReading, "reset-after-reading", Stage::kRequest, Value::kNone, 0,
     "the connection is reset after the request has been read; it is not carried out"},
    {Kind::kStall, "stall", Stage::kRequest, Value::kDuration, kForEver,
     "the request is read and left lying; with a duration it is carried out afterwards"},
    {Kind::kStatus, "status", Stage::kRequest, Value::kStatus, std::nullopt,
     "the request is answered with this status and not carried out"},
    {Kind::kDrip, "drip", Stage::kAnswer, Value::kDuration, 100,
     "the answer comes byte by byte with this pause in between"},
    {Kind::kCloseMidAnswer, "close-mid-answer", Stage::kAnswer, Value::kNone, 0,
     "the connection is closed after half of the answer"},
    {Kind::kLostAnswer, "lost-answer", Stage::kAnswer, Value::kNone, 0,
     "the request is carried out, and the connection is closed without an answer"},
    {Kind::kGarbageHttp, "garbage-http", Stage::kAnswer, Value::kNone, 0, "the answer is not HTTP"},
    {Kind::kGarbageJson, "garbage-json", Stage::kAnswer, Value::kNone, 0,
     "the answer's body is damaged: it is not JSON"},
    {Kind::kHugeHeader, "huge-header", Stage::kAnswer, Value::kSize, std::int64_t{1} << 20,
     "the answer has a header field of this size"},
    {Kind::kHugeBody, "huge-body", Stage::kAnswer, Value::kSize, std::int64_t{128} << 20,
     "the answer has a body of this size"},
    {Kind::kCloseIdle, "close-idle", Stage::kIdle, Value::kDuration, 10,
     "a connection that has been idle so long after an answer is closed, with the TLS close_notify"},
    {Kind::kDelayedVisibility, "delayed-visibility", Stage::kStore, Value::kDuration, std::nullopt,
     "changes to keys are seen by the other instances only after this time"},
    {Kind::kSplitStore, "split-store", Stage::kStore, Value::kNone, 0,
     "changes to keys are not seen by the other instances until the fault is over"},
}};

constexpr bool rows_stand_at_their_kind() {
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    if (static_cast<std::size_t>(kFaults[i].kind) != i) return false;
  }
  return kFaults.size() == static_cast<std::size_t>(Kind::kSplitStore) + 1;
}
static_assert(rows_stand_at_their_kind());

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array<Unit, 3> kDurations{{{"ms", 1}, {"s", 1000}, {"min", 60'000}}};
constexpr std::array<Unit, 3> kSizes{{{"", 1}, {"K", 1 << 10}, {"M", 1 << 20}}};
constexpr std::int64_t kMaxNumber = 1'000'000'000;

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool ok =
      error == std::errc() && end == text.data() + text.size() && number >= 0 && number <= kMaxNumber;
  return ok ? std::optional(number) : std::nullopt;
}

template <std::size_t N>
std::optional<std::int64_t> measured(std::string_view text, const std::array<Unit, N>& units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = whole_number(text.substr(0, digits));
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& row) { return row.name == text.substr(digits); });
  if (!number || unit == units.end()) return std::nullopt;
  return *number * unit->factor;
}

std::int64_t number_of(std::string_view setting, std::string_view text, std::int64_t minimum) {
  const auto number = whole_number(text);
  if (!number || *number < minimum) {
    throw FaultError(std::string(setting) + " takes a number from " + std::to_string(minimum) + " on, not " +
                     quoted(text));
  }
  return *number;
}

std::int64_t duration_of(std::string_view what, std::string_view text) {
  if (const auto duration = measured(text, kDurations)) return *duration;
  throw FaultError(std::string(what) + " takes a duration such as 500ms, 2s or 1min, not " + quoted(text));
}

std::int64_t value_of(const FaultFacts& fault, std::string_view text) {
  switch (fault.value) {
    case Value::kNone:
      throw FaultError(std::string(fault.name) + " takes no value");
    case Value::kDuration:
      return duration_of(fault.name, text);
    case Value::kStatus: {
      const auto status = whole_number(text);
      if (status && *status >= 200 && *status <= 599) return *status;
      throw FaultError(std::string(fault.name) + " takes an HTTP status from 200 to 599, not " +
                       quoted(text));
    }
    case Value::kSize:
      if (const auto size = measured(text, kSizes); size && *size <= std::int64_t{1} << 32) return *size;
      throw FaultError(std::string(fault.name) + " takes a size such as 100000, 64K or 128M, not " +
                       quoted(text));
  }
  return 0;
}

double share_of(std::string_view text) {
  double percent = 0;
  const bool has_sign = text.ends_with('%');
  const auto digits = has_sign ? text.substr(0, text.size() - 1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), percent);
  if (!has_sign || digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      !(percent > 0 && percent <= 100)) {
    throw FaultError("share takes a percentage such as 20%, not " + quoted(text));
  }
  return percent / 100;
}

std::vector<unsigned> instances_of(std::string_view text) {
  std::vector<unsigned> instances;
  for (const auto part : split(text, '+')) {
    const auto number = whole_number(part);
    if (!number) throw FaultError("instance takes numbers such as 0 or 0+2, not " + quoted(text));
    instances.push_back(static_cast<unsigned>(*number));
  }
  return instances;
}

std::string method_of(std::string_view text) {
  const bool known = text == "GET" || text == "HEAD" || text == "POST" || text == "PUT" || text == "DELETE";
  if (!known) throw FaultError("method takes GET, HEAD, POST, PUT or DELETE, not " + quoted(text));
  return std::string(text);
}

std::string path_of(std::string_view text) {
  if (!text.starts_with('/') && !text.starts_with('*')) {
    throw FaultError("path takes a pattern below /api/v1 such as /keys/*/sign, not " + quoted(text));
  }
  return std::string(text);
}

// From which stage on a setting has a meaning.
enum class Needs : std::uint8_t { kNothing, kConnection, kRequest };

struct SettingRow {
  std::string_view name;
  Needs needs;
  void (*apply)(FaultSpec& spec, std::string_view value);
};

constexpr std::array<SettingRow, 8> kSettings{{
    {"instance", Needs::kNothing,
     [](FaultSpec& spec, std::string_view value) { spec.instances = instances_of(value); }},
    {"for", Needs::kNothing,
     [](FaultSpec& spec, std::string_view value) {
       spec.age = std::chrono::milliseconds(duration_of("for", value));
     }},
    {"nth", Needs::kConnection,
     [](FaultSpec& spec, std::string_view value) {
       spec.nth = static_cast<std::uint64_t>(number_of("nth", value, 1));
       if (!spec.count) spec.count = 1;
     }},
    {"count", Needs::kConnection,
     [](FaultSpec& spec, std::string_view value) {
       spec.count = static_cast<std::uint64_t>(number_of("count", value, 1));
     }},
    {"share", Needs::kConnection,
     [](FaultSpec& spec, std::string_view value) { spec.share = share_of(value); }},
    {"seed", Needs::kConnection,
     [](FaultSpec& spec, std::string_view value) {
       spec.seed = static_cast<std::uint32_t>(number_of("seed", value, 0));
     }},
    {"method", Needs::kRequest,
     [](FaultSpec& spec, std::string_view value) { spec.method = method_of(value); }},
    {"path", Needs::kRequest, [](FaultSpec& spec, std::string_view value) { spec.path = path_of(value); }},
}};

template <class Rows>
std::string names_of(const Rows& rows) {
  std::string names;
  for (const auto& row : rows) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

void check_meaning(const FaultFacts& fault, const SettingRow& setting) {
  const bool lasts = fault.stage == Stage::kListen || fault.stage == Stage::kStore;
  const auto refuse = [&](std::string_view why) {
    throw FaultError(std::string(setting.name) + " has no meaning for " + std::string(fault.name) + ": " +
                     std::string(why));
  };
  if (setting.needs != Needs::kNothing && lasts) refuse("it lasts until it is taken away");
  if (setting.needs == Needs::kRequest && (fault.stage == Stage::kAccept || fault.stage == Stage::kArrival)) {
    refuse("it happens before the request is known");
  }
}

struct Assignment {
  std::string_view name;
  std::optional<std::string_view> value;
};

Assignment assignment(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

FaultSpec kind_and_value(std::string_view text) {
  const auto [name, value] = assignment(text);
  const auto row =
      std::find_if(kFaults.begin(), kFaults.end(), [&, n = name](auto& f) { return f.name == n; });
  if (row == kFaults.end()) {
    throw FaultError("there is no fault " + quoted(name) + "; the kinds are " + names_of(kFaults));
  }
  FaultSpec spec;
  spec.kind = row->kind;
  if (value) {
    spec.value = value_of(*row, *value);
  } else if (row->preset) {
    spec.value = *row->preset;
  } else {
    throw FaultError(std::string(row->name) + " needs a value: " + std::string(row->name) + "=...");
  }
  return spec;
}

std::string duration_text(std::int64_t ms) {
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

std::string percent_text(double share) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::round(share * 1e8) / 1e6).ptr;
  return std::string(text.data(), end) + "%";
}

}  // namespace

std::span<const FaultFacts> fault_table() { return kFaults; }
const FaultFacts& facts(FaultKind kind) { return kFaults[static_cast<std::size_t>(kind)]; }

FaultSpec parse_fault(std::string_view text) {
  const auto parts = split(text, ',');
  FaultSpec spec = kind_and_value(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto [name, value] = assignment(parts[i]);
    const auto row =
        std::find_if(kSettings.begin(), kSettings.end(), [&, n = name](auto& s) { return s.name == n; });
    if (row == kSettings.end()) {
      throw FaultError("a fault has no setting " + quoted(name) + "; they are " + names_of(kSettings));
    }
    if (!value || value->empty()) throw FaultError(std::string(name) + " needs a value");
    check_meaning(facts(spec.kind), *row);
    row->apply(spec, *value);
  }
  return spec;
}

void check_instances(const FaultSpec& spec, unsigned count) {
  for (const unsigned instance : spec.instances) {
    if (instance < count) continue;
    throw FaultError("there is no instance " + std::to_string(instance) + "; they are 0 to " +
                     std::to_string(count - 1));
  }
}

std::string FaultSpec::text() const {
  const FaultFacts& row = facts(kind);
  std::string text(row.name);
  if (row.value == Value::kDuration && value != kForEver) text += "=" + duration_text(value);
  if (row.value == Value::kStatus || row.value == Value::kSize) text += "=" + std::to_string(value);
  for (std::size_t i = 0; i < instances.size(); ++i)
    text += (i == 0 ? ",instance=" : "+") + std::to_string(instances[i]);
  if (age) text += ",for=" + duration_text(age->count());
  if (nth != 1) text += ",nth=" + std::to_string(nth);
  if (count) text += ",count=" + std::to_string(*count);
  if (share) text += ",share=" + percent_text(*share) + ",seed=" + std::to_string(seed);
  if (!method.empty()) text += ",method=" + method;
  if (!path.empty()) text += ",path=" + path;
  return text;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const auto rest = pattern.substr(star + 1);
  for (auto from = star; from <= text.size(); ++from) {
    if (matches_pattern(rest, text.substr(from))) return true;
  }
  return false;
}

}  // namespace nethsm::simulator
