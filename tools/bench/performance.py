#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every measure of docs/performance.md and writes that page; tools/bench.sh calls it."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import page
from servers import Simulator

HERE = os.path.dirname(os.path.abspath(__file__))
PROCESSES, THREADS_EACH = 64, 4


class Bench:
    """The programs, and what they have measured so far."""

    def __init__(self, build, quick):
        self.build, self.share = os.path.abspath(build), 0.1 if quick else 1.0
        self.module = os.path.join(self.build, "libnethsm_pkcs11.so")
        self.results = os.path.join(self.build, "bench")
        os.makedirs(self.results, exist_ok=True)
        self.scratch = tempfile.mkdtemp(prefix="p11bench")
        self.simulators, self.runs = [], {}

    def simulator(self, name, *options):
        program = os.path.join(self.build, "nethsm-simulator")
        self.simulators.append(Simulator(program, self.scratch, name, *options))
        return self.simulators[-1]

    def command(self, json_file, operations, threads, seconds, rounds, *options):
        return [os.path.join(self.build, "p11bench"), "--module", self.module, "--operations", operations,
                "--threads", str(threads), "--seconds", str(max(seconds * self.share, 0.05 * rounds)),
                "--rounds", str(rounds), "--json", json_file, *options]

    def run(self, name, simulator, operations, threads, seconds, rounds, *options):
        """One run of p11bench; returns its rows by (operation, threads, contestant)."""
        print(f"{time.strftime('%H:%M:%S')} {name} (load {os.getloadavg()[0]:.1f})", flush=True)
        path = os.path.join(self.results, name)
        command = self.command(path + ".json", operations, threads, seconds, rounds, "--control", simulator.control,
                               "--html", path + ".html", *options)
        with open(path + ".txt", "w") as table:
            subprocess.run(command, env=simulator.environment, stdout=table, stderr=subprocess.STDOUT, check=True)
        with open(path + ".json") as file:
            self.runs[name] = dict(json.load(file), load=os.getloadavg()[0])
        return {(r["operation"], r["threads"], "limit" if r["contestant"] == "limit" else "module"): r
                for r in self.runs[name]["results"]}

    def close(self):
        for simulator in self.simulators:
            simulator.stop()
        shutil.rmtree(self.scratch)


def by_round(rows, key, combine, figure):
    """The module's figure of each round combined with the limit's."""
    module, limit = rows[(*key, "module")]["rounds"], rows[(*key, "limit")]["rounds"]
    return [combine(m[figure], l[figure]) for m, l in zip(module, limit)]


def over(a, b):
    return a / b if b else 0.0


def minus(a, b):
    return a - b


def signatures(bench, sheet, name, simulator, title, target):
    # A dlopen to the first signature is measured once, where the wire is all that counts.
    options = ["--limit"] + ([] if name == "wire" else ["--no-start-up"])
    rows = bench.run(name, simulator, "sign-p256", "1,4,16", 6 if name == "wire" else 3, 8, *options)
    for threads in (1, 4, 16):
        ratios = by_round(rows, ("sign-p256", threads), over, "per_second")
        module, limit = (rows[("sign-p256", threads, who)] for who in ("module", "limit"))
        detail = f"{module['per_second']:,.0f}/s ÷ {limit['per_second']:,.0f}/s"
        sheet.at_least(f"{title}, {threads} thread{'s' * (threads > 1)}, module ÷ limit", ratios, target, detail, name)
    return rows


def costs(sheet, rows):
    for threads in (1, 4, 16):
        cpu = by_round(rows, ("sign-p256", threads), minus, "cpu_us_per_call")
        base = rows[("sign-p256", threads, "limit")]["cpu_us_per_call"]
        sheet.at_most(f"CPU per C_Sign over the limit's, {threads} thread{'s' * (threads > 1)}, µs", cpu, 15,
                      f"the limit takes {base:.1f} µs", "cpu")
    p50 = by_round(rows, ("sign-p256", 1), minus, "p50_us")
    base = rows[("sign-p256", 1, "limit")]["p50_us"]
    sheet.at_most("added p50 latency per C_Sign, 1 thread, µs", p50, 20, f"the limit takes {base:.1f} µs", "p50")


