# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's source, and the series on top of it."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess

from .tools import HERE, Failed, content, run, say, write

TARBALL = "/usr/src/linux-source-6.1.tar.xz"
SERIES = os.path.join(HERE, "6.1.y")
DEVICE = os.path.join(HERE, "vm/test-device.patch")  # in virtual machines: 6.1 has no driver with cancelable commands


def patches():
    """The paths of the patches, in the order of the file `series`."""
    lines = content(os.path.join(SERIES, "series")).splitlines()
    return [os.path.join(SERIES, line.strip()) for line in lines if line.strip() and not line.startswith("#")]


def touched(paths):
    """The files of the kernel that patches change or make, sorted."""
    found = set()
    for path in paths:
        found.update(re.findall(r"^\+\+\+ b/(\S+)", content(path), re.M))
    return sorted(found)


def version(tree):
    """As "6.1.192"."""
    text = content(os.path.join(tree, "Makefile"))
    return ".".join(re.search(rf"^{key} = (\d+)", text, re.M).group(1) for key in ("VERSION", "PATCHLEVEL", "SUBLEVEL"))


def unpack(folder):
    """The stock tree below `folder`; unpacked again when the package is another one than last time."""
    tree, stamp = os.path.join(folder, "stock"), os.path.join(folder, "stock.stamp")
    mark = f"{os.stat(TARBALL).st_size} {os.stat(TARBALL).st_mtime_ns}"
    if os.path.exists(stamp) and content(stamp) == mark:
        return tree
    say(f"unpacking {TARBALL}")
    for name in os.listdir(folder):
        if name in ("stock", "patched", "each") or name.startswith("build-"):
            shutil.rmtree(os.path.join(folder, name))
    os.makedirs(tree)
    run(["tar", "xf", TARBALL, "-C", tree, "--strip-components=1"])
    write(stamp, mark)
    return tree


def copy(tree, name):
    """A copy of a tree beside it. Unchanged files are the same files; patch(1) makes new ones."""
    target = os.path.join(os.path.dirname(tree), name)
    shutil.rmtree(target, ignore_errors=True)
    run(["cp", "-al", tree, target])
    return target


def apply(tree, path, reverse=False):
    """Applies one patch, without fuzz: a series is made for its source. Raises Failed with what patch(1) says."""
    words = ["patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch", "-s", "-f", "-i", path]
    run(words + (["-R"] if reverse else []), cwd=tree)


def patched(stock):
    """The tree with the series and the device for its tests. Only what they touch is made anew, for quick builds."""
    folder, series = os.path.dirname(stock), [*patches(), DEVICE]
    tree, stamp = os.path.join(folder, "patched"), os.path.join(folder, "patched.stamp")
    mark = hashlib.sha256("".join(content(path) for path in series).encode()).hexdigest()
    if os.path.exists(stamp):
        old, *files = content(stamp).split()
        if old == mark and os.path.isdir(tree):
            return tree
        os.remove(stamp)
    else:
        files = []
        copy(stock, "patched")
    restore(stock, tree, files)
    write(stamp, "\n".join([mark, *touched(series)]))
    for path in series:
        apply(tree, path)
    return tree


@contextlib.contextmanager
def lent(stock):
    """patched(), for somebody who changes it and gives it back as it was. Made anew the next time if he does not."""
    tree = patched(stock)
    stamp = os.path.join(os.path.dirname(stock), "patched.stamp")
    mark = content(stamp)
    os.remove(stamp)
    yield tree
    write(stamp, mark)


def restore(stock, tree, files):
    """Gives files of a tree the content that they have in `stock`, as new files."""
    for name in files:
        target, original = os.path.join(tree, name), os.path.join(stock, name)
        if os.path.exists(target):
            os.remove(target)
        if os.path.exists(original):
            shutil.copyfile(original, target)


def checkpatch(tree):
    """Per patch: (name, errors, warnings, checks) of the kernel's own checkpatch.pl --strict."""
    rows = []
    for path in patches():
        done = subprocess.run(["perl", os.path.join(tree, "scripts/checkpatch.pl"), "--strict", "--no-tree", path],
                              capture_output=True, text=True, check=False, cwd=tree)
        found = re.search(r"total: (\d+) errors?, (\d+) warnings?, (\d+) checks?", done.stdout)
        if not found:
            raise Failed(f"checkpatch.pl says nothing of {path}:\n{done.stdout}{done.stderr}")
        rows.append((os.path.basename(path), *map(int, found.groups())))
    return rows
