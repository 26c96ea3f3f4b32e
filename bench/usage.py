# SPDX-License-Identifier: GPL-2.0
"""--help, for scripts that have no argparse, or that import what may not be installed."""
import sys


def answer(doc):
    """Print what the script says of itself, and end, if that is what was asked for."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(doc.strip())
        sys.exit()
