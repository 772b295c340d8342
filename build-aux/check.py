#!/usr/bin/env python3
# check.py: what no compiler sees: arrows, sizes, translations, shell scripts
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: check.py TREE

Prints what is wrong in TREE, one line each, then a few figures; exits 1 if
anything was. Who may include whom is read from the table in src/meson.build.
"""

import ast
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

MOST_LINES_OF_FILE = 800
MOST_LINES_OF_FUNCTION = 80
MOST_COLUMNS = 80

# The library of the table that a system header belongs to.
LIBRARY_HEADERS = [
    ('glib', r'glib(-object|-unix|/.*)?(\.h)?$|gmodule\.h$'),
    ('gio', r'gio/'),
    ('json', r'json-glib/'),
    ('soup', r'libsoup/'),
    ('gnutls', r'gnutls/'),
    ('sqlite', r'sqlite3(ext)?\.h$'),
    ('sodium', r'sodium(/|\.h$)'),
    ('secret', r'libsecret/'),
    ('icu', r'unicode/'),
    ('gst', r'gst/'),
    ('qrencode', r'qrencode\.h$'),
    ('portal', r'libportal(-gtk4)?/'),
    ('gtk', r'(gtk|gdk|gsk|pango|gdk-pixbuf)/|(cairo.*|graphene.*)\.h$'),
    ('adwaita', r'adwaita\.h$'),
]

# C's, POSIX's and Linux's own headers are free.
FREE_HEADERS = re.compile(
    r'(sys|netinet|arpa|net|linux|asm|bits)/|(' + '|'.join('''
    aio alloca assert byteswap complex cpio ctype dirent dlfcn endian err errno
    execinfo fcntl features fenv float fnmatch ftw getopt glob grp iconv
    ifaddrs inttypes iso646 langinfo libgen limits locale malloc math mqueue
    netdb nl_types paths poll pthread pty pwd regex sched search semaphore
    setjmp signal spawn stdalign stdarg stdatomic stdbit stdbool stdckdint
    stddef stdint stdio stdlib stdnoreturn string strings stropts syslog
    termios tgmath threads time uchar unistd utime utmpx wait wchar wctype
    wordexp'''.split()) + r')\.h$')

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
NOT_SOURCE = {'.git', '_build', 'build', 'subprojects', '__pycache__'}


class Table:
    """The table of folders and libraries in src/meson.build."""

    def __init__(self, text):
        rows = self._list(text, 'folders')
        self.uses = {row[0]: set(row[1]) for row in rows}
        self.libraries = {row[0]: set(row[2]) for row in rows}
        self.folder_of_main = {
            ('server' if folder.startswith('server') else folder) + '/main.c':
            folder for _, folder in self._list(text, 'programs')}

    @staticmethod
    def _list(text, name):
        start = re.search(rf'^{name} = (\[)', text, re.MULTILINE)
        if start is None:
            return []
        end = text.index('\n]', start.end())
        return ast.literal_eval(text[start.start(1):end + 2])

    def folder_of(self, path):
        """The row that PATH, relative to src, belongs to, or None."""
        if path.as_posix() in self.folder_of_main:
            return self.folder_of_main[path.as_posix()]
        for parent in path.parents:
            if parent.as_posix() in self.uses:
                return parent.as_posix()
        return None


def blank(match):
    """What MATCH matched, without anything but its line breaks."""
    return re.sub(r'[^\n]', ' ', match.group(0))


def without_comments(text):
    """TEXT with comments blanked; strings and lines stay where they are."""
    pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
                         r'|/\*.*?\*/|//[^\n]*', re.DOTALL)
    return pattern.sub(
        lambda m: blank(m) if m.group(0)[0] == '/' else m.group(0), text)


def functions(text):
    """Yields (line number, name, lines) of each function in TEXT.

    A function's body goes from a `{` to a `}`, both in column 0; what stands
    before the `{` ends with the `)` of its parameters. A `{` that follows them
    on their own line counts too.
    """
    lines = without_comments(text).split('\n')
    head = 0
    number = 0
    while number < len(lines):
        if re.match(r'\{|\w.*\)\s*\{\s*$', lines[number]):
            before = '\n'.join(lines[head:number + 1])
            before = before[:before.rindex('{')].rstrip()
            end = number
            while end + 1 < len(lines) and not lines[end].startswith('}'):
                end += 1
            if before.endswith(')') and '#define' not in before:
                name = re.search(r'(\w+)\s*\(', before.split('\n\n')[-1])
                yield (number + 1, name.group(1) if name else '?',
                       end - number + 1)
            head = number = end + 1
        else:
            number += 1


class Check:
    """Looks at one tree and collects what is wrong."""

    def __init__(self, tree):
        self.tree = tree
        self.found = []
        self.files = sorted(self._files())
        self.texts = {path: path.read_text(encoding='utf-8', errors='replace')
                      for path in self.files if path.suffix in ('.c', '.h')}

    def _files(self):
        for folder, names, files in os.walk(self.tree):
            names[:] = [name for name in names if name not in NOT_SOURCE]
            for name in files:
                yield pathlib.Path(folder, name)

    def say(self, path, words, line=None):
        """Remembers that something is wrong with PATH."""
        where = path.relative_to(self.tree).as_posix()
        if line is not None:
            where += f':{line}'
        self.found.append(f'{where}: {words}')

    def includes(self):
        """Every include goes along an arrow of the table."""
        source = self.tree / 'src'
        table = Table((source / 'meson.build').read_text(encoding='utf-8'))
        home = {}
        for path in self.texts:
            if path.suffix != '.h':
                continue
            if path.name in home:
                other = home[path.name].relative_to(self.tree)
                self.say(path, f'{other} has the same name')
            else:
                home[path.name] = path
        for path, text in self.texts.items():
            for match in INCLUDE.finditer(without_comments(text)):
                line = text.count('\n', 0, match.start(2)) + 1
                self._include(path, line, match, table, home)

    def _include(self, path, line, match, table, home):
        quote, header = match.groups()
        source = self.tree / 'src'
        if header.startswith('../') or '/../' in header:
            self.say(path, f'includes "{header}": name the header alone', line)
            return
        if source not in path.parents:
            return
        folder = table.folder_of(path.relative_to(source))
        if folder is None:
            self.say(path, 'its folder is not in the table of src/meson.build')
            return
        if quote == '"' and '/' in header:
            self.say(path, f'includes "{header}": name the header alone', line)
        elif header in home and source in home[header].parents:
            other = table.folder_of(home[header].relative_to(source))
            if other not in table.uses[folder] | {folder}:
                self.say(path, f'{folder} may not include {other} ({header})',
                         line)
        elif quote == '<':
            self._library(path, line, folder, header, table)

    def _library(self, path, line, folder, header, table):
        for library, pattern in LIBRARY_HEADERS:
            if re.match(pattern, header):
                if library not in table.libraries[folder]:
                    self.say(path, f'{folder} may not include <{header}>: its '
                             f'line names no {library}', line)
                return
        if not FREE_HEADERS.match(header):
            self.say(path, f'<{header}> belongs to no library of the table',
                     line)

    def sizes(self):
        """Files and functions that have grown too large; returns figures."""
        files, bodies, wide = [], [], 0
        for path, text in self.texts.items():
            lines = text.count('\n')
            in_source = self.tree / 'src' in path.parents
            if lines > MOST_LINES_OF_FILE:
                self.say(path, f'{lines} lines, over {MOST_LINES_OF_FILE}')
            if in_source and path.suffix == '.c':
                files.append(lines)
            for line, name, length in functions(text):
                if in_source:
                    bodies.append(length)
                if length > MOST_LINES_OF_FUNCTION:
                    self.say(path, f'{name}() has {length} lines, over '
                             f'{MOST_LINES_OF_FUNCTION}', line)
            if in_source:
                wide += sum(len(line) > MOST_COLUMNS
                            for line in text.split('\n'))
        return [figures('lines of a .c file in src', files),
                figures('lines of a function in src', bodies),
                f'lines over {MOST_COLUMNS} columns in src: {wide}']

    def translations(self):
        """Every text of the program is translated, in each language."""
        folder = self.tree / 'po'
        if not folder.is_dir():
            return
        with tempfile.TemporaryDirectory() as scratch:
            template = pathlib.Path(scratch, 'fresh.pot')
            potfiles = [name for name in ('POTFILES', 'POTFILES.in')
                        if (folder / name).exists()]
            if not potfiles:
                self.say(folder, 'there is no POTFILES')
                return
            self._untold(folder / potfiles[0])
            self._run(folder, ['xgettext', '--from-code=UTF-8',
                               f'--directory={self.tree}',
                               f'--files-from={folder / potfiles[0]}',
                               f'--output={template}', *XGETTEXT_OPTIONS])
            for path in sorted(folder.glob('*.po')):
                if template.exists():
                    self._translation(path, template, scratch)

    def _untold(self, potfiles):
        """Files with texts to translate that POTFILES doesn't name."""
        told = set(potfiles.read_text(encoding='utf-8').split())
        for path in self.files:
            if (self.tree / 'src' not in path.parents
                    or path.suffix not in ('.c', '.h', '.blp')
                    or path.relative_to(self.tree).as_posix() in told):
                continue
            text = path.read_text(encoding='utf-8', errors='replace')
            if TRANSLATED.search(without_comments(text)):
                self.say(path, f'po/{potfiles.name} does not name it')

    def _translation(self, path, template, scratch):
        merged = pathlib.Path(scratch, path.name)
        self._run(path, ['msgmerge', '--quiet', '--no-fuzzy-matching',
                         f'--output-file={merged}', str(path),
                         str(template)])
        for kind in ('untranslated', 'only-fuzzy'):
            output = self._run(path, ['msgattrib', f'--{kind}', '--no-obsolete',
                                      '--no-wrap', str(merged)])
            word = 'missing' if kind == 'untranslated' else 'uncertain'
            for lines in re.findall(r'^msgid ((?:".*"\n)+)', output,
                                    re.MULTILINE):
                text = ''.join(re.findall(r'^"(.*)"$', lines, re.MULTILINE))
                if text:
                    self.say(path, f'translation {word}: "{text}"')

    def _run(self, path, command):
        """The output of COMMAND; that it failed is something wrong."""
        try:
            done = subprocess.run(command, capture_output=True, text=True,
                                  check=False)
        except FileNotFoundError:
            self.say(path, f'{command[0]} is not installed')
            return ''
        if done.returncode != 0:
            self.say(path, f'{command[0]}: {done.stderr.strip()}')
        return done.stdout

    def scripts(self):
        """What shellcheck dislikes."""
        scripts = [path for path in self.files if self._is_shell(path)]
        if not scripts:
            return
        names = [str(path.relative_to(self.tree)) for path in scripts]
        try:
            done = subprocess.run(
                ['shellcheck', '--external-sources', '--format=gcc', *names],
                cwd=self.tree, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            self.say(scripts[0], 'shellcheck is not installed')
            return
        self.found += done.stdout.splitlines() + done.stderr.splitlines()

    @staticmethod
    def _is_shell(path):
        if path.suffix == '.sh':
            return True
        if path.suffix or path.is_symlink():
            return False
        with path.open('rb') as file:
            return re.match(rb'#!.*\b(ba|da)?sh\b', file.readline(80)) is not None


TRANSLATED = re.compile(r'\b(N?C?_|g_dn?p?gettext2?|ngettext)\s*\(\s*"')

# The functions whose texts are translated; GLib's, as meson's preset has it.
XGETTEXT_OPTIONS = [
    '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2',
    '--keyword=g_dcgettext:2', '--keyword=g_dngettext:2,3',
    '--keyword=g_dpgettext2:2c,3', '--keyword=ngettext:1,2']


def figures(words, numbers):
    """One line with the median, ninth decile and most of NUMBERS."""
    if not numbers:
        return f'{words}: none'
    numbers = sorted(numbers)
    ninth = numbers[min(len(numbers) - 1, len(numbers) * 9 // 10)]
    return (f'{words}: {len(numbers)}, median {statistics.median(numbers):g}, '
            f'p90 {ninth}, most {numbers[-1]}')


def main():
    """Checks the tree that the command line names."""
    check = Check(pathlib.Path(sys.argv[1]).resolve())
    check.includes()
    lines = check.sizes()
    check.translations()
    check.scripts()
    for line in check.found:
        print(line)
    for line in lines:
        print(line)
    print(f'{len(check.found)} found' if check.found else 'nothing found')
    return 1 if check.found else 0


if __name__ == '__main__':
    sys.exit(main())
