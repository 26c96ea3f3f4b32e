// SPDX-License-Identifier: GPL-2.0
/*
 * zipf - the reader of an index: maps a file and touches one page after the other, some more
 * often than others.
 *
 * The page of rank k is chosen in proportion to 1 / k^0.99, and the ranks lie about the file at
 * random, as the hot parts of an index do.  -R says so to the kernel (MADV_RANDOM).  The sequence is
 * the same in every run.
 *
 * At the end, of what came after the first SKIP seconds:
 *   touches N, misses N (major faults), misses_permille N, touch_worst_us N
 */
#include <fcntl.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "common.h"
#include "sequence.h"

#define BATCH 40

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_majflt;
}

int main(int argc, char **argv)
{
	const char *path = "/dev/nullb0";
	size_t size = 400 << 20, pages;
	uint64_t start, t, end, worst = 0, touches = 0, rate = 4000, seconds = 60, skip = 20;
	long before = 0, misses;
	int opt, fd, no_pattern = 0;
	uint32_t *page, *guide;
	double *sum;
	char *map;

	while ((opt = getopt(argc, argv, "f:s:r:t:w:R")) != -1) {
		switch (opt) {
		case 'f': path = optarg; break;
		case 's': size = parse_size(optarg); break;
		case 'r': rate = atoi(optarg); break;
		case 't': seconds = atoi(optarg); break;
		case 'w': skip = atoi(optarg); break;
		case 'R': no_pattern = 1; break;
		default:
			fprintf(stderr, "usage: zipf [-f FILE] [-s SIZE] [-r TOUCHES_PER_SECOND] [-t SECONDS]\n"
				"            [-w SKIP_SECONDS] [-R]\n");
			return 1;
		}
	}
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die("%s", path);
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	if (no_pattern && madvise(map, size, MADV_RANDOM))
		die("madvise");

	pages = size / PAGE;
	page = malloc(pages * sizeof(*page));
	sum = malloc(pages * sizeof(*sum));
	guide = malloc(pages * sizeof(*guide));
	if (!page || !sum || !guide)
		die("malloc");
	for (size_t i = 0; i < pages; i++) {
		sum[i] = pow(i + 1, -0.99) + (i ? sum[i - 1] : 0);
		page[i] = i;
	}
	for (size_t i = pages - 1; i > 0; i--) {
		size_t j = next_random() % (i + 1);
		uint32_t other = page[i];

		page[i] = page[j];
		page[j] = other;
	}
	/* where to begin to look for a sum: a search in a few steps */
	for (size_t i = 0, rank = 0; i < pages; i++) {
		while (sum[rank] < sum[pages - 1] * i / pages)
			rank++;
		guide[i] = rank;
	}

	start = now_ns();
	for (uint64_t batch = 0; batch * BATCH < rate * seconds; batch++) {
		sleep_until(start + batch * BATCH * 1000 * MSEC / rate);
		if (batch * BATCH >= rate * skip && !touches)
			before = faults();
		for (int i = 0; i < BATCH; i++) {
			double want = (next_random() >> 11) * (1.0 / (1ull << 53)) * sum[pages - 1];
			size_t rank = guide[(size_t)(want / sum[pages - 1] * pages)];

			while (rank < pages - 1 && sum[rank] < want)
				rank++;
			t = now_ns();
			*(volatile char *)(map + page[rank] * PAGE);
			end = now_ns();
			if (batch * BATCH >= rate * skip) {
				touches++;
				if (end - t > worst)
					worst = end - t;
			}
		}
	}
	misses = faults() - before;
	printf("touches %llu\nmisses %ld\nmisses_permille %llu\ntouch_worst_us %llu\n",
	       (unsigned long long)touches, misses, (unsigned long long)(misses * 1000 / touches),
	       (unsigned long long)worst / 1000);
	return 0;
}
