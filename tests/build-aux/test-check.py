#!/usr/bin/env python3
# test-check.py: build-aux/check.py finds what is wrong, and nothing else
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: test-check.py CHECK"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

CHECK = sys.argv[1]

TABLE = """\
folders = [
  # folder     may include   libraries
  ['base',     [],           ['glib']],
  ['server/store', ['base'], ['glib',
                              'sqlite']],
]
programs = [
  ['thing', 'server/store'],
]
"""

CLEAN = """\
/* km-id.c: "{" in a comment
{
 */
#include "km-id.h"

#include <glib.h>
#include <sys/random.h>

struct _KmId
{
  int a;
};

static void
nothing (void)
{
}
"""


class Tree(unittest.TestCase):
    """A small project, with one thing changed in each case."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.tree = pathlib.Path(scratch.name)
        self.write('src/meson.build', TABLE)
        self.write('src/base/km-id.h', '#pragma once\n')
        self.write('src/base/km-id.c', CLEAN)
        self.write('src/server/store/km-store.h', '#include <sqlite3.h>\n')
        self.write('src/server/store/parts/km-part.c',
                   '#include "km-store.h"\n#include "km-id.h"\n')
        self.write('src/server/main.c', '#include "km-store.h"\n')

    def write(self, name, text):
        """Makes a file of the tree."""
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def check(self, tree=None):
        """The status and output of the checks."""
        done = subprocess.run([sys.executable, CHECK, tree or self.tree],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, '')
        return done.returncode, done.stdout

    def assert_found(self, words, count=1):
        """One thing is wrong, and it is told in WORDS."""
        status, output = self.check()
        self.assertIn(words, output)
        self.assertIn(f'{count} found\n', output)
        self.assertEqual(status, 1)

    def test_a_clean_tree_passes(self):
        status, output = self.check()
        self.assertIn('nothing found\n', output)
        self.assertEqual(status, 0)

    def test_a_folder_the_line_does_not_name(self):
        self.write('src/base/km-bad.c', '\n#include "km-store.h"\n')
        self.assert_found('src/base/km-bad.c:2: base may not include '
                          'server/store (km-store.h)')

    def test_own_header_in_angle_brackets(self):
        self.write('src/base/km-bad.c', '#include <km-store.h>\n')
        self.assert_found('base may not include server/store')

    def test_a_library_the_line_does_not_name(self):
        self.write('src/base/km-bad.c', '#include <sqlite3.h>\n')
        self.assert_found('base may not include <sqlite3.h>')

    def test_a_library_the_table_does_not_know(self):
        self.write('src/base/km-bad.c', '#include <curl/curl.h>\n')
        self.assert_found('<curl/curl.h> belongs to no library')

    def test_a_main_file_obeys_its_folder(self):
        self.write('src/server/main.c', '#include <gtk/gtk.h>\n')
        self.assert_found('src/server/main.c:1: server/store may not include')

    def test_a_way_out_of_the_folder(self):
        self.write('src/base/km-bad.c',
                   '#include "../server/store/km-store.h"\n')
        self.assert_found('src/base/km-bad.c:1: includes '
                          '"../server/store/km-store.h"')

    def test_a_way_out_of_the_tests(self):
        self.write('tests/base/test-id.c', '#include "../../src/base/km-id.h"')
        self.assert_found('tests/base/test-id.c:1: includes')

    def test_an_include_in_a_comment_is_none(self):
        self.write('src/base/km-good.c', '/*\n#include "../a.h"\n*/\n')
        self.assertEqual(self.check()[0], 0)

    def test_two_headers_of_one_name(self):
        self.write('src/server/store/km-id.h', '#pragma once\n')
        self.assert_found('has the same name')

    def test_a_folder_outside_the_table(self):
        self.write('src/other/km-other.c', '#include <glib.h>\n')
        self.assert_found('is not in the table')

    def test_long_functions(self):
        def function(name, lines):
            return f'void\n{name} (int a,\n  int b)\n{{\n' \
                + '  a;\n' * (lines - 2) + '}\n\n'
        self.write('src/base/km-long.c',
                   function('fits', 80) + function('too_long', 81))
        self.assert_found('src/base/km-long.c:88: too_long() has 81 lines')

    def test_long_files(self):
        self.write('src/base/km-fits.c', '\n' * 800)
        self.write('src/base/km-long.c', '\n' * 801)
        self.assert_found('src/base/km-long.c: 801 lines, over 800')

    def test_missing_and_uncertain_translations(self):
        self.write('src/base/km-text.c', '_("said") _("un\\nsaid") _("unsure")')
        self.write('po/POTFILES', 'src/base/km-text.c\n')
        self.write('po/zh_CN.po', 'msgid ""\nmsgstr "Content-Type: '
                   'text/plain; charset=UTF-8\\n"\n\n'
                   'msgid "said"\nmsgstr "说"\n\n'
                   '#, fuzzy\nmsgid "unsure"\nmsgstr "吗"\n')
        self.assert_found('po/zh_CN.po: translation missing: "un\\nsaid"', 2)
        self.assert_found('po/zh_CN.po: translation uncertain: "unsure"', 2)

    def test_texts_of_a_file_that_is_not_translated(self):
        self.write('src/base/km-text.c', '_("said")')
        self.write('po/POTFILES', 'src/base/km-id.c\n')
        self.assert_found('src/base/km-text.c: po/POTFILES does not name it')

    def test_a_shell_script_that_shellcheck_dislikes(self):
        self.write('build-aux/tool', '#!/bin/sh\necho $1\n')
        self.assert_found('build-aux/tool:2')


if __name__ == '__main__':
    tap.main()
