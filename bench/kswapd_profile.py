# SPDX-License-Identifier: GPL-2.0
"""What kswapd spends its instructions on, for bench/run --profile."""
import bisect
import collections
import functools
import pathlib
import re
import subprocess
import sys

from machine import BENCH, CACHE

# not in bin: that is what goes into the guests
PLUGIN = CACHE / "out" / "profile.so"
MOST = 20       # functions to show


def build():
    PLUGIN.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
                    "-o", PLUGIN, BENCH / "profile/plugin.c"], check=True)


@functools.cache
def symbols(image):
    """Addresses and names of the functions of a kernel."""
    path = pathlib.Path(image).parents[3] / "System.map"
    if not path.exists():
        sys.exit(f"profile: there is no {path}; --profile wants kernels in the trees in which they were built")
    found = sorted((int(address, 16), name) for address, kind, name in map(str.split, path.read_text().splitlines())
                   if kind in "tTwW")
    return [address for address, _ in found], [name for _, name in found]


@functools.cache
def bounds(image):
    """Where balance_pgdat() begins, and where kswapd goes on after it."""
    addresses, names = symbols(image)
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "--disassemble=kswapd",
                           pathlib.Path(image).parents[3] / "vmlinux"],
                          check=True, text=True, capture_output=True).stdout
    calls = re.findall(r"\bcall +\w+ <balance_pgdat>\n *(\w+):", code)
    if len(calls) != 1:
        sys.exit(f"profile: kswapd calls balance_pgdat() {len(calls)} times, not once")
    return f"0x{addresses[names.index('balance_pgdat')]:x}", f"0x{calls[0]}"


def plugin(image, out):
    """What vm/boot is to add."""
    enter, leave = bounds(image)
    return ["--plugin", f"{PLUGIN},enter={enter},leave={leave},to={out}/profile"]


def load(image, out):
    """Instructions of each function in kswapd's reclaim."""
    addresses, names = symbols(image)
    count = collections.Counter()
    for line in (out / "profile").read_text().splitlines():
        address, within, _ = line.split()
        where = bisect.bisect(addresses, int(address, 16)) - 1
        count[names[where] if where >= 0 else "user space"] += int(within)
    return count


def table(runs, pages):
    """runs: label -> kernel and directory of each run; pages: label -> how many were reclaimed.
    Lines: where the last label differs most from the first, per page."""
    labels = list(runs)
    per_page = {}
    for label in labels:
        spent = sum((load(*run) for run in runs[label]), collections.Counter())
        per_page[label] = collections.Counter({name: count / pages[label] for name, count in spent.items()})
    first, last = per_page[labels[0]], per_page[labels[-1]]
    yield "  instructions of kswapd per page reclaimed" + "".join(f"{label:>12}" for label in [*labels, "difference"])
    rows = [("all", {label: sum(counts.values()) for label, counts in per_page.items()})]
    names = sorted(set().union(*per_page.values()), key=lambda name: (-abs(last[name] - first[name]), name))
    rows += [(name, {label: counts[name] for label, counts in per_page.items()}) for name in names[:MOST]]
    for name, row in rows:
        yield f"  {name:41}" + "".join(f"{row[label]:12.1f}" for label in labels) + \
            f"{row[labels[-1]] - row[labels[0]]:+12.1f}"
