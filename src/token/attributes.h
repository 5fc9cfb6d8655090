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
inline constexpr ClassSet kDeviceClasses = kKeyClasses | kCertificateClass;  // also in memory
inline constexpr ClassSet kProfileClass = 16, kMechanismClass = 32;          // in memory only

// Zero: a class of which the module has no objects.
ClassSet class_set_of(CK_OBJECT_CLASS object_class);

enum class Access : std::uint8_t {
  kReadable,
  kFixed,      // readable, and the same for all objects of a class that the device has
  kSensitive,  // exists, but never leaves the device
};

enum class Form : std::uint8_t { kBoolean, kNumber, kText /* UTF-8 */, kBytes, kDate, kMechanisms };

// What it means that a template has the attribute.
enum class Given : std::uint8_t {
  kFree,     // objects in memory take it as it is, and it can be changed later
  kKept,     // objects in memory take it as it is, once and for all
  kDecides,  // it has a say in what is made: material, usage
  kIgnored,  // the object is as it is anyway; applications send it without meaning it
  kNever,    // the token alone sets it: CKR_ATTRIBUTE_READ_ONLY
};

struct AttributeRow {
  CK_ATTRIBUTE_TYPE type;
  std::string_view name;
  ClassSet classes;
  Form form;
  Access access;
  Given given;
  std::optional<Bytes> (*value)(const Object&);  // nullopt: not known of, or not there in, this object
};

std::span<const AttributeRow> attribute_rows();
// Null: no object of these classes has it.
const AttributeRow* find_attribute(CK_ATTRIBUTE_TYPE type, ClassSet of);

// Whether the bytes can be a value of the attribute at all: CKR_ATTRIBUTE_VALUE_INVALID.
Status check_form(const AttributeRow& row, ByteView value);

// Each attribute must be one of the class (CKR_ATTRIBUTE_TYPE_INVALID), have its form
// (CKR_ATTRIBUTE_VALUE_INVALID), and be one that applications may give (CKR_ATTRIBUTE_READ_ONLY).
Status check_attributes(const Template& object, ClassSet of);

// "CKA_LABEL", or the number in hex.
std::string attribute_name(CK_ATTRIBUTE_TYPE type);

// The classes of which some object of the device could match: those that have all attributes of the template,
// with the template's values where a class has the same value for all its objects.
ClassSet classes_that_can_match(const Template& wanted);

}  // namespace nethsm::token
