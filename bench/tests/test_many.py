# SPDX-License-Identifier: GPL-2.0
"""laboratory_many on a made run of four cgroups, the first of them protected."""
import pathlib
import sys
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import laboratory_many  # noqa: E402


def rows(*steals):
    return {"cgroup": [[n, int(n == 0), steal // 2, steal, steal] for n, steal in enumerate(steals)]}


def made(reclaim_ns=60000, kswapd=300):
    phase = {"requested": 55, "refused": 0, "reclaim_ns": reclaim_ns}
    run = types.SimpleNamespace(data={
        "programs": {"below": {"figures": phase, "rows": rows(0, 10, 20, 30)},
                     "root": {"figures": phase, "rows": rows(12, 26, 36, 46)},
                     "stream": {"figures": {}, "rows": rows(12, 26, 36, 46)}},
        "machine": {"begin": {"kswapd0_us": 0, "pgsteal_kswapd": 0, "pgsteal_direct": 0},
                    "end": {"kswapd0_us": kswapd, "pgsteal_kswapd": 100, "pgsteal_direct": 25}}})
    return types.SimpleNamespace(runs=[run], cell="16", lru="mglru", system="vanilla-mglru")


class Many(unittest.TestCase):
    def figures(self, phase):
        return laboratory_many.figures(made().runs[0], phase)

    def test_fairness(self):
        self.assertAlmostEqual(self.figures("below")["stddev/mean"], 0.40825, 5)

    def test_phases_are_told_apart(self):
        self.assertEqual(self.figures("root")["stddev/mean"], 0)
        self.assertEqual(self.figures("root")["protected refaults"], 6)

    def test_request(self):
        self.assertAlmostEqual(self.figures("below")["pgsteal/request"], 60 / 55)
        self.assertEqual(self.figures("below")["reclaim/page"], 1000)

    def test_stream(self):
        self.assertEqual(self.figures("stream"), {
            "protected refaults": 0, "others refaults": 0, "protected pgsteal": 0,
            "kswapd/page": 3000, "direct": 0.2})

    def test_to_vanilla(self):
        ours = made(reclaim_ns=61200)
        cells = {"16": {"vanilla-mglru": made()}, "16-unset": {}}
        self.assertEqual(laboratory_many.ratio(cells["16"], cells, ours, "below", "reclaim/page"), "+2.0%")
        ours.cell = "16-unset"
        self.assertEqual(laboratory_many.ratio({}, cells, ours, "below", "reclaim/page"), "+2.0%")


if __name__ == "__main__":
    unittest.main()
