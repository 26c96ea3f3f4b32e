// SPDX-License-Identifier: GPL-2.0
/*
 * wset - the owner of a working set.
 *
 * Touches every page of its hot part once per period, in a burst, and every
 * page of its cold part once, in the first round, or with -e 3 in every third.
 * After the last round it can stay around, everything mapped and open, without
 * touching anything; with -H it says by madvise() what becomes of it.
 *
 * -R tells the kernel that the order is random: MADV_RANDOM on the mapping, or
 * with read() POSIX_FADV_RANDOM.  Then there is no readahead, and MADV_RANDOM
 * makes the unpatched kernel ignore the reference bits as well.
 *
 * "-a pipe" fills pipes, in one round: memory of the kernel, which does not move.
 *
 * For every round:  round NUMBER START_MS TOOK_MS WORST_US RESIDENT_KB
 *   START_MS since the first round, WORST_US the slowest single page access,
 *   RESIDENT_KB what was in memory of the hot part before the round.
 * While it stays, every 500 ms:  hold MS RESIDENT_KB
 *   MS since the start of the last round.
 * At the end:  hot_resident_kb N and cold_resident_kb N
 */
#define _GNU_SOURCE		/* F_SETPIPE_SZ */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

#define HOLD_STEP (500 * MSEC)

enum access { READ, MMAP, ANON, PIPE };

static enum access mode = MMAP;
static const char *path = "/dev/nullb0";
static int fd = -1;
static char *map;
static size_t hot = 48 << 20, cold;

#define PIPE_SIZE (1ul << 20)	/* the most that anybody may have */

static void fill_pipe(size_t page)
{
	static int pipes[2];
	static char buf[PAGE];

	if (page * PAGE % PIPE_SIZE == 0 &&
	    (pipe(pipes) || fcntl(pipes[1], F_SETPIPE_SZ, PIPE_SIZE) < 0))
		die("pipe");
	if (write(pipes[1], buf, PAGE) != PAGE)
		die("writing to a pipe");
}

/* A fixed sequence (xorshift64): the same order in every run and round. */
static void shuffle(uint32_t *order, size_t n)
{
	uint64_t x = 88172645463325252ull;

	for (size_t i = n - 1; i > 0; i--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		size_t j = x % (i + 1);
		uint32_t t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

static void touch(size_t page)
{
	static char buf[PAGE];

	switch (mode) {
	case READ:
		if (pread(fd, buf, PAGE, page * PAGE) != PAGE)
			die("reading %s", path);
		break;
	case MMAP:
		*(volatile char *)(map + page * PAGE);
		break;
	case ANON:
		/* not all the same word: zram must really store the page */
		*(volatile size_t *)(map + page * PAGE) = page + 1;
		break;
	case PIPE:
		fill_pipe(page);
		break;
	}
}

/* Looks at the page tables and the page cache; sets no reference bit. */
static size_t resident_kb(size_t start, size_t len)
{
	static unsigned char vec[1 << 20];
	size_t n = 0;

	if (len && mincore(map + start, len, vec))
		die("mincore");
	for (size_t i = 0; i < len / PAGE; i++)
		n += vec[i] & 1;
	return n * PAGE >> 10;
}

static void usage(void)
{
	fprintf(stderr, "usage: wset [-a read|mmap|anon|pipe] [-f FILE] [-s HOT] [-c COLD] [-e ROUNDS] [-R]\n"
			"            [-o seq|random] [-p PERIOD_MS] [-n ROUNDS] [-H free|cold|pageout]\n"
			"            [-k STAY_SECONDS]\n");
	exit(1);
}

int main(int argc, char **argv)
{
	uint64_t period = 5000 * MSEC, stay = 0, start, t, end, worst;
	int opt, rounds = 8, every = 0, no_pattern = 0, random_order = 0, advice = MADV_NORMAL;
	uint32_t *order;
	size_t pages, was;

	while ((opt = getopt(argc, argv, "a:f:s:c:e:Ro:p:n:H:k:")) != -1) {
		switch (opt) {
		case 'a':
			mode = !strcmp(optarg, "read") ? READ :
			       !strcmp(optarg, "anon") ? ANON :
			       !strcmp(optarg, "pipe") ? PIPE : MMAP;
			break;
		case 'f': path = optarg; break;
		case 's': hot = parse_size(optarg); break;
		case 'c': cold = parse_size(optarg); break;
		case 'e': every = atoi(optarg); break;
		case 'R': no_pattern = 1; break;
		case 'o': random_order = !strcmp(optarg, "random"); break;
		case 'p': period = atoi(optarg) * MSEC; break;
		case 'n': rounds = atoi(optarg); break;
		case 'H':
			advice = !strcmp(optarg, "free") ? MADV_FREE :
				 !strcmp(optarg, "cold") ? MADV_COLD : MADV_PAGEOUT;
			break;
		case 'k': stay = atoi(optarg) * 1000 * MSEC; break;
		default: usage();
		}
	}
	setlinebuf(stdout);

	/* With read() the mapping is there for mincore() only. */
	if (mode == ANON || mode == PIPE) {
		map = mmap(NULL, hot + cold, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	} else {
		fd = open(path, O_RDONLY);
		if (fd < 0)
			die("%s", path);
		map = mmap(NULL, hot + cold, PROT_READ, MAP_SHARED, fd, 0);
	}
	if (map == MAP_FAILED)
		die("mmap");
	if (no_pattern && mode == READ && posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM))
		die("posix_fadvise");
	if (no_pattern && mode != READ && madvise(map, hot + cold, MADV_RANDOM))
		die("madvise");

	pages = hot / PAGE;
	order = malloc(pages * sizeof(*order));
	if (!order)
		die("malloc");
	for (size_t i = 0; i < pages; i++)
		order[i] = i;
	if (random_order)
		shuffle(order, pages);

	start = now_ns();
	for (int r = 0; r < rounds; r++) {
		sleep_until(start + r * period);
		was = resident_kb(0, hot);
		uint64_t begin = t = now_ns();

		worst = 0;
		for (size_t i = 0; i < pages; i++) {
			touch(order[i]);
			end = now_ns();
			if (end - t > worst)
				worst = end - t;
			t = end;
		}
		for (size_t i = 0; !(every ? r % every : r) && i < cold / PAGE; i++)
			touch(pages + i);
		printf("round %d %llu %llu %llu %zu\n", r + 1,
		       (begin - start) / MSEC, (t - begin) / MSEC, worst / 1000ull, was);
		start = r ? start : begin;
	}

	if (advice != MADV_NORMAL && madvise(map, hot, advice))
		die("madvise");
	start += (rounds - 1) * period;
	for (t = HOLD_STEP; t <= stay; t += HOLD_STEP) {
		sleep_until(start + t);
		printf("hold %llu %zu\n", (now_ns() - start) / MSEC, resident_kb(0, hot));
	}
	printf("hot_resident_kb %zu\n", resident_kb(0, hot));
	printf("cold_resident_kb %zu\n", resident_kb(hot, cold));
	return 0;
}
