#!/usr/bin/env python3
# stand-in-manifest.py: the Flatpak's manifest for a runtime of our own making
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: stand-in-manifest.py MANIFEST TREE

Prints MANIFEST as it is built on a runtime made from a Debian root, which is
its own SDK and has every library already: only the program itself is left to
be built, from TREE. What the program may do in its sandbox stays as it is.
"""

import json
import sys


def for_stand_in(manifest, tree):
    """MANIFEST, a dictionary, with its last module alone, built from TREE."""
    program = dict(manifest['modules'][-1])
    program['sources'] = [{**source, 'path': tree}
                          for source in program['sources']]
    return {**manifest, 'sdk': manifest['runtime'], 'modules': [program]}


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        manifest = json.load(file)
    json.dump(for_stand_in(manifest, sys.argv[2]), sys.stdout, indent=2)


if __name__ == '__main__':
    main()
