# SPDX-License-Identifier: GPL-2.0
"""What the scenario "many" says of many cgroups side by side, for laboratory-report: how
evenly reclaim takes from those that are alike, what it costs, and what is lost.
programs/many.c makes the figures.

Fairness is the standard deviation of the pages taken from each of the cgroups without
protection, over their mean: 0 is even.  A cost is the CPU time of memory.reclaim, or of
kswapd, per page taken: instructions, as time is virtual.
"""
import statistics

PHASES = {"below": "asked of their parent", "root": "asked of the root", "stream": "a stream beside them"}
REFAULTS, PGSCAN, PGSTEAL = 2, 3, 4     # columns of many's rows; before them: index, protected


def taken(run, phase):
    """The rows of a phase: many prints what has been counted since the cgroups were made."""
    rows = {name: run.data["programs"][name]["rows"]["cgroup"] for name in PHASES}
    before = dict(zip(PHASES, [None, *rows.values()]))[phase]
    return rows[phase] if before is None else [
        [*now[:2], *(n - b for n, b in zip(now[2:], then[2:]))] for now, then in zip(rows[phase], before)]


def change(run, name):
    """Of a counter of the machine, during the stream."""
    return run.data["machine"]["end"][name] - run.data["machine"]["begin"][name]


def figures(run, phase):
    """{name: number} of a phase of a run."""
    protected, others = ([row for row in taken(run, phase) if row[1] == kind] for kind in (1, 0))
    steals = [row[PGSTEAL] for row in others]
    result = {"protected refaults": sum(row[REFAULTS] for row in protected),
              "others refaults": sum(row[REFAULTS] for row in others),
              "protected pgsteal": sum(row[PGSTEAL] for row in protected)}
    if sum(steals):
        result["stddev/mean"] = statistics.pstdev(steals) / statistics.mean(steals)
    if phase == "stream":
        result["kswapd/page"] = 1000 * change(run, "kswapd0_us") / change(run, "pgsteal_kswapd")
        result["direct"] = change(run, "pgsteal_direct") / (
            change(run, "pgsteal_direct") + change(run, "pgsteal_kswapd"))
        return result
    said = run.data["programs"][phase]["figures"]
    total = sum(steals) + result["protected pgsteal"]
    result["pgsteal/request"] = total / said["requested"]
    result["reclaim/page"] = said["reclaim_ns"] / total
    result["refused"] = said["refused"]
    return result


def values(cell, phase, name):
    """One for each run; none if the cell cannot tell."""
    return [got[name] for got in (figures(run, phase) for run in cell.runs) if name in got]


def mean(cell, phase, name):
    numbers = values(cell, phase, name)
    return statistics.mean(numbers) if numbers else None


def measures(cell):
    """{what: (value, kind)} of what has to be no worse than on the unpatched kernel.  What the
    protected ones keep others lose, as the requests are the same: so it is about all of them.
    """
    result = {}
    for phase in PHASES:
        lost = [sum(values(cell, phase, name)) for name in ("protected refaults", "others refaults")]
        result |= {f"{phase}: protected refaults": (lost[0], "pages"), f"{phase}: refaults": (sum(lost), "pages")}
        if values(cell, phase, "stddev/mean"):
            result[f"{phase}: stddev of pgsteal"] = (mean(cell, phase, "stddev/mean"), "of the mean")
    return result


def spread(numbers, digits):
    """The mean, and what the runs have between them."""
    if not numbers:
        return "–"
    low, middle, high = (f"{n:,.{digits}f}" for n in (min(numbers), statistics.mean(numbers), max(numbers)))
    return middle if low == high else f"{middle} ({low}–{high})"


def ratio(systems, cells, cell, phase, name):
    """The mean of a figure, to that of the unpatched kernel with the same LRU."""
    there = systems.get(f"vanilla-{cell.lru}") or \
        cells.get(cell.cell.partition("-")[0], {}).get(f"vanilla-{cell.lru}")
    if there is None:
        return "–"
    return f"{mean(cell, phase, name) / mean(there, phase, name) - 1:+.1%}"


def columns(phase):
    """[(head, name of the figure, digits)]; the last one is compared with the unpatched kernel."""
    common = [("others: stddev/mean of pgsteal", "stddev/mean", 3),
              ("protected: pgsteal", "protected pgsteal", 0),
              ("protected: refaults", "protected refaults", 0),
              ("others: refaults", "others refaults", 0)]
    if phase == "stream":
        return common + [("taken directly", "direct", 3), ("kswapd, instructions per page", "kswapd/page", 0)]
    return [("pgsteal/request", "pgsteal/request", 3)] + common + \
        [("instructions per page", "reclaim/page", 0)]


def tables(cells):
    """[(what it shows, head, rows)] of {cell: {system: Cell}}."""
    for phase, about in PHASES.items():
        shown = columns(phase)
        head = ["cgroups", "system", *(text for text, _, _ in shown), "to vanilla"]
        yield about, head, [
            [name, system, *(spread(values(cell, phase, figure), digits) for _, figure, digits in shown),
             ratio(systems, cells, cell, phase, shown[-1][1])]
            for name, systems in cells.items() for system, cell in systems.items()]
