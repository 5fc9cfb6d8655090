// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "token/object.h"

// The attributes of the module's objects: one row an attribute, with the classes that have it and how its
// value is made. Reading, matching and the question whether a search can match a class derive from the rows.
namespace nethsm::token {

using ClassSet = std::uint8_t;
inline constexpr ClassSet kPrivateClass = 1, kPublicClass = 2, kSecretClass = 4, kCertificateClass = 8;
inline constexpr ClassSet kKeyClasses = kPrivateClass | kPublicClass | kSecretClass;
inline constexpr ClassSet kAllClasses = kKeyClasses | kCertificateClass;

// Zero: a class of which the module has no objects.
ClassSet class_set_of(CK_OBJECT_CLASS object_class);

enum class Access : std::uint8_t {
  kReadable,
  kFixed,      // readable, and the same for all objects of a class
  kSensitive,  // exists, but never leaves the device
};

struct AttributeRow {
  CK_ATTRIBUTE_TYPE type;
  std::string_view name;
  ClassSet classes;
  Access access;
  std::optional<Bytes> (*value)(const Object&);  // nullopt: not known of, or not there in, this object
};

std::span<const AttributeRow> attribute_rows();
// Null: no object of these classes has it.
const AttributeRow* find_attribute(CK_ATTRIBUTE_TYPE type, ClassSet of);

// "CKA_LABEL", or the number in hex.
std::string attribute_name(CK_ATTRIBUTE_TYPE type);

// The classes of which some object could match: those that have all attributes of the template, with the
// template's values where a class has the same value for all its objects.
ClassSet classes_that_can_match(const Template& wanted);

}  // namespace nethsm::token
