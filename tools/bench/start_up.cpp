// SPDX-License-Identifier: Apache-2.0
#include "bench/start_up.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace nethsm::bench {
namespace {

constexpr unsigned kTimes = 7;

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1048576;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

std::string own_path() {
  char path[4096];
  const auto length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) throw std::runtime_error("/proc/self/exe cannot be read");
  return {path, static_cast<std::size_t>(length)};
}

}  // namespace

StartUp measure_start_up(const Options& options, const std::string& module, const std::string& key_id,
                         const RequestCounter& counter) {
  const std::string command = quoted(own_path()) + " --start-up " + quoted(module) + " " +
                              std::to_string(options.slot) + " " + quoted(key_id) +
                              (options.pin ? " " + quoted(*options.pin) : "");
  std::vector<double> initialize, first_signature, idle, requests;
  for (unsigned i = 0; i < kTimes; ++i) {
    counter.reset();
    const std::unique_ptr<FILE, int (*)(FILE*)> child(popen(command.c_str(), "r"), pclose);
    double times[3];
    if (std::fscanf(child.get(), "%lf %lf %lf", &times[0], &times[1], &times[2]) != 3) {
      throw std::runtime_error("the process that measures the start of " + module + " has failed");
    }
    initialize.push_back(times[0]);
    first_signature.push_back(times[1]);
    idle.push_back(times[2]);
    requests.push_back(counter.available() ? static_cast<double>(counter.count()) : -1);
  }
  return {module, median(initialize), median(first_signature), median(requests), median(idle)};
}

int start_up_child(const std::vector<std::string>& arguments) {
  const double before = resident_mib();
  const auto begin = std::chrono::steady_clock::now();
  void* const library = dlopen(arguments.at(0).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  dlclose(library);  // Module opens it again; what takes time has been done
  const auto loaded = std::chrono::steady_clock::now();
  const Module module(arguments.at(0));
  const double initialize = milliseconds_since(loaded);
  const double idle = resident_mib() - before;
  const std::optional<std::string> pin = arguments.size() > 3 ? std::optional(arguments[3]) : std::nullopt;
  const Session session(module, std::stoul(arguments.at(1)), pin);
  const auto key = session.find_one(CKO_PRIVATE_KEY, arguments.at(2));
  CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
  CK_BYTE digest[32] = {1}, signature[256];
  CK_ULONG length = sizeof signature;
  must(module->C_SignInit(session.handle(), &mechanism, key), "C_SignInit");
  must(module->C_Sign(session.handle(), digest, sizeof digest, signature, &length), "C_Sign");
  std::printf("%f %f %f\n", initialize, milliseconds_since(begin), idle);
  return 0;
}

}  // namespace nethsm::bench
