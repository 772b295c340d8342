#!/usr/bin/env python3
# test-dev.py: what build-aux/dev finds out about a system, and says
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: test-dev.py BUILD-AUX"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

BUILD_AUX = pathlib.Path(sys.argv[1])


class Dev(unittest.TestCase):
    """Functions of the parts, on a system made of small scripts."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.top = pathlib.Path(scratch.name)
        self.programs = self.top / 'bin'
        self.programs.mkdir()
        for folder in ('packages', 'needs'):
            (self.top / 'build-aux' / folder).mkdir(parents=True)
            for name in ('run', 'build', 'fuzz', 'bench', 'flatpak'):
                self.list(folder, name, '')

    def list(self, folder, name, text):
        """Writes one of the lists."""
        path = self.top / 'build-aux' / folder / name
        path.write_text(text, encoding='utf-8')

    def program(self, name, script):
        """Makes a program that the parts find first."""
        path = self.programs / name
        path.write_text('#!/bin/sh\n' + script + '\n', encoding='utf-8')
        path.chmod(0o755)

    def shell(self, script):
        """What SCRIPT prints where the parts have been read."""
        done = subprocess.run(
            ['bash', '-euo', 'pipefail', '-c',
             f'top={self.top}; die () {{ echo "died: $*"; exit 1; }}; '
             'say () { echo "$*"; }; '
             f'source {BUILD_AUX}/dev-host.sh; '
             f'source {BUILD_AUX}/dev-root.sh; {script}'],
            env={**os.environ, 'HOME': str(self.top), 'XDG_CACHE_HOME': '',
                 'PATH': f'{self.programs}:{os.environ["PATH"]}'},
            capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, '')
        return done.stdout

    def key(self):
        """The key of the root for the lists as they are."""
        return self.shell('echo "$root_key"')

    def test_what_is_missing_or_too_old_is_told(self):
        self.program('old', 'echo "old 1.3.9"')
        self.program('new', 'echo "new, version 1.10"')
        self.program('pkg-config', '[ "$2" != "gone >= 2" ]')
        self.list('needs', 'build',
                  '# why\nprogram old 1.4\nprogram new 1.4 # why\n'
                  'program absent-program\nlibrary gone 2\nlibrary here 2\n')
        self.assertEqual(self.shell('host_lacks build').split('\n'),
                         ['old ≥ 1.4', 'absent-program', 'gone ≥ 2', ''])

    def test_a_long_list_is_cut(self):
        self.assertEqual(self.shell('seq 3 | in_words'), '1, 2, 3\n')
        self.assertEqual(self.shell('seq 10 | in_words'),
                         '1, 2, 3, 4, 5, 6, 7, 8 and 2 more\n')

    def test_another_package_is_another_root(self):
        first = self.key()
        self.list('packages', 'bench', 'strace\n')
        self.assertNotEqual(self.key(), first)

    def test_a_comment_is_no_other_root(self):
        self.list('packages', 'run', 'b\na\n')
        first = self.key()
        self.list('packages', 'run', '# why\na # why\n\nb\n')
        self.assertEqual(self.key(), first)

    def test_a_root_without_its_lists_is_not_used(self):
        script = ('mkdir -p "$root"; root_has run && echo used; '
                  'echo run >"$root/.lists"; root_has run && echo whole; '
                  'root_has run bench || echo more')
        self.assertEqual(self.shell(script), 'whole\nmore\n')

    def test_the_mirror_is_the_hosts_own(self):
        self.program('apt-get', 'echo cdrom://disk/\n'
                     'echo "http://mirror.test/debian/ $*" | cut -d " " -f 1')
        self.assertEqual(
            self.shell('os_release () { echo debian; }; host_mirror'),
            'http://mirror.test/debian/\n')
        self.assertEqual(
            self.shell('os_release () { echo other; }; host_mirror'), '')

    def test_an_ordinary_user_is_told_the_one_line(self):
        self.assertEqual(
            self.shell('is_root () { false; }; '
                       'missing_tools () { printf "bubblewrap\\nuidmap\\n"; }; '
                       'command () { true; }; require_tools').split('\n')[1],
            '  sudo apt-get install bubblewrap uidmap')

    def test_ids_to_lend_follow_those_lent(self):
        output = self.shell(
            'is_root () { false; }; id () { echo nobody-here; }; '
            'cat () { echo a:100000:65536; echo b:165536:65536; }; '
            'require_lent_ids')
        self.assertIn('sudo usermod --add-subuids 231072-296607 '
                      '--add-subgids 231072-296607 nobody-here\n', output)


if __name__ == '__main__':
    tap.main()
