# SPDX-License-Identifier: GPL-2.0
"""What the scenario "guest" says of a guest that gives memory back, for laboratory-report,
plot-laboratory and run-guest.

held     MiB that the host has for the guest, to the page
cold     MiB that the build's cgroup has when the build is done; nobody uses them again
missed   pages of the set that were not in memory when a round was to use them.  They are counted
         page by page before each round, as drop_caches leaves nothing that could refault
trimmed  pages by which the cgroups have shrunk from the end of the build to the end of the run,
         plus what was missed on the way
"""
import re
import statistics

from laboratory import MIB, PAGE
from machine import BENCH

T = 30                          # s: what is not used for so long is to go
SECONDS = 600                   # without pressure
SET, BUILD = "ws", "build"
GUIDE = BENCH.parent / "Documentation-admin-guide/mm/lruvec_age_guests.rst"
SHOWN = {       # in the guide, of the cell "read"
    "vanilla-mglru": "reporting alone", "ours-classic": "wstrim, classic LRU", "ours-mglru": "wstrim, MGLRU",
    "drop-caches-mglru": "drop_caches every 2 min", "drop-caches-idle-mglru": "the same, if idle",
    "agent-mglru": "lru_gen debugfs", "senpai-reclaim-classic": "as senpai, classic LRU",
    "senpai-reclaim-mglru": "as senpai, MGLRU", "pageout-classic": "DAMOS, classic LRU",
    "pageout-mglru": "DAMOS, MGLRU"}


def held(run):
    """[(seconds since the build was done, MiB on the host, MiB that the guest does not say are free)]"""
    said, answers = run.data["programs"]["held"], run.data["held"]
    rows = said["rows"]["held"]
    if len(rows) != len(answers):
        raise SystemExit(f"laboratory: {run.path}: {len(rows)} questions, {len(answers)} answers")
    began = run.ms() - said["figures"]["ms"]
    return [((began + ms) / 1000, answer / MIB, memory(run) - free_kb / 1024)
            for (ms, _, free_kb), answer in zip(rows, answers)]


def memory(run):
    """MiB of the machine."""
    words = run.data["command"].split()
    return int(words[words.index("--mem") + 1].removesuffix("M"))


def at(run, second):
    """MiB held then; in the end, if that is earlier."""
    return next((mib for when, mib, _ in held(run) if when >= second), held(run)[-1][1])


def mean_held(run):
    return statistics.mean(mib for when, mib, _ in held(run) if 0 <= when < SECONDS)


def current(run, cgroup, label="begin"):
    return run.data["marks"][label][cgroup][run.columns["current"]]


def back_after(run):
    """Seconds until 90 % of what is cold is back on the host; None: never."""
    goal = at(run, 0) - 0.9 * current(run, BUILD) / MIB
    return next((when for when, mib, _ in held(run) if when >= 0 and mib <= goal), None)


def missed(run):
    program = next(program for program in run.programs if program.name == SET)
    rounds, period = program.rows["round"], int(program.options["-p"])
    first = len(rounds) - run.ms() // period        # of those since the build was done
    return sum(program.pages_in(number) - kib * 1024 // PAGE for number, _, _, kib in rounds if number > first)


def trimmed(run):
    less = sum(current(run, cgroup) - current(run, cgroup, "end") for cgroup in (SET, BUILD))
    return max(less, 0) // PAGE + missed(run)


def loses_little(run):
    return missed(run) <= 0.01 * trimmed(run)


def table(cells):
    """Head and rows, by system."""
    head = ["", f"after {T} s", f"{2.5 * T + 10:.0f} s", f"{SECONDS} s", "mean", "90 % back", "missed",
            "of what went", "p99, ns", "CPU, ms"]
    rows = []
    for system, cell in cells.items():
        run = cell.runs[0]
        took, went = back_after(run), trimmed(run)
        rows.append([system, *(f"{at(run, when):.0f}" for when in (T, 2.5 * T + 10, SECONDS)),
                     f"{mean_held(run):.0f}", f"{took:.0f} s" if took is not None else "never",
                     f"{missed(run):,}", f"{100 * missed(run) / went:.1f} %" if went else "–",
                     f"{cell.latencies()['p99']:,}", f"{run.cpu_ms('reclaim'):.0f}"])
    return head, rows


def lines(cells, names):
    """The same as text, of the systems that have a name there, in that order."""
    head, rows = table({system: cells[system] for system in names})
    rows = [head, *([names[system], *figures] for system, *figures in rows)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]


def guide(cells):
    """The text of the administrator's guide with these figures."""
    text = "\n".join(f"    {line}".rstrip() for line in lines(cells, SHOWN))
    return re.sub(r"(?<=\.\. begin figures\n).*?(?=\n\.\. end\n)", lambda _: f"\n::\n\n{text}\n",
                  GUIDE.read_text(), count=1, flags=re.S)
