# SPDX-License-Identifier: GPL-2.0
import types
import unittest

import shown_figures

FIGURES = {f"zen {lru}": {"on": types.SimpleNamespace(lost=lost, rate=9.5), "off": types.SimpleNamespace(lost=8, rate=10)}
           for lru, lost in (("classic", 1234), ("mglru", 2))}


class ShownFigures(unittest.TestCase):
    def test_fill(self):
        for text, filled in (("{zen: on.lost}", "1,234; 2"), ("{zen mglru: on.lost + off.lost} pages", "10 pages"),
                             ("{zen\n  classic: 100 * on.rate / off.rate: .1f} %", "95.0 %"),
                             ("${x} {}", "${x} {}")):
            with self.subTest(text):
                self.assertEqual(shown_figures.fill(text, FIGURES), filled)

    def test_unknown(self):
        for text in ("{a: b} of ${x}", "{zen: on.found}", "{zen: out.lost}", "{zen classic: 1 +}"):
            with self.subTest(text):
                self.assertRaises(SystemExit, shown_figures.fill, text, FIGURES)
