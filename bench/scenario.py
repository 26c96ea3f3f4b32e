# SPDX-License-Identifier: GPL-2.0
"""What scenarios/*.ini and systems.ini say, as machines to run.  bench/README says how they are written."""
import json
import os
import pathlib
import re
import shlex
import shutil
import string
import subprocess

from machine import (BASE, BENCH, BIN, CACHE, EVERY_GUEST, LRUS, VM, boot, die, digest, lines_of, read_ini,
                     run_machine, scripts)

OUT = CACHE / "out" / "laboratory"
TIMEOUT = 570           # host seconds, of a plan
LRU_NAMES = {"classic": "classic LRU", "mglru": "MGLRU"}


def read_scenarios():
    return {name: {**scenario, "ini": path.name} for path in sorted((BENCH / "scenarios").glob("*.ini"))
            for name, scenario in read_ini(path).items()}


def read_systems():
    """A section with several LRUs is a system for each of them, SECTION-LRU."""
    result = {}
    for name, system in read_ini(BENCH / "systems.ini").items():
        lrus = system["lru"].split()
        for lru in lrus:
            about = f"{system['about']} ({LRU_NAMES[lru]})" if len(lrus) > 1 else system["about"]
            result[f"{name}-{lru}" if len(lrus) > 1 else name] = {
                **system, "section": name, "lru": lru, "about": about,
                "settings": lines_of(system.get("settings", ""))}
    return result


def fill(text, values, where):
    """The values may name others."""
    try:
        while "${" in text:
            text = string.Template(text).substitute(values)
        return text
    except KeyError as missing:
        die(f"{where}: nobody says what ${{{missing.args[0]}}} is")


class Run:
    """One cell of a scenario on one system, once."""
    def __init__(self, scenario, cell, settings, name, system, number):
        self.scenario, self.cell, self.system, self.number = scenario, cell, name, number
        self.path = pathlib.Path(scenario, cell, f"{name}-{number}" if number else name)
        self.variant, self.lru, self.base = system["kernel"], system["lru"], system.get("base", BASE)
        self.kernel = self.variant, self.base
        self.label = name.removesuffix(f"-{self.lru}").replace("-", "_")      # in checks
        self.checked = wants(settings, "check")
        self.own = "runs" in settings
        self.balloon, self.programs = None, []
        self.prepare(settings, system)

    def __str__(self):
        return str(self.path)

    def key(self, kernels):
        """Everything that has an influence on the run."""
        guest = [path for path in sorted(VM.glob("guest/*")) if path.is_file()]
        return digest(kernels[self.kernel], *self.files, *map(installed, self.programs), *guest, VM / "boot",
                      *([VM / "held.c", VM / "held.h"] if self.balloon else []), VM / "pack-initramfs",
                      "/bin/busybox", json.dumps(self.what()).encode())


