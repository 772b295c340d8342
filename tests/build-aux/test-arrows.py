#!/usr/bin/env python3
# test-arrows.py: the compiler sees no header that the table doesn't allow
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: test-arrows.py CHECK SOURCE BUILD

Asks the compiler, with the arguments of each folder's own files, which of the
project's headers it finds.
"""

import importlib.util
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

import tap

CHECK, SOURCE, BUILD = sys.argv[1:4]


def load_check():
    """build-aux/check.py as a module, for its reading of the table."""
    spec = importlib.util.spec_from_file_location('check', CHECK)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


class Arrows(unittest.TestCase):
    """Every folder that is built."""

    def setUp(self):
        source = pathlib.Path(SOURCE, 'src')
        self.table = load_check().Table(
            (source / 'meson.build').read_text(encoding='utf-8'))
        self.headers = {}
        for path in source.rglob('*.h'):
            folder = self.table.folder_of(path.relative_to(source))
            self.headers[path.name] = folder
        self.commands = {}
        commands = pathlib.Path(BUILD, 'compile_commands.json')
        for entry in json.loads(commands.read_text(encoding='utf-8')):
            path = pathlib.Path(entry['directory'], entry['file']).resolve()
            if path.is_relative_to(source) and path.name != 'main.c':
                folder = self.table.folder_of(path.relative_to(source))
                self.commands.setdefault(folder, entry)

    def compile(self, folder, text, *more):
        """Runs the compiler of FOLDER's files over TEXT."""
        entry = self.commands[folder]
        words = shlex.split(entry['command'])
        keep = [word for word in words[:-1]
                if not word.startswith(('-M', '-o', '-c'))
                and not word.endswith(('.o', '.o.d', '.c'))]
        with tempfile.NamedTemporaryFile('w', suffix='.c') as file:
            file.write(text)
            file.flush()
            return subprocess.run([*keep, *more, file.name],
                                  cwd=entry['directory'], capture_output=True,
                                  text=True, check=False)

    def test_every_folder_sees_what_its_line_names(self):
        self.assertIn('base', self.commands)
        asked = ''.join(f'#if __has_include("{name}")\nsees {name}\n#endif\n'
                        for name in self.headers)
        for folder in self.commands:
            done = self.compile(folder, asked, '-E', '-P', '-Wno-error')
            sees = {line.removeprefix('sees ').replace(' ', '')
                    for line in done.stdout.splitlines()
                    if line.startswith('sees ')}
            allowed = self.table.uses[folder] | {folder}
            self.assertEqual(
                {name: self.headers[name] for name in sees},
                {name: home for name, home in self.headers.items()
                 if home in allowed}, folder)

    def test_a_forbidden_include_does_not_compile(self):
        other = next(name for name, home in self.headers.items()
                     if home != 'base')
        own = next(name for name, home in self.headers.items()
                   if home == 'base')
        good = self.compile('base', f'#include "{own}"\n', '-fsyntax-only')
        self.assertEqual(good.returncode, 0, good.stderr)
        bad = self.compile('base', f'#include "{other}"\n', '-fsyntax-only')
        self.assertNotEqual(bad.returncode, 0)
        self.assertIn(f'{other}: No such file or directory', bad.stderr)


if __name__ == '__main__':
    tap.main()
