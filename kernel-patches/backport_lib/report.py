# SPDX-License-Identifier: GPL-2.0-only
"""Tables and sentences for people, one JSON object for programs."""

import json
import os
import sys

from .failure import printable

COLOURS = {"present": "32", "picked": "32", "missing": "33", "to pick": "33", "skipped": "33", "reverted": "31",
           "conflict": "31"}


class Text:
    """Writes for people as things happen; warnings and errors to stderr."""

    def __init__(self, colour):
        self.colour = colour and sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def paint(self, state, width=0):
        padded = state.ljust(width)
        return f"\x1b[{COLOURS[state]}m{padded}\x1b[0m" if self.colour and state in COLOURS else padded

    def say(self, line=""):
        print(printable(line), flush=True)

    def warn(self, line):
        print(f"backport: {printable(line)}", file=sys.stderr)

    def table(self, rows):
        """`rows`: dicts of row()."""
        print(f"{'':>3} {'commit':13}{'first in':11}{'state':10}{'found by':10}{'as':14}subject")
        for row in rows:
            print(f"{row['number'] or '':>3} {row['id'][:12]:13}{row['first']:11}{self.paint(row['state'], 10)}"
                  f"{row['found_by'] or '':10}{(row['commit'] or '')[:12]:14}{printable(row['subject'])}")

    def beside(self, rows):
        """The neighbours that are not in the tree."""
        for row in (row for row in rows if row["state"] != "present"):
            self.say(f"{'Needed before' if row['when'] == 'before' else 'Later fix for'} {row['of'][:12]}, and not here: "
                     f"{row['id'][:12]} {row['subject']}\n    {row['why']}")

    def picking(self, number, of, commit):
        self.say(f"[{number}/{of}] {commit.short} {commit.subject}")

    def picked(self, state, commit, new):
        what = "nothing of it was left to add" if state == "skipped" else f"as {new[:12]}"
        print(f"    {self.paint(state)} {what}", flush=True)
        if state == "picked":
            self.notes(commit, "look at")

    def notes(self, commit, lead):
        for note in commit.conflicts:
            self.say(f"    {lead} {note['file']}: {note['do']}")

    def stopped(self, stop):
        self.say(f"\nStopped at {stop['id'][:12]} {stop['subject']}: {stop['reason']}")
        for name in stop["files"]:
            self.say(f"    {name}")
        if not stop["files"]:
            self.say("    git says: " + stop["git"].replace("\n", "\n    "))
        self.say("\nWhat the series file says of it:")
        for note in stop["expected"] or [{"file": "-", "do": "no conflict is expected here"}]:
            self.say(f"    {note['file']}: {note['do']}")
        self.say("\nPut the files right (git rm for one that must go), then:")
        for line in [*stop["go_on"], stop["again"]]:
            self.say(f"    {line}")
        self.say(f"\nOr leave this commit out of the tree for now: {stop['give_up']}")


def row(number, commit, found):
    """One commit for the table and for JSON."""
    return {
        "number": number, "id": commit.id, "subject": commit.subject, "first": commit.first, "fixes": commit.fixes,
        "when": commit.when, "of": commit.of, "why": commit.why, "conflicts": commit.conflicts,
        "state": found.state, "found_by": found.how, "commit": found.commit, "object": found.object,
    }


def print_json(document):
    json.dump(document, sys.stdout, indent=2, ensure_ascii=True)
    print(flush=True)
