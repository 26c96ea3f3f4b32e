#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""usage: selftests/kcsan_races.py CONSOLE

Which of the data races that KCSAN reports are ours?

Prints their titles, each once. Those of the base are told apart by the functions.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("mm/lruvec_age.c", "mm/lruvec_age_kunit.h", "mm/ws_access.c", "mm/ws_access_kunit.h",
         "include-linux/lruvec_age.h", "include-linux/ws_access.h")


def our_functions():
    """Their names: of our files, and of what the hooks add."""
    text = "".join((ROOT / file).read_text() for file in FILES)
    for patch in sorted((ROOT / "patches").glob("*/*.patch")):
        text += "".join(line[1:] for line in patch.read_text().splitlines(True) if line.startswith("+"))
    return set(re.findall(r"^(?:static |inline |noinline |\w+ )*?[\w *]+?[ *](\w+)\((?:struct|unsigned|enum|int|long|void|"
                          r"pg_data_t|u64|const|char|bool)", text, re.M))


OURS = re.compile(r"BUG: KCSAN: .*\b(" + "|".join(sorted(our_functions())) + r")\b.*")


def our_races(console):
    """The titles of our races in lines of a console."""
    return sorted(set(line[line.index("BUG"):] for line in console if OURS.search(line)))


if __name__ == "__main__":
    if sys.argv[1:] in (["-h"], ["--help"]):
        sys.exit(print(__doc__))
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for title in our_races(Path(sys.argv[1]).read_text(errors="replace").splitlines()):
        print(title)
