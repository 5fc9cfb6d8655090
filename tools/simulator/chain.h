// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "simulator/resource.h"

namespace nethsm::simulator {

// Finds the route of a request. Immutable, so all threads share one.
class Router {
 public:
  explicit Router(const std::vector<const Route*>& routes);

  // Null: no route. What stands for the {...} of the pattern is appended to `arguments`.
  const Route* find(const std::vector<std::string>& segments, std::vector<std::string>& arguments) const;

 private:
  struct Entry {
    const Route* route;
    std::vector<std::string> segments;  // "{id}" and the like match anything, even nothing
  };
  std::vector<Entry> entries_;
};

// The server's decisions about one request, from the route to the handler, in its fixed order: the first
// check that fails decides the answer.
Response answer(const Router& router, Cluster& cluster, Instance& instance, const Request& request,
                const Viewpoint& viewpoint);

}  // namespace nethsm::simulator
