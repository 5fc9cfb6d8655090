#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many client processes and few NetHSMs: a discrete-event simulation of the module's cluster rules.

simulate.py [--processes N] [--threads N] [--instances N] [--service-ms T] [--network-ms T] [--rate R] [--seconds T]
            [--down INSTANCE:FROM:TO ...] [--silent] [--no-jitter] [--in-turn] [--start zero|random] [--seed N] [--json]

Each process has threads that sign in a closed loop, or at `--rate` calls a second in all (Poisson). An instance serves
one request at a time, in the order of arrival, in `--service-ms` (exponential with `--random-service`; for a share of
`--long-share` of them `--long-ms`). The module takes the working instances in turn, per process, but goes past one that
works on more of the process's requests than another one; a request that fails goes to the next untried one; an instance
that failed is skipped until a check finds it working, after 1, 1, 2, 5, 10, 60, 300 s with up to a fifth of jitter
(src/cluster/health.h). A stopped instance refuses at once, or with --silent lets every request wait for --timeout-s.
With --in-turn nothing but the turn counts.

Printed: calls per second, latency percentiles, requests per call, the share of each instance, the checks that a returning
instance sees, and how unevenly it is used in its first seconds. docs/scaling.md draws the conclusions.
"""

import argparse
import collections
import heapq
import itertools
import json
import random

BACK_OFF = (1, 1, 2, 5, 10, 60, 300)


class Instance:
    def __init__(self, options, downs):
        self.o, self.downs = options, downs
        self.free_at = 0.0
        self.served = []  # times
        self.refused = self.checks = 0
        self.check_times = []

    def is_down(self, now):
        return any(begin <= now < end for begin, end in self.downs)

    def serve(self, now, rng):
        service = self.o.service_ms / 1e3
        cost = rng.expovariate(1 / service) if self.o.random_service else service
        if self.o.long_share and rng.random() < self.o.long_share:
            cost = self.o.long_ms / 1e3
        self.free_at = max(now, self.free_at) + cost
        self.served.append(now)
        return self.free_at


class Process:
    def __init__(self, count, start, in_turn):
        self.next = start
        self.failed = {}  # instance -> level
        self.under_way = [0] * count
        self.count, self.in_turn = count, in_turn

    def take_turn(self):
        """Where a request begins: Fleet::take_turn() of src/cluster/cluster.cpp."""
        turn = self.next
        self.next += 1
        candidates = [i for i in range(self.count) if i not in self.failed] or list(range(self.count))
        own = candidates[turn % len(candidates)]
        least = min(self.under_way[i] for i in candidates)
        if self.in_turn or self.under_way[own] == least:
            return own
        least_busy = [i for i in candidates if self.under_way[i] == least]
        return least_busy[turn // len(candidates) % len(least_busy)]

    def choose(self, first, untried):
        """First the working ones, beginning with the one whose turn it is."""
        if not untried:
            return None
        working = [i for i in range(self.count) if i not in self.failed]
        order = [(first + offset) % self.count for offset in range(self.count)]
        return next(itertools.chain((i for i in order if i in untried and i in working), (i for i in order if i in untried)))


class Simulation:
    def __init__(self, options):
        self.o = options
        self.rng = random.Random(options.seed)
        self.events = []
        self.sequence = itertools.count()
        downs = [[] for _ in range(options.instances)]
        for text in options.down:
            number, begin, end = text.split(":")
            downs[int(number)].append((float(begin), float(end)))
        self.instances = [Instance(options, d) for d in downs]
        starts = (lambda: self.rng.randrange(options.instances)) if options.start == "random" else (lambda: 0)
        self.processes = [Process(options.instances, starts(), options.in_turn) for _ in range(options.processes)]
        self.latencies, self.failures = [], 0

    def at(self, when, action, *arguments):
        heapq.heappush(self.events, (when, next(self.sequence), action, arguments))

    def run(self):
        o = self.o
        if o.rate:
            self.at(self.rng.expovariate(o.rate), self.arrive)
        else:
            for process in self.processes:
                for _ in range(o.threads):
                    self.at(self.rng.random() * o.service_ms / 1e3, self.call, process, True)
        while self.events and self.events[0][0] < o.seconds:
            now, _, action, arguments = heapq.heappop(self.events)
            action(now, *arguments)

    def arrive(self, now):
        self.call(now, self.rng.choice(self.processes), False)
        self.at(now + self.rng.expovariate(self.o.rate), self.arrive)

    def call(self, now, process, again):
        self.attempt(now, process, process.take_turn(), now, frozenset(range(self.o.instances)), again)

    def attempt(self, now, process, first, began, untried, again):
        choice = process.choose(first, untried)
        if choice is None:
            self.failures += 1
            self.at(now + 0.1, self.finish, process, None, None, again)
            return
        process.under_way[choice] += 1
        instance = self.instances[choice]
        arrival = now + self.o.network_ms / 2e3
        if instance.is_down(arrival):
            instance.refused += 1
            known = now + (self.o.timeout_s if self.o.silent else self.o.network_ms / 1e3)
            self.at(known, self.failed, process, choice, first, began, untried - {choice}, again)
        else:
            answered = instance.serve(arrival, self.rng) + self.o.network_ms / 2e3
            self.at(answered, self.finish, process, choice, began, again)

    def failed(self, now, process, choice, first, began, untried, again):
        process.under_way[choice] -= 1
        if choice not in process.failed:
            process.failed[choice] = 0
            self.at(now + self.wait(0), self.check, process, choice)
        self.attempt(now, process, first, began, untried, again)

    def wait(self, level):
        return BACK_OFF[level] * (1 if self.o.no_jitter else 1 + self.rng.random() / 5)

    def check(self, now, process, choice):
        instance = self.instances[choice]
        instance.checks += 1
        instance.check_times.append(now)
        if instance.is_down(now):
            process.failed[choice] = min(process.failed[choice] + 1, len(BACK_OFF) - 1)
            self.at(now + self.wait(process.failed[choice]), self.check, process, choice)
        else:
            del process.failed[choice]

    def finish(self, now, process, choice, began, again):
        if choice is not None:
            process.under_way[choice] -= 1
            self.latencies.append((now, now - began))
        if again:
            self.call(now, process, True)

    def figures(self):
        times = sorted(latency for _, latency in self.latencies)
        quantile = lambda share: times[min(len(times) - 1, int(share * len(times)))] * 1e3 if times else 0.0
        total = sum(len(i.served) for i in self.instances) or 1
        figures = {
            "calls_per_second": len(times) / self.o.seconds,
            "p50_ms": quantile(.5), "p99_ms": quantile(.99), "max_ms": times[-1] * 1e3 if times else 0.0,
            "requests_per_call": 1 + sum(i.refused for i in self.instances) / max(1, len(times)),  # without checks
            "failed_calls": self.failures,
            "shares": [len(i.served) / total for i in self.instances],
            "checks": [i.checks for i in self.instances],
        }
        returns = [(n, end) for n, i in enumerate(self.instances) for _, end in i.downs if end < self.o.seconds]
        figures["returns"] = []
        for number, end in returns:
            instance = self.instances[number]
            checks = [t - end for t in instance.check_times if t >= end]
            by_10ms = collections.Counter(int(t * 100) for t in checks)
            share = lambda begin: sum(end + begin <= t < end + begin + 1 for t in instance.served) / max(
                1, sum(end + begin <= t < end + begin + 1 for i in self.instances for t in i.served))
            last = self.o.seconds - end - 1
            figures["returns"].append({
                "instance": number, "most_checks_in_10_ms": max(by_10ms.values(), default=0),
                "back_with_all_processes_after_s": max(checks, default=0.0),
                "share_after_1_s": share(1) if last > 1 else None, "share_after_5_s": share(5) if last > 5 else None})
        return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--instances", type=int, default=3)
    parser.add_argument("--service-ms", type=float, default=0.2)
    parser.add_argument("--random-service", action="store_true")
    parser.add_argument("--long-share", type=float, default=0)
    parser.add_argument("--long-ms", type=float, default=1000)
    parser.add_argument("--network-ms", type=float, default=0.5)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--down", action="append", default=[])
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--timeout-s", type=float, default=10)
    parser.add_argument("--no-jitter", action="store_true")
    parser.add_argument("--in-turn", action="store_true")
    parser.add_argument("--start", choices=("zero", "random"), default="random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    simulation = Simulation(parser.parse_args())
    simulation.run()
    figures = simulation.figures()
    if simulation.o.json:
        print(json.dumps(figures, indent=2))
        return
    for key, value in figures.items():
        shown = [round(v, 3) for v in value] if key in ("shares",) else round(value, 3) if isinstance(value, float) else value
        print(f"{key:20} {shown}")


if __name__ == "__main__":
    main()