def start_up(bench, sheet):
    start = bench.runs["wire"]["start_up"][0]
    sheet.at_most("C_Initialize, ms", [start["initialize_ms"]], 3, "median of 7 processes", "start")
    sheet.at_most("requests from dlopen to the first signature by a known CKA_ID", [start["requests"]], 3,
                  f"{start['first_signature_ms']:.1f} ms", "start")


def throughput(bench, sheet):
    """Devices that take 2 ms for a signature: few enough requests for a small machine."""
    three = bench.simulator("three-slow", "--instances", "3", "--think-time", "sign=2ms")
    one = bench.simulator("one-slow", "--think-time", "sign=2ms")
    ratios, rates = [], []
    for number in range(3):
        rate = {}
        for count, simulator in ((3, three), (1, one)):
            rows = bench.run(f"think-{count}-{number}", simulator, "sign-p256", 16, 2, 1, "--no-start-up")
            rate[count] = rows[("sign-p256", 16, "module")]["per_second"]
        ratios.append(rate[3] / rate[1])
        rates.append(rate)
    detail = f"{rates[0][3]:,.0f}/s ÷ {rates[0][1]:,.0f}/s; a device takes 2 ms"
    sheet.at_least("throughput with think time, 16 threads, 3 instances ÷ 1", ratios, 2.9, detail, "think")
    return three


def growth(bench, name, operation, seconds, *simulators):
    """How many times as long an operation takes with the second one's keys, three times; and the last pair of times in µs."""
    ratios = []
    for number in range(3):
        times = []
        for keys, simulator in zip(("few", "many"), simulators):
            rows = bench.run(f"{name}-{keys}-{number}", simulator, operation, 1, seconds, 1, "--no-start-up")
            times.append(rows[(operation, 1, "module")]["p50_us"])
        ratios.append(times[1] / times[0])
    return ratios, times


def listings(bench, sheet):
    few, thousand, many = (bench.simulator(f"keys-{n}", "--instances", "3", "--keys", str(n)) for n in (10, 1000, 10000))
    rows = bench.run("list-1000", thousand, "list-cold", 1, 6, 6, "--limit", "--no-start-up")
    module, limit = (rows[("list-cold", 1, who)] for who in ("module", "limit"))
    ratios = by_round(rows, ("list-cold", 1), lambda m, l: l / m, "per_second")
    sheet.at_most("cold listing of 1,000 keys on 3 instances, module's time ÷ limit's", ratios, 1.3,
                  f"{module['p50_us'] / 1e3:.0f} ms ÷ {limit['p50_us'] / 1e3:.0f} ms", "list")
    requests = requests_of_a_listing(bench, thousand)
    sheet.at_most("requests of a cold listing of K keys ÷ (K + 1)", [requests / 1001], 1, f"{requests:,} for 1,000 keys", "")
    ratios, times = growth(bench, "list", "list-cold", 2, thousand, many)
    sheet.at_most("cold listing of 10,000 ÷ 1,000 keys", ratios, 11, f"{times[1] / 1e3:.0f} ms ÷ {times[0] / 1e3:.0f} ms",
                  "list-many")
    ratios, times = growth(bench, "find", "find-id", 1.5, few, many)
    sheet.at_most("warm find by id among 10,000 ÷ among 10", ratios, 1.5, f"{times[1]:.0f} µs ÷ {times[0]:.0f} µs", "find")
    return many


def resident_command(bench, *mode):
    return [sys.executable, os.path.join(HERE, "resident.py"), bench.module, *mode]


