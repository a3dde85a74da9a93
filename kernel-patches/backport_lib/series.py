# SPDX-License-Identifier: GPL-2.0-only
"""Reads and checks a series file. Everything in it is distrusted: ids and paths end up on git's command line."""

import re
import tomllib
from dataclasses import dataclass, field

from .failure import Refused, printable

ID = re.compile(r"[0-9a-f]{7,40}")
VERSION = re.compile(r"v[0-9]+\.[0-9]+(-rc[0-9]+)?")
PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
WHEN = re.compile(r"before|after")

SERIES_KEYS = {"name": NAME, "base": VERSION, "upstream": None, "paths": PATH}
COMMIT_KEYS = {"id": ID, "subject": None, "first": VERSION, "why": None}
COMMIT_OPTIONAL = {"fixes": ID}
ALSO_KEYS = COMMIT_KEYS | {"when": WHEN, "of": ID}
CONFLICT_KEYS = {"file": PATH, "do": None}


@dataclass(frozen=True)
class Commit:
    """One upstream commit. `conflicts` is a list of {"file", "do"}; `when` and `of` are set for neighbours only."""

    id: str
    subject: str
    first: str
    why: str
    fixes: str | None = None
    conflicts: list = field(default_factory=list)
    when: str | None = None
    of: str | None = None

    @property
    def short(self):
        return self.id[:12]


@dataclass(frozen=True)
class Series:
    """A series: what to pick, in order (`commits`), and what lies beside it and is only looked for (`also`)."""

    name: str
    base: str
    upstream: str
    paths: list
    commits: list
    also: list


def same_id(one, other):
    """Whether two ids, either of them abbreviated, are the same commit."""
    return one.startswith(other) or other.startswith(one)


def load(path):
    """The Series in the file `path`. Raises Refused with the file, the line and the key that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(f"{path}: not a series file: {printable(str(error))}") from None
    return _Checker(path, text).series(raw)


class _Checker:
    """Turns the parsed file into a Series; knows the lines for its messages."""

    def __init__(self, path, text):
        self.path = path
        self.lines = text.splitlines()

    def series(self, raw):
        self.keys(raw, "", {"series", "commit"}, {"also"}, 1)
        head = self.table(raw["series"], "series", SERIES_KEYS, {}, self.line("[series]", 0))
        commits = [self.commit(entry, n) for n, entry in enumerate(self.array(raw, "commit"))]
        also = [self.neighbour(entry, n) for n, entry in enumerate(self.array(raw, "also"))]
        if not commits:
            self.fail(1, "commit", "there is none")
        self.order(commits, also)
        return Series(**head, commits=commits, also=also)

    def commit(self, entry, number):
        where, line = f"commit {number + 1}", self.line("[[commit]]", number)
        conflicts = entry.get("conflicts", []) if isinstance(entry, dict) else []
        plain = {k: v for k, v in entry.items() if k != "conflicts"} if isinstance(entry, dict) else entry
        values = self.table(plain, where, COMMIT_KEYS, COMMIT_OPTIONAL, line)
        if not isinstance(conflicts, list):
            self.fail(line, f"{where}: conflicts", "must be a list of tables")
        tables = [self.table(c, f"{where}: conflicts", CONFLICT_KEYS, {}, line) for c in conflicts]
        return Commit(**values, conflicts=tables)

    def neighbour(self, entry, number):
        return Commit(**self.table(entry, f"also {number + 1}", ALSO_KEYS, {}, self.line("[[also]]", number)))

    def order(self, commits, also):
        """Ids are unique, `fixes` names an earlier commit, `of` one of the series."""
        seen = []
        for number, commit in enumerate(commits):
            line = self.line("[[commit]]", number)
            if any(same_id(commit.id, other) for other in seen):
                self.fail(line, f"commit {number + 1}: id", f"{commit.id} is there twice")
            if commit.fixes and not any(same_id(commit.fixes, other) for other in seen):
                self.fail(line, f"commit {number + 1}: fixes", f"{commit.fixes} is not an earlier commit of the series")
            seen.append(commit.id)
        for number, commit in enumerate(also):
            if not any(same_id(commit.of, other) for other in seen):
                self.fail(self.line("[[also]]", number), f"also {number + 1}: of", f"{commit.of} is not in the series")

    def array(self, raw, key):
        value = raw.get(key, [])
        if not isinstance(value, list):
            self.fail(1, key, f"must be written as [[{key}]]")
        return value

    def table(self, entry, where, required, optional, line):
        """`entry`, a table with just these keys, each of its pattern (None: any line of text)."""
        if not isinstance(entry, dict):
            self.fail(line, where, "must be a table")
        self.keys(entry, f"{where}: ", set(required), set(optional), line)
        for key, value in entry.items():
            self.value(line, f"{where}: {key}", value, (required | optional)[key], key == "paths")
        return entry

    def keys(self, entry, where, required, optional, line):
        for key in entry.keys() - required - optional:
            self.fail(line, f"{where}{key}", "is not a key of a series file")
        for key in sorted(required - entry.keys()):
            self.fail(line, f"{where}{key}", "is missing")

    def value(self, line, where, value, pattern, many):
        values = value if many and isinstance(value, list) and value else [value]
        for text in values:
            if not isinstance(text, str) or not text.strip() or not text.isprintable():
                self.fail(line, where, "must be a line of text")
            if pattern and (not pattern.fullmatch(text) or ".." in text):
                self.fail(line, where, f"{text!r} is not of the form {pattern.pattern}")
        if many and not isinstance(value, list):
            self.fail(line, where, "must be a list")

    def line(self, header, number):
        """The line of the `number`th table with this header, 1 when it can't be told."""
        found = [n for n, text in enumerate(self.lines, 1) if text.strip() == header]
        return found[number] if number < len(found) else 1

    def fail(self, line, what, why):
        raise Refused(printable(f"{self.path}:{line}: {what}: {why}"))
