# SPDX-License-Identifier: GPL-2.0
"""The goals of the laboratory, as code: each figure against its limit, and what explains
those that miss it.  For laboratory-report.
"""
import collections
import fnmatch
import json
import math
import statistics

import laboratory_guest
import laboratory_many
from laboratory import COLUMNS, TICK_MS
from machine import BENCH, read_ini, spread

# By more than 5 per cent, and by more than this for each run
FLOORS = {"pages": 128, "ns": 100, "ns, longest": 1e6, "ms": None, "MB/s": 0, "kills": 0, "of the mean": 0.02}
MS_FLOOR = 0.002        # of the time that the run took
GOALS = {       # name: what has to be
    "lost-vanilla": "a set that fits: pages lost are at most 1 % of what the unpatched kernel loses, "
                    "where it loses at least 10 % of all",
    "lost-low": "a set that fits: no more pages lost than with exact `memory.low`",
    "throughput": "the neighbour keeps at least 97 % of its throughput",
    "idle": "idle memory is given back (less than 10 % is left) within 2 N",
    "real": "real programs: p99 is within 5 % of that of running alone",
    "real-low": "real programs: p99 is not above that with exact `memory.low`",
    "cost": "cost per page reclaimed, mean plus two standard errors: at most 0.1 % more without "
            "an interval, 1 % with one, 2 % at 1024 cgroups",
    "accuracy": "the age that is shown: p95 of its error is at most 12.5 % (classic LRU); it is at most a tick "
                "above the truth (MGLRU, where it is a lower bound)",
    "accuracy-half": "the age that is shown on MGLRU, where it is a lower bound: its median is at least half of the truth",
    "guest-back": "a guest: 90 % of its cold memory is back on the host within 2.5 T + 10 s, and at most 1 % of "
                  "what was trimmed is missed",
    "guest-latency": "a guest: p99 of its working set is within 5 % of that without trimming",
    "guest-held": "a guest: the host has fewer MiB for it, on average over ten minutes, than with any other system "
                  "that misses at most 1 %",
    "no-worse": "no measure is worse than the unpatched kernel's by more than 5 %",
}
MOST_BELOW = 50         # % of the truth, the median: a bound that is always 0 is 100 % too young
COST_PATHS = ("reclaim", "limit", "direct", "kswapd")
COST_LIMITS = {"unset": 0.1, "bystander": 1, "overdue": 1, "young": 1}
UNFIT = {"two": "its sets do not fit into the memory", "misuse": "its intervals are where they do not belong"}


