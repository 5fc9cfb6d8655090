// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace nethsm::bench {
namespace {

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : std::string(width - text.size(), ' ') + text;
}

// The first module's rate over this contestant's, round by round: they had the same machine then.
Spread ratios(const Result& result, std::size_t contestant) {
  std::vector<double> values;
  for (std::size_t i = 0; i < result.rounds[contestant].size(); ++i) {
    const double other = result.rounds[contestant][i].per_second;
    values.push_back(other == 0 ? 0 : result.rounds.front()[i].per_second / other);
  }
  return spread_of(values);
}

std::string as_text(const Spread& spread) {
  return fixed(spread.median, 3) + " (" + fixed(spread.lowest, 2) + "-" + fixed(spread.highest, 2) + ")";
}

nlohmann::json json_of(Result& result, std::size_t i) {
  Measurement& measured = result.measurements[i];
  nlohmann::json row = {{"operation", result.operation},
                        {"threads", result.threads},
                        {"contestant", result.names[i]},
                        {"calls", measured.latencies.count()},
                        {"per_second", measured.per_second()},
                        {"p50_us", measured.latencies.quantile(0.5)},
                        {"p90_us", measured.latencies.quantile(0.9)},
                        {"p99_us", measured.latencies.quantile(0.99)},
                        {"max_us", measured.latencies.quantile(1)},
                        {"cpu_us_per_call", measured.cpu_microseconds()},
                        {"failures", measured.failures}};
  if (measured.requests_known) row["requests_per_call"] = measured.requests_per_call();
  for (const auto& round : result.rounds[i]) {
    row["rounds"].push_back(
        {{"per_second", round.per_second}, {"p50_us", round.p50_us}, {"cpu_us_per_call", round.cpu_us}});
  }
  if (i != 0) row["first_over_this"] = ratios(result, i).median;
  if (measured.failures != 0) row["first_failure"] = measured.first_failure;
  return row;
}

std::string escaped(const std::string& text) {
  std::string html;
  for (const char c : text) html += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return html;
}

constexpr const char* kColours[] = {"#2563eb", "#9ca3af", "#d97706", "#059669"};

// Bars: one group a number of threads, one bar a contestant.
std::string plot(const std::vector<Result*>& results, const char* title, double (*value)(Measurement&)) {
  constexpr double kBar = 34, kGap = 26, kHeight = 150;
  double highest = 0, x = 10;
  for (auto* result : results) {
    for (auto& measured : result->measurements) highest = std::max(highest, value(measured));
  }
  std::string bars;
  for (auto* result : results) {
    const double begin = x;
    for (std::size_t i = 0; i < result->measurements.size(); ++i, x += kBar) {
      const double amount = value(result->measurements[i]);
      const double height = highest == 0 ? 0 : amount / highest * kHeight;
      bars += "<rect x='" + fixed(x, 0) + "' y='" + fixed(170 - height, 1) + "' width='" +
              fixed(kBar - 4, 0) + "' height='" + fixed(height, 1) + "' fill='" +
              kColours[i % std::size(kColours)] + "'/><text x='" + fixed(x + kBar / 2 - 2, 0) + "' y='" +
              fixed(166 - height, 1) + "'>" + fixed(amount, amount < 100 ? 1 : 0) + "</text>";
    }
    bars += "<text x='" + fixed((begin + x) / 2 - 2, 0) + "' y='186'>" + std::to_string(result->threads) +
            " thr.</text>";
    x += kGap;
  }
  return "<figure><figcaption>" + std::string(title) + "</figcaption><svg width='" + fixed(x, 0) +
         "' height='192' role='img'>" + bars + "</svg></figure>";
}

