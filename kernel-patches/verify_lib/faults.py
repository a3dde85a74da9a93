# SPDX-License-Identifier: GPL-2.0-only
"""Kernels with one correction taken out: the checks that are for it have to fail.

A file of ../faults is a patch on top of the series. Its head has lines "expects: NAME…", the checks of which one at least
must not pass, and "tries: PATTERN…", what is run. That a waitid leaves the list at once when all are cancelled
(2b35b8b43e07) is not among them: 6.1 finds no request twice in one cancellation, so nothing would be seen.
"""

import os
import re

from . import kernel, machine, results, source
from .tools import HERE, Failed, content

FOLDER = os.path.join(HERE, "faults")


def head(path, key):
    found = re.search(rf"^{key}: (.*)$", content(path), re.M)
    return found.group(1).split() if found else []


def caught(result, expected):
    """What has noticed the fault: names of checks, or that the machine broke down once they ran."""
    noticed = [name for name in expected if result.checks.get(name) in ("fail", "not supported")]
    return noticed or (result.complaints[:1] if result.began else [])


def try_one(options, tree, path):
    """A Result of the patched kernel with one more patch, which is gone from the tree when this returns."""
    suffix = "-debug" if options.debug else ""
    patterns = " ".join(f"'{pattern}'" for pattern in head(path, "tries") or head(path, "expects"))
    script = f"conformance --seconds {options.seconds} --only {patterns}\n"
    source.apply(tree, path)
    try:
        image = kernel.build(tree, os.path.join(options.cache, "build-patched" + suffix), options.debug)
        initramfs = machine.initramfs(options.cache, script, with_supd=False)
        log = os.path.join(options.cache, f"console-{os.path.basename(path)}.log")
        text, _ = machine.boot(image, initramfs, log, 600, 4096 if options.debug else 2048)
    finally:
        source.apply(tree, path, reverse=True)
    return results.parse(os.path.basename(path), text)


def chosen(names):
    """The files of the faults that are named, or of all. Raises Failed for one that does not exist."""
    there = sorted(os.listdir(FOLDER))
    wanted = [name if name.endswith(".patch") else name + ".patch" for name in names] or there
    for name in wanted:
        if name not in there:
            raise Failed(f"no fault {name}: there are {', '.join(there)}")
    return wanted


def try_all(options, stock):
    """(noticed, not noticed)"""
    good = bad = 0
    with source.lent(stock) as tree:  # what is built of it is used again
        for name in chosen(options.faults):
            path = os.path.join(FOLDER, name)
            result = try_one(options, tree, path)
            noticed = caught(result, head(path, "expects"))
            said = ", ".join(noticed) or "everything passed"
            print(f"{'noticed' if noticed else 'NOT NOTICED'}  {name}: {said}", flush=True)
            good, bad = good + bool(noticed), bad + (not noticed)
    return good, bad
