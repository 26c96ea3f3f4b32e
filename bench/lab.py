# SPDX-License-Identifier: GPL-2.0
"""One run in virtual time, for run-scenarios and run-demo."""
import os
import pathlib
import re
import subprocess

BENCH = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("LRUVEC_AGE_CACHE") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or
                                  pathlib.Path.home() / ".cache") / "lruvec-age")
LRUS = {"classic": "lru=0", "mglru": "lru=7"}
VM_TIMEOUT = 300        # host seconds; a run takes 10 to 60
FIGURE = re.compile(r"^([a-z]\w*) (-?\d+)$", re.M)


class RunFailed(Exception):
    pass


def kernel_image(variant):
    return subprocess.run(["make", "-s", "-C", BENCH.parent, "print-KERNEL_IMAGE",
                           f"VARIANT={variant}"],
                          check=True, text=True, capture_output=True).stdout.strip()


def boot(kernel, guest, out, seed=0):
    """Runs guest (a script of bench/guest and its settings); returns its figures.

    A figure is a line "name number" of what the script prints, which is all in
    out/verdict.log.  The kernel's random numbers depend on its command line, and
    where MGLRU looks for memory first depends on them: other seeds, other luck.
    """
    script, *settings = guest
    command = [BENCH.parent / "vm/boot", "--kernel", kernel, "--out", out,
               "--timeout", str(VM_TIMEOUT), "--append", f"lab.seed={seed}",
               "--add", BENCH / "guest" / script, "--", f"/test/{script}", *settings]
    done = subprocess.run(command, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RunFailed(f"{out}: exit status {done.returncode}\n{done.stdout.strip()}")
    figures = {name: int(value) for name, value in
               FIGURE.findall((out / "verdict.log").read_text())}
    if "stream_ms" in figures:
        figures["stream_mbs"] = figures["stream_bytes"] / figures["stream_ms"] / 1000
    return figures


def number(value):
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"
