# SPDX-License-Identifier: GPL-2.0-only
"""Finds the commits of a series in the history of HEAD: by id, by what a commit says of its origin, by subject."""

import re
from dataclasses import dataclass

from .series import same_id

_ID = r"([0-9a-f]{7,40})\b"
TRAILERS = [re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in (
    rf"\((?:cherry picked|cherry-picked|backported) from commit {_ID}",
    rf"^\s*commit {_ID} upstream\b",
    rf"^\s*\[\s*upstream commit:? {_ID}[^\]\n]*\]",
    rf"^(?:upstream[- ]commit|upstream[- ]id|git-commit|mainline[- ]commit):? +{_ID}",
    r"^commit:? ([0-9a-f]{40})\s*$",
)]
# "mainline inclusion" and its like come with a line "commit ID", which may be abbreviated.
INCLUSION = re.compile(r"^\s*(?:mainline|upstream|stable) inclusion\b", re.IGNORECASE | re.MULTILINE)
INCLUDED = re.compile(rf"^\s*commit:? {_ID}\s*$", re.IGNORECASE | re.MULTILINE)
REVERTED = re.compile(r"This reverts commit\s+([0-9a-f]{7,40})\b")


@dataclass
class Found:
    """Where a commit of the series stands. state: present, missing or reverted; how: id, trailer or subject.

    `commit` is the commit of the tree that brought it, or that took it back; `object`: is it in the repository.
    """

    state: str = "missing"
    how: str | None = None
    commit: str | None = None
    object: bool = False


def find(git, series):
    """{id: Found} of all commits of the series and its neighbours, in the history of HEAD."""
    wanted = [*series.commits, *series.also]
    found = {commit.id: Found() for commit in wanted}
    objects = _objects(git, wanted)
    for commit in _ancestors(git, objects):
        found[commit] = Found("present", "id", objects[commit])
    reader = _Reader(wanted, found)
    for commit, subject, message in _log(git, series, wanted):
        reader.read(commit, subject, message)
    for commit in objects:
        found[commit].object = True
    return found


def _objects(git, wanted):
    """{id of the series: full id} of those commits that the repository has, on whatever branch."""
    names = "".join(f"{commit.id}^{{commit}}\n" for commit in wanted)
    lines = git.text("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=names).splitlines()
    pairs = zip(wanted, (line.split(" ") for line in lines))
    return {commit.id: words[1] for commit, words in pairs if words[0] == "commit"}


def _ancestors(git, objects):
    """Those of `objects` that HEAD descends from, with one walk for all."""
    if not objects:
        return []
    beyond = set(git.text("rev-list", *objects.values(), "--not", "HEAD").split())
    return [commit for commit, full in objects.items() if full not in beyond]


def _log(git, series, wanted):
    """(id, subject, message) of the commits that may matter, oldest first, in one walk.

    The walk ends at the tag on which the series is based; where HEAD has no such tag it is limited to the paths.
    """
    base = git.commit_of(f"refs/tags/{series.base}")
    if base and git.succeeds("merge-base", "--is-ancestor", base, "HEAD"):
        span = [f"{base}..HEAD", "--"]
    else:
        span = ["HEAD", "--", *series.paths]
    needles = ["This reverts commit", *(c.subject for c in wanted), *(c.id[:7] for c in wanted)]
    out = git.text("log", "-z", "--topo-order", "--reverse", "--no-notes", "--no-decorate", "--no-show-signature",
                   "--no-patch", "--format=%H%n%s%n%B", "--fixed-strings", *(f"--grep={text}" for text in needles), *span)
    for record in out.split("\0"):
        if record.strip():
            commit, subject, message = [*record.split("\n", 2), ""][:3]
            yield commit, subject, message


def origins(message):
    """The upstream ids, maybe abbreviated, that a commit message names as its origin."""
    patterns = [*TRAILERS, INCLUDED] if INCLUSION.search(message) else TRAILERS
    return [text.lower() for pattern in patterns for text in pattern.findall(message)]


class _Reader:
    """Reads the log from the oldest commit on and keeps `found` up to date."""

    def __init__(self, wanted, found):
        self.wanted = wanted
        self.found = found
        self.reverts = {}  # commit that reverts -> {id of the series: what was Found before}

    def read(self, commit, subject, message):
        undone = REVERTED.findall(message)
        if undone or subject.startswith('Revert "'):
            return self.revert(commit, subject, undone)
        named = origins(message)
        for entry in self.wanted:
            if any(same_id(entry.id, text) for text in named):
                self.bring(entry, Found("present", "trailer", commit))
            elif subject in (entry.subject, f'Reapply "{entry.subject}"'):
                self.bring(entry, Found("present", "subject", commit))

    def bring(self, entry, found):
        """The upstream commit itself stays the proof as long as it wasn't reverted."""
        if not (self.found[entry.id].state == "present" and self.found[entry.id].how == "id"):
            self.found[entry.id] = found

    def revert(self, commit, subject, undone):
        before = {}
        for entry in self.wanted:
            state = self.found[entry.id]
            mine = any(same_id(entry.id, text) or same_id(state.commit or "-", text) for text in undone)
            if state.state == "present" and (mine or subject == f'Revert "{entry.subject}"'):
                before[entry.id] = state
                self.found[entry.id] = Found("reverted", state.how, commit)
        for text in undone:
            for other in [known for known in self.reverts if same_id(known, text)]:
                self.found.update(self.reverts[other])
        self.reverts[commit] = before