std::string plots(Report& report) {
  std::string html;
  for (auto first = report.results.begin(); first != report.results.end();) {
    std::vector<Result*> same;
    const std::string operation = first->operation;
    for (; first != report.results.end() && first->operation == operation; ++first) same.push_back(&*first);
    html += "<h2>" + escaped(operation) + "</h2><p>";
    for (std::size_t i = 0; i < same.front()->names.size(); ++i) {
      html += "<span style='color:" + std::string(kColours[i % std::size(kColours)]) + "'>&#9632;</span> " +
              escaped(same.front()->names[i]) + " &nbsp; ";
    }
    html += "</p><div class='row'>";
    html += plot(same, "calls per second", [](Measurement& m) { return m.per_second(); });
    html += plot(same, "p50, \xC2\xB5s", [](Measurement& m) { return m.latencies.quantile(0.5); });
    html += plot(same, "p99, \xC2\xB5s", [](Measurement& m) { return m.latencies.quantile(0.99); });
    html += plot(same, "CPU per call, \xC2\xB5s", [](Measurement& m) { return m.cpu_microseconds(); });
    html += "</div>";
  }
  return html;
}

}  // namespace

std::string describe_machine() {
  std::string processor = "unknown processor";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) {
      processor = line.substr(line.find(':') + 2);
      break;
    }
  }
  utsname system{};
  uname(&system);
  return processor + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         system.sysname + " " + system.release;
}

std::string as_table(Report& report) {
  std::ostringstream text;
  text << report.machine << "\n";
  for (const auto& start : report.start_ups) {
    text << start.module << ": C_Initialize " << fixed(start.initialize_ms, 2)
         << " ms; dlopen to first signature " << fixed(start.first_signature_ms, 2) << " ms";
    if (start.requests >= 0) text << ", " << fixed(start.requests, 0) << " requests";
    text << "; " << fixed(start.idle_mib, 1) << " MiB resident\n";
  }
  text << "\noperation       threads  contestant                   calls/s    p50 us    p90 us    p99 us    "
          "max us  CPU us"
          "  req/call        first/this\n";
  for (auto& result : report.results) {
    for (std::size_t i = 0; i < result.measurements.size(); ++i) {
      auto& measured = result.measurements[i];
      auto& latencies = measured.latencies;
      std::string name = result.operation, contestant = result.names[i];
      name.resize(16, ' ');
      contestant.resize(24, ' ');
      text << name << padded(std::to_string(result.threads), 7) << "  " << contestant
           << padded(fixed(measured.per_second(), 1), 12) << padded(fixed(latencies.quantile(0.5), 1), 10)
           << padded(fixed(latencies.quantile(0.9), 1), 10) << padded(fixed(latencies.quantile(0.99), 1), 10)
           << padded(fixed(latencies.quantile(1), 1), 10) << padded(fixed(measured.cpu_microseconds(), 1), 8)
           << padded(measured.requests_known ? fixed(measured.requests_per_call(), 2) : "-", 10)
           << padded(i == 0 ? "" : as_text(ratios(result, i)), 20) << "\n";
      if (measured.failures != 0)
        text << "  " << measured.failures << " failed: " << measured.first_failure << "\n";
    }
  }
  return text.str();
}

std::string as_json(Report& report) {
  nlohmann::json root = {{"machine", report.machine},
                         {"command", report.command},
                         {"start_up", nlohmann::json::array()},
                         {"results", nlohmann::json::array()}};
  for (const auto& start : report.start_ups) {
    root["start_up"].push_back({{"module", start.module},
                                {"initialize_ms", start.initialize_ms},
                                {"first_signature_ms", start.first_signature_ms},
                                {"requests", start.requests},
                                {"idle_mib", start.idle_mib}});
  }
  for (auto& result : report.results) {
    for (std::size_t i = 0; i < result.measurements.size(); ++i)
      root["results"].push_back(json_of(result, i));
  }
  return root.dump(2) + "\n";
}

std::string as_html(Report& report) {
  return "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>p11bench</title><style>body{font:14px "
         "sans-serif;"
         "margin:2em;max-width:70em}svg "
         "text{font-size:10px;text-anchor:middle}.row{display:flex;flex-wrap:wrap;gap:2em}"
         "figure{margin:0}pre{overflow-x:auto}</style><h1>p11bench</h1><p>" +
         escaped(report.machine) + "</p><p><code>" + escaped(report.command) + "</code></p>" + plots(report) +
         "<h2>All figures</h2><pre>" + escaped(as_table(report)) + "</pre></html>\n";
}

}  // namespace nethsm::bench
