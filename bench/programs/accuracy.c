// SPDX-License-Identifier: GPL-2.0
/*
 * accuracy - compares the age that a cgroup shows with the truth, while memory
 * comes, is used again, and goes in a given pattern.
 *
 * usage: accuracy PATTERN classic|mglru
 *
 * Patterns:
 *   steady      as many pages in every interval
 *   bursty      random amounts after random waits
 *   idle        seconds to minutes of nothing, then a burst
 *   activation  bursty, and pages of any age are used again: single ones or runs
 *   truncation  bursty, and pieces of any age are thrown away
 *   temporary   bursty, and two thirds of each burst are thrown away while young
 *   huge        bursty, half of it transparent huge pages (anon only)
 *
 * Plays it with page cache and with anonymous memory, each FILLS times, in a new
 * cgroup and with other, but fixed, random numbers. When the list is full, takes
 * amounts from its tail with memory.reclaim, refilling it by the pattern after each,
 * so that all of the list gets to be its tail. After each amount:
 *
 *   sample PATTERN TYPE FILL TAKEN_KB SHOWN_MS TRUTH_MS
 *
 * The truth. A mirror of the lists knows for each page when it came to its list
 * or was moved last, in the words of the definition of age. The shown age is
 * that of the oldest tail, and lists are queues, so the truth is the time since
 * the page that was left alone for longest. What moves a page is known:
 *
 * - Whatever is added or activated waits in a batch of the CPU before it gets to
 *   the list. drain() empties that at once.
 * - mincore() tells what has been taken.
 * - Classic, file: read() of a page marked referenced puts it at the head of the
 *   active list.
 * - Classic, anon: a page is rotated when it is scanned and its accessed bit is
 *   set. All that is scanned (pgscan) and still there was; in order of the list.
 * - Classic: as many pages as pgdeactivate says have gone from the tail of the
 *   active list to the head of the inactive one.
 * - MGLRU, file: reads leave pages where they are. Those read many times are
 *   moved when it is their turn: passed over, as younger ones are taken.
 * - MGLRU, anon: an aging moves all pages used since the last one. It is asked
 *   for before each amount, so that it is known when that was.
 *
 * The mirror is compared with the sizes of the lists in memory.stat each time.
 */
#define _GNU_SOURCE		/* fallocate() */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"

#define CGROUP	"/sys/fs/cgroup/accuracy"
#define HUGE	(2ul << 20)
#define BATCH	32ul		/* pages that are read at once */
#define PAGES	32768ul		/* that one fill may use, not all at the same time */
#define FILLS	6
#define SAMPLES	10		/* of each fill */
#define LAG	128		/* pages that memory.stat may be late by */

struct page {
	uint64_t since;		/* when it was added to its list or moved */
	unsigned int order;	/* the same as a number of its own */
	bool present;
	bool active;
	bool touched;		/* the accessed bit of a page table entry is set */
	bool referenced;	/* PG_referenced */
};

struct pattern {
	const char *name;
	void (*grow)(size_t target);
	size_t pages;		/* to have on the lists */
};

static struct page pages[PAGES];
static unsigned char vec[PAGES];
static char buf[BATCH * PAGE];
static size_t used, present, last_read;
static unsigned int moves;
static const char *type = "anon";
static bool anon, mglru;
static bool reused;		/* pages are used again, that is a part of the pattern */
static int fill, fd = -1;
static char *map, *scratch;

/*
 *		files
 */

static void put(const char *name, const char *value)
{
	int file = open(name, O_WRONLY);

	/* EAGAIN from memory.reclaim: a little less than that was taken */
	if (file < 0 || (write(file, value, strlen(value)) < 0 && errno != EAGAIN))
		die("%s", name);
	close(file);
}

/* The values of n keys, where %s stands for the type of memory */
static void get(const char *name, int n, const char *const *keys, long *values)
{
	char wanted[2][32], field[64];
	int found = 0;
	long value;
	FILE *f = fopen(name, "r");

	if (!f)
		die("%s", name);
	for (int i = 0; i < n; i++)
		snprintf(wanted[i], sizeof(wanted[i]), keys[i], type);
	while (found < n && fscanf(f, "%63s %ld", field, &value) == 2) {
		for (int i = 0; i < n; i++) {
			if (!strcmp(field, wanted[i])) {
				values[i] = value;
				found++;
			}
		}
	}
	fclose(f);
	if (found < n) {
		fprintf(stderr, "no %s in %s\n", wanted[0], name);
		exit(1);
	}
}

/*
 *		chance, and time
 */

static uint64_t random_state;

static size_t chance(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % n;
}

static void wait_ms(size_t ms)
{
	sleep_until(now_ns() + ms * MSEC);
}

