# SPDX-License-Identifier: Apache-2.0
"""docs/performance.md, from what was measured."""

import statistics
import time

# Why a target may be missed, by measure; printed only where it is.
# No figures: those of the run are in the table.
REASONS = {
    "wire": "The simulator answers from memory over the loopback device, so that a whole exchange takes client and server a few "
            "ten microseconds, and the target leaves the module a tenth of that. Where threads outnumber the processors, which "
            "the servers share, what one spends the others wait for. Profiles show that most goes to the module's own code, a "
            "long and straight path that the caches have lost after each switch of threads, and the rest to the kernel, for "
            "waking the server and for looking whether the connection is still good. Blocking reads in place of `poll`, which "
            "would lose the deadline, and a build trained with profiles would save a part of it that is too small for the "
            "target; other optimisation levels and link-time optimisation save nothing. At a device's pace (the next rows) it "
            "shows less.",
    "device": "Client and devices share the machine's processors: with several threads these are busy all the time, and a call's "
              "own cost counts as in the rows above.",
    "cpu": "Processor time per call depends on how threads and servers compete for the processors (switches, caches), also for "
           "the limit, and differs by some microseconds between runs of the same build; see the first measures.",
    "p50": "The module waits in `poll` and then reads, where the limit client waits in its read, and looks at the connection "
           "before it uses it; see the first measures.",
    "memory": "Most of it are pages of shared libraries (OpenSSL, libstdc++, yaml-cpp, the module itself), which the kernel keeps "
              "once for all processes; the row of a host that has them already shows what is the process's own.",
    "list": "The limit client reads each device's answers in threads of its own; the module drives all connections from the "
            "calling thread and makes objects of what it reads.",
}


class Sheet:
    """The measures with their targets. A value is the median of the rounds'."""

    def __init__(self):
        self.rows = []

    def add(self, title, values, target, sign, detail, reason):
        value = statistics.median(values)
        # To the precision that is shown.
        met = round(value, 2) >= target if sign == "≥" else round(value, 2) <= target
        self.rows.append({"title": title, "value": value, "lowest": min(values), "highest": max(values), "target": target,
                          "sign": sign, "met": met, "detail": detail, "reason": reason})

    def at_least(self, title, values, target, detail, reason):
        self.add(title, values, target, "≥", detail, reason)

    def at_most(self, title, values, target, detail, reason):
        self.add(title, values, target, "≤", detail, reason)


def number(value):
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def table(sheet):
    lines = ["| measure | target | measured | spread | figures | |", "|---|---|---|---|---|---|"]
    for row in sheet.rows:
        spread = "" if row["lowest"] == row["highest"] else f"{number(row['lowest'])} – {number(row['highest'])}"
        verdict = "met" if row["met"] else f"**missed by {number(abs(row['value'] - row['target']))}**"
        lines.append(f"| {row['title']} | {row['sign']} {number(row['target'])} | {number(row['value'])} | {spread} | "
                     f"{row['detail']} | {verdict} |")
    return "\n".join(lines)


def reasons(sheet):
    missed = {}
    for row in sheet.rows:
        if not row["met"]:
            missed.setdefault(row["reason"], []).append(row["title"])
    if not missed:
        return "All targets are met."
    return "\n\n".join(f"**{'; '.join(titles)}.** {REASONS.get(reason, 'Not explained yet.')}"
                       for reason, titles in missed.items())


def survey(rows):
    lines = ["| operation | calls/s | p50 µs | p99 µs | CPU µs | requests | ÷ limit |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        ratio = f"{row['per_second'] / row['limit']['per_second']:.2f}" if row["limit"] else ""
        lines.append(f"| {row['operation']} | {row['per_second']:,.0f} | {row['p50_us']:.0f} | {row['p99_us']:.0f} | "
                     f"{row['cpu_us_per_call']:.0f} | {row['requests_per_call']:.2f} | {ratio} |")
    return "\n".join(lines)


def busy(load):
    if load[0] < 1.5:
        return ""
    return ("\n**The machine had other work at the same time.** What is short suffers most, the figures for one thread above all: "
            "see their spread, and measure again on an idle machine.\n")


def text(sheet, machine, load, others, seconds):
    return f"""# Performance

Written by `tools/bench.sh`, the one command that measures everything here again ({seconds / 60:.0f} minutes).

{machine}; load average {load[0]:.1f} at the start and {load[1]:.1f} at the end; {time.strftime('%Y-%m-%d', time.gmtime())}.
{busy(load)}
## How it is measured

The *limit* is the barest client: request bytes that were put together beforehand, one kept TLS connection per thread and
device, blocking reads, no check of anything. It makes the same HTTP exchanges with the same servers and the same number of
threads, in turns with the module (module, limit, module, limit, ...); ratios are taken within each round, and the table shows
their median and spread. What the absolute figures are worth depends on the machine: client and servers share it.

The servers are processes of their own: `nethsm-simulator` with `--precomputed` answers (docs/simulator.md), so that its
cryptography is not what is measured. They answer at once or, where the row says so, take a device's time, one request at a
time. CPU is user and system time of the client process. Requests are counted by the servers.

## Against the targets

{table(sheet)}

{reasons(sheet)}

## Other operations

With four threads, answers at once (RSA, Ed25519, AES and decryption from memory; random bytes, look-ups and key generation are
computed). *requests* are those of one call. Operations without one HTTP exchange that is always the same have no limit.

{survey(others)}
"""
