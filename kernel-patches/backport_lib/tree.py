# SPDX-License-Identifier: GPL-2.0-only
"""Is this a Linux git work tree, and may something be picked into it now?"""

import os
import re
from pathlib import Path

from .failure import Refused
from .git import Git

UNDER_WAY = {
    "CHERRY_PICK_HEAD": ("a cherry-pick", "git cherry-pick --continue, or --abort"),
    "REVERT_HEAD": ("a revert", "git revert --continue, or --abort"),
    "MERGE_HEAD": ("a merge", "git merge --continue, or --abort"),
    "rebase-merge": ("a rebase", "git rebase --continue, or --abort"),
    "rebase-apply": ("a rebase or git am", "git rebase or git am --continue, or --abort"),
    "sequencer": ("a series of picks or reverts", "git cherry-pick or git revert --continue, or --abort"),
}


def open_tree(path):
    """The Git of the Linux work tree `path`. Raises Refused when it is something else."""
    if not path.is_dir():
        raise Refused(f"{path}: no such folder")
    git = Git(path.resolve())
    code, out, err = git.run("rev-parse", "--is-inside-work-tree", "--show-toplevel")
    if code or not out.startswith("true\n"):
        raise Refused(f"{path}: not a git work tree ({err.strip() or 'a bare repository'})")
    top = Path(out.split("\n", 1)[1].removesuffix("\n"))
    if not os.path.samefile(top, git.tree):
        raise Refused(f"{path}: not the top of a git work tree, but a folder within {top}")
    linux_version(path)
    if not (path / "io_uring").is_dir() or not (path / "kernel/exit.c").is_file():
        raise Refused(f"{path}: has no io_uring/ or no kernel/exit.c: not Linux, or older than 6.0")
    if not git.commit_of("HEAD"):
        raise Refused(f"{path}: nothing is committed yet")
    return git


def linux_version(path):
    """The version in the top Makefile ("6.6.94"). Raises Refused when there is none: not Linux."""
    try:
        text = (path / "Makefile").read_text(encoding="utf-8", errors="replace")
    except OSError:
        raise Refused(f"{path}: has no Makefile: not a Linux tree") from None
    found = dict(re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL) *= *([0-9]+) *$", text, re.MULTILINE))
    if not {"VERSION", "PATCHLEVEL"} <= found.keys():
        raise Refused(f"{path}: its Makefile has no VERSION and PATCHLEVEL: not a Linux tree")
    return ".".join(found[key] for key in ("VERSION", "PATCHLEVEL", "SUBLEVEL") if key in found)


def warnings(git):
    """What the user should know before he trusts the result, as a list of sentences."""
    said = []
    if not git.succeeds("symbolic-ref", "--quiet", "HEAD"):
        said.append("HEAD is detached: what is picked is on no branch (git switch -c NAME keeps it)")
    if git.text("rev-parse", "--is-shallow-repository").strip() == "true":
        said.append("the clone is shallow: commits before its beginning can't be found by id, trailer or subject")
    return said


def check_ready(git):
    """Raises Refused unless a pick can begin: nothing under way, nothing uncommitted, a committer is known."""
    names = list(UNDER_WAY)
    arguments = [part for name in names for part in ("--git-path", name)]
    paths = git.text("rev-parse", *arguments).splitlines()
    for name, path in zip(names, paths):
        if (git.tree / path).exists():
            what, how = UNDER_WAY[name]
            raise Refused(f"{what} is under way in {git.tree}: end it first ({how})")
    changed = git.text("status", "--porcelain", "-z", "--untracked-files=no").split("\0")
    if changed[0]:
        raise Refused(f"{git.tree}: there are uncommitted changes ({changed[0][3:]}…): commit or stash them first")
    git.text("var", "GIT_COMMITTER_IDENT")
