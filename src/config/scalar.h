// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

// What the text of a scalar means. Strict, for YAML's own rules read 010 as 8 and no as false.
namespace nethsm::config {

std::optional<std::uint64_t> parse_whole_number(std::string_view text);  // decimal digits, no leading zero
std::optional<bool> parse_truth(std::string_view text);                  // true or false
std::optional<Fingerprint> parse_fingerprint(std::string_view text);     // 64 hex digits, colons anywhere
std::optional<log::Level> parse_level(std::string_view text);            // "Warn", in any case

bool equal_ignoring_case(std::string_view a, std::string_view b);  // of ASCII

// What is wrong with the base URL of a NetHSM; nullopt if nothing. Never repeats the URL, which may hold a
// password.
std::optional<std::string> fault_of_url(std::string_view url);

// The number of letters to insert, delete or replace on the way from one word to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace nethsm::config
