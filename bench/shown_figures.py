# SPDX-License-Identifier: GPL-2.0
"""Figures of the scenarios in a text.

In it, {SCENARIO LRU: EXPRESSION} or {SCENARIO LRU: EXPRESSION: FORMAT} stands for a figure of
bench/results/BASE/figures.json, or of bench/results/figures.json, which is of 6.12.  EXPRESSION is as
in bench/scenarios; FORMAT is one of Python (",.0f").  An example: "{read classic: vanilla.refaults}".
Without an LRU it stands for those of both, "classic; mglru".
"""
import json
import re
import sys
import types

from machine import BENCH, DEFAULT_BASE

RESULTS = BENCH / "results"


def base_shown(base):
    """The base whose figures there are."""
    return base if (RESULTS / base).exists() else DEFAULT_BASE


def read(base):
    """{"SCENARIO LRU": {label: its figures}}"""
    folder = RESULTS / base if base_shown(base) != DEFAULT_BASE else RESULTS
    return {name: {label: types.SimpleNamespace(**figures) for label, figures in runs.items()}
            for name, runs in json.loads((folder / "figures.json").read_text()).items()}


def fill(text, figures):
    def one(found):
        scenario, lru, expression, form = found.groups()
        try:
            return "; ".join(format(eval(expression, {"__builtins__": {}, "min": min, "max": max},
                                         figures[f"{scenario} {name}"]), form or ",.0f")
                             for name in ([lru] if lru else ("classic", "mglru")))
        except (KeyError, AttributeError, NameError, SyntaxError) as error:
            sys.exit(f"{found[0]}: figures.json has no such figure ({error!r})")
    return re.sub(r"\{([-\w]+)(?:\s+(classic|mglru))?:\s*([^{}:]+)(?::\s*([^{}]+))?\}", one, text)
