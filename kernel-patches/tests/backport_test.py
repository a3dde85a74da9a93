# SPDX-License-Identifier: GPL-2.0-only
"""Tests of ../backport on small made-up histories that look enough like Linux."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
BACKPORT = HERE.parent / "backport"
sys.path.insert(0, str(HERE.parent))

from backport_lib import series as series_file  # noqa: E402
from backport_lib.failure import Refused  # noqa: E402

IN_ORDER = ("d2d778f fc68fcd 9d900d4 06a101c eda7e9d 2e521a2 f31ecf6 528ce67 93b8cc6 93d93f5f8da7 0df96fb 49fbe99 e537592 "
            "c79f52f 70581dc 0a3737d 2b35b8b 2a975d4 2f8229d").split()

SUBJECTS = ["io_uring/rw: first change", "exit: second change", "io_uring: third change (with \"quotes\" & more)"]
FILES = ["io_uring/rw.c", "kernel/exit.c", "io_uring/waitid.c"]


class Tree:
    """A git repository: branch `main` is upstream, `stable` leaves it at v6.6, where the three commits are missing."""

    def __init__(self, folder, config=""):
        self.path = Path(folder) / "linux"
        self.home = Path(folder) / "home"
        self.home.mkdir()
        (self.home / ".gitconfig").write_text("[user]\n\tname = A Packager\n\temail = packager@example.org\n"
                                              "[init]\n\tdefaultBranch = main\n")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        self.env |= {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        self.path.mkdir()
        self.git("init", "-q")
        self.commit("Linux 6.6", {"Makefile": "VERSION = 6\nPATCHLEVEL = 6\nSUBLEVEL = 0\n", "io_uring/rw.c": "int rw;\n",
                                  "kernel/exit.c": "int exit;\n", "README": "Linux\n"})
        self.git("tag", "v6.6")
        bodies = [{name: self.read(name) + f"int change_{n};\n"} for n, name in enumerate(FILES, 1)]
        self.ids = [self.commit(subject, body) for subject, body in zip(SUBJECTS, bodies)]
        self.git("switch", "-q", "-c", "stable", "v6.6")
        self.commit("stable: something else", {"README": "stable\n"})
        self.series = Path(folder) / "series.toml"
        self.write_series()
        with open(self.home / ".gitconfig", "a", encoding="utf-8") as out:
            out.write(config)

    def git(self, *arguments, check=True):
        done = subprocess.run(["git", "-C", str(self.path), *arguments], env=self.env | {"GIT_EDITOR": ":"}, text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise AssertionError(f"git {arguments}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def read(self, name):
        path = self.path / name
        return path.read_text() if path.exists() else ""

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, message, files=None):
        for name, text in (files or {}).items():
            self.write(name, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def write_series(self, ids=None, extra=""):
        text = ('[series]\nname = "test"\nbase = "v6.6"\nupstream = "https://example.org/linux.git"\n'
                'paths = ["io_uring", "kernel/exit.c"]\n')
        for number, commit in enumerate(ids or self.ids):
            subject = SUBJECTS[number].replace('"', '\\"')
            text += f'[[commit]]\nid = "{commit}"\nsubject = "{subject}"\nfirst = "v6.{7 + number}-rc1"\nwhy = "why"\n'
            if number == 1:
                text += '[[commit.conflicts]]\nfile = "kernel/exit.c"\ndo = "keep both lines"\n'
        self.series.write_text(text + extra)

    def run(self, *options, tree=None, env=None):
        """(exit code, stdout, stderr) of backport."""
        command = [sys.executable, str(BACKPORT), str(tree or self.path), "--series", str(self.series), *options]
        done = subprocess.run(command, env=self.env | (env or {}), text=True, capture_output=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def json(self, *options, **more):
        code, out, _ = self.run("-o", "json", *options, **more)
        return code, json.loads(out)

    def states(self):
        """What --status says: [(state, found by)…]."""
        return [(c["state"], c["found_by"]) for c in self.json("--status")[1]["commits"]]

    def fingerprint(self):
        """A digest of every file of the tree and of .git, with names, modes and times of change."""
        digest = hashlib.sha256()
        for path in sorted(self.path.rglob("*")):
            info = path.lstat()
            digest.update(f"{path} {info.st_mode} {info.st_mtime_ns}".encode())
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()


class Case(unittest.TestCase):
    config = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="backport-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.tree = Tree(folder.name, self.config)

    def assert_refused(self, result, *words):
        code, _, err = result
        self.assertEqual(code, 2, err)
        for word in words:
            self.assertIn(word, err)
        self.assertNotIn("Traceback", err)


class Found(Case):
    """How commits are found that are there already."""

    def test_by_id(self):
        self.tree.git("switch", "-q", "main")
        self.assertEqual(self.tree.states(), [("present", "id")] * 3)
        code, out, _ = self.tree.run()
        self.assertEqual(code, 0)
        self.assertIn("All 3 commits are in the tree.", out)

    def test_by_id_of_a_merge(self):
        self.tree.git("merge", "-q", "--no-ff", "-m", "Merge main", "main")
        self.assertEqual(self.tree.states(), [("present", "id")] * 3)

    def test_by_cherry_pick_trailer(self):
        for commit in self.tree.ids:
            self.tree.git("cherry-pick", "-x", commit)
            self.tree.git("commit", "-q", "--amend", "-m",
                          f"another subject\n\nbody\n\n(cherry picked from commit {commit[:9]})")
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)
        self.assertEqual(self.tree.run("--status")[0], 0)

    def test_by_lines_of_stable_trees(self):
        one, two, three = self.tree.ids
        self.tree.commit(f"a\n\ncommit {one} upstream.\n\nText.", {"io_uring/rw.c": "1\n"})
        self.tree.commit(f"b\n\n[ Upstream commit {two} ]\n\nText.", {"kernel/exit.c": "1\n"})
        self.tree.commit(f"c\n\nmainline inclusion\nfrom mainline-v6.7-rc1\ncommit {three[:12]}\ncategory: feature\n",
                         {"io_uring/waitid.c": "1\n"})
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)

    def test_other_lines_of_origin(self):
        one, two, three = self.tree.ids
        self.tree.commit(f"a\n\n(backported from commit {one})", {"io_uring/rw.c": "1\n"})
        self.tree.commit(f"b\n\nGit-commit: {two}\n", {"io_uring/rw.c": "2\n"})
        self.tree.commit(f"c\n\ncommit {three}\nAuthor: X\n", {"io_uring/rw.c": "3\n"})
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)

    def test_several_in_one_commit(self):
        text = "".join(f"\ncommit {commit} upstream." for commit in self.tree.ids)
        self.tree.commit(f"io_uring: all at once\n{text}\n", {"io_uring/rw.c": "1\n"})
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)

    def test_by_subject(self):
        for subject in SUBJECTS:
            self.tree.commit(f"{subject}\n\nNo word of where it comes from.", {"io_uring/rw.c": subject})
        self.assertEqual(self.tree.states(), [("present", "subject")] * 3)

    def test_abbreviated_ids_in_the_series(self):
        self.tree.write_series([commit[:7] for commit in self.tree.ids])
        self.tree.git("cherry-pick", "-x", self.tree.ids[0])
        self.tree.git("commit", "-q", "--amend", "-m", f"x\n\n[ Upstream commit {self.tree.ids[0]} ]")
        self.assertEqual(self.tree.states(), [("present", "trailer"), ("missing", None), ("missing", None)])
        self.assertEqual(self.tree.run()[0], 0)
        self.assertEqual([state for state, _ in self.tree.states()], ["present"] * 3)

    def test_mentions_are_no_origin(self):
        one, two, three = self.tree.ids
        self.tree.commit(f"other: fix\n\nFixes: {one[:12]} (\"{SUBJECTS[0]}\")", {"io_uring/rw.c": "1\n"})
        self.tree.commit(f"other: text\n\nThis builds on commit {two} and needs it.", {"io_uring/rw.c": "2\n"})
        self.tree.commit(f"x {SUBJECTS[2]}", {"io_uring/rw.c": "3\n"})
        self.tree.commit(f"y\n\n(cherry picked from commit {three[:6]})", {"io_uring/rw.c": "4\n"})
        self.assertEqual(self.tree.states(), [("missing", None)] * 3)

    def test_without_the_base_tag(self):
        self.tree.git("tag", "-d", "v6.6")
        self.tree.git("cherry-pick", "-x", self.tree.ids[1])
        self.assertEqual([state for state, _ in self.tree.states()], ["missing", "present", "missing"])

    def test_status_table(self):
        self.tree.git("cherry-pick", "-x", self.tree.ids[1])
        code, out, _ = self.tree.run("--status")
        self.assertEqual(code, 1)
        self.assertIn("Linux 6.6.0", out)
        self.assertIn("1 present, 2 missing.", out)
        self.assertIn(self.tree.git("rev-parse", "--short=12", "HEAD"), out)
        self.assertNotIn("\x1b", out)

    def test_status_of_a_dirty_tree(self):
        self.tree.write("kernel/exit.c", "changed\n")
        self.assertEqual(self.tree.run("--status")[0], 1)


class Reverted(Case):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.tree.run()[0], 0)

    def test_revert_counts_as_missing_and_is_picked_again(self):
        self.tree.git("revert", "--no-edit", "HEAD~1")
        self.assertEqual([state for state, _ in self.tree.states()], ["present", "reverted", "present"])
        code, out, _ = self.tree.run("--status")
        self.assertEqual(code, 1)
        self.assertIn("1 of them reverted", out)
        self.assertEqual(self.tree.run()[0], 0)
        self.assertEqual([state for state, _ in self.tree.states()], ["present"] * 3)
        self.assertIn("change_2", self.tree.read("kernel/exit.c"))

    def test_revert_of_the_revert(self):
        self.tree.git("revert", "--no-edit", "HEAD~1")
        self.tree.git("revert", "--no-edit", "HEAD")
        self.assertEqual([state for state, _ in self.tree.states()], ["present"] * 3)

    def test_revert_of_an_upstream_commit(self):
        self.tree.git("switch", "-q", "main")
        self.tree.git("revert", "--no-edit", self.tree.ids[0])
        self.assertEqual([state for state, _ in self.tree.states()], ["reverted", "present", "present"])

    def test_revert_with_another_subject(self):
        self.tree.git("revert", "--no-edit", "HEAD")
        self.tree.git("commit", "-q", "--amend", "-m",
                      f"waitid: out with it\n\nThis reverts commit {self.tree.git('rev-parse', 'HEAD~1')}.")
        self.assertEqual([state for state, _ in self.tree.states()], ["present", "present", "reverted"])


class Pick(Case):
    def test_none_there(self):
        code, out, err = self.tree.run()
        self.assertEqual((code, err), (0, ""))
        self.assertIn("[3/3]", out)
        self.assertIn("look at kernel/exit.c: keep both lines", out)
        self.assertEqual(self.tree.git("log", "--format=%s", "--reverse", "-3").splitlines(), SUBJECTS)
        for number, commit in enumerate(self.tree.ids):
            message = self.tree.git("show", "-s", "--format=%B", f"HEAD~{2 - number}")
            self.assertIn(f"(cherry picked from commit {commit})", message)
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)

    def test_some_there(self):
        self.tree.git("cherry-pick", "-x", self.tree.ids[1])
        code, document = self.tree.json()
        self.assertEqual((code, document["result"]), (0, "picked"))
        self.assertEqual([c["state"] for c in document["commits"]], ["picked", "present", "picked"])
        self.assertEqual(self.tree.git("rev-list", "--count", "v6.6..HEAD"), "4")

    def test_second_run_does_nothing(self):
        self.tree.run()
        before = self.tree.fingerprint()
        self.assertEqual(self.tree.run()[0], 0)
        self.assertEqual(self.tree.fingerprint(), before)

    def test_conflict_is_resolved_and_the_run_goes_on(self):
        self.tree.commit("stable: own line", {"kernel/exit.c": "int exit;\nint own;\n"})
        code, out, _ = self.tree.run()
        self.assertEqual(code, 3)
        for text in (self.tree.ids[1][:12], "kernel/exit.c", "keep both lines", "cherry-pick --continue",
                     "cherry-pick --abort", str(BACKPORT)):
            self.assertIn(text, out)
        self.assert_refused(self.tree.run(), "cherry-pick is under way")
        self.tree.write("kernel/exit.c", "int exit;\nint own;\nint change_2;\n")
        self.tree.git("add", "kernel/exit.c")
        self.tree.git("cherry-pick", "--continue")
        code, document = self.tree.json()
        self.assertEqual(code, 0)
        self.assertEqual([c["state"] for c in document["commits"]], ["present", "present", "picked"])

    def test_the_commands_that_a_conflict_names_work(self):
        self.tree.commit("stable: own line", {"kernel/exit.c": "int exit;\nint own;\n"})
        code, document = self.tree.json()
        self.assertEqual((code, document["result"]), (3, "stopped"))
        stop = document["stopped"]
        self.assertEqual((stop["reason"], stop["files"]), ("conflict", ["kernel/exit.c"]))
        self.assertEqual([c["state"] for c in document["commits"]], ["picked", "conflict", "missing"])
        self.tree.write("kernel/exit.c", "both\n")
        for line in [*stop["go_on"], f"{sys.executable} {stop['again']}"]:
            subprocess.run(line, shell=True, check=True, env=self.tree.env | {"GIT_EDITOR": ":"}, capture_output=True)
        self.assertEqual([state for state, _ in self.tree.states()], ["present"] * 3)

    def test_abort_leaves_the_earlier_picks(self):
        self.tree.commit("stable: own line", {"kernel/exit.c": "int exit;\nint own;\n"})
        stop = self.tree.json()[1]["stopped"]
        subprocess.run(stop["give_up"], shell=True, check=True, env=self.tree.env, capture_output=True)
        self.assertEqual([state for state, _ in self.tree.states()], ["present", "missing", "missing"])

    def test_deleted_file(self):
        self.tree.git("rm", "-q", "io_uring/rw.c")
        self.tree.commit("stable: no rw", {"io_uring/other.c": "x\n"})
        code, document = self.tree.json()
        self.assertEqual((code, document["stopped"]["files"]), (3, ["io_uring/rw.c"]))

    def test_empty_pick_is_skipped(self):
        self.tree.commit("stable: the same change", {"kernel/exit.c": "int exit;\nint change_2;\n"})
        code, document = self.tree.json()
        self.assertEqual(code, 0)
        self.assertEqual([c["state"] for c in document["commits"]], ["picked", "skipped", "picked"])
        self.assertEqual(self.tree.git("status", "--porcelain"), "")
        self.assertFalse((self.tree.path / ".git/CHERRY_PICK_HEAD").exists())

    def test_untracked_file_in_the_way(self):
        self.tree.write("io_uring/waitid.c", "mine\n")
        self.assert_refused(self.tree.run(), "doesn't begin", "io_uring/waitid.c")
        self.assertEqual(self.tree.read("io_uring/waitid.c"), "mine\n")
        self.assertEqual(self.tree.json()[1]["commits"][2]["state"], "missing")
        self.assertEqual([state for state, _ in self.tree.states()], ["present", "present", "missing"])

    def test_untracked_files_elsewhere_are_fine(self):
        self.tree.write("vmlinux", "big\n")
        self.assertEqual(self.tree.run()[0], 0)

    def test_detached_head(self):
        self.tree.git("switch", "-q", "--detach")
        code, _, err = self.tree.run()
        self.assertEqual(code, 0)
        self.assertIn("detached", err)

    def test_linked_work_tree(self):
        other = self.folder / "other"
        self.tree.git("worktree", "add", "-q", "-b", "work", str(other), "stable")
        self.assertEqual(self.tree.run(tree=other)[0], 0)
        self.assertEqual(self.tree.git("rev-list", "--count", "stable..work"), "3")

    def test_interrupt_leaves_the_tree_as_git_does(self):
        command = [sys.executable, str(BACKPORT), str(self.tree.path), "--series", str(self.tree.series)]
        process = subprocess.Popen(command, env=self.tree.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True, text=True)
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
        self.assertIn(process.returncode, (0, 2, 3, 130), err)
        self.assertNotIn("Traceback", err)
        time.sleep(0.1)
        self.assertEqual(list((self.tree.path / ".git").glob("*.lock")), [])


class DryRun(Case):
    def test_touches_nothing(self):
        os.utime(self.tree.path / "README", (1, 1))  # a stale index entry: git would like to refresh it
        before = self.tree.fingerprint()
        code, out, _ = self.tree.run("--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("3 commits would be picked", out)
        self.assertIn("keep both lines", out)
        self.assertEqual(self.tree.run("--status")[0], 1)
        self.assertEqual(self.tree.json("--dry-run")[1]["result"], "would pick")
        self.assertEqual(self.tree.fingerprint(), before)

    def test_is_refused_where_a_run_would_be(self):
        self.tree.write("kernel/exit.c", "changed\n")
        self.assert_refused(self.tree.run("--dry-run"), "uncommitted")


class Wrong(Case):
    """Trees that are refused."""

    def test_dirty(self):
        self.tree.write("kernel/exit.c", "changed\n")
        before = self.tree.fingerprint()
        self.assert_refused(self.tree.run(), "uncommitted changes", "kernel/exit.c")
        self.assertEqual(self.tree.fingerprint(), before)

    def test_staged(self):
        self.tree.write("kernel/new.c", "new\n")
        self.tree.git("add", "kernel/new.c")
        self.assert_refused(self.tree.run(), "uncommitted changes", "kernel/new.c")

    def test_under_way(self):
        for name, word in (("MERGE_HEAD", "a merge"), ("REVERT_HEAD", "a revert"), ("rebase-merge", "a rebase"),
                           ("rebase-apply", "git am")):
            with self.subTest(name):
                path = self.tree.path / ".git" / name
                path.mkdir() if name.startswith("rebase") else path.write_text(self.tree.ids[0] + "\n")
                self.assert_refused(self.tree.run(), word)
                path.rmdir() if path.is_dir() else path.unlink()

    def test_no_git(self):
        plain = self.folder / "plain"
        plain.mkdir()
        self.assert_refused(self.tree.run(tree=plain), "not a git work tree")
        self.assert_refused(self.tree.run(tree=self.folder / "nothing"), "no such folder")

    def test_bare(self):
        self.tree.git("clone", "-q", "--bare", ".", str(self.folder / "bare"))
        self.assert_refused(self.tree.run(tree=self.folder / "bare"), "not a git work tree")

    def test_folder_within(self):
        self.assert_refused(self.tree.run(tree=self.tree.path / "kernel"), "not the top")

    def test_not_linux(self):
        self.tree.git("rm", "-q", "-r", "io_uring")
        self.tree.commit("none")
        self.assert_refused(self.tree.run(), "io_uring")
        self.tree.write("Makefile", "all:\n")
        self.assert_refused(self.tree.run(), "VERSION and PATCHLEVEL")
        (self.tree.path / "Makefile").unlink()
        self.assert_refused(self.tree.run(), "no Makefile")

    def test_nothing_committed(self):
        empty = self.folder / "empty"
        for name, text in (("Makefile", "VERSION = 6\nPATCHLEVEL = 6\n"), ("kernel/exit.c", ""), ("io_uring/rw.c", "")):
            (empty / name).parent.mkdir(parents=True, exist_ok=True)
            (empty / name).write_text(text)
        subprocess.run(["git", "init", "-q", str(empty)], env=self.tree.env, check=True)
        self.assert_refused(self.tree.run(tree=empty), "nothing is committed")

    def test_no_committer(self):
        (self.tree.home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
        before = self.tree.git("rev-parse", "HEAD")
        self.assert_refused(self.tree.run(), "git var")
        self.assertEqual(self.tree.git("rev-parse", "HEAD"), before)

    def test_missing_object(self):
        self.tree.write_series([*self.tree.ids[:2], "0123456789abcdef0123456789abcdef01234567"])
        before = self.tree.fingerprint()
        self.assert_refused(self.tree.run(), "doesn't have 1", "0123456789ab",
                            "fetch https://example.org/linux.git tag v6.9-rc1")
        self.assertEqual(self.tree.fingerprint(), before)
        self.assertEqual([c["object"] for c in self.tree.json("--status")[1]["commits"]], [True, True, False])

    def test_missing_object_and_a_fitting_remote(self):
        self.tree.git("remote", "add", "linus", "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git")
        self.tree.write_series([*self.tree.ids[:2], "0123456"])
        self.assert_refused(self.tree.run(), "fetch linus tag v6.9-rc1")

    def test_missing_object_that_is_not_needed(self):
        self.tree.write_series([*self.tree.ids[:2], "0123456"])
        self.tree.commit(f"{SUBJECTS[2]}", {"io_uring/waitid.c": "x\n"})
        self.assertEqual(self.tree.run()[0], 0)

    def test_partial_and_shallow_clones_stay_off_the_network(self):
        self.tree.git("config", "uploadpack.allowFilter", "true")
        for name, option in (("partial", "--filter=blob:none"), ("shallow", "--depth=1")):
            with self.subTest(name):
                clone = self.folder / name
                self.tree.git("clone", "-q", option, "-b", "stable", f"file://{self.tree.path}", str(clone))
                self.tree.write_series([*self.tree.ids[:2], "0123456789abcdef0123456789abcdef01234567"])
                code, _, err = self.tree.run("--status", tree=clone)
                self.assertEqual(code, 1, err)
                self.assertEqual("shallow" in err, name == "shallow")
                self.assert_refused(self.tree.run(tree=clone), "doesn't have")


class SeriesFile(Case):
    def refused(self, text, *words):
        self.tree.series.write_text(text)
        with self.assertRaises(Refused) as caught:
            series_file.load(self.tree.series)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_bad_files(self):
        good = self.tree.series.read_text()
        first = self.tree.ids[0]
        self.refused("[series\n", "line 1")
        self.refused(good.replace('name = "test"\n', ""), ":1:", "series: name", "missing")
        self.refused(good.replace(first, "--upload-pack=x"), ":6:", "commit 1: id")
        self.refused(good.replace(first, "d2d778"), "commit 1: id")
        self.refused(good.replace(first, first.upper() + "G"), "commit 1: id")
        self.refused(good.replace(first, self.tree.ids[1]), "commit 2: id", "twice")
        self.refused(good.replace('why = "why"', 'whi = "why"', 1), ":6:", "commit 1: whi", "not a key")
        self.refused(good.replace('first = "v6.7-rc1"', "first = 6.7"), "commit 1: first")
        self.refused(good.replace('first = "v6.7-rc1"', 'first = "v6.7-rc1"\nfixes = "abcdef1"'), "fixes", "earlier")
        self.refused(good.replace('"kernel/exit.c"]', '"../../etc"]'), "paths")
        self.refused(good.replace('"kernel/exit.c"]', '"--all"]'), "paths")
        self.refused(good.replace('do = "keep', 'doo = "keep'), "commit 2: conflicts: doo")
        self.refused(good.replace(SUBJECTS[0], "a\\u001b[31mb"), "commit 1: subject")
        self.refused(good.replace('base = "v6.6"', 'base = "--all"'), "series: base")
        self.refused(good.split("[[commit]]")[0], "commit")
        self.refused("commit = 3\n" + good.split("[[commit]]")[0], "[[commit]]")
        self.refused('series = 3\n[[commit]]\n', "series", "table")
        self.refused(good + "[surprise]\n", "surprise")
        also = '[[also]]\nid = "abcdef1"\nsubject = "s"\nfirst = "v6.7"\nwhy = "w"\n'
        self.refused(good + also + f'when = "later"\nof = "{first}"', "also 1: when")
        self.refused(good + also + 'when = "after"\nof = "1234567"', "also 1: of")

    def test_is_refused_by_the_program_too(self):
        self.tree.series.write_text("[series\n")
        self.assert_refused(self.tree.run(), str(self.tree.series), "line 1")
        code, document = self.tree.json()
        self.assertEqual((code, document["result"]), (2, "refused"))
        self.tree.series.unlink()
        self.assert_refused(self.tree.run(), "No such file")

    def test_the_real_one(self):
        series = series_file.load(HERE.parent / "6.6.y/series.toml")
        self.assertEqual(len(series.commits), 19)
        for commit, published in zip(series.commits, IN_ORDER):
            self.assertTrue(commit.id.startswith(published), commit.id)
            self.assertEqual(len(commit.id), 40)
        first = {commit.first for commit in series.commits}
        self.assertLessEqual({"v6.8-rc3", "v6.18-rc1", "v7.1-rc5"}, first)
        self.assertEqual(sum(bool(commit.fixes) for commit in series.commits), 10)

    def test_neighbours_are_told_and_not_picked(self):
        other = self.tree.git("rev-parse", "main")
        self.tree.write_series(extra='[[also]]\nid = "abcdef1"\nsubject = "a neighbour"\nfirst = "v6.7"\n'
                                     f'why = "it matters"\nwhen = "before"\nof = "{other}"\n')
        code, out, _ = self.tree.run()
        self.assertEqual(code, 0)
        self.assertIn("Needed before", out)
        self.assertIn("it matters", out)
        self.tree.commit("a neighbour", {"io_uring/rw.c": "n\n"})
        self.assertNotIn("it matters", self.tree.run("--status")[1])


class Hostile(Case):
    """A configuration and an environment that would like to be heard."""

    config = """
