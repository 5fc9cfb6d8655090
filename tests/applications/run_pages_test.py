#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests run_pages.py with pages made for it: run_pages_test.py MODULE SIMULATOR."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parent / "run_pages.py"
SIMULATOR = sys.argv.pop()
MODULE = sys.argv.pop()

ASK = """url=$(grep -o 'https://[^"]*' p11nethsm.conf | head -1)
curl -sSfk -u operator:OperatorOperator "$url/keys" >/dev/null
"""


def page(name, *blocks, version="echo 1.2.3", facts=""):
    header = f"<!-- application: {name}\n     version: {version}\n     packages: {name}-package\n     works: tests\n{facts}" \
        "     configuration: cluster.conf -->\n"
    return header + "# A page\n\nFrom [here](../../config/examples/cluster.conf).\n\n```sh requests=9\ntrue\n```\n" + "\n".join(blocks)


def block(commands, words=""):
    return f"\n```sh {words}\n{commands}\n```\n"


class Folder(unittest.TestCase):
    """A folder of pages with an empty table."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pages."))
        self.addCleanup(shutil.rmtree, self.folder)
        self.results = self.folder / "results.json"
        (self.folder / "README.md").write_text(
            "Before.\n\n<!-- results -->\n| application | version tested | what works | page |\n| --- | --- | --- | --- |\n"
            "<!-- end of results -->\nAfter.\n")

    def write(self, **pages):
        for name, text in pages.items():
            (self.folder / f"{name}.md").write_text(text)

    def call(self, *arguments):
        said = subprocess.run([sys.executable, PROGRAM, "--folder", self.folder, *arguments], capture_output=True, text=True)
        return said.returncode, said.stdout + said.stderr


class RunPages(Folder):
    def run_pages(self, *arguments, table=True):
        """Runs the pages, with a table that has their lines unless `table` is false."""
        if table:
            names = [p.read_text().split("application: ")[1].split("\n")[0] for p in self.pages()]
            self.results.write_text(json.dumps([{"application": n, "state": "ok", "version": "0"} for n in names]))
            self.call("--write-table", "--results", self.results)
        return self.call("--module", MODULE, "--simulator", SIMULATOR, "--results", self.results, *arguments)

    def pages(self):
        return [p for p in self.folder.glob("*.md") if p.name != "README.md"]

    def fails(self, text, because):
        self.write(good=page("Good"), bad=text)
        status, output = self.run_pages()
        self.assertEqual(status, 1, output)
        self.assertIn("FAIL    Bad", output)
        self.assertIn(because, output)
        self.assertIn("ok      Good", output)
        self.assertIn("2 applications run: 1 passed, 1 failed; 0 missing", output)

    def test_pages_that_do_what_they_say_pass_and_are_counted(self):
        self.write(one=page("One", block("echo $MODULE; test -s p11nethsm.conf", "prints=libnethsm_pkcs11.so")),
                   two=page("Two", block("false", "fails"), "\n```conf file=made\ntext\n```\n", block("grep text made"),
                            block(ASK, "requests=1"), "\n<!-- test prints=word\necho word\n-->\n"))
        status, output = self.run_pages()
        self.assertEqual(status, 0, output)
        self.assertIn("2 applications run: 2 passed, 0 failed; 0 missing\n", output)
        results = {result["application"]: result for result in json.loads(self.results.read_text())}
        self.assertEqual((results["Two"]["state"], results["Two"]["version"]), ("ok", "1.2.3"))
        self.assertEqual(sum(results["Two"]["requests"].values()), 1)

    def test_a_command_that_fails_fails_the_run(self):
        self.fails(page("Bad", block("false\ntrue")), "bad.md:14: status 1")

    def test_a_command_that_fails_in_a_pipe_fails_the_run(self):
        self.fails(page("Bad", block("false | cat")), "bad.md:14: status 1")

    def test_a_command_that_only_the_test_has_fails_the_run(self):
        self.fails(page("Bad", "\n<!-- test\nfalse\n-->\n"), "status 1")

    def test_a_command_that_has_to_fail_and_does_not_fails_the_run(self):
        self.fails(page("Bad", block("true", "fails")), "status 0")

    def test_a_command_that_has_to_fail_may_not_die_of_a_signal(self):
        self.fails(page("Bad", block("sh -c 'kill -SEGV $$'", "fails")), "ended by signal")

    def test_a_page_may_not_leave_its_shell(self):
        self.fails(page("Bad", block("exit 0")), "the block has ended the shell")

    def test_output_that_lacks_what_is_wanted_fails_the_run(self):
        self.fails(page("Bad", block("echo one", "prints=two")), "two is not in the output")

    def test_a_module_that_writes_to_the_terminal_fails_the_run(self):
        self.fails(page("Bad", block("echo 'nethsm_pkcs11[1]: something' >&2")), "has written to the terminal")

    def test_more_requests_than_allowed_fail_the_run(self):
        self.fails(page("Bad", block(ASK + ASK, "requests=1")), "2 requests, 1 at most")

    def test_a_page_that_hangs_is_ended_and_fails_the_run(self):
        started = time.monotonic()
        self.fails(page("Bad", block("sleep 300"), facts="     timeout: 2\n"), "timeout")
        self.assertLess(time.monotonic() - started, 60)

    def test_what_a_page_leaves_running_is_ended(self):
        mark = f"{self.folder}/alive"
        self.write(one=page("One", block(f"setsid sh -c 'while :; do touch {mark}; sleep 0.1; done' >/dev/null 2>&1 &")))
        status, output = self.run_pages()
        self.assertEqual(status, 0, output)
        pathlib.Path(mark).unlink(missing_ok=True)
        time.sleep(1)
        self.assertFalse(pathlib.Path(mark).exists())

    def test_a_page_with_a_configuration_that_does_not_exist_fails_the_run(self):
        self.fails(page("Bad").replace("cluster.conf", "nothing.conf"), "nothing.conf")

    def test_an_application_that_is_not_there_is_named_as_missing(self):
        self.write(good=page("Good"), gone=page("Gone", block("false"), version="no-such-program --version"))
        status, output = self.run_pages()
        self.assertEqual(status, 0, output)
        self.assertIn("missing Gone  (not on this machine: Gone-package)", output)
        self.assertIn("1 applications run: 1 passed, 0 failed; 1 missing, Gone\n", output)
        status, again = self.call("--summary", "--results", self.results)
        self.assertEqual((status, again), (0, "1 applications run: 1 passed, 0 failed; 1 missing, Gone\n"))

    def test_a_run_without_any_application_fails(self):
        self.write(gone=page("Gone", version="no-such-program --version"))
        status, output = self.run_pages()
        self.assertEqual(status, 1, output)
        self.assertIn("0 applications run", output)

    def test_applications_of_the_level_all_are_named_when_they_are_left_out(self):
        self.write(good=page("Good"), rare=page("Rare", block("false"), facts="     level: all\n"))
        status, output = self.run_pages()
        self.assertEqual(status, 0, output)
        self.assertIn("only with --level all: Rare\n", output)
        self.assertIn("only with --level all: Rare\n", self.call("--summary", "--results", self.results)[1])
        status, output = self.run_pages("--level", "all")
        self.assertEqual(status, 1, output)
        self.assertIn("FAIL    Rare", output)

    def test_a_run_fails_if_the_table_lacks_one_of_its_applications(self):
        self.write(good=page("Good"))
        status, output = self.run_pages(table=False)
        self.assertEqual(status, 1, output)
        self.assertIn("ok      Good", output)
        self.assertIn("the table lacks Good (good.md)", output)


class Table(Folder):
    """The table, without running anything."""

    def results_of(self, **versions):
        self.results.write_text(json.dumps([
            {"application": name, "state": "ok" if version else "FAIL", "version": version}
            for name, version in versions.items()]))
        status, output = self.call("--write-table", "--results", self.results)
        self.assertEqual(status, 0, output)
        return (self.folder / "README.md").read_text()

    def check(self, status, because=""):
        got, output = self.call("--check-table")
        self.assertEqual(got, status, output)
        self.assertIn(because, output)

    def test_the_table_has_a_line_for_each_page_in_order(self):
        self.write(two=page("beta"), one=page("Alpha"))
        text = self.results_of(beta="2", Alpha="1.0")
        self.assertTrue(text.startswith("Before.\n\n<!-- results -->\n"))
        self.assertTrue(text.endswith("| Alpha | 1.0 | tests | [one.md](one.md) |\n| beta | 2 | tests | [two.md](two.md) |\n"
                                      "<!-- end of results -->\nAfter.\n"), text)
        self.check(0)

    def test_another_version_is_written_but_not_asked_for(self):
        self.write(one=page("Alpha"))
        self.results_of(Alpha="1.0")
        self.assertIn("| 2.0 |", self.results_of(Alpha="2.0"))
        self.check(0)

    def test_an_application_that_has_failed_or_is_missing_keeps_its_version(self):
        self.write(one=page("Alpha"))
        self.results_of(Alpha="1.0")
        self.assertIn("| 1.0 |", self.results_of(Alpha=""))

    def test_an_application_without_a_line_is_found(self):
        self.write(one=page("Alpha"))
        self.results_of(Alpha="1.0")
        self.write(two=page("Beta"))
        self.check(1, "the table lacks Beta (two.md)")

    def test_a_line_without_an_application_is_found(self):
        self.write(one=page("Alpha"), two=page("Beta"))
        self.results_of(Alpha="1.0", Beta="1.0")
        (self.folder / "two.md").unlink()
        self.check(1, "the table names Beta, which has no page")
        self.assertNotIn("Beta", self.results_of(Alpha="1.0"))

    def test_a_line_that_says_something_else_than_the_page_is_found(self):
        self.write(one=page("Alpha"))
        self.results_of(Alpha="1.0")
        self.write(one=page("Alpha").replace("works: tests", "works: more"))
        self.check(1, "the line of Alpha is not that of its page")

    def test_two_pages_of_one_application_are_found(self):
        self.write(one=page("Alpha"), two=page("Alpha"))
        self.results_of(Alpha="1.0")
        self.check(1, "another page is about Alpha, too")

    def test_a_page_without_a_bound_on_its_requests_is_found(self):
        self.write(one=page("Alpha").replace(" requests=9", ""))
        self.results_of(Alpha="1.0")
        self.check(1, "one.md: has no block with a bound on the requests")

    def test_a_page_that_does_not_link_to_its_configuration_is_found(self):
        self.write(one=page("Alpha").replace("     configuration: cluster.conf", "     configuration: engine.conf"))
        self.results_of(Alpha="1.0")
        self.check(1, "one.md: has no link to its configuration, config/examples/engine.conf")

    def test_a_page_that_does_not_say_what_it_is_about_is_found(self):
        self.write(one="# A page\n")
        self.check(1, "one.md: has no <!-- application: ... --> comment")


if __name__ == "__main__":
    unittest.main()
