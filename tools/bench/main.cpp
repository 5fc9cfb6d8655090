// SPDX-License-Identifier: Apache-2.0
// p11bench: how fast a PKCS#11 module is, and how far from what the wire allows.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "bench/contest.h"
#include "bench/options.h"
#include "bench/report.h"
#include "bench/start_up.h"
#include "config/load.h"

namespace nethsm::bench {
namespace {

void progress(const std::string& text) {
  if (isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K" << text << std::flush;
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A work that has a session of its own.
Work with_session(const Operation& operation, const Module& module, const Options& options,
                  const Material& material) {
  const auto session = std::make_shared<Session>(module, options.slot, options.pin);
  return [session, work = operation.work(*session, material)] { work(); };
}

std::vector<Contestant> contestants_for(const Operation& operation, const Options& options,
                                        const std::vector<std::unique_ptr<Module>>& modules,
                                        const Devices* devices, const Material& material) {
  std::vector<Contestant> contestants;
  for (const auto& module : modules) {
    contestants.push_back(
        {file_name(module->path()), [&] { return with_session(operation, *module, options, material); }});
  }
  if (devices == nullptr) return contestants;
  if (operation.name == "list-cold") {
    contestants.push_back({"limit", [devices] { return limit_listing(*devices); }});
  } else if (operation.exchange != nullptr) {
    const auto exchange = operation.exchange(material);
    contestants.push_back({"limit", [devices, exchange] { return limit_work(*devices, *exchange); }});
  }
  return contestants;
}

config::Slot slot_of(const Options& options) {
  auto loaded = config::load();
  if (!loaded)
    throw std::runtime_error("--limit needs the module's configuration: " + loaded.error().problems.at(0));
  if (options.slot >= loaded->config.slots.size())
    throw std::runtime_error("the configuration has no such slot");
  return loaded->config.slots[options.slot];
}

std::vector<Result> measure(const Options& options, const std::vector<std::unique_ptr<Module>>& modules,
                            const Devices* devices, const Material& material, const RequestCounter& counter) {
  std::vector<Result> results;
  for (const auto& name : options.operations) {
    const Operation& operation = *find_operation(name);
    for (const unsigned threads : operation.alone ? std::vector<unsigned>{1} : options.threads) {
      const auto contestants = contestants_for(operation, options, modules, devices, material);
      results.push_back(contest(
          contestants, threads, options.seconds, options.rounds, counter,
          [&](const auto& text) { progress(name + ", " + std::to_string(threads) + " threads, " + text); }));
      results.back().operation = name;
    }
  }
  return results;
}

void write(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file(path);
  if (!(file << text)) throw std::runtime_error("cannot write " + path);
}

int run(const Options& options, const std::string& command) {
  std::vector<std::unique_ptr<Module>> modules;
  for (const auto& path : options.modules) modules.push_back(std::make_unique<Module>(path));
  std::unique_ptr<Devices> devices;
  if (options.limit) devices = std::make_unique<Devices>(slot_of(options));
  const RequestCounter counter(options.control);

  auto session = std::make_unique<Session>(*modules.front(), options.slot, options.pin);
  std::vector<const Operation*> wanted;
  if (options.start_up) wanted.push_back(find_operation("sign-p256"));
  for (const auto& name : options.operations) wanted.push_back(find_operation(name));
  progress("making keys");
  const Material material = make_material(*session, wanted, options.prefix, options.keys);

  // A module may know that it has just written keys, and use them where it has written them for a while.
  session.reset();
  modules.front()->finalize();
  modules.front()->initialize();

  Report report{describe_machine(), command, {}, {}};
  for (const auto& path : options.start_up ? options.modules : std::vector<std::string>()) {
    report.start_ups.push_back(measure_start_up(options, path, material.id("p256"), counter));
  }
  report.results = measure(options, modules, devices.get(), material, counter);
  progress("");

  const Session cleaner(*modules.front(), options.slot,
                        options.pin);  // the first may have ended with a list-cold
  destroy_material(cleaner, material, options.keep_keys);
  std::cout << as_table(report);
  write(options.json, as_json(report));
  write(options.html, as_html(report));
  for (const auto& result : report.results) {
    for (const auto& measured : result.measurements) {
      if (measured.failures != 0) return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace nethsm::bench

int main(int count, char** values) {
  using namespace nethsm::bench;
  std::vector<std::string> arguments(values + 1, values + count);
  try {
    if (!arguments.empty() && arguments[0] == "--start-up")
      return start_up_child({arguments.begin() + 1, arguments.end()});
    if (!arguments.empty() && arguments[0] == "--help") {
      std::cout << usage();
      return 0;
    }
    std::string command = "p11bench";
    for (const auto& argument : arguments) command += " " + argument;
    return run(parse_options(arguments), command);
  } catch (const std::invalid_argument& problem) {
    std::cerr << "p11bench: " << problem.what() << "\n\n" << usage();
    return 2;
  } catch (const std::exception& problem) {
    std::cerr << "p11bench: " << problem.what() << "\n";
    return 1;
  }
}
