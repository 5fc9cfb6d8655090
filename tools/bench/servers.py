# SPDX-License-Identifier: Apache-2.0
"""Simulators as processes of their own, for benchmarks."""

import json
import os
import subprocess
import urllib.request


class Simulator:
    """A cluster of simulated devices. `environment` lets a module or p11bench use it."""

    def __init__(self, program, directory, name, *options):
        self.config = os.path.join(directory, name + ".conf")
        self.process = subprocess.Popen(
            [program, "--demo", "--port", "0", "--control-port", "0", "--precomputed", "--quiet",
             "--write-config", self.config, *options], stdout=subprocess.PIPE, text=True)
        self.control = ""
        for line in self.process.stdout:
            if line.startswith("control "):
                self.control = line.split()[1]
            if line.strip() == "ready":
                break
        else:
            raise RuntimeError("the simulator did not start")
        self.environment = dict(os.environ, P11NETHSM_CONFIG_FILE=self.config)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.control + path, method=method, data=body)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def counts(self):
        """Requests of all instances together: total, read, use, write and health."""
        sums = {}
        for instance in self.ask("GET", "/requests/counts"):
            for name, value in {"total": instance["total"], **instance["classes"]}.items():
                sums[name] = sums.get(name, 0) + value
        return sums

    def stop(self):
        self.process.terminate()
        self.process.wait()