/* From least to least << doublings, each doubling as likely as the others */
static void wait_random(size_t least, size_t doublings)
{
	size_t ms = least << chance(doublings);

	wait_ms(ms + chance(ms));
}

/*
 *		what moves pages, and the mirror
 */

/* What waits in a batch of this CPU gets to its list now */
static void drain(void)
{
	if (madvise(scratch, PAGE, MADV_DONTNEED))
		die("madvise");
}

static void moved(size_t i, bool active, uint64_t when)
{
	pages[i].since = when;
	pages[i].order = ++moves;
	pages[i].active = active;
}

static void add(size_t nr)
{
	while (nr) {
		size_t n = nr < BATCH ? nr : BATCH, i;
		uint64_t now;

		if (used + n > PAGES) {
			fprintf(stderr, "more pages than the mirror has\n");
			exit(1);
		}
		if (anon) {
			for (i = used; i < used + n; i++)
				*(size_t *)(map + i * PAGE) = i + 1;
		} else if (pread(fd, buf, n * PAGE, used * PAGE) != (ssize_t)(n * PAGE)) {
			die("reading");
		}
		drain();
		now = now_ns();
		for (i = used; i < used + n; i++) {
			moved(i, false, now);
			pages[i].present = true;
			pages[i].touched = anon;
			pages[i].referenced = !anon;
		}
		used += n;
		present += n;
		last_read = used - 1;
		nr -= n;
	}
}

/*
 * Reclaim and aging clear accessed bits without telling the TLB, and what is in
 * there sets no bit. Changing that many pages flushes all of it.
 */
static void flush_tlb(void)
{
	static char many[64 * PAGE] __attribute__((aligned(PAGE)));

	if (mprotect(many, sizeof(many), PROT_READ) ||
	    mprotect(many, sizeof(many), PROT_READ | PROT_WRITE))
		die("mprotect");
}

/* Use a page again */
static void touch(size_t i)
{
	if (!pages[i].present)
		return;
	if (anon) {
		*(volatile size_t *)(map + i * PAGE) = i + 1;
		pages[i].touched = true;
		return;
	}
	/* read() does not count the page that the one before has ended in */
	if (i == last_read)
		return;
	if (pread(fd, buf, PAGE, i * PAGE) != PAGE)
		die("reading");
	last_read = i;
	if (mglru)
		return;
	if (!pages[i].referenced) {
		pages[i].referenced = true;
	} else if (!pages[i].active) {
		drain();
		moved(i, true, now_ns());
		pages[i].referenced = false;
	}
}

/* Throw a piece of the file away, or of the mapping */
static void drop(size_t first, size_t nr)
{
	if (anon ? madvise(map + first * PAGE, nr * PAGE, MADV_DONTNEED) :
		   fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			     first * PAGE, nr * PAGE))
		die("dropping pages");
	for (size_t i = first; i < first + nr; i++) {
		present -= pages[i].present;
		pages[i].present = false;
	}
}

/* As if none of the memory of this process had been used since it came */
static void forget_references(void)
{
	put("/proc/self/clear_refs", "1");
	for (size_t i = 0; i < used; i++)
		pages[i].touched = pages[i].referenced = false;
}

/* The page that was left alone for longest, of these; or PAGES */
static size_t oldest(bool active, bool inactive, bool touched)
{
	size_t found = PAGES;

	for (size_t i = 0; i < used; i++)
		if (pages[i].present && (pages[i].active ? active : inactive) &&
		    (!touched || pages[i].touched) &&
		    (found == PAGES || pages[i].order < pages[found].order))
			found = i;
	return found;
}

static void mirror_is_wrong(const char *how, long is, long should)
{
	fprintf(stderr, "the mirror of the lists is wrong: %s: %ld, not %ld\n", how, is, should);
	exit(1);
}

/* Those which have been scanned and are still there: the oldest in use */
static void mirror_classic(long kept, long deactivated, uint64_t now)
{
	size_t i;

	for (; kept > 0; kept--) {
		i = oldest(false, true, true);
		if (i == PAGES)
			mirror_is_wrong("scanned pages that are not accounted for", kept, 0);
		moved(i, pages[i].referenced, now);
		pages[i].referenced = true;
		pages[i].touched = false;
	}
	while (deactivated-- > 0) {
		i = oldest(true, false, false);
		if (i == PAGES)
			mirror_is_wrong("deactivated pages too many", deactivated + 1, 0);
		moved(i, false, now);
		pages[i].touched = false;
	}
}

/* Those which have been passed over, as younger ones were taken */
static void mirror_mglru(unsigned int youngest_taken, uint64_t now)
{
	size_t i;

	while ((i = oldest(true, true, false)) != PAGES && pages[i].order < youngest_taken) {
		if (!reused)
			mirror_is_wrong("a page was passed over", pages[i].order, youngest_taken);
		moved(i, false, now);
	}
}

