# SPDX-License-Identifier: GPL-2.0-only
"""Configuring and building kernels, each in a folder of its own."""

import os
import shutil

from .source import apply, copy, patches
from .tools import HERE, Failed, content, run, say, write

IMAGE = "arch/x86/boot/bzImage"


def make(tree, out, *words):
    # ccache makes the second kernel and every later run cheap; the date would spoil that.
    compiler = ["CC=ccache gcc"] if shutil.which("ccache") else []
    return run(["make", "-s", f"-j{os.cpu_count() or 2}", "-C", tree, f"O={out}", *compiler, *words],
               env={"KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 1970", "CCACHE_NOHASHDIR": "1",
                    "CCACHE_BASEDIR": os.path.dirname(tree)})


def fragments(debug):
    names = ["small.config"] + (["debug.config"] if debug else [])
    return [os.path.join(HERE, "vm", name) for name in names]


def configure(tree, out, debug=False):
    """tinyconfig and the fragments. Raises Failed naming what did not take effect."""
    os.makedirs(out, exist_ok=True)
    wanted = "".join(content(path) for path in fragments(debug))
    stamp = os.path.join(out, "fragments")
    if os.path.exists(stamp) and content(stamp) == wanted:
        return
    make(tree, out, "tinyconfig")
    run([os.path.join(tree, "scripts/kconfig/merge_config.sh"), "-m", "-O", out, os.path.join(out, ".config"),
         *fragments(debug)], cwd=tree)
    make(tree, out, "olddefconfig")
    have = set(content(os.path.join(out, ".config")).splitlines())
    lost = [line for line in wanted.splitlines() if line.startswith("CONFIG_") and line not in have]
    if lost:
        raise Failed(f"the configuration of {tree} does not take {', '.join(lost)}")
    write(stamp, wanted)


def build(tree, out, debug=False):
    """The path of the kernel."""
    configure(tree, out, debug)
    make(tree, out, "bzImage")
    return os.path.join(out, IMAGE)


def build_objects(tree, out):
    """What the series touches, without the rest of the kernel."""
    make(tree, out, "io_uring/", "kernel/exit.o")


def build_each(stock):
    """Every patch on top of those before it. Raises Failed with the first that does not build."""
    tree, out = copy(stock, "each"), os.path.join(os.path.dirname(stock), "build-each")
    configure(tree, out)
    make(tree, out, "prepare")
    for path in patches():
        apply(tree, path)
        say(f"building after {os.path.basename(path)}")
        build_objects(tree, out)
    shutil.rmtree(tree)
    return len(patches())
