#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replays the recordings of one API version against the simulator and counts by topic.

Fails on any mismatch in a required topic, and when a topic of ratchet.json matches less than its floor.
"""
import argparse
import collections
import json
import pathlib
import random
import re
import socket
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
JOBS = 3
SCENARIO = re.compile(r'^(?:ok  |FAIL) \S+ ([^/]+)/\S+: (\d+) passed, (\d+) failed$')


def free_ports(count):
    """The first of `count` consecutive ports that nobody listens on."""
    for _ in range(100):
        first = random.randrange(20000, 30000)
        try:
            for port in range(first, first + count):
                with socket.socket() as s:
                    s.bind(('127.0.0.1', port))
            return first
        except OSError:
            continue
    sys.exit('no free ports')


def replay(simulator, version):
    """{topic: [passed, failed]}; mismatches are printed as they come."""
    files = sorted((HERE / 'golden' / version).glob('*.jsonl'))
    start = f"exec '{simulator}' --port {{port}} --profile {{version}} --quiet"
    command = [sys.executable, HERE / 'replay.py', '--strict', '-v', '-j', str(JOBS),
               '--port', str(free_ports(JOBS)), '--start', start, *files]
    counts = {f.stem: [0, 0] for f in files}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors='replace') as process:
        for line in process.stdout:
            scenario = SCENARIO.match(line)
            if scenario:
                counts[scenario[1]][0] += int(scenario[2])
                counts[scenario[1]][1] += int(scenario[3])
            elif line.startswith('FAIL'):
                print(line, end='')
    if process.returncode not in (0, 1):
        sys.exit(f'replay.py ended with {process.returncode}')
    return counts


def recorded(version):
    """{topic: number of exchanges}"""
    return {f.stem: sum(1 for _ in f.open(encoding='utf-8')) for f in (HERE / 'golden' / version).glob('*.jsonl')}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--simulator', required=True)
    parser.add_argument('version')
    options = parser.parse_args()
    floors = json.loads((HERE / 'ratchet.json').read_text())[options.version]
    expected = recorded(options.version)
    if not expected:
        sys.exit(f'no recordings of version {options.version}')
    good = True
    total = collections.Counter()
    for topic, (passed, failed) in replay(pathlib.Path(options.simulator).resolve(), options.version).items():
        complete = passed + failed == expected[topic]
        fine = complete and (passed >= floors[topic] if topic in floors else failed == 0)
        good = good and fine
        total.update(passed=passed, failed=failed)
        note = f' (floor {floors[topic]})' if topic in floors else ''
        print(f"{'ok  ' if fine else 'FAIL'} {options.version} {topic:18} {passed:4} passed, {failed:3} failed{note}")
    print(f"{options.version}: {total['passed']} passed, {total['failed']} failed")
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
