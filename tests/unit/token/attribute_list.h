// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <vector>

#include "catch.hpp"
#include "token/template.h"

namespace nethsm::token {

// A template in the making: owns the values that a caller's array points at.
class AttributeList {
 public:
  AttributeList& bytes(CK_ATTRIBUTE_TYPE type, ByteView value) {
    Bytes& kept = values_.emplace_back(value.begin(), value.end());
    attributes_.push_back({type, kept.data(), kept.size()});
    return *this;
  }
  AttributeList& text(CK_ATTRIBUTE_TYPE type, std::string_view value) { return bytes(type, as_bytes(value)); }
  AttributeList& hex(CK_ATTRIBUTE_TYPE type, std::string_view value) {
    return bytes(type, from_hex(value).value());
  }
  AttributeList& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    return bytes(type, {reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
  }
  AttributeList& boolean(CK_ATTRIBUTE_TYPE type, bool value) {
    const std::uint8_t byte = value ? CK_TRUE : CK_FALSE;
    return bytes(type, {&byte, 1});
  }
  AttributeList& token() { return boolean(CKA_TOKEN, true); }
  AttributeList& object_class(CK_OBJECT_CLASS value) { return number(CKA_CLASS, value); }

  AttributeList() = default;
  AttributeList(const AttributeList& other) : values_(other.values_), attributes_(other.attributes_) {
    for (std::size_t i = 0; i < values_.size(); ++i) attributes_[i].pValue = values_[i].data();
  }
  AttributeList& operator=(const AttributeList&) = delete;

  // Valid as long as the list. No assertion: also called on other threads, which Catch does not take.
  Template view() const { return Template::from(attributes_.data(), attributes_.size()).value(); }
  std::vector<CK_ATTRIBUTE>& array() { return attributes_; }

 private:
  std::deque<Bytes> values_;
  std::vector<CK_ATTRIBUTE> attributes_;
};

// The code of a failure, for comparisons that show the number.
template <class R>
CK_RV rv(const R& result) {
  return result ? CKR_OK : result.error().rv;
}

}  // namespace nethsm::token