/* Have everything looked at, and what was used since the last time moved */
static void age_mglru(void)
{
	char line[256], command[64];
	unsigned long id = 0, seq = 0, max_seq = 0;
	FILE *f = fopen("/sys/kernel/debug/lru_gen", "r");
	bool ours = false;
	uint64_t now;

	if (!f)
		die("/sys/kernel/debug/lru_gen");
	while (fgets(line, sizeof(line), f)) {
		char path[128];
		unsigned long n;

		if (sscanf(line, "memcg %lu %127s", &n, path) == 2) {
			ours = !strcmp(path, strrchr(CGROUP, '/'));
			if (ours)
				id = n;
		} else if (ours && sscanf(line, " %lu", &seq) == 1) {
			max_seq = seq;
		}
	}
	fclose(f);
	/* the node, that anon memory can be swapped, and that it is to be done anyway */
	snprintf(command, sizeof(command), "+ %lu 0 %lu 1 1", id, max_seq);
	put("/sys/kernel/debug/lru_gen", command);
	now = now_ns();
	for (size_t i = 0; i < used; i++) {
		if (pages[i].present && pages[i].touched) {
			moved(i, false, now);
			pages[i].touched = false;
		}
	}
}

static void compare_mirror(void)
{
	static const char *const keys[] = { "inactive_%s", "active_%s" };
	long sizes[2] = { 0, 0 }, shown[2];

	get(CGROUP "/memory.stat", 2, keys, shown);
	for (size_t i = 0; i < used; i++)
		sizes[pages[i].active] += pages[i].present;
	/* generations are counted as one or the other */
	if (mglru)
		shown[0] += shown[1] - (long)(sizes[1] * PAGE);
	for (int i = 0; i < (mglru ? 1 : 2); i++)
		if (labs(shown[i] / (long)PAGE - sizes[i]) > LAG)
			mirror_is_wrong(keys[i], sizes[i], shown[i] / (long)PAGE);
}

/* Take some off the tail, and follow it in the mirror */
static size_t take_some(void)
{
	static const char *const keys[] = { "pgscan_%s", "pgdeactivate" };
	long before[2], after[2], taken = 0, looked_at = 0;
	unsigned int youngest = 0;
	uint64_t now;
	size_t i;

	get("/proc/vmstat", 2, keys, before);
	put(CGROUP "/memory.reclaim", "1M");
	now = now_ns();
	get("/proc/vmstat", 2, keys, after);
	if (mincore(map, used * PAGE, vec))
		die("mincore");

	for (i = 0; i < used; i++) {
		if (!pages[i].present || (vec[i] & 1))
			continue;
		pages[i].present = false;
		if (pages[i].order > youngest)
			youngest = pages[i].order;
		taken++;
		/* twice, if it was in use the first time */
		looked_at += 1 + pages[i].touched;
	}
	present -= taken;
	if (!mglru)
		mirror_classic(after[0] - before[0] - looked_at, after[1] - before[1], now);
	else if (!anon || !reused)
		mirror_mglru(youngest, now);
	return taken;
}

/*
 *		the patterns: grow until so many pages are there
 */

static size_t want(size_t target, size_t most)
{
	size_t missing = target - present;

	return missing < most ? missing : most;
}

static void grow_steady(size_t target)
{
	static const struct { int nr, ms; } rates[FILLS] = {
		{ 1, 4 }, { 4, 4 }, { 8, 12 }, { 16, 20 }, { 16, 100 }, { 1, 20 },
	};

	while (present < target) {
		add(rates[fill].nr);
		wait_ms(rates[fill].ms);
	}
}

static void grow_bursty(size_t target)
{
	while (present < target) {
		add(want(target, 1 + chance(128)));
		wait_random(8, 9);
	}
}

static void grow_idle(size_t target)
{
	while (present < target) {
		wait_random(1000, 8);
		add(want(target, 128 + chance(1024)));
	}
	wait_random(8, 8);
}

static void grow_activation(size_t target)
{
	while (present < target) {
		size_t nr = want(target, 1 + chance(256));

		add(nr);
		wait_random(8, 8);
		flush_tlb();
		/* in every other fill, runs of pages */
		if (fill % 2) {
			size_t first = chance(used);

			for (size_t i = first; i < used && i < first + nr; i++)
				touch(i);
		} else {
			for (size_t i = 0; i < nr; i++)
				touch(chance(used));
		}
		wait_random(8, 7);
	}
}

