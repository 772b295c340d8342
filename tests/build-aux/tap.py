# tap.py: runs the unittest cases of a script, says TAP
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runner for unittest whose output `meson test` counts case by case."""

import sys
import unittest


class _Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0

    def _line(self, good, test, more=''):
        self.count += 1
        name = test.id().removeprefix('__main__.').replace('.', '/')
        print(f'{"ok" if good else "not ok"} {self.count} {name}{more}',
              flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line(True, test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(True, test, f' # SKIP {reason}')

    def _bad(self, test, error):
        self._line(False, test)
        for line in self._exc_info_to_string(error, test).splitlines():
            print('#', line)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._bad(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._bad(test, err)


def main():
    """Runs every case of the script that was started."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(
        sys.modules['__main__'])
    print(f'1..{suite.countTestCases()}', flush=True)
    result = _Result()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
