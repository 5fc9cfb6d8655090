// SPDX-License-Identifier: Apache-2.0
#include "session/session_table.h"

#include "catch.hpp"
#include "session/session.h"

using nethsm::session::Session;
using nethsm::session::SessionTable;

namespace {

CK_SESSION_HANDLE open(SessionTable& table, CK_SLOT_ID slot, CK_FLAGS flags) {
  const CK_SESSION_HANDLE handle = table.new_handle();
  table.add(std::make_shared<Session>(handle, slot, CKF_SERIAL_SESSION | flags, nullptr));
  return handle;
}

}  // namespace

TEST_CASE("Sessions are found by their handle until they are removed") {
  std::atomic<CK_SESSION_HANDLE> next{1};
  SessionTable table(next);
  const auto handle = open(table, 0, 0);
  REQUIRE(table.find(handle) != nullptr);
  CHECK(table.find(handle)->handle() == handle);
  CHECK(table.find(handle + 1) == nullptr);
  CHECK(table.remove(handle) != nullptr);
  CHECK(table.find(handle) == nullptr);
  CHECK(table.remove(handle) == nullptr);
}

TEST_CASE("A handle never means another session, not even in a table that comes later") {
  std::atomic<CK_SESSION_HANDLE> next{1};
  CK_SESSION_HANDLE old_handle = 0;
  {
    SessionTable table(next);
    old_handle = open(table, 0, 0);
    table.remove(old_handle);
    CHECK(open(table, 0, 0) != old_handle);
  }
  SessionTable later(next);
  open(later, 0, 0);
  CHECK(later.find(old_handle) == nullptr);
}

TEST_CASE("Sessions are counted by slot and by kind") {
  std::atomic<CK_SESSION_HANDLE> next{1};
  SessionTable table(next);
  const auto read_only = open(table, 0, 0);
  open(table, 0, CKF_RW_SESSION);
  open(table, 1, CKF_RW_SESSION);
  CHECK(table.counts(0).all == 2);
  CHECK(table.counts(0).read_write == 1);
  CHECK(table.counts(0).read_only() == 1);
  CHECK(table.counts(7).all == 0);

  table.remove(read_only);
  CHECK(table.counts(0).read_only() == 0);
  table.remove_all(0);
  CHECK(table.counts(0).all == 0);
  CHECK(table.counts(1).all == 1);
}
