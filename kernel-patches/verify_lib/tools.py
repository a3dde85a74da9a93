# SPDX-License-Identifier: GPL-2.0-only
"""Running other programs, and having them."""

import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROJECT = os.path.dirname(HERE)


class Failed(Exception):
    """A step that did not work: one line, or more with the end of what a program said."""


class Unavailable(Exception):
    """What is needed can't be had on this machine; says what a person can do about it."""


def content(path):
    """The text of a file. For files of this project and the kernel's: UTF-8."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(words, cwd=None, timeout=3600, env=None):
    """What a program printed, stderr included. Raises Failed with the end of it when it fails."""
    done = subprocess.run(words, cwd=cwd, timeout=timeout, text=True, stdin=subprocess.DEVNULL, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={**os.environ, **(env or {})})
    if done.returncode != 0:
        said = "\n".join(done.stdout.splitlines()[-20:])
        raise Failed(f"{' '.join(words[:6])} failed with {done.returncode}:\n{said}")
    return done.stdout


def timed(step, *arguments, **named):
    """The result of a step and how many seconds it took."""
    began = time.monotonic()
    result = step(*arguments, **named)
    return result, time.monotonic() - began


BUILD_PACKAGES = {"make": "make", "gcc": "gcc", "bison": "bison", "flex": "flex", "bc": "bc", "perl": "perl",
                  "patch": "patch", "xz": "xz-utils"}
MACHINE_PACKAGES = {"qemu-system-x86_64": "qemu-system-x86", "busybox": "busybox-static", "cpio": "cpio"}
HEADERS = {"/usr/include/libelf.h": "libelf-dev", "/usr/include/openssl/ssl.h": "libssl-dev"}


def install(programs, files, may_install):
    """Installs the packages of programs and files that are missing. Raises Unavailable where that can't be done."""
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    missing += [package for path, package in files.items() if not os.path.exists(path)]
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not may_install or os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable(f"missing: run {' '.join(command)} as root")
    say(f"installing {' '.join(missing)}")
    try:
        run(command, env={"DEBIAN_FRONTEND": "noninteractive"})
    except Failed:
        run(["apt-get", "update"])
        run(command, env={"DEBIAN_FRONTEND": "noninteractive"})
