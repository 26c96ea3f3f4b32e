# SPDX-License-Identifier: GPL-2.0
"""The administrator's guide shows the options with which the scenario "guest" is run."""
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from laboratory_guest import GUIDE

BENCH = pathlib.Path(__file__).resolve().parents[1]


def shown(name):
    """The example between ".. begin options NAME" and ".. end"."""
    return re.search(rf"^\.\. begin options {name}\n\n::\n\n(.*?)^\.\. end$", GUIDE.read_text(), re.M | re.S)[1]


def tested():
    """The words that vm/boot runs for the scenario, found by something else of QEMU's name."""
    scenario = (BENCH / "scenarios/guest.ini").read_text()
    options = {name: re.search(rf"^{name} = (.*)", scenario, re.M)[1] for name in ("memory", "balloon")}
    with tempfile.TemporaryDirectory() as directory:
        fake = pathlib.Path(directory, "qemu-system-x86_64")
        fake.write_text("#!/bin/sh\n")
        fake.chmod(0o755)
        subprocess.run([BENCH.parent / "vm/boot", "--kernel", "/dev/null", "--out", directory, "--bare", "--mem",
                        options["memory"], "--balloon", options["balloon"], "--", "true"], capture_output=True,
                       env={**os.environ, "PATH": f"{directory}:{os.environ['PATH']}"})
        return shlex.split(pathlib.Path(directory, "command").read_text())


def pairs(words):
    return {(option, value) for option, value in zip(words, words[1:]) if option.startswith("-")}


class Guide(unittest.TestCase):
    def test_guide_qemu(self):
        words = [word for word in shlex.split(shown("qemu").replace("\\\n", ""))
                 if word not in ("...", "qemu-system-x86_64")]
        self.assertEqual(len(pairs(words)), len(words) // 2)
        self.assertEqual(pairs(words) - pairs(tested()), set())
        self.assertEqual({word for word in words if "balloon" in word or "memory" in word},
                         {word for word in tested() if "virtio-balloon" in word or "memory-backend" in word})

    def test_guide_libvirt(self):
        domain = xml.etree.ElementTree.fromstring(shown("libvirt"))
        backend = domain.find("memoryBacking/source").get("type")
        # shared is what QEMU does by default with a memfd, and libvirt does not
        self.assertEqual(domain.find("memoryBacking/access").get("mode"), "shared")
        balloon, memory = domain.find("devices/memballoon"), domain.find("memory")
        self.assertEqual(memory.get("unit"), "MiB")
        said = {("-m", f"{memory.text}M"), ("-object", f"memory-backend-{backend},id=ram,size={memory.text}M"),
                ("-device", f"{balloon.get('model')}-balloon-pci,"
                            f"free-page-reporting={balloon.get('freePageReporting')}")}
        self.assertEqual(said - pairs(tested()), set())


if __name__ == "__main__":
    unittest.main()
