# SPDX-License-Identifier: GPL-2.0
"""laboratory-report on a few made runs: it has to find fault where there is one."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BENCH = pathlib.Path(__file__).resolve().parents[1]
SCENARIOS = """
[periodic]
about = made up
cells =
    5s-read

[idle]
about = made up
cells =
    mmap

[real]
about = made up
cells =
    alone
    backup

[guest]
about = made up
cells =
    mmap
"""
COLUMNS = ["ms", "current", "refault_file", "majfault", "psi_some_us", "psi_full_us",
           "refault_anon"]
PROTECT = {"ours": "write ws/memory.ws_access_ms 4000", "low-exact": "write ws/memory.low 54525952"}
GOOD = {"vanilla": 20000, "low-exact": 0, "ours": 0}     # pages lost of 24576


class Made:
    """A copy of the report, with scenarios, systems and runs of its own."""
    def __init__(self, directory):
        self.bench = pathlib.Path(directory) / "bench"
        self.results = self.bench / "results" / "laboratory"
        (self.bench / "scenarios").mkdir(parents=True)
        for name in ("machine.py", "scenario.py", "laboratory.py", "laboratory_goals.py", "laboratory_guest.py", "laboratory_many.py",
                     "laboratory-report"):
            shutil.copy(BENCH / name, self.bench)
        (self.bench.parent / "scripts").mkdir()
        shutil.copy(BENCH.parent / "scripts/cache-path", self.bench.parent / "scripts")
        (self.bench / "scenarios" / "all.ini").write_text(SCENARIOS)
        (self.bench / "systems.ini").write_text(
            "".join(f"[{kind}-{lru}{base and f'-{base}'}]\nabout = made up\nlru = {lru}\n{base and f'base = {base}'}\n"
                    for kind in [*GOOD, "peer"] for lru in ("classic", "mglru") for base in ("", "9.9")))

    def explain(self, pattern, sentence):
        (self.bench / "explained.ini").write_text(f"[{pattern}]\nsay = {sentence}\n")

    def run(self, where, lost=0, number=0, killed=False, moved=2_000_000_000, slow=0, back=6000,
            kswapd=1000, use="use -s 48M -p 5000 -n 3"):
        """A run of 20 s, of a set of 12288 pages that is used again twice."""
        scenario, cell, system = where.split("/")
        kind, lru, base = re.fullmatch(r"(.*)-(classic|mglru)(?:-(9\.9))?", system).groups()
        hold = [[ms, 0 if ms >= back else 49152] for ms in range(500, 16001, 500)]
        ws = {"status": "killed" if killed else "ok", "killed_ms": 7000 if killed else None, "cpu_us": 100,
              "figures": {"latency_max_ns": 200000},
              "histograms": {"latency": [[2000, 24000 - slow], [150000, 576 + slow]]},
              "rows": {"round": [[1, 0, 300, 0], [2, 5000, 30, 0], [3, 10000, 30, 0]], "hold": hold}}
        flow = {"status": "ok", "killed_ms": None, "cpu_us": 100, "histograms": {}, "rows": {},
                "figures": {"bytes": moved, "ms": 20000}}
        data = {"scenario": scenario, "cell": cell, "system": system, "number": number,
                "kernel": {"variant": "patched" if kind == "ours" else "vanilla", "lru": lru,
                           **({"base": base} if base else {})},
                "plan": [*filter(None, [PROTECT.get(kind)]), f"start ws ws {use}", "ready ws",
                         "start flow flow flow -m read", "mark begin", "wait ws", "mark end"],
                "columns": COLUMNS, "samples": {},
                "marks": {"begin": {"ws": [300, 0, 5, 5, 0, 0, 0], "flow": [300, 0, 0, 0, 0, 0, 0]},
                          "end": {"ws": [20300, 0, 5 + lost, 5, 0, 0, 0], "flow": [20300, 0, 0, 0, 0, 0, 0]}},
                "machine": {"begin": {"ms": 300, "kswapd0_us": 10},
                            "end": {"ms": 20300, "kswapd0_us": 10 + 1000 * kswapd}},
                "programs": {"ws": ws, "flow": flow}}
        path = self.results / "runs" / scenario / cell / f"{system}{f'-{number}' if number else ''}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data))

    def good(self, cell="periodic/5s-read", **others):
        for kind, lost in GOOD.items():
            self.run(f"{cell}/{kind}-classic", lost, **others)

    def guest(self, system, back=60, missed=0, left=120, p99=100):
        """A guest of which 400 MiB are held, 300 of them cold, and after some seconds what is left."""
        kind, lru = system.split("-")
        held = [400 * 2**20 if s < back else left * 2**20 for s in range(-10, 610)]
        rounds = [[n, 2000 * n, 1, 65536 - 4 * missed * (n == 200)] for n in range(1, 304)]
        data = {"scenario": "guest", "cell": "mmap", "system": system, "number": 0, "command": "vm/boot --mem 512M",
                "kernel": {"variant": "patched" if kind == "ours" else "vanilla", "lru": lru}, "samples": {},
                "plan": ["start held / held 1000", "start ws ws use -s 64M -p 2000 -n 303", "mark begin"],
                "columns": COLUMNS, "held": held,
                "marks": {"begin": {"ws": [0, 64 * 2**20, 0, 0, 0, 0, 0], "build": [0, 300 * 2**20, 0, 0, 0, 0, 0]},
                          "end": {"ws": [0, 64 * 2**20, 0, 0, 0, 0, 0], "build": [0, 0, 0, 0, 0, 0, 0]}},
                "machine": {"begin": {"ms": 14000}, "end": {"ms": 614000}},
                "programs": {
                    "held": {"status": "ok", "killed_ms": None, "cpu_us": 1, "figures": {"ms": 610000},
                             "histograms": {}, "rows": {"held": [[1000 * n, 9000, 100 * 1024] for n in range(len(held))]}},
                    "ws": {"status": "ok", "killed_ms": None, "cpu_us": 1, "figures": {"latency_max_ns": 5000},
                           "histograms": {"latency": [[50, 9000], [p99, 1000]]}, "rows": {"round": rounds}}}}
        path = self.results / "runs/guest/mmap" / f"{system}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data))

    def guests(self, **ours):
        """vanilla gives nothing back."""
        self.guest("vanilla-classic", left=400)
        self.guest("ours-classic", **ours)

    def report(self, *options):
        return subprocess.run([self.bench / "laboratory-report", *options], text=True, capture_output=True)

    def page(self):
        done = self.report()
        assert done.returncode == 0, done.stderr
        return (self.results / "README.md").read_text()


class Report(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.made = Made(directory.name)
        self.made.good()

    def ours(self, **what):
        self.made.run("periodic/5s-read/ours-classic", **what)

    def assert_missed(self, text, *options):
        done = self.made.report("--check", *options)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(text, done.stderr)

    def assert_fine(self):
        done = self.made.report("--check", "--part")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_good(self):
        self.assert_fine()

    def test_more_than_one_per_cent_of_vanilla(self):
        self.ours(lost=201)
        self.assert_missed("lost-vanilla: periodic/5s-read/ours-classic: 201 of 20,000 pages")

    def test_one_per_cent_of_vanilla(self):
        self.ours(lost=200)
        self.made.run("periodic/5s-read/low-exact-classic", lost=200)
        self.assert_fine()

    def test_vanilla_does_not_thrash(self):
        self.made.run("periodic/5s-read/vanilla-classic", lost=2457)     # 9.998 %
        self.made.run("periodic/5s-read/low-exact-classic", lost=2457)
        self.ours(lost=2457)
        self.assert_fine()

    def test_more_than_memory_low(self):
        self.ours(lost=1)
        self.assert_missed("lost-low: periodic/5s-read/ours-classic: 1 pages, memory.low 0")

    def test_other_base(self):
        """It is compared with the same base, and has a column of its own."""
        self.made.run("periodic/5s-read/vanilla-classic-9.9", lost=10000)
        self.made.run("periodic/5s-read/ours-classic-9.9", lost=101)
        self.assert_missed("lost-vanilla: periodic/5s-read/ours-classic-9.9: 101 of 10,000 pages")
        self.assertRegex(self.made.page(), r"(?m)^\| goal \|.*\| classic LRU, Linux 9.9 \|")

    def test_throughput(self):
        self.ours(moved=1_939_000_000)
        self.assert_missed("throughput: periodic/5s-read/ours-classic: 96.95 %")

    def test_idle(self):
        self.made.good("idle/mmap", back=8000)
        self.assert_fine()

    def test_idle_too_late(self):
        self.made.good("idle/mmap", back=8500)
        self.assert_missed("idle: idle/mmap/ours-classic: after 8.5 s, N is 4 s")

    def test_idle_never(self):
        self.made.good("idle/mmap", back=99000)
        self.assert_missed("idle: idle/mmap/ours-classic: not within 16 s")

    def test_latency(self):
        self.made.run("periodic/5s-read/vanilla-classic", lost=20000, slow=-400)
        self.ours()
        self.assert_missed("no-worse: periodic/5s-read/ours-classic latency p99")

    def test_cpu(self):
        self.ours(kswapd=1060)
        self.assert_missed("no-worse: periodic/5s-read/ours-classic reclaim CPU: 1,060 ms instead of 1,000")

    def test_little_cpu(self):
        self.made.good(kswapd=100)
        self.ours(kswapd=135)            # 35 %, and 0.18 % of the time
        self.assert_fine()

    def test_kill(self):
        self.ours(killed=True)
        self.assert_missed("no-worse: periodic/5s-read/ours-classic kills: 1 instead of 0")

    def test_sum_of_runs(self):
        self.ours(lost=150)
        self.made.run("periodic/5s-read/ours-classic", 150, number=1)
        self.assert_missed("lost-vanilla: periodic/5s-read/ours-classic: 300 of 20,000 pages")

    def test_error_of_several_runs(self):
        self.assertIn("| **ours-classic** | 0 |", self.made.page())
        for number, lost in enumerate((0, 2458, 4915)):        # of 24576: 0, 10 and 20 %, their mean ± 10 / sqrt(3)
            self.made.run("periodic/5s-read/ours-classic", lost, number=number)
        self.assertIn("| **ours-classic** | 10 ± 5.77 |", self.made.page())

    def test_anonymous_memory_counts_major_faults(self):
        self.made.good(use="use -a anon -s 48M -p 5000 -n 3")
        self.assertIn("| vanilla-classic | 0 |", self.made.page())

    def test_real(self):
        self.made.good("real/alone", slow=-400)
        self.made.good("real/backup")
        self.assert_missed("real: real/backup/ours-classic: 150 µs, alone 2 µs, +7400.0 %")

    def test_real_above_memory_low(self):
        self.made.good("real/alone", slow=-576)
        self.made.good("real/backup", slow=-576)
        self.made.run("real/backup/ours-classic")
        self.assert_missed("real-low: real/backup/ours-classic: 150 µs, memory.low 2 µs")

    def test_guest(self):
        self.made.guests(back=85, left=130, missed=775, p99=105)      # of 76800 + 775
        self.assert_fine()
        self.assertIn("| **ours-classic** | 400 | 130 | 130 | 168 | 85 s | 775 | 1.0 % | 105 | 0 |", self.made.page())

    def test_guest_too_late(self):
        self.made.guests(back=86)
        self.assert_missed("guest-back: guest/mmap/ours-classic: after 86 s, 0 of 76,800 pages missed")

    def test_guest_too_little(self):
        self.made.guests(left=131)
        self.assert_missed("guest-back: guest/mmap/ours-classic: never")

    def test_guest_misses(self):
        self.made.guests(missed=776)
        self.assert_missed("guest-back: guest/mmap/ours-classic: after 60 s, 776 of 77,576 pages missed")

    def test_guest_latency(self):
        self.made.guests(p99=106)
        self.assert_missed("guest-latency: guest/mmap/ours-classic: 106 ns, without 100 ns")

    def test_guest_peer(self):
        self.made.guests(back=80, left=100)
        self.made.guest("peer-classic", back=79, left=100)
        self.assert_missed("guest-held: guest/mmap/ours-classic: 140 MiB, peer-classic 140")

    def test_guest_peer_that_misses(self):
        self.made.guests(back=80, left=100)
        self.made.guest("peer-classic", back=20, left=50, missed=777)
        self.assert_fine()

    def test_accuracy(self):
        (self.made.results / "accuracy.json").write_text(json.dumps(
            {"classic": {"steady-file": {"p95": 12.6}},
             "mglru": {"steady-file": {"above_ms": 5, "below_p50": 0}}}))
        self.assert_missed("accuracy: accuracy/steady-file-classic: 12.6 %")
        self.assert_missed("accuracy: accuracy/steady-file-mglru: 5 ms too old")

    def test_age_that_says_nothing(self):
        """A lower bound has to say something: 0 is one, too."""
        def shown(below):
            (self.made.results / "accuracy.json").write_text(json.dumps(
                {"classic": {}, "mglru": {"steady-file": {"above_ms": 0, "below_p50": below}}}))
        shown(50)
        self.assert_fine()
        shown(50.1)
        self.assert_missed("accuracy-half: accuracy/steady-file-mglru: 50 % too young")
        shown(100)
        self.assert_missed("accuracy-half: accuracy/steady-file-mglru: 100 % too young")

    def cost(self, **differing):
        values = {"vanilla": [1000, 1001], "unset": [998, 999], "bystander": [1000, 1001],
                  "overdue": [1000, 1001], "young": [1000, 1001], **differing}
        paths = {name: values for name in ("reclaim", "limit", "direct", "kswapd")}
        (self.made.results / "cost.json").write_text(json.dumps({"instructions": {"classic": paths}}))

    def test_cost(self):
        self.cost(unset=[1010, 1011])
        self.assert_missed("cost: cost/reclaim/unset-classic: +1.00 ± 0.07 %, limit 0.1 %")
        self.assertIn("| cost/reclaim/unset-classic | +1.00 ± 0.07 %, limit 0.1 % | **missed** |", self.made.page())

    def test_cost_met(self):
        self.cost()
        self.assert_fine()
        self.assertIn("| cost/reclaim/young-classic | +0.00 ± 0.07 %, limit 1 % | met |", self.made.page())

    def test_cost_on_the_edge(self):
        """Two standard errors below the limit are met; if that is above it, nobody knows."""
        self.cost(young=[1008.5, 1009.5])
        self.assertRegex(self.made.page(), r"\| \+0.85 ± 0.07 %, limit 1 % \| met \|")
        self.cost(young=[1008.7, 1009.7])
        self.assertRegex(self.made.page(), r"\| \+0.87 ± 0.07 %, limit 1 % \| undecided \|")
        self.cost(young=[1011.3, 1012.3])
        self.assertRegex(self.made.page(), r"\| \+1.13 ± 0.07 %, limit 1 % \| undecided \|")
        self.cost(young=[1011.5, 1012.5])
        self.assertRegex(self.made.page(), r"\| \+1.15 ± 0.07 %, limit 1 % \| \*\*missed\*\* \|")

    def test_cost_undecided(self):
        """It is neither met nor missed, and nobody has to explain it."""
        self.cost(unset=[900, 1100])
        self.assert_fine()
        self.assertIn("| 12 of 16, 4 undecided; at worst [-0.05 ± 10.00 %, limit 0.1 %]"
                      "(cost.json) |", self.made.page())

    def test_cost_missed_and_undecided(self):
        self.cost(unset=[900, 1100], young=[1020, 1021])
        self.assertIn("| 8 of 16, 4 **not explained**, 4 undecided; at worst [+2.00 ± 0.07 %", self.made.page())

    def test_explained(self):
        self.ours(lost=1)
        self.made.explain("lost-low periodic/*/ours-classic", "A page is not much.")
        self.assert_fine()
        self.assertIn("A page is not much.", self.made.page())

    def test_explanation_of_nothing(self):
        self.made.explain("lost-low periodic/*/ours-classic", "A page is not much.")
        self.assert_missed('explains "lost-low periodic/*/ours-classic", which does not happen')

    def test_no_data(self):
        self.assert_missed("real: there are no data")

    def test_unknown_cell(self):
        self.made.good("periodic/of-yesterday")
        self.assert_missed("know no of-yesterday")

    def test_page(self):
        page = self.made.page()
        self.assertIn("| vanilla-classic | 81.4 |", page)
        self.assertIn("| **ours-classic** | 0 |", page)
        self.assertEqual(page, self.made.page())

    def test_page_says_killed(self):
        self.ours(killed=True)
        page = self.made.page()
        self.assertIn("| **ours-classic** | **ws killed** |", page)
        self.assertIn("OOM kill of ws at 7.0 s", page)

    def test_readme(self):
        self.ours(lost=1)
        self.made.explain("lost-low periodic/*/ours-classic", "A page is not much.")
        readme = self.made.bench / "README.md"
        readme.write_text("Before.\n<!-- laboratory -->\nOld.\n<!-- end of laboratory -->\nAfter.\n")
        self.assert_missed("README.md is not what the raw results give", "--readme", readme)
        done = self.made.report("--readme", readme)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(readme.read_text(), r"(?s)^Before.\n<!-- laboratory -->\n\|  \| lost, .*\n"
                         r"\| \*\*`memory.ws_access_ms`\*\* \| 0 % / .*\n<!-- end of laboratory -->\nAfter.\n$")


class Committed(unittest.TestCase):
    def test_committed(self):
        """The repository says what its raw results say, and that is explained."""
        done = subprocess.run([BENCH / "laboratory-report", "--check", "--readme", BENCH.parent / "README.md"],
                              text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
