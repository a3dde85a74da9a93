# SPDX-License-Identifier: GPL-2.0-only
"""Picks what is missing, one commit at a time, and says what is to be done where git stops."""

import re
import shlex

from .failure import Refused, Stopped


def plan(series, found):
    """The commits to pick, in order: what is missing and what was reverted."""
    return [commit for commit in series.commits if found[commit.id].state != "present"]


def check_objects(git, series, commits, found):
    """Raises Refused, with the way to get them, when commits to pick are not in the repository."""
    absent = [commit for commit in commits if not found[commit.id].object]
    if absent:
        listed = "".join(f"\n  {commit.short} {commit.subject}" for commit in absent)
        raise Refused(f"the repository doesn't have {len(absent)} of the commits to pick:{listed}\n"
                      f"Get them with: {how_to_fetch(git, series, absent)}")


def how_to_fetch(git, series, absent):
    """The command that fetches the newest mainline tag that is needed, from a remote of the tree if one fits."""
    newest = max((commit.first for commit in absent), key=_version)
    repository = series.upstream
    for line in git.run("remote", "-v")[1].splitlines():
        name, url = (line.split("\t", 1) + [""])[:2]
        if re.search(r"torvalds/linux(\.git)?/? \(fetch\)$", url):
            repository = name
            break
    return command(git, "fetch", repository, "tag", newest)


def _version(text):
    """A key that sorts v6.7-rc1 < v6.7 < v6.10."""
    numbers = [int(number) for number in re.findall(r"[0-9]+", text)]
    return (*numbers[:2], numbers[2] if len(numbers) > 2 else 1000)


def command(git, *words):
    """A git command for this tree, as one types it."""
    return shlex.join(["git", "-C", str(git.tree), *words])


def pick(git, commit):
    """("picked", new id), or ("skipped", None) when nothing of the commit was left to add.

    Raises Stopped when git stopped within the pick, Refused when it didn't begin it.
    """
    code, out, err = git.run("cherry-pick", "-x", "--no-gpg-sign", git.commit_of(commit.id), write=True)
    if code == 0:
        return "picked", git.commit_of("HEAD")
    entries = git.text("ls-files", "--unmerged", "-z").split("\0")
    files = sorted({entry.split("\t", 1)[1] for entry in entries if entry})
    if not files and not git.commit_of("CHERRY_PICK_HEAD"):
        raise Refused(f"git doesn't begin to pick {commit.short}: {err.strip()}")
    if not files and git.succeeds("diff-index", "--cached", "--quiet", "HEAD", "--"):
        skip(git, commit)
        return "skipped", None
    raise Stopped(describe_stop(git, commit, files, f"{out}{err}"))


def skip(git, commit):
    """Ends a pick that turned out to be empty."""
    code, _, err = git.run("cherry-pick", "--skip", write=True)
    if code:
        raise Stopped(describe_stop(git, commit, [], err))


def describe_stop(git, commit, files, said):
    """What a report needs to say about a pick in which git stopped."""
    return {
        "reason": "conflict" if files else "git stopped",
        "id": commit.id, "subject": commit.subject, "files": files,
        "expected": commit.conflicts, "git": said.strip(),
        "go_on": [command(git, "add", *(files or ["FILE"])), command(git, "cherry-pick", "--continue")],
        "give_up": command(git, "cherry-pick", "--abort"),
    }
