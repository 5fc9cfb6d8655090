// SPDX-License-Identifier: Apache-2.0
// nethsm-simulator: the simulator as a program.
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <memory>

#include "simulator/command_line.h"
#include "simulator/config_file.h"
#include "simulator/control.h"
#include "simulator/simulator.h"

namespace {

using namespace nethsm::simulator;

constexpr int kUsageStatus = 2;

constexpr const char* kWarning =
    "NetHSM simulator: for tests only. It keeps its keys in memory, protects nothing and forgets everything "
    "when "
    "it ends. Never put real keys into it.";

constexpr const char* kPrecomputedWarning =
    "Answers are PRECOMPUTED: the same request to sign, decrypt or encrypt gets the same bytes again, and no "
    "cryptography is done. For benchmarks only.";

void print(std::string_view line) { std::cout << line << '\n' << std::flush; }

// The signals that end the program are taken by sigwait; threads started later inherit the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Each connection takes a descriptor and a thread.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void announce(const Simulator& simulator, const CommandLine& line, const ControlPort* control) {
  for (unsigned i = 0; i < simulator.instances(); ++i)
    print("instance " + std::to_string(i) + " " + simulator.url(i) + " sha256 " + simulator.fingerprint(i));
  if (control != nullptr) print("control http://127.0.0.1:" + std::to_string(control->port()));
  if (!line.write_config.empty()) print("configuration " + line.write_config);
  print("ready");
}

int run(CommandLine line) {
  const sigset_t signals = block_signals();
  raise_file_limit();
  print(kWarning);
  if (line.options.precomputed) print(kPrecomputedWarning);
  // A benchmark's millions of requests are counted only.
  line.options.record = line.control_port.has_value() && !line.options.precomputed;
  line.options.on_shutdown = [](unsigned) { ::kill(::getpid(), SIGTERM); };
  if (!line.quiet) line.options.log = print;
  Simulator simulator(line.options);
  const auto control =
      line.control_port ? std::make_unique<ControlPort>(simulator, *line.control_port) : nullptr;
  if (!line.write_config.empty()) write_private_file(line.write_config, simulator.config_yaml());
  announce(simulator, line, control.get());
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CommandLine line = parse_command_line({argv + 1, argv + argc});
    if (line.help) {
      std::cout << usage();
      return 0;
    }
    if (line.version) {
      std::cout << "nethsm-simulator " NETHSM_VERSION "\n";
      return 0;
    }
    return run(std::move(line));
  } catch (const UsageError& error) {
    std::cerr << "nethsm-simulator: " << error.what() << "\n" << usage();
    return kUsageStatus;
  } catch (const std::exception& error) {
    std::cerr << "nethsm-simulator: " << error.what() << '\n';
    return 1;
  }
}
