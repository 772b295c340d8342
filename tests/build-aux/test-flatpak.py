#!/usr/bin/env python3
# test-flatpak.py: what the Flatpak may do, and where its parts come from
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: test-flatpak.py MANIFEST STAND-IN-MANIFEST-SCRIPT"""

import json
import pathlib
import re
import subprocess
import sys
import unittest

import tap

MANIFEST = pathlib.Path(sys.argv[1])
SCRIPT = pathlib.Path(sys.argv[2])

# Cameras, screens, secrets and files come through portals.
MAY = {
    '--share=ipc',
    '--share=network',
    '--socket=wayland',
    '--socket=fallback-x11',
    '--socket=pulseaudio',
    '--device=dri',
}


class Flatpak(unittest.TestCase):
    """The manifest, and the one for a runtime of our own making."""

    def setUp(self):
        self.manifest = json.loads(MANIFEST.read_text(encoding='utf-8'))
        done = subprocess.run(
            [sys.executable, SCRIPT, MANIFEST, '/a/tree'],
            capture_output=True, text=True, check=True)
        self.stand_in = json.loads(done.stdout)

    def test_the_sandbox_opens_for_nothing_else(self):
        self.assertEqual(set(self.manifest['finish-args']), MAY)

    def test_what_is_fetched_is_known_to_the_byte(self):
        sources = [source for module in self.manifest['modules'][:-1]
                   for source in module['sources']]
        self.assertEqual(len(sources), 5)
        for source in sources:
            self.assertTrue(source['url'].startswith('https://'), source)
            digits = {'archive': ('sha256', 64), 'git': ('commit', 40)}
            key, length = digits[source['type']]
            self.assertRegex(source[key], re.compile(rf'^[0-9a-f]{{{length}}}$'))

    def test_a_stand_in_changes_only_what_is_built(self):
        own = {'sdk', 'modules'}
        self.assertEqual(
            {key: self.stand_in[key] for key in self.stand_in if key not in own},
            {key: self.manifest[key] for key in self.manifest if key not in own})
        self.assertEqual(self.stand_in['sdk'], self.manifest['runtime'])

    def test_a_stand_in_builds_the_program_from_its_tree(self):
        program = self.manifest['modules'][-1]
        source = {**program['sources'][0], 'path': '/a/tree'}
        self.assertEqual(program['name'], 'kaimu')
        self.assertEqual(self.stand_in['modules'],
                         [{**program, 'sources': [source]}])


if __name__ == '__main__':
    tap.main()
