// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <istream>
#include <streambuf>

#include "base/bytes.h"

namespace nethsm::config {
namespace {

constexpr std::size_t kMaxDepth = 16;  // the keys that we know need six

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Ends the parse; the problem has been reported.
struct Abandoned {};

// Builds the tree of the first document from the parser's events. Not from YAML::Node, which forgets
// duplicate keys and resolves what we refuse.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Report& report) : report_(report) {}

  Node take_root() && { return std::move(root_); }
  const YAML::Mark& last_quoted() const { return last_quoted_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    report_.problem(place_of(mark), "a second YAML document begins here: only one is allowed");
    throw Abandoned();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (expects_key()) return refuse_key(mark);
    add(mark, Node::Kind::kNull);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report_.problem(place_of(mark), "aliases (*name) are not supported: repeat the value");
    if (expects_key()) return refuse_key(mark);
    add(mark, Node::Kind::kNull);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (expects_key()) return begin_entry(mark, value);
    Node& node = add(mark, Node::Kind::kScalar);
    node.quoted = tag == kQuoted;
    if (node.quoted) last_quoted_ = mark;
    node.bytes.assign(value.begin(), value.end());
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::kSequence);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::kMapping);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  // A collection that is not complete yet. It is the last one in its parent, so that the pointer stays valid.
  struct Open {
    Node* node;
    bool has_key = false;
    bool duplicate = false;  // the value to come belongs to a key that is there already
  };

  // What yaml-cpp calls the tag of an untagged scalar in quotes, and of all else that has none.
  static constexpr std::string_view kQuoted = "!";
  static constexpr std::string_view kUntagged = "?";

  bool expects_key() const {
    return !open_.empty() && open_.back().node->kind == Node::Kind::kMapping && !open_.back().has_key;
  }

  void begin_entry(const YAML::Mark& mark, const std::string& key) {
    Open& mapping = open_.back();
    mapping.has_key = true;
    const auto& entries = mapping.node->entries;
    const auto first =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    mapping.duplicate = first != entries.end();
    if (mapping.duplicate) {
      report_.problem(place_of(mark), "this key stands twice in one mapping, first in line " +
                                          std::to_string(first->place.line) + ": remove one of them");
      return;
    }
    mapping.node->entries.push_back({key, place_of(mark), {}});
  }

  void refuse_key(const YAML::Mark& mark) {
    report_.problem(place_of(mark), "a key must be a word, followed by a colon");
    throw Abandoned();
  }

  // The place in the tree for the value that comes now.
  Node& slot() {
    if (open_.empty()) return root_;
    Open& parent = open_.back();
    if (parent.node->kind == Node::Kind::kSequence) return parent.node->items.emplace_back();
    parent.has_key = false;
    return parent.duplicate ? ignored_.emplace_back() : parent.node->entries.back().value;
  }

  Node& add(const YAML::Mark& mark, Node::Kind kind) {
    Node& node = slot();
    node.kind = kind;
    node.place = place_of(mark);
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (expects_key()) refuse_key(mark);
    if (open_.size() == kMaxDepth) {
      report_.problem(place_of(mark), "nested too deeply");
      throw Abandoned();
    }
    open_.push_back({&add(mark, kind)});
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    report_.problem(place_of(mark), "anchors (&name) are not supported: write the value without");
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == kUntagged || tag == kQuoted) return;
    report_.problem(place_of(mark), "tags (!name) are not supported: write the value without");
  }

  Report& report_;
  Node root_;
  std::deque<Node> ignored_;  // what duplicate keys have as their values, possibly in one another
  std::vector<Open> open_;
  YAML::Mark last_quoted_ = YAML::Mark::null_mark();  // scalar in quotes
  int documents_ = 0;
};

// Reads from memory in place, as a copy in a stringstream would not be wiped.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written to
    setg(begin, begin, begin + text.size());
  }
};

// The parser takes byte 4 for the end of the file, and other encodings than UTF-8 would slip past our checks.
bool has_only_text(std::string_view text, Report& report) {
  if (!is_valid_utf8(as_bytes(text))) {
    report.problem({}, "the file is not UTF-8");
    return false;
  }
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
  };
  const auto found = std::find_if(text.begin(), text.end(), is_control);
  if (found == text.end()) return true;
  const auto line = static_cast<int>(std::count(text.begin(), found, '\n')) + 1;
  report.problem({line, 1}, "there is a control character in this line: remove it");
  return false;
}

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// yaml-cpp lets the end of the file close a quote. It can be the last one only, as it takes in all that
// follows.
void refuse_open_quote(std::string_view text, const YAML::Mark& quote, Report& report) {
  if (quote.is_null()) return;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::string_view rest = text.substr(std::min(static_cast<std::size_t>(quote.pos), text.size()));
  if (rest.empty()) return;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\' && rest.front() == '"') {
      ++i;
    } else if (rest[i] == rest.front()) {
      if (rest.front() == '"' || !rest.substr(i + 1).starts_with('\'')) return;
      ++i;  // '' stands for a quote in quotes
    }
  }
  report.problem(place_of(quote), "the quotes that open here are not closed");
}

// Of a message of the parser what cannot repeat the file, which may be part of a password.
std::string without_content(const std::string& message) { return message.substr(0, message.find(':')); }

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::optional<Node> read_document(std::string_view text, Report& report) {
  if (!has_only_text(text, report)) return std::nullopt;
  TreeBuilder builder(report);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    refuse_open_quote(text, builder.last_quoted(), report);
  } catch (const YAML::Exception& exception) {
    report.problem(place_of(exception.mark), "this is no valid YAML: " + without_content(exception.msg));
    return std::nullopt;
  } catch (const Abandoned&) {
    return std::nullopt;
  } catch (const std::exception&) {
    report.problem({}, "this is no valid YAML");
    return std::nullopt;
  }
  return std::move(builder).take_root();
}

}  // namespace nethsm::config
