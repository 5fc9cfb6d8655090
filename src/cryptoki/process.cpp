// SPDX-License-Identifier: Apache-2.0
#include "cryptoki/process.h"

#include <openssl/crypto.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.h"
#include "session/composition.h"

namespace nethsm::cryptoki {

// What one process knows of itself; a forked child makes its own. Of an inherited one nothing but the atomics
// is looked at: a lock may have been held by a thread that does not exist here.
struct Process {
  Process(unsigned forks_seen, const Process* parent) : generation(forks_seen), inherited(parent) {}

  const unsigned generation;
  const Process* const inherited;

  // kBusy: a thread is in C_Initialize or C_Finalize, and holds no lock meanwhile.
  enum class Phase { kIdle, kBusy, kRunning };
  std::mutex mutex;
  std::condition_variable changed;
  Phase phase = Phase::kIdle;
  std::thread::id busy_thread;
  std::shared_ptr<session::Library> library;
  std::atomic<int> calls{0};  // under way, of all threads

  // For a forked child.
  std::atomic<const session::Configuration*> configuration{nullptr};
  std::atomic<session::Library*> live{nullptr};
};

namespace {

// For longer than this exit does not wait for a thread, as one whose name server does not answer.
constexpr auto kPatienceAtExit = std::chrono::seconds(3);

constinit thread_local int t_own_calls = 0;

constinit std::atomic<Process*> g_process{nullptr};
constinit std::atomic<unsigned> g_generation{0};
constinit std::atomic<bool> g_exiting{false};
constinit std::atomic<bool> g_handlers_registered{false};
constinit session::HandleSources g_handles;

// The one that belongs to this process, or null.
Process* own_process() {
  Process* process = g_process.load(std::memory_order_acquire);
  const bool own = process != nullptr && process->generation == g_generation.load(std::memory_order_relaxed);
  return own ? process : nullptr;
}

void abandon(const Process& inherited) {
  log::reopen_after_fork();
  if (session::Library* library = inherited.live.load()) library->abandon_after_fork();
}

Process& make_own_process() {
  if (Process* own = own_process()) return *own;
  Process* inherited = g_process.load();
  auto fresh = std::make_unique<Process>(g_generation.load(), inherited);
  if (!g_process.compare_exchange_strong(inherited, fresh.get()))
    return *inherited;  // another thread's is as good
  if (inherited != nullptr) abandon(*inherited);
  return *fresh.release();
}

// The configuration of a parent process, should the file be out of reach for this one.
const session::Configuration* inherited_configuration(const Process& process) {
  for (const Process* ancestor = process.inherited; ancestor != nullptr; ancestor = ancestor->inherited) {
    if (const auto* configuration = ancestor->configuration.load()) return configuration;
  }
  return nullptr;
}

void replace_configuration(Process& process, session::ConfigurationPtr configuration) {
  session::ConfigurationPtr(process.configuration.exchange(configuration.release()));
}

// Marks the process busy for the calling thread, and settles the phase at the end, come what may.
class Turn {
 public:
  // True if the phase was `from`. Waits for another thread's turn, but never for long: that thread could in
  // its turn be waiting in OpenSSL for this one.
  bool begin(Process& process, Process::Phase from) {
    std::unique_lock lock(process.mutex);
    if (process.phase == Process::Phase::kBusy && process.busy_thread == std::this_thread::get_id())
      return false;
    process.changed.wait_for(lock, std::chrono::seconds(5),
                             [&] { return process.phase != Process::Phase::kBusy; });
    if (process.phase != from) return false;
    process.phase = Process::Phase::kBusy;
    process.busy_thread = std::this_thread::get_id();
    process_ = &process;
    return true;
  }

  ~Turn() {
    if (process_ == nullptr) return;
    const std::lock_guard lock(process_->mutex);
    process_->phase = process_->library ? Process::Phase::kRunning : Process::Phase::kIdle;
    process_->changed.notify_all();
  }

 private:
  Process* process_ = nullptr;
};

void on_fork_in_child() { g_generation.fetch_add(1, std::memory_order_relaxed); }

// Not for those of this thread: a signal handler may have called exit in the middle of one.
void wait_for_calls(const Process& process) {
  const auto until = std::chrono::steady_clock::now() + kPatienceAtExit;
  while (process.calls.load() > t_own_calls && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void on_exit() {
  g_exiting.store(true);
  Process* process = own_process();
  if (process == nullptr) return;
  std::shared_ptr<session::Library> library;
  {
    const std::lock_guard lock(process->mutex);
    library = process->library;  // which keeps it: nothing is destroyed from here on
  }
  if (library == nullptr) return;
  library->stop();
  wait_for_calls(*process);
  log::shut_down();
}

void register_handlers() {
  if (g_handlers_registered.exchange(true)) return;
  pthread_atfork(nullptr, nullptr, on_fork_in_child);
  // OpenSSL registers its clean-up when it is first asked for something; for nothing at all it does nothing.
  // That has to happen before ours, for exit handlers run in reverse order. This something is fork handlers,
  // which are empty: no texts are loaded, and the host's configuration is left for the host.
  OPENSSL_init_crypto(OPENSSL_INIT_ATFORK, nullptr);
  std::atexit(on_exit);
}

}  // namespace

bool is_exiting() { return g_exiting.load(); }

Call::Call() : is_too_late_(is_exiting()) {
  if (is_too_late_) return;
  process_ = own_process();
  if (process_ == nullptr) return;
  ++t_own_calls;
  process_->calls.fetch_add(1);
  // Asked again: either this sees that the process is exiting, or the exit handler sees the call.
  is_too_late_ = is_exiting();
  if (is_too_late_) return;
  const std::lock_guard lock(process_->mutex);
  if (process_->phase == Process::Phase::kRunning) library_ = process_->library;
}

Call::~Call() {
  library_.reset();  // perhaps the last one after C_Finalize
  if (process_ == nullptr) return;
  process_->calls.fetch_sub(1);
  --t_own_calls;
}

token::Status initialize(bool threads_allowed) {
  if (is_exiting()) return token::fail(CKR_FUNCTION_FAILED, "the process is exiting");
  Process& process = make_own_process();
  Turn turn;
  if (!turn.begin(process, Process::Phase::kIdle)) return token::fail(CKR_CRYPTOKI_ALREADY_INITIALIZED);
  register_handlers();
  auto started = session::start({threads_allowed, inherited_configuration(process)}, g_handles);
  if (!started) {
    log::shut_down();  // so that the reason, which the barrier logs, goes to stderr
    return token::fail(CKR_FUNCTION_FAILED, std::move(started).error());
  }
  replace_configuration(process, std::move(started->configuration));
  process.live.store(started->library.get());
  const std::lock_guard lock(process.mutex);
  process.library = std::move(started->library);
  return Ok{};
}

token::Status finalize() {
  Process* own = own_process();
  if (own == nullptr && g_process.load() != nullptr) {
    make_own_process();  // a forked child gives up what it has inherited
    return Ok{};
  }
  Turn turn;
  if (own == nullptr || !turn.begin(*own, Process::Phase::kRunning)) {
    return token::fail(CKR_CRYPTOKI_NOT_INITIALIZED);
  }
  std::shared_ptr<session::Library> library;
  {
    const std::lock_guard lock(own->mutex);
    library = std::move(own->library);
  }
  own->live.store(nullptr);
  library->end_session_objects();
  library->stop();
  log::shut_down();
  replace_configuration(*own, nullptr);
  return Ok{};
}

}  // namespace nethsm::cryptoki
