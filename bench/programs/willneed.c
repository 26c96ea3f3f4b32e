// SPDX-License-Identifier: GPL-2.0
/*
 * willneed - memory that was idle for long, and is announced before it is used: writes to all
 * of it, waits, says MADV_WILLNEED, and touches one page after the other over some seconds.
 *
 * At the end:
 *   gone_pages N     that were swapped out after the wait
 *   back_pages N     of these, what MADV_WILLNEED brought back
 *   again_pages N    of these, what was gone again when it was touched
 *   late_pages N     of those that had stayed, what was gone by then
 *   touch_worst_us N the slowest touch
 */
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

static unsigned char gone[1 << 16], back[1 << 16], now;

int main(int argc, char **argv)
{
	size_t size = 96 << 20, pages, n = 0, came = 0, again = 0, late = 0;
	uint64_t start, t, end, worst = 0, idle = 60, spread = 20;
	char *map;
	int opt;

	while ((opt = getopt(argc, argv, "s:i:t:")) != -1) {
		switch (opt) {
		case 's': size = parse_size(optarg); break;
		case 'i': idle = atoi(optarg); break;
		case 't': spread = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: willneed [-s SIZE] [-i IDLE_SECONDS] [-t SECONDS]\n");
			return 1;
		}
	}
	pages = size / PAGE;
	if (pages > sizeof(gone)) {
		fprintf(stderr, "willneed: at most %zu pages\n", sizeof(gone));
		return 1;
	}
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		die("mmap");
	/* not all the same word: zram must really store the page */
	for (size_t i = 0; i < pages; i++)
		*(volatile size_t *)(map + i * PAGE) = i + 1;
	printf("written %zu pages\n", pages);
	fflush(stdout);

	sleep_until(now_ns() + idle * 1000 * MSEC);
	if (mincore(map, size, gone))
		die("mincore");
	if (madvise(map, size, MADV_WILLNEED))
		die("madvise");
	if (mincore(map, size, back))
		die("mincore");
	for (size_t i = 0; i < pages; i++) {
		n += !(gone[i] & 1);
		came += !(gone[i] & 1) && (back[i] & 1);
	}
	start = now_ns();
	for (size_t i = 0; i < pages; i++) {
		if (i % 64 == 0)
			sleep_until(start + i * spread * 1000 * MSEC / pages);
		if (mincore(map + i * PAGE, PAGE, &now))
			die("mincore");
		if (!(now & 1) && (back[i] & 1)) {
			again += !(gone[i] & 1);
			late += gone[i] & 1;
		}
		t = now_ns();
		*(volatile size_t *)(map + i * PAGE);
		end = now_ns();
		if (end - t > worst)
			worst = end - t;
	}
	printf("gone_pages %zu\nback_pages %zu\nagain_pages %zu\nlate_pages %zu\ntouch_worst_us %llu\n",
	       n, came, again, late, (unsigned long long)worst / 1000);
	return 0;
}
