# SPDX-License-Identifier: GPL-2.0
"""What the raw results of the laboratory say, for laboratory-report and plot-laboratory.

A Run is one file.  A Cell is all runs of a cell of a scenario on a system.  Its counts are
sums of the runs, its latencies come from one histogram of all, its throughput is bytes by time.

A program is one of these: a neighbour (flow, backup); a helper, which a system of systems.ini or
a line "only" of a plan starts to do its work; a program that measures (held); or else a worker,
which is what matters.  An owner is a cgroup with a worker, except the root.  What an owner lost
since the mark "begin" are its refaults of the page cache.  If its memory is anonymous, they are
its major faults, as a swap-in from zram bypasses the swap cache.
"""
import functools
import getopt
import json
import math

from machine import BENCH, DEFAULT_BASE, lines_of, spread
from scenario import LRU_NAMES as LRUS, read_scenarios, read_systems

RESULTS = BENCH / "results" / "laboratory"
ROLES = {"flow": "neighbours", "advised": "neighbours", "backup": "neighbours", "nightly": "neighbours",
         "held": "measuring", "visits": "measuring"}
PAGE, MIB = 4096, 2**20
TICK_MS = 4             # CONFIG_HZ=250
PERCENTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


def age_error(shown, truth):
    """In % of the truth, above 0 if too old; up to a tick is none."""
    return 0 if abs(shown - truth) <= TICK_MS else 100 * (shown - truth) / truth


def columns():
    """Where it was run: the LRU, and the base if that is not the default."""
    bases = dict.fromkeys(system["base"] for system in read_systems().values() if "base" in system)
    return {**LRUS, **{f"{lru}-{base}": f"{name}, Linux {base}" for base in bases for lru, name in LRUS.items()}}


COLUMNS = columns()


def parse_size(text):
    """In pages, as parse_size() of programs/common.h has it in bytes."""
    units = {"K": 2**10, "M": MIB, "G": 2**30}
    return int(text.rstrip("KMG")) * units.get(text[-1], 1) // PAGE


@functools.cache
def helpers():
    """The commands that systems start."""
    lines = [line.split() for system in read_systems().values()
             for key in ("boot", "protect") for line in lines_of(system.get(key, ""))]
    lines += [line.split()[2:] for scenario in read_scenarios().values()
              for line in lines_of(scenario.get("plan", "")) if line.startswith("only ")]
    return {words[3] for words in lines if words[0] == "start"}


class Program:
    """What the plan says of a program, and what it printed."""
    def __init__(self, words, started, results):
        _, self.name, self.cgroup, self.command, *arguments = words
        self.started = started          # in what line of the plan
        self.role = ROLES.get(self.command) or ("reclaim" if self.command in helpers() else "workers")
        self.options = {}
        if self.command == "use":
            self.options = dict(getopt.getopt(arguments, "a:f:s:c:Reo:z:p:n:g:k:")[0])
        vars(self).update(results)      # status, cpu_us, killed_ms, figures, histograms, rows

    def pages_in(self, number):
        """How large the set is in a round (-s, -g)."""
        sizes = [(1, self.options["-s"])]
        sizes += [item.split(":") for item in self.options.get("-g", "").split(",") if item]
        return [parse_size(size) for first, size in sizes if int(first) <= number][-1]


class Run:
    def __init__(self, path):
        self.data = json.loads(path.read_text())
        self.path = path
        self.scenario, self.cell, self.system = (self.data[key] for key in ("scenario", "cell", "system"))
        self.lru = self.data["kernel"]["lru"]
        if (base := self.data["kernel"].get("base", DEFAULT_BASE)) != DEFAULT_BASE:
            self.lru += f"-{base}"
        self.plan = [line.split() for line in self.data["plan"]]
        self.columns = {name: n for n, name in enumerate(self.data["columns"])}
        self.begin = self.plan.index(["mark", "begin"])
        self.programs = [Program(words, n, self.data["programs"][words[1]])
                         for n, words in enumerate(self.plan) if words[0] == "start"]
        for program in self.programs:
            program.over = ["wait", program.name] in self.plan[:self.begin]
        self.owners, self.neighbours = self.cgroups("workers"), self.cgroups("neighbours")

    def cgroups(self, role):
        return list(dict.fromkeys(program.cgroup for program in self.programs
                                  if program.cgroup != "/" and program.role == role))

    def delta(self, cgroup, column):
        begin, end = (self.data["marks"][label][cgroup][self.columns[column]]
                      for label in ("begin", "end"))
        return (end or 0) - (begin or 0)

    def ms(self):
        return self.data["machine"]["end"]["ms"] - self.data["machine"]["begin"]["ms"]

    def series(self, cgroup, column):
        """[(seconds since the mark "begin", value)]"""
        begin = self.data["machine"]["begin"]["ms"]
        return [((row[0] - begin) / 1000, row[self.columns[column]])
                for row in self.data["samples"].get(cgroup, [])]

    def lost(self, cgroup):
        anon = any(program.options.get("-a") == "anon" for program in self.programs
                   if program.cgroup == cgroup)
        if anon:
            return self.delta(cgroup, "majfault")
        return self.delta(cgroup, "refault_file") + self.delta(cgroup, "refault_anon")

    def loaded_ms(self):
        """From the start of the first program to the mark "begin", about."""
        took = [program.rows["round"][0][2] for program in self.programs
                if program.started < self.begin and program.rows.get("round")]
        return max(took, default=0) + sum(int(words[1]) for words in self.plan[:self.begin]
                                          if words[0] == "sleep")

    def everything(self, cgroup):
        """Pages that would have been lost if every round had found nothing."""
        total = 0
        for program in self.programs:
            if program.cgroup != cgroup or program.command != "use" or program.over:
                continue
            since = self.loaded_ms() if program.started < self.begin else 0
            total += sum(program.pages_in(number) for number, start, *_ in program.rows.get("round", [])
                         if start >= since)
        return total

    def interval_ms(self, cgroup):
        """The interval of the cgroup; None: it has none."""
        for words in self.plan:
            if words[:2] == ["write", f"{cgroup}/memory.ws_access_ms"]:
                return int(words[2])
        return None

    def cpu_ms(self, whose):
        """whose: "workers", "neighbours", "reclaim": that is helpers and kernel threads."""
        machine = self.data["machine"]
        roles = {f"{program.name}_us": program.role for program in self.programs}
        return sum(us - machine["begin"].get(name, 0) for name, us in machine["end"].items()
                   if name.endswith("_us") and roles.get(name, "reclaim") == whose) / 1000

    def killed(self):
        """[(program, seconds since it all began)]"""
        return [(program.name, program.killed_ms / 1000) for program in self.programs
                if program.status == "killed"]


