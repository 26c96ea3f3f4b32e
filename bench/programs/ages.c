// SPDX-License-Identifier: GPL-2.0
/*
 * ages - compares the age that a cgroup shows with the truth.
 *
 * The first argument is the directory of a cgroup, which it joins when its own
 * data are in memory: nothing else should be on the list.  The second one is
 * "file" or "anon".  Fills a list in eight parts at known, irregular times, takes
 * known amounts from its tail with memory.reclaim, and looks with mincore()
 * which page is the tail now.  The truth is the time since that page was added.
 *
 * After each amount:  age TAKEN_KB SHOWN_MS TRUTH_MS
 * At the end, the worst of all:
 *   age_error_permille   of the truth, either way; up to one tick counts as 0
 *   age_above_ms         how much more than the truth was shown
 *   age_below_permille   how much less, of the truth
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

#define PART	(4ul << 20)
#define PARTS	8
#define PAGES	(PARTS * PART / PAGE)
#define STEP	(128ul << 10)
#define TICK_MS	4		/* CONFIG_HZ=250 */

static const int wait_ms[PARTS] = { 120, 700, 60, 1500, 300, 2200, 900, 2500 };
/* The tail never ends up where a part ends: those last pages wait for the next. */
static const char *const amounts[] = { "2M", "5M", "2M", "9M", "3M", "5M" };

static const char *cgroup;
static char name[256];

static const char *file(const char *base)
{
	snprintf(name, sizeof(name), "%s/%s", cgroup, base);
	return name;
}

/* EAGAIN from memory.reclaim: a little less than that was taken */
static void put(const char *base, const char *value)
{
	int fd = open(file(base), O_WRONLY);

	if (fd < 0 || (write(fd, value, strlen(value)) < 0 && errno != EAGAIN))
		die("%s", name);
	close(fd);
}

static long shown_age(const char *type)
{
	char key[32], field[64];
	FILE *f = fopen(file("memory.stat"), "r");
	long value;

	if (!f)
		die("%s", name);
	snprintf(key, sizeof(key), "lruvec_age_%s_ms", type);
	while (fscanf(f, "%63s %ld", field, &value) == 2) {
		if (!strcmp(field, key)) {
			fclose(f);
			return value;
		}
	}
	fprintf(stderr, "no %s in %s\n", key, name);
	exit(1);
}

int main(int argc, char **argv)
{
	static uint64_t added[PAGES];
	static unsigned char vec[PAGES];
	static char buf[STEP];
	long error = 0, above = 0, below = 0;
	int fd = -1, anon;
	char *map;

	if (argc != 3) {
		fprintf(stderr, "usage: ages CGROUP file|anon\n");
		return 1;
	}
	cgroup = argv[1];
	anon = !strcmp(argv[2], "anon");
	if (!anon) {
		fd = open("/dev/nullb0", O_RDONLY);
		/* no readahead into the next part */
		if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM))
			die("/dev/nullb0");
	}
	map = mmap(NULL, PARTS * PART, PROT_READ | PROT_WRITE,
		   anon ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");

	memset(added, 0xff, sizeof(added));
	memset(vec, 0xff, sizeof(vec));
	memset(buf, 0xff, sizeof(buf));
	printf("parts %d\n", PARTS);
	put("cgroup.procs", "0");

	for (size_t i = 0; i < PAGES; i++) {
		if (anon)
			*(size_t *)(map + i * PAGE) = i + 1;
		else if (i * PAGE % STEP == 0 && pread(fd, buf, STEP, i * PAGE) != STEP)
			die("reading");
		added[i] = now_ns();
		if ((i + 1) * PAGE % PART == 0)
			sleep_until(now_ns() + wait_ms[i * PAGE / PART] * MSEC);
	}
	if (anon) {
		/* the writes above set reference bits, which would rotate the list */
		FILE *f = fopen("/proc/self/clear_refs", "w");

		if (!f || fputs("1", f) < 0 || fclose(f))
			die("/proc/self/clear_refs");
	}

	for (size_t n = 0; n < sizeof(amounts) / sizeof(amounts[0]); n++) {
		long shown, truth, off;
		size_t tail = 0;

		put("memory.reclaim", amounts[n]);
		sleep_until(now_ns() + 250 * MSEC);
		if (mincore(map, PARTS * PART, vec))
			die("mincore");
		while (tail < PAGES && !(vec[tail] & 1))
			tail++;
		if (tail == PAGES) {
			fprintf(stderr, "everything was taken\n");
			return 1;
		}
		shown = shown_age(argv[2]);
		truth = (now_ns() - added[tail]) / MSEC;
		printf("age %lu %ld %ld\n", tail * PAGE >> 10, shown, truth);

		off = shown - truth;
		if (off > above)
			above = off;
		if (-off * 1000 / truth > below)
			below = -off * 1000 / truth;
		if (labs(off) > TICK_MS && labs(off) * 1000 / truth > error)
			error = labs(off) * 1000 / truth;
	}
	printf("age_error_permille %ld\nage_above_ms %ld\nage_below_permille %ld\n",
	       error, above, below);
	return 0;
}
