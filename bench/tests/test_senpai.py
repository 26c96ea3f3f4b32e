# SPDX-License-Identifier: GPL-2.0
"""programs/senpai.c -m high does what senpai.py does: its rules, as that has them, on made-up files."""
import pathlib
import random
import subprocess
import tempfile
import unittest

PROGRAMS = pathlib.Path(__file__).resolve().parents[1] / "programs"
MIB = 2**20
# Each line of stdin is a second: what has stalled in all, and what is in use
HARNESS = """
#define main senpai_main
#include "senpai.c"
#undef main

static void put(const char *name, const char *form, unsigned long long value)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), CGROUP_ROOT "/c/%s", name);
	f = fopen(path, "w");
	fprintf(f, form, value);
	fclose(f);
}

int main(void)
{
	unsigned long long total, current;
	char high[32];

	conf.min_size = 52 << 20;
	while (scanf("%llu %llu %31s", &total, &current, high) == 3) {
		put("memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=%llu\\n", total);
		put("memory.current", "%llu\\n", current);
		if (strcmp(high, "-"))
			put("memory.high", high, 0);
		look_after("c");
		printf("%llu\\n", (unsigned long long)number_of("c", "memory.high"));
	}
	return 0;
}
"""


class Original:
    """The rules, from what senpai.py and its --help say."""
    INTERVAL, PRESSURE, MAX_PROBE, MAX_BACKOFF, COEFF_PROBE, COEFF_BACKOFF = 6, 10000, 0.01, 1.0, 10, 20
    MIN_SIZE = 52 * MIB

    def __init__(self):
        self.limit, self.wait = None, self.INTERVAL

    def second(self, total, current, high):
        if self.limit is None:
            self.last, self.stalled = total, 0
            return self.write(current)
        self.stalled += total - self.last
        self.last = total
        if self.stalled > self.PRESSURE:
            off = (self.stalled / self.PRESSURE / self.COEFF_BACKOFF) ** 2
            return self.change(min(off * self.MAX_BACKOFF, self.MAX_BACKOFF), current, high)
        if self.wait:
            self.wait -= 1
            return high
        off = (self.PRESSURE / max(self.stalled, 1) / self.COEFF_PROBE) ** 2
        return self.change(-min(off * self.MAX_PROBE, self.MAX_PROBE), current, high)

    def change(self, factor, current, high):
        self.stalled, self.wait = 0, self.INTERVAL - 1
        return self.write(int(high + high * factor) if high == self.limit else current)

    def write(self, limit):
        self.limit = max(self.MIN_SIZE, limit) // 4096 * 4096
        return self.limit


class Senpai(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        (self.root / "c").mkdir()
        (self.root / "c/memory.high").write_text("max\n")
        (self.root / "test.c").write_text(HARNESS)
        subprocess.run(["gcc", "-O2", "-Wall", "-Werror", "-Wno-unused-function", f"-DCGROUP_ROOT=\"{self.root}\"",
                        f"-I{PROGRAMS}", "-o", self.root / "test", self.root / "test.c", "-lm"], check=True)

    def play(self, seconds):
        """seconds: [(stalled in all, in use, what somebody else writes to memory.high or None)]"""
        said = subprocess.run([self.root / "test"], check=True, text=True, stdout=subprocess.PIPE,
                              input="".join(f"{total} {current} {other or '-'}\n" for total, current, other in seconds))
        original, high, expected = Original(), None, []
        for total, current, other in seconds:
            high = original.second(total, current, other or high)
            expected.append(high)
        self.assertEqual([int(line) for line in said.stdout.split()], expected)
        return expected

    def test_begins_with_what_is_in_use(self):
        self.assertEqual(self.play([(0, 90 * MIB, None)]), [90 * MIB])

    def test_not_below_the_smallest_size(self):
        self.assertEqual(self.play([(0, 10 * MIB, None)]), [52 * MIB])

    def test_probes_after_the_interval(self):
        highs = self.play([(0, 90 * MIB, None)] * 15)
        self.assertEqual([second for second, (a, b) in enumerate(zip(highs, highs[1:]), 1) if a != b], [7, 13])

    def test_somebody_else(self):
        self.play([(0, 90 * MIB, None)] * 5 + [(10**6, 80 * MIB, 70 * MIB)])

    def test_any_pressure(self):
        for seed in range(20):
            luck, total, seconds = random.Random(seed), 5000, []
            for _ in range(300):
                total += luck.choice((0, 0, 3, 500, 2000, 9000, 15000, 60000, 400000))
                seconds.append((total, luck.randrange(20, 300) * MIB, luck.randrange(30, 300) * MIB if luck.random() < 0.02
                                else None))
            self.play(seconds)


if __name__ == "__main__":
    unittest.main()
