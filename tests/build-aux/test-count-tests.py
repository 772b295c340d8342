#!/usr/bin/env python3
# test-count-tests.py: the last line of `dev test` is true
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: test-count-tests.py COUNT-TESTS"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

COUNT_TESTS = sys.argv[1]


class Count(unittest.TestCase):
    """Logs as meson writes them, and what they come to."""

    def count(self, *programs, status=0):
        """The exit status, and the lines printed, for PROGRAMS."""
        with tempfile.TemporaryDirectory() as scratch:
            log = pathlib.Path(scratch, 'testlog.json')
            if programs:
                log.write_text(''.join(
                    json.dumps({'name': 'a', 'result': result, 'stdout': text})
                    + '\n' for result, text in programs), encoding='utf-8')
            done = subprocess.run(
                [sys.executable, COUNT_TESTS, scratch, str(status)],
                capture_output=True, text=True, check=True if status == 0
                and all(result == 'OK' for result, _ in programs) else False)
            return done.returncode, done.stdout.splitlines()

    def test_cases_are_added_up(self):
        self.assertEqual(
            self.count(('OK', '1..2\nok 1 /a/b\nok 2 /a/c\n'),
                       ('OK', 'ok 1 - d\n')),
            (0, ['3 passed, 0 failed, 0 skipped']))

    def test_a_failed_case_is_counted_once(self):
        self.assertEqual(
            self.count(('FAIL', 'ok 1 /a\nnot ok 2 /b - broken\n'), status=1),
            (1, ['1 passed, 1 failed, 0 skipped']))

    def test_a_crash_is_one_more_that_failed(self):
        self.assertEqual(self.count(('ERROR', '1..2\nok 1 /a\n'), status=1),
                         (1, ['1 passed, 1 failed, 0 skipped']))

    def test_time_out_before_the_first_case(self):
        self.assertEqual(self.count(('TIMEOUT', ''), status=1),
                         (1, ['0 passed, 1 failed, 0 skipped']))

    def test_a_skipped_case_says_why(self):
        self.assertEqual(
            self.count(('OK', 'ok 1 /a # SKIP no camera\nok 2 /b\n')),
            (0, ['skipped: /a: no camera', '1 passed, 0 failed, 1 skipped']))

    def test_a_skipped_program_says_why(self):
        self.assertEqual(
            self.count(('SKIP', '1..0 # SKIP no display\n')),
            (0, ['skipped: a: no display', '0 passed, 0 failed, 1 skipped']))

    def test_nothing_ran_because_meson_failed(self):
        self.assertEqual(self.count(status=2),
                         (1, ['0 passed, 1 failed, 0 skipped']))


if __name__ == '__main__':
    tap.main()
