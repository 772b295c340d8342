#!/usr/bin/env python3
# count-tests.py: what a run of `meson test` came to, in one line
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: count-tests.py LOGS STATUS

Reads what meson wrote into the directory LOGS, prints each skipped test case
with its reason, and ends with `N passed, N failed, N skipped`. It counts test
cases, not programs; a program that failed otherwise than by one of its cases
(it crashed, took too long, promised more cases than it ran) is one more that
failed. Exits 1 if anything failed or STATUS, meson's own, isn't 0.
"""

import json
import pathlib
import re
import sys

CASE = re.compile(r'^(not )?ok\b\s*(\d+)?\s*-?\s*([^#]*?)\s*'
                  r'(?:#\s*(\w+)\S*\s*(.*))?$')


def count_case(line, counts, skips, name):
    """Counts one line of TAP, if it is a case."""
    match = CASE.match(line)
    if match is None:
        return
    failed, _, case, directive, reason = match.groups()
    directive = (directive or '').upper()
    if directive == 'SKIP':
        counts['skipped'] += 1
        skips.append(f'{case or name}: {reason or "no reason given"}')
    elif failed and directive != 'TODO':
        counts['failed'] += 1
    else:
        counts['passed'] += 1


def count_program(test, counts, skips):
    """Counts the cases of one test program, a line of testlog.json."""
    before = dict(counts)
    lines = test.get('stdout', '').splitlines()
    for line in lines:
        count_case(line, counts, skips, test['name'])
    whole = re.compile(r'^1\.\.0\s*#\s*skip\w*\s*(.*)', re.IGNORECASE)
    for match in filter(None, map(whole.match, lines)):
        counts['skipped'] += 1
        skips.append(f'{test["name"]}: {match.group(1) or "no reason given"}')
    good = test['result'] in ('OK', 'SKIP', 'EXPECTEDFAIL')
    if not good and counts['failed'] == before['failed']:
        counts['failed'] += 1
    elif good and counts == before:
        counts['skipped' if test['result'] == 'SKIP' else 'passed'] += 1


def main():
    """Prints the summary."""
    logs, status = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    counts = {'passed': 0, 'failed': 0, 'skipped': 0}
    skips = []
    log = logs / 'testlog.json'
    if log.exists():
        for line in log.read_text(encoding='utf-8').splitlines():
            count_program(json.loads(line), counts, skips)
    elif status != 0:
        counts['failed'] = 1
    for skip in skips:
        print(f'skipped: {skip}')
    print(', '.join(f'{number} {word}' for word, number in counts.items()))
    return 1 if counts['failed'] or status else 0


if __name__ == '__main__':
    sys.exit(main())
