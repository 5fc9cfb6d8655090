// SPDX-License-Identifier: Apache-2.0
#include "simulator/timestamp.h"

#include <array>
#include <cstdio>

namespace nethsm::simulator {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads from left to right and complains about the first place that does not fit, in the server's words.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  void skip() { ++position_; }
  std::size_t position() const { return position_; }

  [[noreturn]] static void fail(std::string_view what, std::size_t from, std::size_t to) {
    throw TimestampError("Failed to decode timestamp: " + std::string(what) + " at position " +
                         std::to_string(from) + " to " + std::to_string(to) + ".");
  }
  [[noreturn]] void fail_at_end() const {
    const std::size_t last = text_.empty() ? 0 : text_.size() - 1;
    fail("unexpected end of input", last, last);
  }
  [[noreturn]] static void expected(std::string_view characters, std::size_t at) {
    std::string what = "expected a character in:";
    for (const char c : characters) what += {' ', '\'', c, '\''};
    fail(what, at, at);
  }

  int digits(std::size_t count) {
    if (position_ + count > text_.size()) fail_at_end();
    int value = 0;
    for (; count > 0; --count, ++position_) {
      if (!is_digit(text_[position_])) expected("0123456789", position_);
      value = value * 10 + (text_[position_] - '0');
    }
    return value;
  }

  char one_of(std::string_view characters) {
    if (at_end()) fail_at_end();
    if (characters.find(text_[position_]) == std::string_view::npos) expected(characters, position_);
    return text_[position_++];
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

std::chrono::milliseconds read_fraction(Reader& reader) {
  if (reader.peek() != '.') return {};
  reader.skip();
  int milliseconds = 0, weight = 100;
  milliseconds += reader.digits(1) * weight;
  while (is_digit(reader.peek())) {
    weight /= 10;
    milliseconds += reader.digits(1) * weight;
  }
  return std::chrono::milliseconds(milliseconds);
}

int read_offset_minutes(Reader& reader) {
  const char sign = reader.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return 0;
  const int hours = reader.digits(2);
  if (reader.peek() == ':') reader.skip();
  return hours * 60 + reader.digits(2);
}

}  // namespace

Timestamp parse_timestamp(std::string_view text) {
  Reader reader(text);
  const int year = reader.digits(4);
  reader.one_of("-");
  const int month = reader.digits(2);
  reader.one_of("-");
  const int day = reader.digits(2);
  reader.one_of("Tt ");
  const int hour = reader.digits(2);
  reader.one_of(":");
  const int minute = reader.digits(2);
  reader.one_of(":");
  const int second = reader.digits(2);
  const auto fraction = read_fraction(reader);
  const std::size_t zone = reader.position();
  const int offset = read_offset_minutes(reader);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) Reader::fail("invalid time stamp", 0, zone);
  if (!reader.at_end()) Reader::fail("trailing input", reader.position(), reader.position());
  if (offset != 0) throw TimestampError("Error while parsing timestamp. Offset must be 0.");
  const auto midnight = std::chrono::sys_days(date).time_since_epoch();
  return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) +
         fraction;
}

std::string format_timestamp(Timestamp time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time - days).count();
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                static_cast<int>(seconds % 60));
  return text.data();
}

}  // namespace nethsm::simulator
