# SPDX-License-Identifier: Apache-2.0
"""The pages of docs/integrations: what they are about, their blocks, and the table that has a line for each."""

import dataclasses
import re

HEADER = re.compile(r"^<!--\s*(application:.*?)-->", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```|^<!-- test([^\n]*)\n(.*?)^-->", re.DOTALL | re.MULTILINE)
FACTS = {"application", "version", "packages", "level", "works", "configuration", "options", "timeout", "own"}
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->"
HEAD = ["| application | version tested | what works | page |", "| --- | --- | --- | --- |"]


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
    path: object
    facts: dict
    blocks: list
    text: str = ""

    @property
    def configuration(self):
        return self.facts.get("configuration", "cluster.conf")

    @property
    def name(self):
        return self.facts["application"]

    @property
    def level(self):
        return self.facts.get("level", "main")


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
        if match.group(5) is not None:
            blocks.append(Block(match.group(5), line, match.group(4).split()))
            continue
        words = match.group(2).split()
        file = next((w[5:] for w in words if w.startswith("file=")), "")
        if file or match.group(1) == "sh":
            blocks.append(Block(match.group(3), line, words, file))
    return Page(path, facts, blocks, text)


def read_pages(folder):
    return [read_page(path) for path in sorted(folder.glob("*.md")) if path.name != "README.md"]


def problems_of(page):
    """What a page lacks before it has run."""
    lacks = [f"no {fact}" for fact in ("version", "works") if not page.facts.get(fact)]
    lacks += [f"an unknown fact, {fact}" for fact in sorted(page.facts.keys() - FACTS)]
    if page.level not in ("main", "all"):
        lacks.append(f"an unknown level, {page.level}")
    if f"](../../config/examples/{page.configuration})" not in page.text:
        lacks.append(f"no link to its configuration, config/examples/{page.configuration}")
    if not any(block.value("requests") for block in page.blocks):
        lacks.append("no block with a bound on the requests (requests=N)")
    return [f"{page.path.name}: has {what}" for what in lacks]


def parts_of(text):
    """The text before the table, its lines by application, the text after it."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise Failed(f"the overview needs one {BEGIN.strip()} and one {END}")
    head, rest = text.split(BEGIN)
    table, tail = rest.split(END)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines()[len(HEAD):]]
    return head, rows, tail


def written_table(text, pages, results):
    """`text` with a line for each page: with the version of `results` where the page has passed, else its old one."""
    head, rows, tail = parts_of(text)
    versions = {row[0]: row[1] for row in rows}
    versions.update({result["application"]: result["version"] for result in results if result["state"] == "ok"})
    lines = HEAD + [
        f"| {page.name} | {versions[page.name]} | {page.facts['works']} | [{page.path.name}]({page.path.name}) |"
        for page in sorted(pages, key=lambda page: page.name.lower()) if page.name in versions]
    return head + BEGIN + "\n".join(lines) + "\n" + END + tail


def table_problems(text, pages):
    """Where the table and the pages differ. Versions are those of the machine that has written the table: any will do."""
    try:
        _, rows, _ = parts_of(text)
    except Failed as failure:
        return [str(failure)]
    problems = []
    names = [row[0] for row in rows]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(f"the table names {name} twice")
    for name in sorted(set(names) - {page.name for page in pages}):
        problems.append(f"the table names {name}, which has no page")
    for page in pages:
        row = next((row for row in rows if row[0] == page.name), None)
        link = f"[{page.path.name}]({page.path.name})"
        if row is None:
            problems.append(f"the table lacks {page.name} ({page.path.name})")
        elif row[2:] != [page.facts.get("works", ""), link] or not re.search(r"\d", row[1]):
            problems.append(f"the line of {page.name} is not that of its page")
        if sum(other.name == page.name for other in pages) > 1:
            problems.append(f"{page.path.name}: another page is about {page.name}, too")
    return problems
