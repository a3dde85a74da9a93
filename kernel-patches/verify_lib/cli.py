# SPDX-License-Identifier: GPL-2.0-only
"""The command line of ../verify."""

import argparse
import dataclasses
import json
import os
import subprocess
import sys

from . import faults, kernel, machine, results, source
from .report import failures, table
from .tools import BUILD_PACKAGES, HEADERS, MACHINE_PACKAGES, Failed, Unavailable, install, say, timed, write

EPILOG = """\
Needs Debian's linux-source-6.1 and what builds kernels; what is missing is installed when this runs as root. What takes
long is kept in the cache folder and used again. exit codes: 0 all is well; 1 something failed; 2 it can't be done here."""


def parser():
    p = argparse.ArgumentParser(prog="verify", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
                                description="Applies the series to Debian's source, builds it, boots stock and patched "
                                            "kernels in QEMU, and runs the conformance program and supd's integration "
                                            "tests in both.")
    how = p.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true",
                     help="only: the series applies, checkpatch finds no error, what it touches compiles")
    how.add_argument("--each", action="store_true", help="only: every patch builds on top of those before it")
    how.add_argument("--faults", nargs="*", metavar="NAME",
                     help="only: with one correction taken out (all in turn, or those named), the checks for it fail")
    p.add_argument("--debug", action="store_true", help="kernels with KASAN and lockdep (slow)")
    p.add_argument("--only", choices=("stock", "patched"), help="boot one of the two")
    p.add_argument("--seconds", type=int, default=10, metavar="N", help="for each storm of requests (default: 10)")
    p.add_argument("--summary", metavar="FILE", help="write 'PASSED FAILED SKIPPED' there")
    p.add_argument("--no-install", action="store_true", help="install nothing")
    p.add_argument("--cache", metavar="DIR", default=os.environ.get("SUPD_KERNEL_DIR", "/var/tmp/supd-kernel"),
                   help="default: $SUPD_KERNEL_DIR, else /var/tmp/supd-kernel")
    p.add_argument("-o", "--output", choices=("text", "json"), default="text", help="default: text")
    return p


def prepare(options):
    """The stock tree."""
    programs = BUILD_PACKAGES if options.quick or options.each else {**BUILD_PACKAGES, **MACHINE_PACKAGES}
    install(programs, {source.TARBALL: "linux-source-6.1", **HEADERS}, not options.no_install)
    os.makedirs(options.cache, exist_ok=True)
    return source.unpack(options.cache)


def style(stock):
    rows = source.checkpatch(stock)
    for name, errors, warnings, checks in rows:
        say(f"checkpatch --strict: {errors} errors, {warnings} warnings, {checks} checks: {name}")
    bad = [name for name, errors, *_ in rows if errors]
    if bad:
        raise Failed("checkpatch.pl finds errors in " + ", ".join(bad))
    return len(rows)


def quick(options, stock):
    tree = source.patched(stock)
    say(f"the series applies to {source.version(stock)}")
    out = os.path.join(options.cache, "build-quick")
    kernel.configure(tree, out)
    kernel.make(tree, out, "prepare")
    _, took = timed(kernel.build_objects, tree, out)
    say(f"what it touches compiles ({took:.0f} s)")
    return 2 + style(stock)


SCRIPT = """\
SUPD={build}
conformance --seconds {seconds} --deadline {deadline}
mkdir -p /tmp/try
{build}/daemon/supd -c /tmp/try --socket /tmp/try/sock >/tmp/try/log 2>&1 &
until {build}/ctl/supctl --socket /tmp/try/sock doctor >/dev/null 2>&1; do sleep 0.1; done
echo "machine: engine $({build}/ctl/supctl --socket /tmp/try/sock doctor | grep engine)"
{build}/ctl/supctl --socket /tmp/try/sock shutdown
{build}/tests/integration/integration_test --gtest_filter='{tests}:-{left_out}' 2>&1 | grep -vE '^\\[( RUN|-----)'
"""


def script(options, engine):
    build = os.path.join(machine.PROJECT, "build")
    return SCRIPT.format(build=build, seconds=options.seconds, deadline=600 if options.debug else 60,
                         tests=f"*/{engine}", left_out=machine.NOT_INSIDE)


def try_kernel(options, name, tree, engine):
    """A Result for one kernel: built, booted, tried."""
    suffix = "-debug" if options.debug else ""
    out = os.path.join(options.cache, f"build-{name}{suffix}")
    say(f"building {name}{suffix}")
    image, build_s = timed(kernel.build, tree, out, options.debug)
    say(f"  {build_s:.0f} s; booting")
    initramfs = machine.initramfs(options.cache, script(options, engine))
    log = os.path.join(options.cache, f"console-{name}{suffix}.log")
    text, took_s = machine.boot(image, initramfs, log, 7200 if options.debug else 1800, 4096 if options.debug else 2048)
    say(f"  {took_s:.0f} s; its console is in {log}")
    result = results.parse(name, text)
    result.build_s, result.took_s = build_s, took_s
    return result


def running_kernel(options):
    """A Result of the conformance program on the kernel that runs here."""
    program = machine.conformance(options.cache)
    done = subprocess.run([program, "--seconds", str(options.seconds)], capture_output=True, text=True, check=False)
    text = f"machine: {os.uname().release} up after 0 s, processors: {os.cpu_count()}\n" + done.stdout
    return results.parse("running", text + "machine: complaints of the kernel\nmachine: end\n")


def whole(options, stock):
    built = 0 if options.only else style(stock) + kernel.build_each(stock)
    tried = [] if options.only else [running_kernel(options)]
    if options.only != "patched":
        tried.append(try_kernel(options, "stock", stock, "epoll"))
    if options.only != "stock":
        tried.append(try_kernel(options, "patched", source.patched(stock), "uring"))
    if options.output == "json":
        print(json.dumps([dataclasses.asdict(result) for result in tried], indent=1))
    else:
        print(table(tried))
    wrong = failures(tried)
    for line in wrong:
        say("FAILED: " + line)
    passed = sum(result.counts()[0] + result.tests_passed for result in tried)
    return built + passed, len(wrong)


def work(options):
    """(passed, failed)"""
    stock = prepare(options)
    if options.quick:
        return quick(options, stock), 0
    if options.each:
        return kernel.build_each(stock), 0
    if options.faults is not None:
        return faults.try_all(options, stock)
    return whole(options, stock)


def main(words):
    options = parser().parse_args(words)
    skipped = 0
    try:
        passed, failed = work(options)
    except Failed as error:
        say(f"verify: {error}")
        passed, failed = 0, 1
    except (Unavailable, FileNotFoundError) as error:
        say(f"SKIP: {error}")
        passed, failed, skipped = 0, 0, 1
    if options.summary:
        write(options.summary, f"{passed} {failed} {skipped}\n")
    print(f"{passed} passed, {failed} failed", file=sys.stderr if options.output == "json" else sys.stdout)
    return 2 if skipped else 1 if failed else 0
