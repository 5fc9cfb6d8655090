#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the pages of docs/integrations as their readers would: every command of a page, in order, in one shell.

run_pages.py --module FILE --simulator FILE [--jobs N] [--level main|all] [--results FILE] [PAGE ...]
run_pages.py --summary --results FILE
run_pages.py --write-table --results FILE
run_pages.py --check-table

The first form runs the pages (all of the level when none is named), prints a line for each and the count of those that ran,
and writes what it saw to the results file. It fails if a page fails, or if none ran; an application that is not on this
machine is named as missing. The second prints that count, with the names of the missing, of a results file. The third puts
the versions of a results file into the table of docs/integrations/README.md. The last, which is also a part of each run of
all pages, fails if the table names an application without a page or the other way round, if a line is not that of its page,
and if a page bounds no requests; versions are not compared.

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
that only a test needs; the same words may follow. Every block must end with status 0 and the module must stay silent on
stdout and stderr.

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

from pages import Failed, Page, problems_of, read_page, read_pages, table_problems, written_table

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "integrations"
EXAMPLES = ROOT / "config" / "examples"

# What build tools keep in the user's home, which is not the one of the pages.
TOOLS_AT_HOME = {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup", "NPM_CONFIG_USERCONFIG": ".npmrc",
                 "GOMODCACHE": "go/pkg/mod", "GOCACHE": ".cache/go-build"}


class Missing(Exception):
    """The application is not on this machine."""


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
    return seen


def run_page(page, module, simulator):
    """The requests of each block, by its line in the page."""
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
        cluster.configure(EXAMPLES / page.configuration, configuration)
        environment = dict(os.environ, MODULE=str(module), P11NETHSM_CONFIG_FILE=str(configuration), HOME=str(home),
                           LC_ALL="C.UTF-8", CONTROL=cluster.control, PROJECT=str(ROOT), TZ="UTC")
        for name, place in TOOLS_AT_HOME.items():
            if (pathlib.Path.home() / place).exists():
                environment.setdefault(name, str(pathlib.Path.home() / place))
        for name in ("SSH_AUTH_SOCK", "OPENSSL_CONF", "GNUPGHOME"):
            environment.pop(name, None)
        folder.chmod(0o755)
        shell = Shell(work, environment, with_own(page.facts.get("own"), folder))
        requests = {}
        for block in page.blocks:
            if block.file:
                (work / block.file).write_text(block.text)
            else:
                requests[block.line] = check_block(page, block, shell, cluster)
        return requests
    finally:
        if shell is not None:
            shell.kill()
        cluster.stop()
        # What go keeps of modules is read-only.
        subprocess.run(["chmod", "-R", "u+w", folder], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@dataclasses.dataclass
class Outcome:
    page: Page
    state: str  # ok, FAIL, missing
    detail: str = ""
    version: str = ""
    requests: dict = dataclasses.field(default_factory=dict)  # by the line of the block
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
    except Exception as error:  # a mistake in the page or here: the other pages still run
        outcome.state, outcome.detail = "FAIL", f"{page.path.name}: {type(error).__name__}: {error}"
    outcome.seconds = time.monotonic() - started
    return outcome


def print_outcome(outcome):
    figures = f"{outcome.version}, {sum(outcome.requests.values())} requests, {outcome.seconds:.1f} s"
    if outcome.state == "missing":
        figures = f"not on this machine: {outcome.detail}"
    elif outcome.state == "FAIL":
        figures = "see below"
    print(f"{outcome.state:8}{outcome.page.name}  ({figures})", flush=True)
    if outcome.state == "FAIL":
        print("        " + outcome.detail.replace("\n", "\n        "), flush=True)


def run_all(pages, module, simulator, jobs):
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(outcome_of, page, module.resolve(), simulator.resolve()) for page in pages]
        for job in concurrent.futures.as_completed(running):
            outcomes.append(job.result())
            print_outcome(outcomes[-1])
    return outcomes


def results_of(outcomes, left_out):
    """What is kept of a run, a page each."""
    results = [{"application": o.page.name, "page": o.page.path.name, "state": o.state, "version": o.version,
                "requests": o.requests, "seconds": round(o.seconds, 1)} for o in outcomes]
    results += [{"application": page.name, "page": page.path.name, "state": "left out"} for page in left_out]
    return sorted(results, key=lambda result: result["page"])


def summary(results):
    names = {state: [result["application"] for result in results if result["state"] == state]
             for state in ("ok", "FAIL", "missing", "left out")}
    line = (f"{len(names['ok']) + len(names['FAIL'])} applications run: {len(names['ok'])} passed, "
            f"{len(names['FAIL'])} failed; " + ", ".join([f"{len(names['missing'])} missing", *names["missing"]]))
    if names["left out"]:
        line = "only with --level all: " + ", ".join(names["left out"]) + "\n" + line
    return line


def check_table(folder):
    """Whether the pages of a folder, and the table of its README.md, are as they have to be."""
    try:
        pages = read_pages(folder)
        problems = [problem for page in pages for problem in problems_of(page)]
        problems += table_problems((folder / "README.md").read_text(), pages)
    except Failed as failure:
        problems = [str(failure)]
    for problem in problems:
        print(f"FAIL    {problem}", flush=True)
    return not problems


def run(arguments):
    in_order = bool(arguments.pages) or check_table(arguments.folder)
    paths = arguments.pages or [p for p in sorted(arguments.folder.glob("*.md")) if p.name != "README.md"]
    pages = [read_page(path) for path in paths]
    chosen = [p for p in pages if arguments.level == "all" or p.level == "main" or arguments.pages]
    outcomes = run_all(chosen, arguments.module, arguments.simulator, arguments.jobs)
    results = results_of(outcomes, [page for page in pages if page not in chosen])
    print(summary(results))
    if arguments.results:
        arguments.results.write_text(json.dumps(results, indent=1) + "\n")
    states = [outcome.state for outcome in outcomes]
    return 0 if in_order and "ok" in states and "FAIL" not in states else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", type=pathlib.Path)
    parser.add_argument("--simulator", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--level", choices=("main", "all"), default="main")
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--write-table", action="store_true")
    parser.add_argument("--check-table", action="store_true")
    parser.add_argument("--summary", action="store_true")
    parser.add_argument("--folder", type=pathlib.Path, default=PAGES, help="the folder of the pages and of their README.md")
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.check_table:
        return 0 if check_table(arguments.folder) else 1
    if arguments.summary:
        print(summary(json.loads(arguments.results.read_text())))
        return 0
    if arguments.write_table:
        table = arguments.folder / "README.md"
        results = json.loads(arguments.results.read_text())
        table.write_text(written_table(table.read_text(), read_pages(arguments.folder), results))
        return 0
    if not arguments.module or not arguments.simulator:
        parser.error("--module and --simulator are needed to run pages")
    try:
        return run(arguments)
    except Failed as failure:
        print(f"FAIL    {failure}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
