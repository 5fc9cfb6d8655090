// SPDX-License-Identifier: Apache-2.0
#include "simulator/lax_json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

namespace nethsm::simulator {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 5000;  // our stack, not a rule of the server
constexpr std::size_t kQuotedBytes = 32;
constexpr std::string_view kEnd = "Unexpected end of input";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_identifier(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// What stands for values that JSON does not have; no schema takes it for anything.
json unusable() { return json(std::numeric_limits<double>::quiet_NaN()); }

// A recursive-descent parser that reads and complains like the server's lexer: positions are those of the
// lexer's buffer when it notices the fault.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  json document() {
    skip_space();
    if (at_end()) throw JsonSyntaxError("Blank input data");
    json result = value();
    skip_space();
    if (!at_end()) complain("Junk after end of JSON value:");
    return result;
  }

 private:
  bool at_end() const { return position_ >= text_.size(); }
  bool next_is(char c) const { return !at_end() && text_[position_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++position_;
    return true;
  }
  bool take(std::string_view word) {
    if (text_.substr(position_, word.size()) != word) return false;
    position_ += word.size();
    return true;
  }

  [[noreturn]] void fail(std::string_view description, std::size_t start, std::size_t end) const {
    const auto column = [&](std::size_t at) {
      return std::to_string(static_cast<std::ptrdiff_t>(at) - static_cast<std::ptrdiff_t>(line_start_));
    };
    throw JsonSyntaxError("Line " + std::to_string(line_) + ", bytes " + column(start - 1) + "-" +
                          column(end) + ":\n" + std::string(description));
  }
  [[noreturn]] void fail_at_end() const { fail(kEnd, position_, position_); }

  // About what stands at the position, which is quoted up to a length; at the end of the text about that.
  [[noreturn]] void complain(std::string_view description) const {
    if (at_end()) fail_at_end();
    const std::string quoted(text_.substr(position_, 1 + kQuotedBytes));
    // The lexer looks one byte further than it quotes.
    const std::size_t end = std::min(text_.size(), position_ + 2 + kQuotedBytes);
    fail(std::string(description) + " '" + quoted + "'", position_ + 1, end);
  }

  void expect(char c, std::string_view description) {
    if (!take(c)) complain(description);
  }

  void new_line() {
    ++position_;
    ++line_;
    line_start_ = position_;
  }

  void skip_comment() {
    while (!take("*/")) {
      if (at_end()) fail("Unterminated comment", position_, position_);
      if (next_is('\n')) {
        new_line();
      } else {
        ++position_;
      }
    }
  }

  void skip_space() {
    while (!at_end()) {
      if (next_is('\n')) {
        new_line();
      } else if (next_is(' ') || next_is('\t') || next_is('\r')) {
        ++position_;
      } else if (take("//")) {
        position_ = std::min(text_.find('\n', position_), text_.size());
      } else if (take("/*")) {
        skip_comment();
      } else {
        return;
      }
    }
  }

  json value() {
    struct Depth {
      explicit Depth(int& depth) : depth_(++depth) {}
      ~Depth() { --depth_; }
      int& depth_;
    } guard(depth_);
    if (depth_ > kMaxDepth) throw JsonSyntaxError("Stack overflow");
    if (at_end()) fail_at_end();
    if (take("true")) return true;
    if (take("false")) return false;
    if (take("null")) return nullptr;
    if (take("NaN") || take("Infinity") || take("-Infinity")) return unusable();
    if (take('"')) return string();
    if (take('{')) return object();
    if (take('[')) return list(']', "Expected ',' or ']' but found");
    if (take('(')) {
      list(')', "Expected ',' or ')' but found");
      return unusable();
    }
    if (take('<')) return variant();
    return number();
  }

  json object() {
    json result = json::object();
    skip_space();
    if (take('}')) return result;
    while (true) {
      std::string name = member_name();
      skip_space();
      expect(':', "Expected ':' but found");
      skip_space();
      result[std::move(name)] = value();
      skip_space();
      if (take('}')) return result;
      expect(',', "Expected ',' or '}' but found");
      skip_space();
    }
  }

  json list(char end, std::string_view description) {
    json result = json::array();
    skip_space();
    if (take(end)) return result;
    while (true) {
      result.push_back(value());
      skip_space();
      if (take(end)) return result;
      expect(',', description);
      skip_space();
    }
  }

  json variant() {
    skip_space();
    member_name();
    skip_space();
    if (take('>')) return unusable();
    expect(':', "Expected ':' or '>' but found");
    skip_space();
    value();
    skip_space();
    expect('>', "Expected '>' but found");
    return unusable();
  }

  std::string member_name() {
    if (take('"')) return string();
    if (at_end() || !starts_identifier(text_[position_])) complain("Expected string or identifier but found");
    const std::size_t start = position_;
    while (!at_end() && (starts_identifier(text_[position_]) || is_digit(text_[position_]))) ++position_;
    return std::string(text_.substr(start, position_ - start));
  }

  // Skips digits; false without any.
  static bool skip_digits(std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > start;
  }

  json number() {
    std::size_t end = position_ + (next_is('-') ? 1 : 0);
    if (end < text_.size() && text_[end] == '0') {
      ++end;
    } else if (!skip_digits(text_, end)) {
      complain("Invalid token");
    }
    const std::size_t integer_end = end;
    if (end < text_.size() && text_[end] == '.' && !skip_digits(text_, ++end)) end = integer_end;
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t exponent_end = end + 1;
      if (exponent_end < text_.size() && (text_[exponent_end] == '+' || text_[exponent_end] == '-'))
        ++exponent_end;
      if (skip_digits(text_, exponent_end)) end = exponent_end;
    }
    const char* first = text_.data() + position_;
    position_ = end;
    std::int64_t integer = 0;
    if (end == integer_end && std::from_chars(first, text_.data() + end, integer).ec == std::errc())
      return integer;
    return unusable();
  }

