// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "log_receivers.h"

using namespace nethsm;
using namespace nethsm::log;

namespace {
Settings to_file(const std::string& path, Level level = Level::kInfo) {
  Settings settings;
  settings.file = path;
  settings.level = level;
  return settings;
}

auto line_count(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }
}  // namespace

TEST_CASE("Without a configuration warnings and errors go to stderr") {
  shut_down();
  const CapturedStderr captured;
  info("nothing of interest");
  warn("the number is %d", 42);
  error("failed");
  CHECK_FALSE(contains(captured.text(), "nothing of interest"));
  CHECK(contains(captured.text(), "the number is 42\n"));
  CHECK(contains(captured.text(), "failed\n"));
}

TEST_CASE("A configuration without sinks keeps stderr silent") {
  const CapturedStderr captured;
  const Configured configured{Settings{}};
  error("from a test of the logger");
  CHECK(captured.text().empty());
}

TEST_CASE("The name - of a log file means stderr") {
  const CapturedStderr captured;
  const Configured configured(to_file("-"));
  info("hello");
  CHECK(contains(captured.text(), "hello\n"));
}

TEST_CASE("A log file is appended to and is the owner's alone") {
  const TemporaryFolder folder;
  const CapturedStderr captured;
  for (const char* text : {"first", "second"}) {
    const Configured configured(to_file(folder / "log"));
    info("%s", text);
  }
  const std::string text = read_file(folder / "log");
  CHECK(contains(text, "first\n"));
  CHECK(contains(text, "second\n"));
  CHECK(captured.text().empty());
  struct stat status {};
  REQUIRE(stat((folder / "log").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("Lines below the level are left out") {
  const TemporaryFolder folder;
  const Configured configured(to_file(folder / "log", Level::kDebug));
  CHECK(enabled(Level::kDebug));
  CHECK_FALSE(enabled(Level::kTrace));
  trace("too fine");
  debug("fine enough");
  CHECK_FALSE(contains(read_file(folder / "log"), "too fine"));
  CHECK(contains(read_file(folder / "log"), "fine enough"));
}

TEST_CASE("A log file that cannot be opened is reported, and the log goes to stderr") {
  const CapturedStderr captured;
  const Configured configured(to_file("/nonexistent/log"));
  warn("after that");
  CHECK(contains(captured.text(), "log_file \"/nonexistent/log\" cannot be opened: No such file"));
  CHECK(contains(captured.text(), "after that"));
}

TEST_CASE("A log file that cannot be opened is reported to syslog if that works") {
  const TemporaryFolder folder;
  const Receiver daemon = unix_receiver(folder / "socket");
  const CapturedStderr captured;
  Settings settings = to_file("/nonexistent/log");
  settings.syslog_socket = folder / "socket";
  const Configured configured(settings);
  CHECK(contains(daemon.next(), "log_file \"/nonexistent/log\" cannot be opened"));
  CHECK(captured.text().empty());
}

TEST_CASE("A refusal is written to the log and to stderr") {
  const TemporaryFolder folder;
  const CapturedStderr captured;
  {
    const Configured configured(to_file(folder / "log"));
    report_refusal("first problem\nsecond problem");
  }
  CHECK(contains(read_file(folder / "log"), "first problem\n"));
  CHECK(contains(captured.text(), "second problem\n"));
  CHECK(line_count(captured.text()) == 2);
}

TEST_CASE("A refusal is written to stderr once if that is the log") {
  const CapturedStderr captured;
  shut_down();
  report_refusal("the only problem");
  CHECK(line_count(captured.text()) == 1);
}

TEST_CASE("A closed pipe does not kill the process, and a full one does not stop it") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  Descriptor reader(ends[0]);
  const Descriptor previous(dup(STDERR_FILENO));
  dup2(ends[1], STDERR_FILENO);
  close(ends[1]);
  const std::string long_text(1000, 'x');
  for (int i = 0; i < 200; ++i) error("%s", long_text.c_str());  // more than a pipe holds
  reader.reset();
  error("to nobody");
  dup2(previous.get(), STDERR_FILENO);
  sigset_t pending;
  sigpending(&pending);
  CHECK_FALSE(sigismember(&pending, SIGPIPE));
}

TEST_CASE("Logging leaves errno alone") {
  const CapturedStderr captured;
  const Configured configured(to_file("/nonexistent/log"));
  errno = EXDEV;
  error("text");
  CHECK(errno == EXDEV);
}

TEST_CASE("Lines of several threads do not mix") {
  const TemporaryFolder folder;
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  {
    const Configured configured(to_file(folder / "log"));
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([] {
        for (int line = 0; line < kLines; ++line) info("begin %s end", "of a line to the");
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::istringstream text(read_file(folder / "log"));
  int whole = 0;
  for (std::string line; std::getline(text, line);) {
    whole += contains(line, "]: begin of a line to the end") ? 1 : 0;
  }
  CHECK(whole == kThreads * kLines);
}

TEST_CASE("A forked child opens the log anew and leaves the parent's alone") {
  const TemporaryFolder folder;
  const Configured configured(to_file(folder / "log"));
  info("parent before");
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    reopen_after_fork();
    info("child speaks");
    _exit(0);
  }
  int status = 1;
  REQUIRE(waitpid(child, &status, 0) == child);
  info("parent after");
  const std::string text = read_file(folder / "log");
  CHECK(contains(text, "nethsm_pkcs11[" + std::to_string(child) + "]: child speaks\n"));
  CHECK(contains(text, "nethsm_pkcs11[" + std::to_string(getpid()) + "]: parent after\n"));
  CHECK(status == 0);
}

TEST_CASE("A fork while another thread logs does not hang the child") {
  const TemporaryFolder folder;
  const Configured configured(to_file(folder / "log"));
  const CapturedStderr captured;
  std::atomic<bool> stop{false};
  std::thread writer([&stop] {
    while (!stop) info("busy");
  });
  int failures = 0;
  for (int i = 0; i < 50; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // what a hang ends with
      reopen_after_fork();
      warn("child %d", i);
      _exit(0);
    }
    int status = 1;
    waitpid(child, &status, 0);
    failures += status == 0 ? 0 : 1;
  }
  stop = true;
  writer.join();
  CHECK(failures == 0);
}