class PlanRun(Run):
    """A plan that programs/conduct.c carries out."""
    def prepare(self, settings, system):
        settings = {**settings, **dict(word.split("=", 1) for word in system.get("settings", []))}
        self.memory = settings.get("memory", "256M")
        self.allow = system.get("allow")
        self.balloon = system.get("balloon", settings["balloon"]) if "balloon" in settings else None
        self.programs = settings.get("programs", "").split()
        self.plan = self.make_plan(settings, system)
        words = {word for line in self.plan for word in line.split()} | {"conduct"}
        self.files = [file for directory in (BIN, BENCH / "guest") if directory.exists()
                      for file in sorted(directory.iterdir()) if file.name in words]

    def make_plan(self, settings, system):
        where = str(self.path)
        plan = [f"write /sys/kernel/mm/lru_gen/enabled {LRUS[self.lru].removeprefix('lru=')}"]
        plan += lines_of(fill(system.get("boot", ""), settings, where))
        for line in lines_of(fill(settings["plan"], settings, where)):
            words = line.split()
            if words[0] == "protect":
                plan += self.protect(settings, system, where, *words[1:])
            elif words[0] == "only":            # only SYSTEM-PREFIX COMMAND
                plan += [" ".join(words[2:])] if self.system.startswith(words[1]) else []
            else:
                plan.append(line)
        return plan

    @staticmethod
    def protect(settings, system, where, cgroup, *others):
        """The lines that protect a cgroup, with "interval=..." and "low=..." of its own."""
        values = {**settings, **dict(word.split("=") for word in others)}
        low = float(values["low"])              # MiB
        values.update(cgroup=cgroup, name=cgroup.replace("/", "-"),
                      **{name: str(round(low * factor * 2**20) // 4096 * 4096)
                         for name, factor in (("low", 1), ("low_half", 0.5), ("low_twice", 2))})
        return lines_of(fill(system.get("protect", ""), values, where))

    def what(self):
        return [self.plan, self.memory, self.number] + ([self.balloon] if self.balloon else [])

    def options(self):
        """Of vm/boot, but for the files."""
        return ["--mem", self.memory, "--append", f"lab.seed={self.number}", "--bare",
                *(["--balloon", self.balloon] if self.balloon else []),
                *(word for program in self.programs for word in ("--program", program))]

    def boot(self, kernel, out):
        """Returns what the guest printed."""
        out.mkdir(parents=True, exist_ok=True)
        plan = out / "plan"
        plan.write_text("\n".join(self.plan) + "\n")
        add = [word for file in self.files for word in ("--add", f"{file}:/bin/{file.name}")]
        allow = ["--allow", self.allow] if self.allow else []
        said = run_machine(kernel, out, *self.options(), *allow, *add, "--add", f"{plan}:/plan", "--", "conduct",
                           "/plan", timeout=TIMEOUT)
        return said + ("".join(f"held {line}\n" for line in (out / "held").read_text().splitlines())
                       if self.balloon else "")

    def described(self, kernels, inputs, text):
        """What somebody needs to make the run again, and to see whether it is the same; and what came of it."""
        return {"scenario": self.scenario, "cell": self.cell, "system": self.system, "number": self.number,
                "kernel": {"variant": self.variant, "base": self.base, "lru": self.lru,
                           "image": digest(kernels[self.kernel]), **inputs},
                "binaries": {file.name: digest(file) for file in self.files},
                "command": f"vm/boot {' '.join(self.options())} -- conduct /plan",
                "plan": self.plan, **parse(text)}


class GuestRun(Run):
    """A script of guest/, with all programs of every guest."""
    def prepare(self, settings, system):
        pause = [f"pause={settings['pause']}"] if "pauses" in settings else []
        self.words = [*settings["guest"].split(), LRUS[self.lru], *system["settings"], *pause]
        self.allow, self.more = settings.get("allow"), shlex.split(settings.get("boot", ""))
        self.programs = [word for option, word in zip(self.more, self.more[1:]) if option == "--program"]
        self.added = [added(name) for name in settings.get("add", "").split()]
        self.files = [*(file for file in sorted(EVERY_GUEST.iterdir()) if file.is_file()), *scripts(self.words),
                      *(file for file, _ in self.added)]

    def what(self):
        return [self.words, self.number, self.allow, self.more]

    def boot(self, kernel, out, more=()):
        add = [word for file, place in self.added for word in ("--add", f"{file}{place}")]
        return boot(kernel, self.words, out, self.number, self.allow, [*self.more, *add, *more])


def added(name):
    """A program of programs/, or a file of the repository; and where it is in the guest, if not in /test."""
    return (BIN / name, f":/bin/{name}") if (BENCH / "programs" / f"{name}.c").exists() else (BENCH.parent / name, "")


def installed(program):
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def value(word):
    return None if word == "-" else int(word)


def parse(text):
    """The lines that conduct prints, see there."""
    result = {"columns": [], "samples": {}, "marks": {}, "machine": {}, "programs": {}}
    for line in text.splitlines():
        kind, *words = line.split()
        if kind == "release":
            result["kernel_release"] = words[0]
        elif kind == "columns":
            result["columns"] = words
        elif kind == "sample":
            result["samples"].setdefault(words[0], []).append([value(w) for w in words[1:]])
        elif kind == "mark":
            result["marks"].setdefault(words[0], {})[words[1]] = [value(w) for w in words[2:]]
        elif kind == "machine":
            result["machine"].setdefault(words[0], {})[words[1]] = int(words[2])
        elif kind == "program":
            result["programs"][words[0]] = {"status": words[1], "cpu_us": int(words[2]),
                                            "killed_ms": int(words[3]) if words[3:] else None,
                                            "figures": {}, "histograms": {}, "rows": {}}
        elif kind == "held":
            result.setdefault("held", []).append(int(words[0]))
        elif kind == "out":
            keep_output(result["programs"][words[0]], words[1:])
    return result


def keep_output(program, words):
    """A figure is "name number"; "name bucket count" is a histogram if the name is "latency"
    or ends so; other lines of numbers are rows of a table."""
    name, numbers = (words or [""])[0], words[1:]
    if not numbers or not all(re.fullmatch(r"-?\d+", number) for number in numbers):
        if words and words[0] != "ready":
            program.setdefault("text", []).append(" ".join(words))
    elif name.endswith("latency") and len(numbers) == 2:
        program["histograms"].setdefault(name, []).append([int(number) for number in numbers])
    elif len(numbers) == 1:
        program["figures"][name] = int(numbers[0])
    else:
        program["rows"].setdefault(name, []).append([int(number) for number in numbers])


def cells_of(scenario):
    """Each cell, and the scenario's settings with those that are its own."""
    for line in lines_of(scenario.get("cells", "base")):
        cell, _, own = line.partition(" ")
        parts = [part.partition("=") for part in own.split(";") if part.strip()]
        yield cell, {**scenario, **{name.strip(): text.strip() for name, _, text in parts}}


def systems_of(settings, systems, quick):
    """(name, system, settings of its own): the scenario's own "runs", on both LRUs, or those of systems.ini
    that are named, by themselves or as a group."""
    if "runs" not in settings:
        names = "core" if quick else settings.get("systems", "all")
        return {system: systems[system] for name in names.split() for system in systems
                if name in [system, systems[system]["section"], *systems[system].get("groups", "all").split()]}
    own = {}
    for lru in settings.get("lru", " ".join(LRUS)).split():
        for line in lines_of(settings["runs"]):
            label, variant, *words = line.split()
            own[f"{label}-{lru}"] = {"kernel": variant, "lru": lru, "settings": words}
    return own


def too_new(scenario):
    return [int(part) for part in scenario.get("base", "0").split(".")] > [int(part) for part in BASE.split(".")]


def cells_named(names, wanted=None, asked=False, fast=False):
    """{scenario: {cell: settings}} of all that are named, or of all that are wanted: "check" or "systems".
    asked: of those, too, that have to be named; fast: not of those that take long."""
    scenarios, result = read_scenarios(), {}
    left_out = [when for when, without in (("asked", not asked), ("long", fast)) if without]
    every = {name: dict(cells_of(scenario)) for name, scenario in scenarios.items()}
    known = {*every, *(f"{name}/{cell}" for name, cells in every.items() for cell in cells)}
    if unknown := set(names) - known:
        die(f"there is no scenario {' '.join(sorted(unknown))}; there are: {' '.join(every)}")
    for name in dict.fromkeys(name.split("/")[0] for name in names) or scenarios:
        scenario = scenarios[name]
        if too_new(scenario):
            if names:
                die(f"{name} needs BASE={scenario['base']} or newer")
            continue
        if not names and (scenario.get("when") in left_out or wanted and not wants(scenario, wanted)):
            continue
        result[name] = {cell: settings for cell, settings in every[name].items()
                        if not names or name in names or f"{name}/{cell}" in names}
    return result


def wants(scenario, what):
    """Does it ask for a "check", or at least shows something, or for a comparison of "systems"?"""
    if what == "systems":
        return "runs" not in scenario
    return any(key.split(".")[0] in ("check", "show") for key in scenario)


def load(cells, only=(), quick=False):
    """All runs of {scenario: {cell: settings}}, or of the quick cells of them."""
    systems, runs, there = read_systems(), [], {}
    for name, some in cells.items():
        for script in next(iter(some.values())).get("build", "").split():
            subprocess.run([BENCH / script], check=True)
        for cell, settings in some.items():
            if quick and cell not in settings.get("quick", "").split():
                continue
            kind = GuestRun if "guest" in settings else PlanRun
            pauses = settings.get(f"pauses.{BASE}", settings.get("pauses", "1100")).split()
            there |= systems_of(settings, systems, quick)
            runs += [kind(name, cell, {**settings, "pause": pause}, system, about, number)
                     for system, about in systems_of(settings, systems, quick).items() if not only or system in only
                     for number, pause in enumerate(pauses)]
    if unknown := set(only) - there.keys():
        die(f"there is no system {' '.join(sorted(unknown))}; there are: {' '.join(there)}")
    if not runs:
        die("there is nothing to run")
    return runs
