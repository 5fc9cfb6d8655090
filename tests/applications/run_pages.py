#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the pages of docs/integrations as their readers would: every command of a page, in order, in one shell.

run_pages.py --module FILE --simulator FILE [--jobs N] [--level main|all] [--table FILE] [PAGE ...]

A page begins with a comment that says what it is about:

  <!-- application: OpenSSH
       version: ssh -V
       packages: openssh-client
       level: main
       configuration: cluster.conf -->

`version` prints the version (its first line that has a digit counts; it runs in the project's folder), `packages` are
Debian's, `level` is `main` for what Debian 12 main gives and `all` for the rest, `configuration` is a file of
config/examples. Optional: `options`, for the simulator; `timeout`, in seconds; `own`, a folder of the system that the page
writes to: it sees an empty one of its own there, which takes root.

Run are the blocks that are fenced as ```sh; a word after it asks for more:
  fails         the block ends with a command that has to fail, and not by a signal
  requests=N    the devices see at most N requests during the block
  prints=TEXT   the output of the block contains TEXT (no spaces)
  root          only as root; without it the page counts as missing
Blocks fenced as ```conf file=NAME and the like are written to NAME first. A comment `<!-- test` ... `-->` holds commands
that only a test needs. Every block must end with status 0 and the module must stay silent on stdout and stderr.

In a page, $MODULE is the path of the module and $P11NETHSM_CONFIG_FILE the configuration, copied from config/examples
with the addresses and fingerprints of a simulated cluster put in for the example's; the shell is in an empty folder.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "integrations"
EXAMPLES = ROOT / "config" / "examples"

# What build tools keep in the user's home, which is not the one of the pages.
TOOLS_AT_HOME = {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup", "NPM_CONFIG_USERCONFIG": ".npmrc"}

HEADER = re.compile(r"^<!--\s*(application:.*?)-->", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```|^<!-- test\n(.*?)^-->", re.DOTALL | re.MULTILINE)


class Missing(Exception):
    """The application is not on this machine."""


class Failed(Exception):
    pass


@dataclasses.dataclass
class Block:
    text: str
    line: int
    words: list
    file: str = ""

    def value(self, key):
        return next((w.split("=", 1)[1] for w in self.words if w.startswith(key + "=")), None)


@dataclasses.dataclass
class Page:
    path: pathlib.Path
    facts: dict
    blocks: list


def read_page(path):
    text = path.read_text()
    header = HEADER.search(text)
    if header is None:
        raise Failed(f"{path.name}: has no <!-- application: ... --> comment")
    facts = dict(line.strip().split(":", 1) for line in header.group(1).strip().splitlines())
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    blocks = []
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match.group(4) is not None:
            blocks.append(Block(match.group(4), line, []))
            continue
        words = match.group(2).split()
        file = next((w[5:] for w in words if w.startswith("file=")), "")
        if file or match.group(1) == "sh":
            blocks.append(Block(match.group(3), line, words, file))
    return Page(path, facts, blocks)


class Cluster:
    """Three simulated NetHSMs and their configuration."""

    def __init__(self, simulator, folder, options):
        self.log = folder / "simulator.log"
        written = folder / "simulator.conf"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [simulator, "--instances", "3", "--port", "0", "--control-port", "0", "--demo",
                 "--write-config", written, *options], stdout=log, stderr=log)
        for _ in range(200):
            if re.search(r"^ready", self.log.read_text(), re.MULTILINE) or self.process.poll() is not None:
                break
            time.sleep(0.05)
        text = self.log.read_text()
        if not re.search(r"^ready", text, re.MULTILINE):
            raise Failed("the simulator did not start:\n" + text)
        self.control = re.search(r"http://[0-9.:]+", text).group(0)
        configuration = written.read_text()
        self.urls = re.findall(r"https://[0-9.:]+/api/v1", configuration)
        self.pins = re.findall(r"\b[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}\b", configuration)

    def configure(self, example, target):
        """The example's instances, one by one, get the address and the fingerprint of a simulator."""
        text = example.read_text()
        for pattern, values in ((r"https://[^/\s\"]+/api/v1", self.urls),
                                (r"\b[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}\b", self.pins)):
            number = iter(range(1000))
            text = re.sub(pattern, lambda _: values[next(number) % len(values)], text)
        target.write_text(text)
        target.chmod(0o600)

    def requests(self):
        with urllib.request.urlopen(self.control + "/requests") as answer:
            return len(json.load(answer))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Shell:
    """One bash for a whole page, so that variables and folders stay; each block reports its status."""

    def __init__(self, folder, environment, prefix=()):
        self.folder = folder
        self.process = subprocess.Popen(
            [*prefix, "bash"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True, errors="replace")

    def run(self, text, timeout, may_fail=False):
        mark = "=== status of the block:"
        watchdog = threading.Timer(timeout, self.kill)
        watchdog.start()
        # Braces: a block is read as a whole before it runs, whatever its commands do to their input. A command that fails
        # ends the shell; where one has to, a subshell.
        opening, closing = ("(", ")") if may_fail else ("{", "}")
        self.process.stdin.write(f"set +e\n{opening}\nset -euo pipefail\n{text}\n{closing} </dev/null\n"
                                 f"status=$?; set +eu; echo; echo '{mark}' $status\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(mark):
                watchdog.cancel()
                return int(line.split(":")[1]), "".join(lines)
            lines.append(line)
        watchdog.cancel()
        return self.process.wait() or 1, "".join(lines) + "(the block has ended the shell)\n"

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        end_leftovers(self.folder)
        self.process.wait()


def with_own(target, folder):
    """The words that start a command with an empty folder in place of `target`."""
    if not target:
        return []
    namespace = ["unshare", "--mount"]
    if os.geteuid() != 0 or subprocess.run([*namespace, "true"], capture_output=True).returncode != 0:
        raise Missing(f"root, for a {target} of its own")
    own = folder / "own"
    own.mkdir()
    return [*namespace, "bash", "-c", 'mkdir -p "$2"; mount --bind "$1" "$2" && shift 2 && exec "$@"', "own", own, target]


def end_leftovers(folder):
    """Daemons that a page has started and, having failed, not stopped: they have left the shell's process group."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            ours = os.readlink(process / "cwd").startswith(str(folder)) or \
                str(folder).encode() in (process / "environ").read_bytes()
            if ours:
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            pass  # has ended, or is somebody else's


def version_of(page):
    said = subprocess.run(["bash", "-c", page.facts["version"]], cwd=ROOT, capture_output=True, text=True,
                          errors="replace")
    lines = [line for line in (said.stdout + said.stderr).splitlines() if re.search(r"\d", line)]
    if said.returncode != 0 or not lines:
        raise Missing(page.facts.get("packages", ""))
    return re.search(r"\d+(?:\.\w+)*", lines[0]).group(0)


def check_block(page, block, shell, cluster):
    before = cluster.requests()
    status, output = shell.run(block.text, float(page.facts.get("timeout", 120)), "fails" in block.words)
    where = f"{page.path.name}:{block.line}"
    if status > 128 or status < 0:
        raise Failed(f"{where}: ended by signal or timeout (status {status})\n{output}")
    if ("fails" in block.words) != (status != 0):
        raise Failed(f"{where}: status {status}\n{output}")
    if "nethsm_pkcs11[" in output and "fails" not in block.words:
        raise Failed(f"{where}: the module has written to the terminal\n{output}")
    wanted = block.value("prints")
    if wanted is not None and wanted not in output:
        raise Failed(f"{where}: {wanted} is not in the output\n{output}")
    allowed = block.value("requests")
    seen = cluster.requests() - before
    if allowed is not None and seen > int(allowed):
        raise Failed(f"{where}: {seen} requests, {allowed} at most were expected\n{output}")


def run_page(page, module, simulator):
    if any("root" in block.words for block in page.blocks) and os.geteuid() != 0:
        raise Missing("root")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="page."))
    cluster = Cluster(simulator, folder, page.facts.get("options", "").split())
    shell = None
    try:
        work = folder / "work"
        work.mkdir()
        home = folder / "home"
        home.mkdir(mode=0o700)
        configuration = work / "p11nethsm.conf"
        cluster.configure(EXAMPLES / page.facts.get("configuration", "cluster.conf"), configuration)
        environment = dict(os.environ, MODULE=str(module), P11NETHSM_CONFIG_FILE=str(configuration), HOME=str(home),
                           LC_ALL="C.UTF-8", CONTROL=cluster.control, PROJECT=str(ROOT), TZ="UTC")
        for name, place in TOOLS_AT_HOME.items():
            if (pathlib.Path.home() / place).exists():
                environment.setdefault(name, str(pathlib.Path.home() / place))
        for name in ("SSH_AUTH_SOCK", "OPENSSL_CONF", "GNUPGHOME"):
            environment.pop(name, None)
        folder.chmod(0o755)
        shell = Shell(work, environment, with_own(page.facts.get("own"), folder))
        for block in page.blocks:
            if block.file:
                (work / block.file).write_text(block.text)
            else:
                check_block(page, block, shell, cluster)
        return cluster.requests()
    finally:
        if shell is not None:
            shell.kill()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclasses.dataclass
class Outcome:
    page: Page
    state: str  # ok, FAIL, missing
    detail: str = ""
    version: str = ""
    requests: int = 0
    seconds: float = 0


def outcome_of(page, module, simulator):
    started = time.monotonic()
    outcome = Outcome(page, "ok")
    try:
        outcome.version = version_of(page)
        outcome.requests = run_page(page, module, simulator)
    except Missing as missing:
        outcome.state, outcome.detail = "missing", str(missing)
    except Failed as failure:
        outcome.state, outcome.detail = "FAIL", str(failure)
    outcome.seconds = time.monotonic() - started
    return outcome


def write_table(outcomes, path):
    """Puts what was seen between the markers of the overview page; pages that did not run keep their line."""
    text = path.read_text()
    begin, end = "<!-- results -->\n", "<!-- end of results -->"
    head, rest = text.split(begin)
    old, tail = rest.split(end)
    rows = {row.split("|")[1].strip(): row for row in old.strip().splitlines()[2:]}
    for outcome in outcomes:
        name = outcome.page.facts["application"]
        if outcome.state == "ok":
            link = f"[{outcome.page.path.name}]({outcome.page.path.name})"
            rows[name] = f"| {name} | {outcome.version} | {outcome.page.facts.get('works', '')} | {link} |"
    lines = ["| application | version tested | what works | page |", "| --- | --- | --- | --- |"]
    lines += [rows[name] for name in sorted(rows, key=str.lower)]
    path.write_text(head + begin + "\n".join(lines) + "\n" + end + tail)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", required=True, type=pathlib.Path)
    parser.add_argument("--simulator", required=True, type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--level", choices=("main", "all"), default="main")
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    paths = arguments.pages or sorted(p for p in PAGES.glob("*.md") if p.name != "README.md")
    pages = [read_page(path) for path in paths]
    pages = [p for p in pages if arguments.level == "all" or p.facts.get("level", "main") == "main"]
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(outcome_of, p, arguments.module.resolve(), arguments.simulator.resolve()) for p in pages]
        for job in concurrent.futures.as_completed(jobs):
            outcome = job.result()
            outcomes.append(outcome)
            name = outcome.page.facts["application"]
            figures = f"{outcome.version}, {outcome.requests} requests, {outcome.seconds:.1f} s"
            if outcome.state == "missing":
                figures = f"not on this machine: {outcome.detail}"
            print(f"{outcome.state:8}{name}  ({figures if outcome.state != 'FAIL' else 'see below'})", flush=True)
            if outcome.state == "FAIL":
                print("        " + outcome.detail.replace("\n", "\n        "), flush=True)
    count = {state: sum(o.state == state for o in outcomes) for state in ("ok", "FAIL", "missing")}
    print(f"{count['ok'] + count['FAIL']} applications run: {count['ok']} passed, {count['FAIL']} failed; "
          f"{count['missing']} missing" +
          "".join(f", {o.page.facts['application']}" for o in outcomes if o.state == "missing"))
    if arguments.table:
        write_table(outcomes, arguments.table)
    return 1 if count["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
