# SPDX-License-Identifier: GPL-2.0-only
"""What ends a run early, and how text of others is made fit for a terminal."""


class Refused(Exception):
    """Nothing was touched by the step that raised it; the text says why and what helps."""


class Stopped(Exception):
    """git stopped within a pick; `details` is a dict for the report (see picking.describe_stop)."""

    def __init__(self, details):
        super().__init__(details["reason"])
        self.details = details


def printable(text):
    """`text` without control characters (newlines and tabs stay), so that nobody's data drives the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)