[commit]
\tgpgSign = true
\tcleanup = scissors
\tverbose = true
[gpg]
\tprogram = /bin/false
[core]
\thooksPath = HOOKS
\teditor = /bin/false
\tfsmonitor = /bin/false
\tpager = /bin/false
[log]
\tshowSignature = true
\tdecorate = full
\tdate = relative
[color]
\tui = always
[status]
\tshort = true
\tbranch = true
[diff]
\tnoprefix = true
\texternal = /bin/false
[rebase]
\tautostash = true
[rerere]
\tenabled = true
\tautoUpdate = true
[format]
\tpretty = oneline
[i18n]
\tlogOutputEncoding = latin1
[alias]
\tlog = !false
"""

    def setUp(self):
        super().setUp()
        hooks = self.folder / "hooks"
        hooks.mkdir()
        for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout", "post-index-change",
                     "reference-transaction"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch {self.folder}/hook-ran\nexit 1\n")
            (hooks / name).chmod(0o755)
        path = self.tree.home / ".gitconfig"
        path.write_text(path.read_text().replace("HOOKS", str(hooks)))

    def test_configuration(self):
        code, out, err = self.tree.run()
        self.assertEqual((code, err), (0, ""), out)
        self.assertFalse((self.folder / "hook-ran").exists())
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)

    def test_environment(self):
        elsewhere = self.folder / "elsewhere"
        plain = self.tree.env | {"GIT_CONFIG_GLOBAL": "/dev/null"}
        subprocess.run(["git", "init", "-q", str(elsewhere)], env=plain, check=True)
        env = {"GIT_DIR": str(elsewhere / ".git"), "GIT_WORK_TREE": str(elsewhere), "GIT_INDEX_FILE": "/nonexistent/index",
               "GIT_EDITOR": "/bin/false", "GIT_PAGER": "/bin/false", "GIT_OBJECT_DIRECTORY": "/nonexistent",
               "GIT_LITERAL_PATHSPECS": "0", "GIT_TRACE": "1", "GIT_EXTERNAL_DIFF": "/bin/false", "GIT_NAMESPACE": "x"}
        code, out, err = self.tree.run(env=env)
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(self.tree.states(), [("present", "trailer")] * 3)

    def test_recorded_resolutions_are_not_used_behind_the_back(self):
        by_hand = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "commit.verbose=false")
        self.tree.write("kernel/exit.c", "int exit;\nint own;\n")
        self.tree.git(*by_hand, "commit", "-q", "-a", "-m", "own")
        self.tree.git(*by_hand, "cherry-pick", self.tree.ids[1], check=False)
        self.tree.write("kernel/exit.c", "recorded\n")
        self.tree.git(*by_hand, "commit", "-q", "-a", "-m", "resolved")
        self.tree.git(*by_hand, "reset", "-q", "--hard", "HEAD~1")
        self.assertTrue(list((self.tree.path / ".git/rr-cache").glob("*/postimage")))
        code, document = self.tree.json()
        self.assertEqual((code, document["stopped"]["files"]), (3, ["kernel/exit.c"]))
        self.assertIn("<<<<<<<", self.tree.read("kernel/exit.c"))

    def test_escapes_of_others_stay_off_the_terminal(self):
        self.tree.write("kernel/\x1b[31mred", "x\n")
        self.tree.git("add", "-A")
        code, out, err = self.tree.run()
        self.assertEqual(code, 2)
        self.assertNotIn("\x1b", out + err)

    def test_closed_pipe(self):
        command = f"{sys.executable} {BACKPORT} {self.tree.path} --series {self.tree.series} --status | true"
        done = subprocess.run(["bash", "-c", command], env=self.tree.env, capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertNotIn("Traceback", done.stderr)
        self.assertNotIn("Exception", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
