# SPDX-License-Identifier: GPL-2.0
"""Machines in virtual time, several side by side, and what results are written with."""
import concurrent.futures
import configparser
import hashlib
import itertools
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

BENCH = pathlib.Path(__file__).resolve().parent
VM = BENCH.parent / "vm"
CACHE = pathlib.Path(subprocess.run([BENCH.parent / "scripts/cache-path"], check=True, text=True,
                                    stdout=subprocess.PIPE).stdout.rstrip("\n"))
EVERY_GUEST = CACHE / "bin"             # programs, of bench/build-workloads: vm/boot packs all of these
BIN = CACHE / "laboratory" / "bin"      # of these, what a run names
LRUS = {"classic": "lru=0", "mglru": "lru=7"}
DEFAULT_BASE = "6.12"
BASE = os.environ.get("BASE") or DEFAULT_BASE
VM_TIMEOUT = 300        # host seconds; a run takes 10 to 60
SIDE_BY_SIDE = int(os.environ.get("JOBS", 2))
FIGURE = re.compile(r"^([a-z]\w*) (-?\d+)$", re.M)


class RunFailed(Exception):
    pass


def die(text):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {text}")


def kernel_image(variant, base=BASE):
    return subprocess.run(["make", "-s", "-C", BENCH.parent, "print-KERNEL_IMAGE",
                           f"VARIANT={variant}", f"BASE={base}"],
                          check=True, text=True, capture_output=True).stdout.strip()


def digest(*parts):
    """Of bytes and of files."""
    sum_ = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else pathlib.Path(part).read_bytes()
        sum_.update(hashlib.sha256(data).digest())
    return sum_.hexdigest()[:16]


def kernel_inputs():
    """Digests of what the kernels are made of; of patches and new files that of the code alone.  (Results
    with "patches" instead of "code" are older: that was of all files there.)"""
    code = subprocess.run([BENCH.parent / "scripts/code-digest", BASE], check=True, text=True, stdout=subprocess.PIPE)
    return {"config": digest(VM / "config"), "code": code.stdout.strip()}


def write(path, text):
    """All of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    part.rename(path)


def table(head, rows, align="---:"):
    """The lines of a table.  The first column is aligned to the left, as are others
    that are no numbers: "---"."""
    yield "| " + " | ".join(head) + " |"
    yield "| --- " + f"| {align} " * (len(head) - 1) + "|"
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def renewed(path, mark, text):
    """The text of a page with another part between "<!-- MARK -->" and "<!-- end of MARK -->"."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    before, rest = path.read_text().split(begin)
    return before + begin + text + "\n" + end + rest.split(end)[1]


def write_json(path, data):
    """One line for each innermost list: small, and a difference shows where it is."""
    text = json.dumps(data, indent=1)
    text = re.sub(r"\[[^][{}]*\]", lambda match: re.sub(r"\s+", " ", match[0]), text)
    write(path, text + "\n")


def run_machine(kernel, out, *words, timeout=VM_TIMEOUT):
    """Runs vm/boot with these words; returns what the guest printed, which is in out/verdict.log."""
    verdict = out / "verdict.log"
    verdict.unlink(missing_ok=True)
    done = subprocess.run([VM / "boot", "--kernel", kernel, "--out", out,
                           "--timeout", str(timeout), *words], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = verdict.read_text(errors="replace") if verdict.exists() else ""
    if done.returncode:
        raise RunFailed("\n".join([f"{out}: exit status {done.returncode}", done.stdout.strip(),
                                   *said.splitlines()[-20:]]))
    return said


def boot(kernel, guest, out, seed=0, allow=None, more=()):
    """Runs guest (a script of bench/guest and its settings, which may be another script and
    its settings); returns what it printed, which is all in out/verdict.log.
    What matches the regular expression allow does not fail it when the console says so.
    more: other options of vm/boot.

    The kernel's random numbers depend on its command line, and
    where MGLRU looks for memory first depends on them: other seeds, other luck.
    """
    return run_machine(kernel, out, "--append", f"lab.seed={seed}", *(["--allow", allow] if allow else []), *more,
                       *itertools.chain(*(("--add", script) for script in scripts(guest))),
                       "--", f"/test/{guest[0]}", *guest[1:])


def scripts(words):
    """Those of bench/guest among them, and what they share."""
    return [BENCH / "guest" / word for word in ["common", *words] if (BENCH / "guest" / word).is_file()]


def figures(said):
    """A figure is a line "name number" of what a script printed."""
    found = {name: int(value) for name, value in FIGURE.findall(said)}
    if "stream_ms" in found:
        found["stream_mbs"] = found["stream_bytes"] / found["stream_ms"] / 1000
    return found


def side_by_side(work, jobs, machines=SIDE_BY_SIDE):
    """{job: work(job)}, two at a time.  Says how far it is; the first machine that fails ends the program."""
    began, done = time.monotonic(), {}
    with concurrent.futures.ThreadPoolExecutor(machines) as pool:
        futures = {pool.submit(work, job): job for job in jobs}
        try:
            for future in concurrent.futures.as_completed(futures):
                done[futures[future]] = future.result()
                passed = time.monotonic() - began
                print(f"[{len(done)} of {len(futures)}, {passed / len(done) * (len(futures) - len(done)) / 60:.0f} "
                      f"min left] {futures[future]}", file=sys.stderr, flush=True)
        except (RunFailed, KeyboardInterrupt) as failure:
            pool.shutdown(cancel_futures=True)
            die(failure)
    return done


def outcome(path, good, name, detail):
    """A line for scripts/test."""
    with path.open("a") as results:
        print("pass" if good else "fail", name, detail, sep="\t", file=results)


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def read_ini(path):
    """{section: {key: text}}; [DEFAULT] is a file's own, and a section that is "like" another one
    has what it does not say itself from there."""
    config = configparser.ConfigParser(interpolation=None)
    config.optionxform = str
    with path.open() as file:
        config.read_file(file)
    sections = {name: dict(config[name]) for name in config.sections()}
    for name, section in sections.items():
        if "like" in section:
            sections[name] = {**sections[section.pop("like")], **section}
    return sections


def spread(values):
    """Standard deviation; one value has none."""
    return statistics.stdev(values) if len(values) > 1 else 0


def number(value):
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"