  std::string string() {
    std::string result;
    while (!take('"')) {
      if (at_end()) fail_at_end();
      const char c = text_[position_++];
      if (c == '\\') {
        escape(result);
      } else {
        result += c;
      }
    }
    return result;
  }

  void escape(std::string& result) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (at_end()) fail_at_end();
    if (const std::size_t at = kEscapes.find(text_[position_]); at != std::string_view::npos) {
      ++position_;
      result += kMeanings[at];
      return;
    }
    std::uint32_t code = 0;
    if (!code_unit(code, "u")) complain("Invalid escape sequence");
    if (code >= 0xd800 && code <= 0xdbff) {
      std::uint32_t low = 0;
      if (!code_unit(low, "\\u"))
        complain("Missing escape sequence representing low surrogate for code point beyond U+FFFF");
      if (low < 0xdc00 || low > 0xdfff) {
        position_ -= 6;
        complain("Invalid low surrogate for code point beyond U+FFFF");
      }
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(result, code);
  }

  bool code_unit(std::uint32_t& code, std::string_view prefix) {
    const std::string_view digits = text_.substr(position_).substr(0, prefix.size() + 4);
    if (digits.size() != prefix.size() + 4 || digits.substr(0, prefix.size()) != prefix) return false;
    const char* end = digits.data() + digits.size();
    if (std::from_chars(digits.data() + prefix.size(), end, code, 16).ptr != end) return false;
    position_ += digits.size();
    return true;
  }

  static void append_utf8(std::string& text, std::uint32_t code) {
    const auto byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
    const auto follow = [&](int shift) { byte(0x80 | ((code >> shift) & 0x3f)); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xc0 | (code >> 6));
      follow(0);
    } else if (code < 0x10000) {
      byte(0xe0 | (code >> 12));
      follow(6);
      follow(0);
    } else {
      byte(0xf0 | (code >> 18));
      follow(12);
      follow(6);
      follow(0);
    }
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
  int depth_ = 0;
};

}  // namespace

nlohmann::json parse_lax_json(std::string_view text) { return Parser(text).document(); }

}  // namespace nethsm::simulator
