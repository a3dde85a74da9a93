# SPDX-License-Identifier: GPL-2.0-only
"""What a machine has said, as results."""

import re
from dataclasses import dataclass, field


@dataclass
class Result:
    name: str
    release: str = ""
    build_s: float = 0.0
    boot_s: float = 0.0  # by the kernel's own clock, until the first program
    processors: int = 0
    took_s: float = 0.0
    began: bool = False  # the conformance program has started
    ended: bool = False  # the machine came to the end of its script
    checks: dict = field(default_factory=dict)  # name: pass, fail or not supported
    details: dict = field(default_factory=dict)  # of those that failed
    tests_passed: int = 0
    tests_failed: list = field(default_factory=list)
    tests_skipped: int = 0
    engine: str = ""
    complaints: list = field(default_factory=list)

    def counts(self):
        have = list(self.checks.values())
        return [have.count(kind) for kind in ("pass", "fail", "not supported")]


def parse(name, text):
    """A Result of the console's text."""
    result = Result(name)
    up = re.search(r"machine: (\S+) up after ([\d.]+) s, processors: (\d+)", text)
    if up:
        result.release, result.boot_s, result.processors = up.group(1), float(up.group(2)), int(up.group(3))
    result.began = "TAP version" in text
    for bad, check, rest in re.findall(r"^(not )?ok \d+ - (\S+)(.*)$", text, re.M):
        result.checks[check] = "fail" if bad else "not supported" if "# SKIP" in rest else "pass"
    for check, block in re.findall(r"^not ok \d+ - (\S+)\n  ---\n(.*?)\n  \.\.\.", text, re.M | re.S):
        result.details[check] = " ".join(line.strip() for line in block.splitlines())
    passed = re.search(r"^\[  PASSED  \] (\d+) tests?", text, re.M)
    result.tests_passed = int(passed.group(1)) if passed else 0
    result.tests_failed = sorted(set(re.findall(r"^\[  FAILED  \] (\S+?),? ", text, re.M)) - {"1", "2", "3"})
    skipped = re.search(r"^\[  SKIPPED \] (\d+) tests?", text, re.M)
    result.tests_skipped = int(skipped.group(1)) if skipped else 0
    engine = re.search(r"^machine: engine (?:ok\s+engine\s+)?(epoll|io_uring)", text, re.M)
    result.engine = engine.group(1) if engine else ""
    after = text.partition("machine: complaints of the kernel\n")[2]
    result.ended = "machine: end" in after
    result.complaints = [line for line in after.partition("machine: end")[0].splitlines() if line.strip()]
    if not result.ended:
        result.complaints.append("the machine did not come to its end: " + " / ".join(text.splitlines()[-3:]))
    return result