class Cell:
    def __init__(self, runs):
        self.runs = runs
        self.scenario, self.cell, self.system, self.lru = (
            getattr(runs[0], key) for key in ("scenario", "cell", "system", "lru"))
        self.kind = self.system.removesuffix(f"-{self.lru}")    # "ours", "vanilla", ...
        self.owners, self.neighbours = runs[0].owners, runs[0].neighbours
        self.killed = [kill for run in runs for kill in run.killed()]

    def total(self, measure, *arguments):
        return sum(getattr(run, measure)(*arguments) for run in self.runs)

    def lost(self, cgroups=None):
        return sum(self.total("lost", cgroup) for cgroup in cgroups or self.owners)

    def lost_error(self, cgroups=None):
        """The standard error of lost(), which is a sum; None for a single run."""
        values = [sum(run.lost(cgroup) for cgroup in cgroups or self.owners) for run in self.runs]
        return math.sqrt(len(values)) * spread(values) if len(values) > 1 else None

    def everything(self, cgroups=None):
        return sum(self.total("everything", cgroup) for cgroup in cgroups or self.owners)

    def delta(self, cgroups, column):
        return sum(self.total("delta", cgroup, column) for cgroup in cgroups)

    def histogram(self):
        """All latencies of workers that measure some after the mark: [(ns, count)], and the longest."""
        counts, longest = {}, 0
        for program in [program for program in self.programs("workers") if not program.over]:
            for name, rows in program.histograms.items():
                longest = max(longest, program.figures[f"{name}_max_ns"])
                for low, count in rows:
                    counts[low] = counts.get(low, 0) + count
        return sorted(counts.items()), longest

    def programs(self, role):
        return [program for run in self.runs for program in run.programs if program.role == role]

    def latencies(self):
        """{"p50": ns, ..., "max": ns}; {} if nobody measured them."""
        counts, longest = self.histogram()
        total = sum(count for _, count in counts)
        if not total:
            return {}
        result, seen, wanted = {}, 0, dict(PERCENTILES)
        for low, count in counts:
            seen += count
            for name in [name for name, part in wanted.items() if seen >= math.ceil(part * total)]:
                result[name] = low
                del wanted[name]
        return {**result, "max": longest}

    def times(self):
        """Figures that workers print themselves: [(program, name that ends in _ms or _ns, value)]"""
        return [(program.name, name, value) for program in self.programs("workers")
                for name, value in program.figures.items()
                if name[-3:] in ("_ms", "_ns") and not name.endswith("_max_ns")]

    def throughput(self):
        """Of the neighbours, in MB/s; None if there is none that tells."""
        flows = [program.figures for program in self.programs("neighbours")
                 if program.figures.get("ms")]
        return sum(f["bytes"] for f in flows) / sum(f["ms"] for f in flows) / 1000 if flows else None

    def held(self):
        """[(seconds since the last use, MiB)], of the first run."""
        return [(ms / 1000, kb / 1024) for ms, kb in self.programs("workers")[0].rows.get("hold", [])]

    def given_back(self):
        """Seconds from the last use until less than a tenth of the set is left; None: never."""
        size = self.programs("workers")[0].pages_in(1) * PAGE / MIB
        for seconds, mib in self.held():
            if mib < size / 10:
                return seconds
        return None


def order_of(names, name):
    """Those that the ini files do not name are of an older state of them."""
    if name not in names:
        raise SystemExit(f"laboratory: the ini files know no {name}: remove its runs, or make them again")
    return list(names).index(name)


def load(directory):
    """{scenario: {cell: {system: Cell}}}, all in the order of the ini files."""
    systems, scenarios = read_systems(), read_scenarios()
    runs = {}
    for path in sorted(directory.glob("*/*/*.json")):
        run = Run(path)
        runs.setdefault((run.scenario, run.cell, run.system), []).append(run)
    if not runs:
        raise SystemExit(f"laboratory: no runs in {directory}; bench/run --compare --keep makes them")
    result = {}
    for name, cell, system in sorted(runs, key=lambda key: (
            order_of(scenarios, key[0]),
            order_of([line.split()[0] for line in lines_of(scenarios[key[0]].get("cells", "base"))], key[1]),
            order_of(systems, key[2]))):
        result.setdefault(name, {}).setdefault(cell, {})[system] = Cell(runs[name, cell, system])
    return result
