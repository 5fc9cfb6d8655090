// SPDX-License-Identifier: Apache-2.0
// What happens around the module in a process: other threads, unloading, programs that are started, signals,
// descriptors.
#include <fcntl.h>
#include <malloc.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "host/application.h"
#include "host/scenarios.h"

namespace nethsm::test::host {
namespace {

std::size_t entries_of(const char* directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

std::size_t threads_of_process() { return entries_of("/proc/self/task"); }

// /proc shows a thread a little longer than it can be joined.
bool only_threads_are(std::size_t count) {
  for (int i = 0; i < 1000 && threads_of_process() != count; ++i) usleep(1000);
  return threads_of_process() == count;
}

// Once in three cycles without C_Finalize, as applications do that unload what they have not ended.
void load_cycle(int cycle) {
  const auto module = std::make_unique<Module>();
  the_module = module.get();
  const CK_RV rv = (*the_module)->C_Initialize(nullptr);
  expect(rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED, 100);
  expect(open_session() == CKR_OK, 101);
  expect(find_key() == CKR_OK, 102);
  expect(sign(the_session) == CKR_OK, 103);
  if (cycle % 3 != 0) expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 104);
}

std::set<int> inheritable_descriptors() {
  std::set<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int descriptor = std::atoi(entry.path().filename().c_str());
    const int flags = fcntl(descriptor, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) found.insert(descriptor);
  }
  return found;
}

std::atomic<int> signals{0};

}  // namespace

void initialize_in_many_threads() {
  std::atomic<int> initialized{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&initialized] {
      const CK_RV rv = (*the_module)->C_Initialize(nullptr);
      if (rv == CKR_OK) ++initialized;
      expect(rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED, 90);
      CK_INFO info;
      expect((*the_module)->C_GetInfo(&info) == CKR_OK, 91);
    });
  }
  for (auto& thread : threads) thread.join();
  expect(initialized == 1, 92);
}

void load_and_unload() {
  constexpr int kCycles = 200;
  std::size_t descriptors = 0;
  const std::size_t threads = threads_of_process();
  std::size_t bytes = 0;
  for (int cycle = 1; cycle <= kCycles; ++cycle) {
    load_cycle(cycle);
    if (cycle % 3 == 0) continue;
    if (cycle <= kCycles / 2) {
      descriptors = entries_of("/proc/self/fd");
      bytes = std::max(bytes, mallinfo2().uordblks);
      continue;
    }
    expect(entries_of("/proc/self/fd") == descriptors, 105);
    expect(only_threads_are(threads), 106);
    expect(mallinfo2().uordblks <= bytes, 107);
  }
}

// vfork, exec and what a program that is started inherits.
void start_other_programs() {
  const std::set<int> others = inheritable_descriptors();
  start();
  expect(inheritable_descriptors() == others, 110);
  for (int i = 0; i < 50; ++i) {
    char program[] = "/bin/true";
    char* arguments[] = {program, nullptr};
    pid_t pid = 0;
    // As vfork and exec, without leave to return from the function.
    expect(posix_spawn(&pid, program, nullptr, nullptr, arguments, environ) == 0, 111);
    int status = 1;
    expect(waitpid(pid, &status, 0) == pid && status == 0, 112);
    expect(sign(the_session) == CKR_OK, 113);
  }
}

// Every millisecond a signal whose handler does not ask for calls to be resumed.
void be_interrupted_by_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { ++signals; };
  expect(sigaction(SIGALRM, &action, nullptr) == 0, 120);
  const itimerval often{{0, 1000}, {0, 1000}};
  expect(setitimer(ITIMER_REAL, &often, nullptr) == 0, 121);
  start();
  for (int i = 0; i < 500 || signals <= 50; ++i) expect(sign(the_session) == CKR_OK, 122);
  expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 123);
}

// More than select could ever watch.
void have_many_descriptors_open() {
  rlimit limit{};
  expect(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max > 3000, 130);
  limit.rlim_cur = limit.rlim_max;
  expect(setrlimit(RLIMIT_NOFILE, &limit) == 0, 131);
  for (int descriptor = 0; descriptor < 2500;) {
    descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    expect(descriptor >= 0, 132);
  }
  start();
  for (int i = 0; i < 20; ++i) expect(sign(the_session) == CKR_OK, 133);
  expect((*the_module)->C_Finalize(nullptr) == CKR_OK, 134);
}

}  // namespace nethsm::test::host
