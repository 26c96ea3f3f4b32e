// SPDX-License-Identifier: GPL-2.0
/*
 * use - the owner of a working set: uses it once in every period.
 *
 * A round makes as many accesses as the set has pages: to each page once, in the order
 * of the file or in a random one, or Zipf-distributed (-z 0.99).  All of them in a
 * burst at the start of the period, or spread over it evenly (-e).  The cold part is
 * used once, in the first round.  -g 4:24M,8:48M changes the size of the set from round
 * 4, and again from round 8 on.  After the last round it can stay around (-k), with
 * everything mapped and open, and use nothing.
 *
 * -R: no readahead (MADV_RANDOM, POSIX_FADV_RANDOM), as databases read.  MADV_RANDOM
 * makes the unpatched kernel ignore the reference bits as well.
 *
 *   ready                                the set has been loaded once
 *   round NUMBER START_MS TOOK_MS RESIDENT_KB
 *                                        RESIDENT_KB: in memory of the set before it
 *   hold MS RESIDENT_KB                  every 100 ms while it stays, since the last round
 *   hot_resident_kb, cold_resident_kb    at the end
 *   latency BUCKET_LOW_NS COUNT          of all accesses after the first round
 */
#include <fcntl.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"
#include "hist.h"

#define HOLD_STEP (100 * MSEC)
#define MAX_SIZES 16

static enum { READ, MMAP, ANON } mode = READ;
static const char *path = "/dev/nullb0";
static int fd = -1;
static char *map;
static uint64_t random_state = 88172645463325252ull;
static struct { int round; size_t pages; } sizes[MAX_SIZES];
static int nr_sizes;

/* A fixed sequence (xorshift64): the same in every run */
static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static uint32_t *make_order(size_t pages, int shuffled)
{
	uint32_t *order = malloc(pages * sizeof(*order));

	if (!order)
		die("malloc");
	for (size_t i = 0; i < pages; i++)
		order[i] = i;
	for (size_t i = pages - 1; shuffled && i > 0; i--) {
		size_t j = next_random() % (i + 1);
		uint32_t t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
	return order;
}

/* The probability that an access goes to one of the first i + 1 pages */
static double *make_zipf(size_t pages, double exponent)
{
	double *sum = malloc(pages * sizeof(*sum)), total = 0;

	if (!sum)
		die("malloc");
	for (size_t i = 0; i < pages; i++)
		sum[i] = total += pow(i + 1, -exponent);
	for (size_t i = 0; i < pages; i++)
		sum[i] /= total;
	return sum;
}

static size_t draw(const double *sum, size_t pages)
{
	double x = (next_random() >> 11) * 0x1p-53;
	size_t low = 0, high = pages - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sum[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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
	}
}

/* Looks at the page tables and the page cache; sets no reference bit. */
static size_t resident_kb(size_t start, size_t pages)
{
	static unsigned char vec[1 << 20];
	size_t n = 0;

	if (pages && mincore(map + start * PAGE, pages * PAGE, vec))
		die("mincore");
	for (size_t i = 0; i < pages; i++)
		n += vec[i] & 1;
	return n * PAGE >> 10;
}

static void map_all(size_t pages, int random)
{
	/* With read() the mapping is there for mincore() only. */
	if (mode == ANON) {
		map = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	} else {
		fd = open(path, O_RDONLY);
		if (fd < 0)
			die("%s", path);
		map = mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	}
	if (map == MAP_FAILED)
		die("mmap");
	if (random && mode == READ && posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM))
		die("posix_fadvise");
	if (random && mode != READ && madvise(map, pages * PAGE, MADV_RANDOM))
		die("madvise");
}

