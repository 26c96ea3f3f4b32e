# SPDX-License-Identifier: GPL-2.0
"""The conditions of a scenario, for bench/run: figures against their limits."""
import math
import re
import statistics
import types

from machine import BASE, lines_of, number, spread


class Combined(types.SimpleNamespace):
    """The figures of one or several runs: sums, and what they were summed from.

    A name that ends in _worst_us is the worst of all, and _mbs is a mean.
    x_min and x_max are the smallest and largest single x, x_mean and x_median are
    their mean and median, x_error is the standard error of their sum.
    """
    def __init__(self, runs):
        super().__init__()
        for name in runs[0]:
            values = [run[name] for run in runs]
            total = sum(values)
            if name.endswith("_worst_us"):
                total = max(values)
            elif name.endswith("_mbs"):
                total /= len(values)
            setattr(self, name, total)
            setattr(self, name + "_min", min(values))
            setattr(self, name + "_max", max(values))
            setattr(self, name + "_mean", sum(values) / len(values))
            setattr(self, name + "_median", statistics.median(values))
            setattr(self, name + "_error", math.sqrt(len(values)) * spread(values))


class Conditions:
    """Those of a cell on one LRU."""
    def __init__(self, settings, lru):
        self.checks = [line for key in ("check", f"check.{lru}") for line in lines_of(settings.get(key, ""))]
        # number of the check -> how many times its limit, why, and whether that is a matter of luck
        self.known = {int(n): (float(factor.lstrip("~")), why, factor.startswith("~")) for n, factor, why in
                      (line.split(maxsplit=2) for line in lines_of(settings.get(f"known.{BASE}.{lru}", "")))}

    def judge(self, figures, part=False):
        """figures: {label: Combined}.  Yields for each of them "ok", "MISS" if that is known, or "FAIL", and a line.
        part: not everything was run, so leave out those of others."""
        for n, check in enumerate(self.checks, 1):
            # LEFT <= RIGHT, with the values of both sides
            left, operator, right = re.split(r" (<=|>=|==) ", check)
            try:
                values = [eval(side, {"max": max, "abs": abs, "hypot": math.hypot}, figures) for side in (left, right)]
            except NameError:
                if part:
                    continue
                raise
            holds = {"<=": values[0] <= values[1], ">=": values[0] >= values[1],
                     "==": values[0] == values[1]}[operator]
            line = f"{left} {number(values[0])} {operator} {number(values[1])}"
            if right != number(values[1]):
                line += f" = {right}"
            word = "ok" if holds else "FAIL"
            if n in self.known:
                factor, why, luck = self.known[n]
                if holds and not luck:
                    word, line = "FAIL", f"{line}: it is met, so it is not known to be missed"
                elif not holds and operator == "<=" and values[0] <= factor * values[1]:
                    word = "MISS"
                    line += f"; known, up to {factor} times the limit: {why}"
            yield word, line
