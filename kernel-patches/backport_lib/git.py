# SPDX-License-Identifier: GPL-2.0-only
"""Runs git in one tree, with nothing of the caller's environment or habits in the way."""

import os
import subprocess

from .failure import Refused, printable

# Who commits and where the configuration lies stay the caller's; GIT_DIR, GIT_INDEX_FILE and the like don't.
KEPT = ("GIT_COMMITTER_", "GIT_CONFIG")

# Hooks, editors, helpers and recorded resolutions are for work by hand; "never" keeps a partial clone off the network.
SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "commit.gpgSign=false", "commit.cleanup=default",
    "rerere.enabled=false", "rerere.autoUpdate=false", "log.showSignature=false", "log.mailmap=false",
    "i18n.logOutputEncoding=UTF-8", "submodule.recurse=false", "gc.auto=0", "maintenance.auto=false",
    "protocol.allow=never", "color.ui=never",
)


def environment():
    """The environment for git: the caller's without GIT_* (but KEPT), no prompts, no editor, no network."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(KEPT)}
    env.update(LC_ALL="C", GIT_TERMINAL_PROMPT="0", GIT_EDITOR=":", GIT_PAGER="cat",
               GIT_NO_LAZY_FETCH="1", GIT_ALLOW_PROTOCOL="none")
    return env


class Git:
    """git -C `tree`."""

    def __init__(self, tree):
        self.tree = tree

    def run(self, *arguments, write=False, stdin=""):
        """(exit code, stdout, stderr) of one command. Without `write` git may not even refresh its index.

        An interrupt reaches git too: it is given the time to leave the tree in order.
        """
        env = environment() if write else environment() | {"GIT_OPTIONAL_LOCKS": "0"}
        command = ["git", "-C", str(self.tree), "--literal-pathspecs"]
        command += [part for setting in SETTINGS for part in ("-c", setting)]
        try:
            process = subprocess.Popen([*command, *arguments], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
        except OSError as error:
            raise Refused(f"git can't be run: {error.strerror}") from None
        try:
            out, err = process.communicate(stdin)
        except KeyboardInterrupt:
            if not write:
                process.kill()
            process.communicate()
            raise
        return process.returncode, out, printable(err)

    def text(self, *arguments, stdin=""):
        """The stdout of a command that only reads; raises Refused with git's own words when it fails."""
        code, out, err = self.run(*arguments, stdin=stdin)
        if code:
            raise Refused(f"git {arguments[0]}: {err.strip() or f'exit code {code}'}")
        return out

    def succeeds(self, *arguments):
        """Whether a command that only reads exits with 0."""
        return self.run(*arguments)[0] == 0

    def commit_of(self, name):
        """The full id of the commit that `name` stands for, None when there is none."""
        code, out, _ = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return out.strip() if code == 0 else None
