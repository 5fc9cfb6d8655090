// SPDX-License-Identifier: Apache-2.0
#pragma once
// Debian 12 has Catch2 v2; the tests keep to what v2 and v3 share.
#include <catch2/catch.hpp>
