#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What verify makes of a machine's console, and of a series. Without kernels and machines: those take long."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from verify_lib import faults, results, source  # noqa: E402
from verify_lib.report import failures, table  # noqa: E402
from verify_lib.tools import Failed, content, write  # noqa: E402

GOOD = """SeaBIOS
\x1b[?7lmachine: 6.1.192 up after 1.30 s, processors: 2
TAP version 13
1..3
ok 1 - waitid-exit
ok 2 - read-data
ok 3 - read-inotify # SKIP not supported: blocking
machine: engine ok  engine  io_uring: multishot reads and waitid work
[  PASSED  ] 57 tests.
[  SKIPPED ] 2 tests, listed below:
[  SKIPPED ] Engine/Some.test/uring
machine: complaints of the kernel
machine: end
"""


class Console(unittest.TestCase):
    def test_good(self):
        result = results.parse("patched", GOOD)
        self.assertEqual(result.counts(), [2, 0, 1])
        self.assertEqual((result.release, result.boot_s), ("6.1.192", 1.3))
        self.assertEqual((result.tests_passed, result.tests_skipped, result.tests_failed), (57, 2, []))
        self.assertEqual(result.engine, "io_uring")
        self.assertEqual(failures([results.parse("running", GOOD)]), [])
        self.assertIn("2 passed, 0 failed, 1 not supported", table([result]))

    def test_failed_check_has_its_details(self):
        text = GOOD.replace("ok 2 - read-data\n", 'not ok 2 - read-data\n  ---\n  expected: "all"\n  detail: "less"\n  ...\n')
        (line,) = failures([results.parse("running", text)])
        self.assertIn("read-data", line)
        self.assertIn('detail: "less"', line)

    def test_patched_kernel_supports_everything(self):
        (line,) = failures([results.parse("patched", GOOD)])
        self.assertIn("read-inotify: not supported", line)

    def test_one_processor_tries_no_races(self):
        (line,) = failures([results.parse("running", GOOD.replace("processors: 2", "processors: 1"))])
        self.assertIn("one processor only", line)

    def test_one_processor_is_no_fault_that_was_noticed(self):
        one = results.parse("wait-entry.patch", GOOD.replace("processors: 2", "processors: 1"))
        self.assertEqual(faults.caught(one, ["waitid-exit"]), [])

    def test_failed_tests_of_supd(self):
        text = GOOD.replace("[  PASSED  ] 57 tests.", "[  PASSED  ] 56 tests.\n[  FAILED  ] 1 test, listed below:\n"
                                                      "[  FAILED  ] Engine/Stop.order/uring, where GetParam() = \"uring\"")
        self.assertEqual(failures([results.parse("running", text)]), ["running: test Engine/Stop.order/uring"])

    def test_complaint_of_the_kernel(self):
        text = GOOD.replace("machine: end", "[    3.2] WARNING: CPU: 0 PID: 1 at io_uring/rw.c:1\nmachine: end")
        self.assertEqual(len(failures([results.parse("stock", text)])), 1)

    def test_machine_that_hangs_or_panics(self):
        text = GOOD[:GOOD.index("[  PASSED")] + "Kernel panic - not syncing\n"
        lines = failures([results.parse("patched", text)])
        self.assertTrue(any("did not come to its end" in line and "panic" in line for line in lines))
        self.assertTrue(any("no result" in line for line in lines))

    def test_no_console_at_all(self):
        self.assertTrue(failures([results.parse("stock", "")]))


class Series(unittest.TestCase):
    def test_files_that_patches_touch(self):
        names = source.touched(source.patches())
        self.assertIn("io_uring/waitid.c", names)
        self.assertIn("kernel/exit.h", names)
        self.assertEqual(names, sorted(set(names)))

    def test_series_names_every_patch(self):
        here = sorted(name for name in os.listdir(source.SERIES) if name.endswith(".patch"))
        self.assertEqual([os.path.basename(path) for path in source.patches()], here)

    def test_every_patch_is_signed_off_and_names_mainline(self):
        for path in source.patches():
            text = content(path)
            self.assertRegex(text, r"\nSigned-off-by: ", path)
            self.assertRegex(text, r'commit [0-9a-f]{12}\s+\("', path)

    def test_patch_that_does_not_fit(self):
        with tempfile.TemporaryDirectory() as tree:
            with self.assertRaises(Failed):
                source.apply(tree, source.patches()[0])

    def test_restore_makes_new_files(self):
        with tempfile.TemporaryDirectory() as folder:
            stock, tree = os.path.join(folder, "a"), os.path.join(folder, "b")
            for name in (stock, tree):
                os.mkdir(name)
            write(os.path.join(stock, "kept"), "stock")
            os.link(os.path.join(stock, "kept"), os.path.join(tree, "kept"))
            write(os.path.join(tree, "new"), "")
            source.restore(stock, tree, ["kept", "new"])
            self.assertEqual(os.listdir(tree), ["kept"])
            self.assertNotEqual(os.stat(os.path.join(stock, "kept")).st_ino, os.stat(os.path.join(tree, "kept")).st_ino)


class Faults(unittest.TestCase):
    def test_each_names_what_has_to_notice_it(self):
        for name in os.listdir(faults.FOLDER):
            self.assertTrue(faults.head(os.path.join(faults.FOLDER, name), "expects"), name)

    def test_noticed_by_a_check_or_by_the_kernel(self):
        result = results.parse("x", GOOD.replace("ok 1 - waitid-exit", "not ok 1 - waitid-exit"))
        self.assertEqual(faults.caught(result, ["waitid-exit", "other"]), ["waitid-exit"])
        self.assertEqual(faults.caught(results.parse("x", GOOD), ["waitid-exit"]), [])
        self.assertTrue(faults.caught(results.parse("x", GOOD.replace("machine: end\n", "")), ["waitid-exit"]))

    def test_what_the_series_is_there_for_is_missed(self):
        result = results.parse("x", GOOD)
        self.assertEqual(faults.caught(result, ["read-inotify"]), ["read-inotify"])

    def test_a_kernel_that_does_not_boot_notices_nothing(self):
        text = GOOD[:GOOD.index("TAP version")] + "Kernel panic - not syncing\n"
        self.assertEqual(faults.caught(results.parse("x", text), ["waitid-exit"]), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
