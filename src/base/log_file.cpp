// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <cerrno>

#include "base/descriptor.h"
#include "base/log_sink.h"

namespace nethsm::log {
namespace {

// Writing to a pipe whose reader is gone would raise SIGPIPE, which kills a host that has not thought of it.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&only_);
    sigaddset(&only_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &only_, &previous_);
  }
  ~NoSigpipe() {
    const timespec at_once{};
    if (broken_ && !was_pending_) sigtimedwait(&only_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

  void saw_broken_pipe() { broken_ = true; }

 private:
  sigset_t only_{};
  sigset_t previous_{};
  bool was_pending_ = false;
  bool broken_ = false;
};

// One write(2) a line, so that lines of several processes do not mix. A full pipe drops the line.
bool write_line(int fd, const std::string& text) {
  pollfd room{fd, POLLOUT, 0};
  if (poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0) return false;
  NoSigpipe guard;
  ssize_t written = 0;
  do {
    written = write(fd, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  if (written < 0 && errno == EPIPE) guard.saw_broken_pipe();
  return written >= 0;
}

class StderrSink final : public Sink {
 public:
  bool is_stderr() const override { return true; }

 protected:
  bool deliver(const Line& line) override { return write_line(STDERR_FILENO, file_line(line)); }
};

class FileSink final : public Sink {
 public:
  explicit FileSink(Descriptor file) : file_(std::move(file)) {}

 protected:
  bool deliver(const Line& line) override { return write_line(file_.get(), file_line(line)); }

 private:
  Descriptor file_;
};

}  // namespace

OpenedSink open_stderr() { return SinkPtr(std::make_unique<StderrSink>()); }

OpenedSink open_file(const std::string& path) {
  // O_NONBLOCK: opening a named pipe without a reader would wait for one.
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  Descriptor file(open(path.c_str(), kFlags, S_IRUSR | S_IWUSR));
  if (!file.valid()) return Unexpected(system_error("log_file \"" + path + "\" cannot be opened"));
  return SinkPtr(std::make_unique<FileSink>(std::move(file)));
}

}  // namespace nethsm::log