/* "ROUND:SIZE,ROUND:SIZE" */
static void parse_sizes(char *list)
{
	for (char *item = strtok(list, ","); item; item = strtok(NULL, ",")) {
		char *colon = strchr(item, ':');

		if (!colon || nr_sizes == MAX_SIZES) {
			fprintf(stderr, "not ROUND:SIZE, or too many: %s\n", item);
			exit(1);
		}
		sizes[nr_sizes].round = atoi(item);
		sizes[nr_sizes++].pages = parse_size(colon + 1) / PAGE;
	}
}

static void usage(void)
{
	fprintf(stderr, "usage: use [-a read|mmap|anon] [-f FILE] [-s SIZE] [-c COLD] [-R] [-e]\n"
			"           [-o seq|random | -z EXPONENT] [-p PERIOD_MS] [-n ROUNDS]\n"
			"           [-g ROUND:SIZE,...] [-k STAY_SECONDS]\n");
	exit(1);
}

int main(int argc, char **argv)
{
	static struct hist latency;
	uint64_t period = 5000 * MSEC, stay = 0, start, begin, t, end;
	int opt, rounds = 8, no_pattern = 0, shuffled = 0, evenly = 0;
	size_t pages = (48 << 20) / PAGE, cold = 0, most, next_size = 0, was;
	double exponent = 0, *zipf = NULL;
	uint32_t *order;

	while ((opt = getopt(argc, argv, "a:f:s:c:Reo:z:p:n:g:k:")) != -1) {
		switch (opt) {
		case 'a':
			if (strcmp(optarg, "read") && strcmp(optarg, "mmap") && strcmp(optarg, "anon"))
				usage();
			mode = *optarg == 'r' ? READ : *optarg == 'm' ? MMAP : ANON;
			break;
		case 'f': path = optarg; break;
		case 's': pages = parse_size(optarg) / PAGE; break;
		case 'c': cold = parse_size(optarg) / PAGE; break;
		case 'R': no_pattern = 1; break;
		case 'e': evenly = 1; break;
		case 'o': shuffled = !strcmp(optarg, "random"); break;
		case 'z': exponent = atof(optarg); break;
		case 'p': period = atoi(optarg) * MSEC; break;
		case 'n': rounds = atoi(optarg); break;
		case 'g': parse_sizes(optarg); break;
		case 'k': stay = atoi(optarg) * 1000 * MSEC; break;
		default: usage();
		}
	}
	setlinebuf(stdout);

	most = pages;
	for (int i = 0; i < nr_sizes; i++)
		most = sizes[i].pages > most ? sizes[i].pages : most;
	map_all(most + cold, no_pattern);
	order = make_order(most, shuffled || exponent);
	if (exponent)
		zipf = make_zipf(pages, exponent);

	start = now_ns();
	for (int r = 0; r < rounds; r++) {
		if ((int)next_size < nr_sizes && sizes[next_size].round == r + 1)
			pages = sizes[next_size++].pages;
		sleep_until(start + r * period);
		was = resident_kb(0, pages);
		begin = now_ns();
		for (size_t i = 0; i < pages; i++) {
			if (evenly && r && i % 16 == 0)
				sleep_until(begin + period * i / pages);
			t = now_ns();
			touch(zipf && r ? order[draw(zipf, pages)] : order[i]);
			end = now_ns();
			if (r)
				hist_add(&latency, end - t);
		}
		printf("round %d %llu %llu %zu\n", r + 1, (begin - start) / MSEC,
		       (now_ns() - begin) / MSEC, was);
		if (!r) {
			for (size_t i = 0; i < cold; i++)
				touch(most + i);
			printf("ready\n");
			start = begin;
		}
	}

	start += (rounds - 1) * period;
	for (t = HOLD_STEP; t <= stay; t += HOLD_STEP) {
		sleep_until(start + t);
		printf("hold %llu %zu\n", (now_ns() - start) / MSEC, resident_kb(0, pages));
	}
	printf("hot_resident_kb %zu\n", resident_kb(0, pages));
	printf("cold_resident_kb %zu\n", resident_kb(most, cold));
	hist_print(&latency, "latency");
	return 0;
}