def requests_of_a_listing(bench, simulator):
    """Of C_FindObjectsInit for all private keys, as the first thing that a session does."""
    with subprocess.Popen(resident_command(bench, "private"), env=simulator.environment, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        simulator.ask("DELETE", "/requests")
        process.communicate("\n")
    return simulator.counts()["total"]


def memory(bench, sheet, many):
    def resident(*mode):
        return subprocess.run(resident_command(bench, *mode), env=many.environment, capture_output=True, text=True,
                              check=True).stdout.split()
    many.ask("DELETE", "/requests")
    idle = [float(resident()[0]) for _ in range(3)]
    sheet.at_most("requests of C_Initialize", [many.counts()["total"] / 3], 0, "", "start")
    title = "resident memory added, idle, "
    sheet.at_most(title + "to a host that has OpenSSL and libstdc++, MiB", [bench.runs["wire"]["start_up"][0]["idle_mib"]], 6,
                  "median of 7 processes", "memory")
    sheet.at_most(title + "to one that has neither, MiB", idle, 6, "libraries included", "memory")
    listed = [resident("all") for _ in range(3)]
    sheet.at_most("resident memory added, with 10,000 keys, to a host that has neither, MiB", [float(mib) for mib, _ in listed], 30,
                  f"{int(listed[0][1]):,} objects", "memory")
    stripped = os.path.join(bench.scratch, "stripped.so")
    subprocess.run(["strip", "-o", stripped, bench.module], check=True)
    sheet.at_most("stripped .so, MiB", [os.path.getsize(stripped) / 2**20], 2, "", "size")


def herd(bench, sheet, three):
    """Many processes, one instance dead: it resets what arrives, so that each attempt can be counted."""
    print(f"{time.strftime('%H:%M:%S')} {PROCESSES} processes", flush=True)
    options = ["--no-start-up", "--prefix", "herd-", "--keep-keys"]
    environment = three.environment
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    files = [os.path.join(bench.scratch, f"herd-{n}.json") for n in range(PROCESSES)]
    subprocess.run(bench.command(files[0], "sign-p256", 1, 0.1, 1, *options), env=environment, check=True, **quiet)
    three.ask("POST", "/faults", b"reset-on-accept,instance=1\nreset-before-reading,instance=1")
    three.ask("DELETE", "/requests")
    processes = [subprocess.Popen(bench.command(file, "sign-p256", THREADS_EACH, 10, 1, *options), env=environment, **quiet)
                 for file in files]
    if any([process.wait() for process in processes]):
        raise RuntimeError("a call has failed although two instances work")
    counts = three.counts()
    attempts = sum(fault["happened"] for fault in three.ask("GET", "/faults"))
    three.ask("DELETE", "/faults")
    rows = []
    for file in files:
        with open(file) as results:
            rows.append(json.load(results)["results"][0])
    calls = sum(row["calls"] + THREADS_EACH for row in rows)  # one of each thread is not measured
    bench.runs["herd"] = {"calls": calls, "counts": counts, "attempts_at_the_dead_one": attempts,
                          "per_second": sum(row["per_second"] for row in rows),
                          "p50_us": sorted(row["p50_us"] for row in rows)[len(rows) // 2]}
    sheet.at_most(f"{PROCESSES} processes × {THREADS_EACH} threads on 3 instances, one dead: requests ÷ needed",
                  [(counts["use"] + attempts) / calls], 1.1,
                  f"{calls:,} signatures, {attempts} attempts and checks at the dead one", "herd")


def survey(bench, simulator):
    operations = "sign-rsa2048,sign-rsa4096,sign-ed25519,decrypt-rsa2048,encrypt-aes,random,find-id,find-label,list,generate,session"
    rows = bench.run("survey", simulator, operations, 4, 1, 2, "--limit", "--no-start-up")
    return [rows[key] | {"limit": rows.get((key[0], key[1], "limit"))} for key in rows if key[2] == "module"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--page", default=os.path.join(HERE, "../../docs/performance.md"))
    options = parser.parse_args()
    bench, sheet = Bench(options.build, options.quick), page.Sheet()
    began = time.time()
    load = [os.getloadavg()[0]]
    try:
        wire = bench.simulator("wire", "--instances", "3")
        rows = signatures(bench, sheet, "wire", wire, "sign P-256, answers at once", 0.90)
        costs(sheet, rows)
        device = bench.simulator("device", "--instances", "3", "--think-time", "sign=200us")
        signatures(bench, sheet, "device", device, "sign P-256, a device takes 0.2 ms", 0.90)
        start_up(bench, sheet)
        three = throughput(bench, sheet)
        memory(bench, sheet, listings(bench, sheet))
        herd(bench, sheet, three)
        others = survey(bench, wire)
    finally:
        bench.close()
    load.append(os.getloadavg()[0])
    machine = bench.runs["wire"]["machine"]
    with open(os.path.join(bench.results, "performance.json"), "w") as file:
        json.dump({"machine": machine, "load": load, "measures": sheet.rows, "runs": bench.runs}, file, indent=1)
    text = page.text(sheet, machine, load, others, time.time() - began)
    with open(options.page, "w") as file:
        file.write(text)
    print(text)
    print(f"Figures of each run: {bench.results}")


if __name__ == "__main__":
    main()
