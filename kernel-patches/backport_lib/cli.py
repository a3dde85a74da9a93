# SPDX-License-Identifier: GPL-2.0-only
"""The command line of ../backport."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from . import history, picking, series as series_file, tree
from .failure import Refused, Stopped, printable
from .report import Text, print_json, row

COMPLETE, MISSING, REFUSED, STOPPED, INTERRUPTED = 0, 1, 2, 3, 130

EPILOG = """\
exit codes: 0 all commits are in the tree (--dry-run: could be picked); 1 --status: some are missing;
2 refused, with the reason; 3 git stopped within a pick, with what to do; 130 interrupted.
The network is never used."""


def parser():
    here = Path(__file__).resolve().parent.parent
    p = argparse.ArgumentParser(prog="backport", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
                                description="Picks the commits of a series that a Linux git tree lacks, in order, with "
                                            "git cherry-pick -x. Run it again after a conflict: it goes on.")
    p.add_argument("tree", metavar="TREE", type=Path, help="the top of a git work tree of Linux")
    only = p.add_mutually_exclusive_group()
    only.add_argument("--status", action="store_true", help="show which commits are there, and how each was found")
    only.add_argument("--dry-run", action="store_true", help="say what would be picked, and touch nothing")
    p.add_argument("--series", metavar="FILE", type=Path, default=here / "6.6.y/series.toml",
                   help="the list of commits (default: 6.6.y/series.toml beside this program)")
    p.add_argument("-o", "--output", choices=("text", "json"), default="text", help="default: text")
    return p


class Run:
    """One run: gathers for the JSON document what it tells people on the way."""

    def __init__(self, options):
        self.options = options
        self.json = options.output == "json"
        self.text = Text(colour=not self.json)
        self.action = "status" if options.status else "dry-run" if options.dry_run else "pick"
        self.document = {"action": self.action, "tree": str(options.tree), "result": None, "error": None,
                         "warnings": [], "commits": [], "also": [], "stopped": None}

    def main(self):
        """The exit code."""
        try:
            code = self.steps()
        except Refused as refusal:
            code = REFUSED
            self.document.update(result="refused", error=printable(str(refusal)))
            self.text.warn(str(refusal))
        except Stopped as stop:
            code = STOPPED
            self.stopped(stop.details)
        if self.json:
            print_json(self.document)
        return code

    def steps(self):
        options = self.options
        self.series = series_file.load(options.series)
        self.git = tree.open_tree(options.tree)
        if not options.status:
            tree.check_ready(self.git)
        self.look()
        commits = picking.plan(self.series, self.found)
        if options.status:
            return self.status(commits)
        if not commits:
            return self.end("complete", f"All {len(self.series.commits)} commits are in the tree.")
        picking.check_objects(self.git, self.series, commits, self.found)
        return self.dry_run(commits) if options.dry_run else self.pick(commits)

    def look(self):
        """Finds the commits and fills the document's tables."""
        self.found = history.find(self.git, self.series)
        rows = [row(n, commit, self.found[commit.id]) for n, commit in enumerate(self.series.commits, 1)]
        beside = [row(None, commit, self.found[commit.id]) for commit in self.series.also]
        self.rows = {entry["id"]: entry for entry in rows}
        self.document.update(series=self.series.name, version=tree.linux_version(self.git.tree),
                             head=self.git.commit_of("HEAD"), warnings=tree.warnings(self.git),
                             commits=rows, also=beside)
        for line in [] if self.json else self.document["warnings"]:
            self.text.warn(f"warning: {line}")

    def status(self, commits):
        if not self.json:
            self.text.say(f"Linux {self.document['version']} in {self.git.tree}, series {self.series.name}\n")
            self.text.table(self.document["commits"])
            self.text.say()
        here = len(self.series.commits) - len(commits)
        reverted = sum(self.found[commit.id].state == "reverted" for commit in commits)
        aside = f" ({reverted} of them reverted)" if reverted else ""
        self.end("missing" if commits else "complete", f"{here} present, {len(commits)} missing{aside}.")
        return MISSING if commits else COMPLETE

    def dry_run(self, commits):
        for commit in commits:
            self.rows[commit.id]["state"] = "to pick"
        if not self.json:
            self.text.table(self.document["commits"])
            self.text.say("\nConflicts to expect:")
            for commit in commits:
                self.text.notes(commit, f"{commit.short}")
            self.text.say()
        return self.end("would pick", f"{len(commits)} commits would be picked. Nothing was touched.")

    def pick(self, commits):
        for number, commit in enumerate(commits, 1):
            if not self.json:
                self.text.picking(number, len(commits), commit)
            state, new = picking.pick(self.git, commit)
            self.rows[commit.id].update(state=state, commit=new)
            if not self.json:
                self.text.picked(state, commit, new)
        done = sum(self.rows[commit.id]["state"] == "picked" for commit in commits)
        return self.end("picked", f"{done} commits picked, {len(commits) - done} skipped as empty. "
                                  "Build and test the kernel before you trust it.")

    def end(self, result, sentence):
        self.document["result"] = result
        if not self.json:
            self.text.beside(self.document["also"])
            self.text.say(sentence)
        return COMPLETE

    def stopped(self, details):
        again = [str(Path(sys.argv[0])), str(self.options.tree)]
        if self.options.series != parser().get_default("series"):
            again += ["--series", str(self.options.series)]
        self.rows[details["id"]]["state"] = "conflict"
        details["again"] = shlex.join(again)
        self.document.update(result="stopped", stopped=details)
        if not self.json:
            self.text.stopped(details)


def main(arguments):
    """Runs the command and returns its exit code."""
    try:
        return Run(parser().parse_args(arguments)).main()
    except KeyboardInterrupt:
        print("backport: interrupted; git status shows how git left the tree", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