def short(value):
    """Three digits; more only if there are that many before the point."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


# One figure against its limit: where is "scenario/cell/system", text the figures as words;
# of all that are met or all that are missed, the largest badness is shown first.  met is
# None if the figures differ too much to say.
class Check(collections.namedtuple("Check", "goal lru where text badness met")):
    @property
    def missed(self):
        return self.met is not None and not self.met

    @property
    def undecided(self):
        return self.met is None


def per_lru(cells):
    """The cells of one LRU and base, by kind: {"vanilla": Cell, "ours": Cell, ...}."""
    for lru in COLUMNS:
        yield lru, {cell.kind: cell for cell in cells.values() if cell.lru == lru}


def pairs(scenarios, other):
    """All (where, ours, other) that there are."""
    for scenario, cells in scenarios.items():
        for cell, systems in cells.items():
            for _, kinds in per_lru(systems):
                if "ours" in kinds and other in kinds:
                    yield f"{scenario}/{cell}/{kinds['ours'].system}", kinds["ours"], kinds[other]


def check_lost_vanilla(scenarios):
    for where, ours, vanilla in pairs(scenarios, "vanilla"):
        everything = vanilla.everything()
        if ours.scenario in UNFIT or not everything or vanilla.lost() < 0.1 * everything:
            continue
        percent = 100 * ours.lost() / vanilla.lost()
        yield Check("lost-vanilla", ours.lru, where, f"{ours.lost():,} of {vanilla.lost():,} pages, "
                    f"{short(percent)} %", percent, percent <= 1 and not ours.killed)


def check_lost_low(scenarios):
    for where, ours, low in pairs(scenarios, "low-exact"):
        if ours.scenario in UNFIT or not low.owners:
            continue
        more = ours.lost() - low.lost()
        yield Check("lost-low", ours.lru, where, f"{ours.lost():,} pages, memory.low {low.lost():,}",
                    more, not ours.killed and (more <= 0 or bool(low.killed)))


def check_throughput(scenarios):
    for where, ours, vanilla in pairs(scenarios, "vanilla"):
        if ours.throughput() and vanilla.throughput():
            percent = 100 * ours.throughput() / vanilla.throughput()
            yield Check("throughput", ours.lru, where, f"{percent:.2f} %", -percent, percent >= 97)


def check_idle(scenarios):
    for cells in scenarios.get("idle", {}).values():
        for lru, kinds in per_lru(cells):
            if "ours" not in kinds:
                continue
            ours = kinds["ours"]
            interval, took = ours.runs[0].interval_ms(ours.owners[0]) / 1000, ours.given_back()
            text = f"after {took:.1f} s" if took else f"not within {ours.held()[-1][0]:.0f} s"
            yield Check("idle", lru, f"idle/{ours.cell}/{ours.system}", f"{text}, N is {interval:.0f} s",
                        took or 1e9, bool(took) and took <= 2 * interval)


def check_real(scenarios):
    """Cells with one of the same name without a neighbour: "X-alone", or just "alone"."""
    for scenario, cells in scenarios.items():
        for cell, systems in cells.items():
            alone = cells.get(f"{cell}-alone", cells.get("alone", {}))
            for lru, kinds in per_lru(systems):
                then = alone.get(f"vanilla-{lru}")
                if "ours" not in kinds or not then or systems is alone:
                    continue
                was, now = (which.latencies()["p99"] for which in (then, kinds["ours"]))
                percent = 100 * (now / was - 1)
                yield Check("real", lru, f"{scenario}/{cell}/ours-{lru}",
                            f"{now / 1000:,.0f} µs, alone {was / 1000:,.0f} µs, {percent:+.1f} %",
                            percent, percent <= 5)


def check_real_low(scenarios):
    """In the scenarios that have such cells."""
    real = {name: cells for name, cells in scenarios.items() if any(cell.endswith("alone") for cell in cells)}
    for where, ours, low in pairs(real, "low-exact"):
        now, then = (cell.latencies()["p99"] for cell in (ours, low))
        yield Check("real-low", ours.lru, where, f"{now / 1000:,.0f} µs, memory.low {then / 1000:,.0f} µs",
                    now / then, now <= then)


def difference(values, base):
    """Of means, in per cent, and its standard error."""
    mean = statistics.mean(base)
    error = math.hypot(*(spread(v) / math.sqrt(len(v)) for v in (values, base)))
    return 100 * (statistics.mean(values) / mean - 1), 100 * error / mean


def decided(percent, error, limit):
    """A mean and its standard error against a limit: True if it is met, None if who knows."""
    if percent + 2 * error <= limit:
        return True
    return False if percent - 2 * error > limit else None


def check_difference(lru, where, values, base, limit):
    percent, error = difference(values, base)
    return Check("cost", lru, where, f"{percent:+.2f} ± {error:.2f} %, limit {limit} %", percent - limit,
                 decided(percent, error, limit))


def check_cost(directory):
    """Instructions per page reclaimed, of bench/run-cost."""
    path = directory / "cost.json"
    if not path.exists():
        return
    for lru, paths in json.loads(path.read_text())["instructions"].items():
        for name in COST_PATHS:
            for system, limit in COST_LIMITS.items():
                yield check_difference(lru, f"cost/{name}/{system}-{lru}", paths[name][system],
                                       paths[name]["vanilla"], limit)


def reclaim_costs(cell):
    """CPU time of the requests to reclaim, per page that was asked for, of each run."""
    for run in cell.runs:
        figures = [p.figures for p in run.programs if p.role == "workers" and p.figures.get("requested")]
        yield sum(f["reclaim_ns"] for f in figures) / sum(f["requested"] for f in figures)


def check_cost_many(scenarios):
    cells = scenarios.get("many", {})
    for cell in ("1024", "1024-unset"):
        for lru in COLUMNS:
            ours = cells.get(cell, {}).get(f"ours-{lru}")
            vanilla = cells.get("1024", {}).get(f"vanilla-{lru}")
            if ours and vanilla:
                yield check_difference(lru, f"many/{cell}/ours-{lru}", list(reclaim_costs(ours)),
                                       list(reclaim_costs(vanilla)), 2)


def check_guest(scenarios):
    for where, ours, vanilla in pairs({"guest": scenarios.get("guest", {})}, "vanilla"):
        run, limit = ours.runs[0], 2.5 * laboratory_guest.T + 10
        took, missed, went = (measure(run) for measure in (
            laboratory_guest.back_after, laboratory_guest.missed, laboratory_guest.trimmed))
        yield Check("guest-back", ours.lru, where, f"{f'after {took:.0f} s' if took is not None else 'never'}, "
                    f"{missed:,} of {went:,} pages missed", took if took is not None else 1e9,
                    took is not None and took <= limit and laboratory_guest.loses_little(run))
        now, was = (cell.latencies()["p99"] for cell in (ours, vanilla))
        yield Check("guest-latency", ours.lru, where, f"{now} ns, without {was} ns", now / was, now <= 1.05 * was)
        peers = {cell.system: laboratory_guest.mean_held(cell.runs[0])
                 for cell in scenarios["guest"][ours.cell].values()
                 if cell.lru == ours.lru and cell.kind != "ours" and laboratory_guest.loses_little(cell.runs[0])}
        best, least = min(peers, key=peers.get), laboratory_guest.mean_held(run)
        yield Check("guest-held", ours.lru, where, f"{least:.0f} MiB, {best} {peers[best]:.0f}",
                    least / peers[best], least < peers[best])


def check_accuracy(directory):
    """Of bench/run-accuracy."""
    path = directory / "accuracy.json"
    if not path.exists():
        return
    ages = json.loads(path.read_text())
    for pattern, found in ages["classic"].items():
        yield Check("accuracy", "classic", f"accuracy/{pattern}-classic", f"{found['p95']:.1f} %",
                    found["p95"], found["p95"] <= 12.5)
    for pattern, found in ages["mglru"].items():
        above = found["above_ms"]
        yield Check("accuracy", "mglru", f"accuracy/{pattern}-mglru", f"{above} ms too old",
                    above, above <= TICK_MS)
        below = found["below_p50"]
        yield Check("accuracy-half", "mglru", f"accuracy/{pattern}-mglru", f"{below:.0f} % too young",
                    below, below <= MOST_BELOW)


def measures(cell):
    """{what: (value, kind)} of everything that is recorded; less is better but for MB/s."""
    result = {"kills": (len(cell.killed), "kills")}
    for group, cgroups in (("owners", cell.owners), ("neighbours", cell.neighbours)):
        result[f"{group} lost"] = (cell.lost(cgroups) if cgroups else 0, "pages")
        result[f"{group} major faults"] = (cell.delta(cgroups, "majfault"), "pages")
        for column in ("some", "full"):
            result[f"{group} PSI {column}"] = (cell.delta(cgroups, f"psi_{column}_us") / 1000, "ms")
    if 1 < len(cell.owners) <= 4:
        result |= {f"{owner} lost": (cell.lost([owner]), "pages") for owner in cell.owners}
    result |= {f"{role} CPU": (cell.total("cpu_ms", role), "ms")
               for role in ("workers", "neighbours", "reclaim")}
    for program, name, value in cell.times():
        what = f"{program}: {name[:-3]}"
        result[what] = (result.get(what, (0,))[0] + value, name[-2:])
    result |= {f"latency {name}": (ns, "ns, longest" if name == "max" else "ns")
               for name, ns in cell.latencies().items()}
    if cell.scenario == "many":
        result |= laboratory_many.measures(cell)
    if cell.throughput():
        result["neighbours throughput"] = (cell.throughput(), "MB/s")
    return result


def is_worse(kind, ours, vanilla, cell):
    if kind == "MB/s":
        return ours < 0.95 * vanilla
    floor = MS_FLOOR * cell.total("ms") if kind == "ms" else FLOORS[kind]
    if kind == "pages":
        floor *= len(cell.runs)
    return ours > 1.05 * vanilla and ours - vanilla > floor


def check_no_worse(scenarios):
    for where, ours, vanilla in pairs(scenarios, "vanilla"):
        before = measures(vanilla)
        for name, (value, kind) in measures(ours).items():
            if name not in before:
                continue
            was = before[name][0]
            unit = kind.removesuffix(", longest") if kind != "kills" else ""
            yield Check("no-worse", ours.lru, f"{where} {name}",
                        f"{short(value)} {unit} instead of {short(was)}".replace("  ", " "),
                        value / was if was else 1e9, not is_worse(kind, value, was, vanilla))


CHECKS = [check_lost_vanilla, check_lost_low, check_throughput, check_idle, check_real, check_real_low, check_cost_many,
          check_guest, check_no_worse]
FILE_CHECKS = [check_cost, check_accuracy]      # of files beside the runs


def all_checks(scenarios, directory):
    """The directory has the files beside the runs."""
    return [check for make in CHECKS for check in make(scenarios)] + \
        [check for make in FILE_CHECKS for check in make(directory)]


class Explanations:
    """Sections of explained.ini: patterns of "GOAL WHERE", each with what there is to say."""
    def __init__(self):
        path = BENCH / "explained.ini"
        self.sections = read_ini(path) if path.exists() else {}
        self.needed = set()

    def of(self, check):
        for pattern, section in self.sections.items():
            if fnmatch.fnmatchcase(f"{check.goal} {check.where}", pattern):
                self.needed.add(pattern)
                return section["say"]
        return None

    def needless(self):
        return [pattern for pattern in self.sections if pattern not in self.needed]
