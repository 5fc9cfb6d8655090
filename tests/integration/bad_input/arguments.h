// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bad_input/any_call.h"
#include "base/bytes.h"

namespace nethsm::test {

// What sensible arguments can be made of.
struct Surroundings {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE aes_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE rsa_private = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE rsa_public = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE ec_private = CK_INVALID_HANDLE;
  std::vector<CK_MECHANISM_TYPE> mechanisms;
  std::string pin;
};

// The arguments of one function: sensible ones, and one after the other every bad value that each can have. A
// bad pointer is NULL: what an address that leads nowhere does cannot be tested. Buffers are longer than any
// length that is given; values inside templates and parameters also stand at odd addresses.
class Arguments {
 public:
  Arguments(const Function& function, const Surroundings& surroundings);

  // What to put where, instead of what is sensible.
  struct Variation {
    std::string what;
    std::vector<std::pair<std::size_t, Word>> words;
    bool is_one_of_many = false;  // attributes, mechanisms
  };
  const std::vector<Variation>& variations() const { return variations_; }

  // Valid until the next call.
  std::span<const Word> prepare(const Variation& variation);
  // After the call: empty, or where it has written what it must not.
  std::string trespass(CK_RV rv) const;

 private:
  // An attribute as it is before each call, which may write into it.
  struct Attribute {
    CK_ATTRIBUTE_TYPE type;
    Bytes value;
    CK_ULONG length;
    bool is_null = false;
    bool is_odd = false;  // stands at an odd address
  };
  struct Template {
    std::vector<Attribute> attributes;
    std::vector<Bytes> storage;
    std::vector<CK_ATTRIBUTE> entries;  // stay in their place
    void restore();
  };
  // What a CK_ULONG_PTR leads to, before the call and now.
  struct Length {
    Word before, now;
  };

  Word sensible_number(const Parameter& parameter) const;
  Word sensible_key() const;
  std::vector<Word> bad_numbers(const Parameter& parameter) const;
  void vary(std::size_t index, const std::string& what, Word word);
  void choose_number(std::size_t index);
  void choose_pointer(std::size_t index);
  void choose_length_pointer(std::size_t index);
  void choose_initialize_arguments(std::size_t index);
  void choose_templates(std::size_t index);
  Template& sensible_template();
  void choose_mechanisms(std::size_t index);
  Word mechanism(CK_MECHANISM_TYPE type, const void* parameter, std::size_t length);
  void fill_buffers();
  std::size_t capacity_of(std::size_t index) const;

  const Function& function_;
  const Surroundings& surroundings_;
  std::vector<Word> sensible_, words_;
  std::vector<std::size_t> capacities_;  // before the call
  std::vector<Variation> variations_;
  std::deque<Template> templates_;
  std::deque<CK_MECHANISM> mechanisms_;
  std::deque<Length> lengths_;
  std::deque<CK_C_INITIALIZE_ARGS> initialize_arguments_;
};

}  // namespace nethsm::test
