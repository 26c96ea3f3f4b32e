// SPDX-License-Identifier: GPL-2.0
/*
 * heap - a neighbour with anonymous memory: writes one word to every page of a
 * heap, from its start to its end and again, 64 pages in every period.  With
 * 2600 us that is 100 MB/s.  It catches up when it is late: the less memory it
 * gets, the more it has to swap, and the question is whether it keeps its rate.
 * On SIGTERM it prints:  stream_bytes N (of the pages written), stream_ms N
 */
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	uint64_t start, next, written = 0, period = 2600;
	size_t size = 192 << 20;
	char *map;
	int opt;

	while ((opt = getopt(argc, argv, "s:p:")) != -1) {
		switch (opt) {
		case 's': size = parse_size(optarg); break;
		case 'p': period = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: heap [-s SIZE] [-p PERIOD_US]\n");
			return 1;
		}
	}
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		die("mmap");
	signal(SIGTERM, on_term);

	start = next = now_ns();
	while (!stop) {
		/* not all the same word: zram must really store the page */
		*(volatile uint64_t *)(map + written * PAGE % size) = written + 1;
		if (++written % 64 == 0)
			sleep_until(next += period * 1000);
	}
	printf("stream_bytes %llu\n", (unsigned long long)(written * PAGE));
	printf("stream_ms %llu\n", (now_ns() - start) / MSEC);
	return 0;
}
