# SPDX-License-Identifier: GPL-2.0-only
"""Results for people."""


def table(tried):
    rows = [["kernel", "release", "build", "boot", "conformance", "engine", "supd's tests", "kernel's complaints"]]
    for result in tried:
        good, bad, missing = result.counts()
        tests = f"{result.tests_passed} passed" if result.tests_passed else "-"
        if result.tests_failed:
            tests += f", {len(result.tests_failed)} failed"
        if result.tests_skipped:
            tests += f", {result.tests_skipped} skipped"
        rows.append([result.name, result.release, f"{result.build_s:.0f} s" if result.build_s else "-",
                     f"{result.boot_s:.1f} s" if result.boot_s else "-",
                     f"{good} passed, {bad} failed, {missing} not supported", result.engine or "-", tests,
                     str(len(result.complaints))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def failures(tried):
    """A line for each thing that is not as it should be."""
    lines = []
    for result in tried:
        lines += [f"{result.name}: {check}: {result.details.get(check, '')}"
                  for check, verdict in result.checks.items() if verdict == "fail"]
        lines += [f"{result.name}: test {name}" for name in result.tests_failed]
        lines += [f"{result.name}: {line}" for line in result.complaints]
        if result.processors == 1:
            lines.append(f"{result.name}: one processor only: what happens at the same time was not tried")
        if not result.checks:
            lines.append(f"{result.name}: no conformance results")
        if result.name != "running" and not result.tests_passed:
            lines.append(f"{result.name}: supd's tests gave no result")
        if result.name == "patched":
            lines += [f"{result.name}: {check}: not supported, but the series is there for it"
                      for check, verdict in result.checks.items() if verdict == "not supported"]
    return lines