static void grow_truncation(size_t target)
{
	while (present < target) {
		size_t nr = 1 + chance(256);

		add(nr);
		wait_random(8, 8);
		while (nr > 64) {
			size_t piece = 8 + chance(56);

			drop(chance(used - piece), piece);
			nr -= piece;
		}
		wait_random(8, 7);
	}
}

static void grow_temporary(size_t target)
{
	while (present < target) {
		size_t nr = 32 + chance(256), keep = nr / 3;

		add(nr);
		wait_random(8, 8);
		drop(used - nr + keep, nr - keep);
		wait_random(8, 7);
	}
}

static void grow_huge(size_t target)
{
	while (present < target) {
		if (madvise(map + used * PAGE, HUGE,
			    chance(2) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
			die("madvise");
		add(HUGE / PAGE);
		wait_random(16, 8);
	}
}

static const struct pattern patterns[] = {
	{ "steady", grow_steady, 4096 },
	{ "bursty", grow_bursty, 4096 },
	{ "idle", grow_idle, 4096 },
	{ "activation", grow_activation, 4096 },
	{ "truncation", grow_truncation, 4096 },
	{ "temporary", grow_temporary, 4096 },
	{ "huge", grow_huge, 8192 },
};

static void play(const struct pattern *pattern)
{
	static const char *const key[] = { "lruvec_age_%s_ms" };
	size_t taken = 0;

	reused = pattern->grow == grow_activation;
	pattern->grow(pattern->pages);
	if (anon)
		forget_references();

	for (int n = 0; n < SAMPLES; n++) {
		size_t amount = pattern->pages / 16 + chance(pattern->pages / 12);
		size_t end = taken + amount;
		long shown, truth;

		if (anon && reused && mglru)
			age_mglru();
		else if (anon && !reused)
			forget_references();
		while (taken < end)
			taken += take_some();
		compare_mirror();
		wait_random(8, 6);

		truth = (now_ns() - pages[oldest(true, true, false)].since) / MSEC;
		get(CGROUP "/memory.stat", 1, key, &shown);
		printf("sample %s %s %d %lu %ld %ld\n", pattern->name, type, fill,
		       taken * PAGE >> 10, shown, truth);
		pattern->grow(pattern->pages);
	}
}

/* A new cgroup, and room for the pages that end up there and nowhere else */
static void play_in_cgroup(const struct pattern *pattern)
{
	if (mkdir(CGROUP, 0755))
		die("%s", CGROUP);
	if (!anon) {
		fd = open("/mnt/accuracy", O_RDWR | O_CREAT, 0600);
		/* no readahead into what comes later */
		if (fd < 0 || ftruncate(fd, PAGES * PAGE) ||
		    posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM))
			die("/mnt/accuracy");
	}
	map = mmap(NULL, PAGES * PAGE + HUGE, PROT_READ | PROT_WRITE,
		   anon ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	if (anon)
		map += HUGE - (size_t)map % HUGE;
	memset(pages, 0, sizeof(pages));
	used = present = moves = 0;
	last_read = PAGES;
	random_state = 88172645463325252ull + fill * 0x9e3779b97f4a7c15ull;

	put(CGROUP "/cgroup.procs", "0");
	play(pattern);
	put("/sys/fs/cgroup/cgroup.procs", "0");

	if (anon ? madvise(map, PAGES * PAGE, MADV_DONTNEED) :
		   munmap(map, PAGES * PAGE + HUGE) || close(fd) || unlink("/mnt/accuracy"))
		die("clearing up");
	if (rmdir(CGROUP))
		die("%s", CGROUP);
}

int main(int argc, char **argv)
{
	static const char *const huge[] = { "thp_fault_alloc" };
	const struct pattern *pattern = patterns;
	size_t nr = sizeof(patterns) / sizeof(patterns[0]);
	long huge_pages;

	while (argc == 3 && nr && strcmp(pattern->name, argv[1])) {
		pattern++;
		nr--;
	}
	if (argc != 3 || !nr) {
		fprintf(stderr, "usage: accuracy PATTERN classic|mglru\n");
		return 1;
	}
	mglru = !strcmp(argv[2], "mglru");

	printf("fills %d\n", FILLS);
	/* its own data are not to come to the lists that are looked at */
	get("/proc/vmstat", 1, huge, &huge_pages);
	if (mlockall(MCL_CURRENT))
		die("mlockall");
	scratch = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scratch == MAP_FAILED)
		die("mmap");

	for (int file = pattern->grow == grow_huge ? 0 : 1; file >= 0; file--) {
		anon = !file;
		type = anon ? "anon" : "file";
		for (fill = 0; fill < FILLS; fill++)
			play_in_cgroup(pattern);
	}
	get("/proc/vmstat", 1, huge, &huge_pages);
	printf("huge_pages %ld\n", huge_pages);
	return 0;
}
