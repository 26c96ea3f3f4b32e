# SPDX-License-Identifier: GPL-2.0
"""What bench/run makes of a scenario: which machines, and what it says of their figures."""
import pathlib
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import scenario  # noqa: E402
from checks import Combined, Conditions  # noqa: E402
from machine import BASE, BENCH, figures, read_ini  # noqa: E402

SCENARIOS = """
[script]
about = made up
guest = workset access=read
pauses = 10 20
runs =
    vanilla vanilla
    on patched interval=6000
check =
    on.refaults <= 10

[twice]
like = script
about = the same, one LRU
lru = mglru

[more]
like = twice
add = helper some/file
boot = --program tar

[plan]
about = made up
low = 5
interval = 1000
systems = core peer
cells =
    one
    two   use=other; systems=ours-mglru
use = this
plan =
    cgroup ws
    protect ws interval=${half}
    only peer start helper / helper
    sh ${use}
half = 500
"""
SYSTEMS = """
[ours]
about = made up
kernel = patched
lru = classic mglru
groups = core
protect = write ${cgroup}/knob ${interval} ${low}

[peer]
about = made up
kernel = vanilla
lru = mglru
groups = others
"""


class Run(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.made = pathlib.Path(directory.name)
        for name, text in (("scenarios/all.ini", SCENARIOS), ("systems.ini", SYSTEMS), ("bin/wset", ""),
                           ("guest/workset", ""), ("programs/helper.c", "")):
            (self.made / name).parent.mkdir(exist_ok=True)
            (self.made / name).write_text(text)
        for name, what in (("BENCH", self.made), ("EVERY_GUEST", self.made / "bin"), ("BIN", self.made / "bin"),
                           ("scripts", lambda words: [])):
            patch = mock.patch.object(scenario, name, what)
            patch.start()
            self.addCleanup(patch.stop)

    def runs(self, *names, **options):
        return scenario.load(scenario.cells_named(names, options.pop("wanted", None)), **options)

    def test_script_on_both_lrus_with_each_pause(self):
        runs = self.runs("script")
        self.assertEqual(list(map(str, runs)), [
            f"script/base/{label}-{lru}{number}" for lru in ("classic", "mglru") for label in ("vanilla", "on")
            for number in ("", "-1")])
        self.assertEqual(runs[-1].words, ["workset", "access=read", "lru=7", "interval=6000", "pause=20"])

    def test_like(self):
        self.assertEqual({run.lru for run in self.runs("twice")}, {"mglru"})
        self.assertTrue(all(run.checked and run.words[1] == "access=read" for run in self.runs("twice")))

    def test_added(self):
        run = self.runs("more")[0]
        with mock.patch.object(scenario, "boot", lambda *words: words[-1]):
            self.assertEqual(run.boot("kernel", "out", ["last"]), [
                "--program", "tar", "--add", f"{self.made}/bin/helper:/bin/helper", "--add",
                str(self.made.parent / "some/file"), "last"])
        self.assertEqual(run.programs, ["tar"])
        self.assertIn(self.made / "bin/helper", run.files)

    def test_plan_on_systems(self):
        ours, _, peer = self.runs("plan/one")
        self.assertEqual(ours.plan, ["write /sys/kernel/mm/lru_gen/enabled 0", "cgroup ws",
                                     f"write ws/knob 500 {5 << 20}", "sh this"])
        self.assertEqual(peer.plan[2:], ["start helper / helper", "sh this"])
        self.assertEqual([(run.system, run.label) for run in self.runs("plan/two")], [("ours-mglru", "ours")])

    def test_what_is_asked_for(self):
        self.assertEqual({run.scenario for run in self.runs(wanted="check")}, {"script", "twice", "more"})
        self.assertEqual({run.scenario for run in self.runs(wanted="systems")}, {"plan"})

    def test_key_goes_by_all_that_counts(self):
        kernel = self.made / "kernel"
        kernel.write_text("one")

        def key(run):
            return run.key(dict.fromkeys([("vanilla", BASE), ("patched", BASE)], kernel))
        keys = [key(run) for run in self.runs("script")]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertEqual([key(run) for run in self.runs("script")], keys)
        (self.made / "bin/wset").write_text("another program")
        again = [key(run) for run in self.runs("script")]
        kernel.write_text("another kernel")
        self.assertFalse({*keys} & {*again} or {*again} & {key(run) for run in self.runs("script")})

    def test_unknown_name(self):
        with self.assertRaisesRegex(SystemExit, "no scenario nobody; there are: script twice more plan"):
            self.runs("nobody")
        with self.assertRaisesRegex(SystemExit, "no system nobody"):
            self.runs("plan", only=["nobody"])


class Checks(unittest.TestCase):
    def judged(self, limit, **known):
        settings = {"check": f"on.x <= {limit}", "check.mglru": "on.x_max == 3", **known}
        found = {"on": Combined([figures("x 1\n"), figures("x 3\nno figure 5 6\n")])}
        return list(Conditions(settings, "classic").judge(found)), list(Conditions(settings, "mglru").judge(found))

    def test_met(self):
        self.assertEqual(self.judged(4), ([("ok", "on.x 4 <= 4")], [("ok", "on.x 4 <= 4"), ("ok", "on.x_max 3 == 3")]))

    def test_missed(self):
        self.assertEqual(self.judged("3 + 0")[0], [("FAIL", "on.x 4 <= 3 = 3 + 0")])

    def test_part(self):
        conditions = Conditions({"check": "on.x <= 1\noff.x <= 1"}, "classic")
        self.assertEqual(len(list(conditions.judge({"on": Combined([{"x": 1}])}, part=True))), 1)
        with self.assertRaises(NameError):
            list(conditions.judge({"on": Combined([{"x": 1}])}))

    def test_known(self):
        known = {f"known.{BASE}.classic": "1 1.5 why"}
        self.assertEqual(self.judged(3, **known)[0][0][0], "MISS")
        self.assertEqual(self.judged(2, **known)[0][0][0], "FAIL")     # twice the limit
        self.assertEqual(self.judged(4, **known)[0][0][0], "FAIL")     # it is met
        luck = {f"known.{BASE}.classic": "1 ~1.5 why"}
        self.assertEqual([self.judged(limit, **luck)[0][0][0] for limit in (2, 3, 4)], ["FAIL", "MISS", "ok"])


class Template(unittest.TestCase):
    def test_new_scenario(self):
        """It is a scenario, and wants a name that can be one."""
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
            file.write(subprocess.run([BENCH / "new-scenario", "mine"], check=True, text=True,
                                      capture_output=True).stdout)
            file.flush()
            settings = read_ini(pathlib.Path(file.name))["mine"]
        systems = scenario.read_systems()
        for cell, own in scenario.cells_of(settings):
            for name, system in scenario.systems_of(own, systems, quick=False).items():
                run = types.SimpleNamespace(path=cell, lru=system["lru"], system=name, protect=scenario.PlanRun.protect)
                self.assertIn("mark end", scenario.PlanRun.make_plan(run, own, system))
        self.assertNotEqual(subprocess.run([BENCH / "new-scenario", "Not a name"], capture_output=True).returncode, 0)

    def test_list(self):
        """Of this repository, without a kernel or a program."""
        with tempfile.TemporaryDirectory() as cache:
            done = subprocess.run([BENCH / "run", "--list", "read", "periodic/5s-mmap"], text=True, capture_output=True,
                                  env={"PATH": "/usr/bin:/bin", "LRUVEC_AGE_CACHE": cache})
            self.assertEqual([line.split()[0] for line in done.stdout.splitlines()],
                             ["read", "periodic", "periodic/5s-mmap"])
            self.assertEqual(list(pathlib.Path(cache).iterdir()), [])


if __name__ == "__main__":
    unittest.main()
