# SPDX-License-Identifier: GPL-2.0
"""One run in virtual time, and what its results are written with."""
import hashlib
import itertools
import json
import os
import pathlib
import re
import statistics
import subprocess

BENCH = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("LRUVEC_AGE_CACHE") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or
                                  pathlib.Path.home() / ".cache") / "lruvec-age")
LRUS = {"classic": "lru=0", "mglru": "lru=7"}
DEFAULT_BASE = "6.12"
BASE = os.environ.get("BASE") or DEFAULT_BASE
VM_TIMEOUT = 300        # host seconds; a run takes 10 to 60
FIGURE = re.compile(r"^([a-z]\w*) (-?\d+)$", re.M)


class RunFailed(Exception):
    pass


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
    """Digests of what the kernels are made of."""
    patches = [path for directory in ("patches", "mm", "include-linux")
               for path in sorted((BENCH.parent / directory).rglob("*")) if path.is_file()]
    return {"config": digest(BENCH.parent / "vm" / "config"), "patches": digest(*patches)}


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
    done = subprocess.run([BENCH.parent / "vm/boot", "--kernel", kernel, "--out", out,
                           "--timeout", str(timeout), *words], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = verdict.read_text(errors="replace") if verdict.exists() else ""
    if done.returncode:
        raise RunFailed("\n".join([f"{out}: exit status {done.returncode}", done.stdout.strip(),
                                   *said.splitlines()[-20:]]))
    return said


def boot(kernel, guest, out, seed=0, allow=None, more=()):
    """Runs guest (a script of bench/guest and its settings, which may be another script and
    its settings); returns its figures.
    What matches the regular expression allow does not fail it when the console says so.
    more: other options of vm/boot.

    A figure is a line "name number" of what the script prints, which is all in
    out/verdict.log.  The kernel's random numbers depend on its command line, and
    where MGLRU looks for memory first depends on them: other seeds, other luck.
    """
    scripts = [word for word in guest if (BENCH / "guest" / word).is_file()]
    said = run_machine(kernel, out, "--append", f"lab.seed={seed}", *(["--allow", allow] if allow else []), *more,
                       *itertools.chain(*(("--add", BENCH / "guest" / script) for script in scripts)),
                       "--", f"/test/{guest[0]}", *guest[1:])
    figures = {name: int(value) for name, value in FIGURE.findall(said)}
    if "stream_ms" in figures:
        figures["stream_mbs"] = figures["stream_bytes"] / figures["stream_ms"] / 1000
    return figures


def spread(values):
    """Standard deviation; one value has none."""
    return statistics.stdev(values) if len(values) > 1 else 0


def number(value):
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"
