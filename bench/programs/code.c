// SPDX-License-Identifier: GPL-2.0
/*
 * code - a program whose code counts: maps a file with PROT_EXEC and uses one byte of each of its
 * pages in every period.
 *
 * At the end:  code_lost N (pages that were not in memory when a round began, but for the first)
 *              code_worst_us N (of a single page, likewise)
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

int main(int argc, char **argv)
{
	static unsigned char resident[1 << 16];
	uint64_t start, t, end, worst = 0, period = 2000;
	const char *path = "/dev/nullb0";
	size_t size = 4 << 20, lost = 0;
	int opt, fd, rounds = 10;
	off_t offset = 0;
	char *map;

	while ((opt = getopt(argc, argv, "f:o:s:p:n:")) != -1) {
		switch (opt) {
		case 'f': path = optarg; break;
		case 'o': offset = parse_size(optarg); break;
		case 's': size = parse_size(optarg); break;
		case 'p': period = atoi(optarg); break;
		case 'n': rounds = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: code [-f FILE] [-o OFFSET] [-s SIZE] [-p PERIOD_MS] [-n ROUNDS]\n");
			return 1;
		}
	}
	if (size / PAGE > sizeof(resident)) {
		fprintf(stderr, "code: at most %zu pages\n", sizeof(resident));
		return 1;
	}
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die("%s", path);
	map = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, offset);
	if (map == MAP_FAILED)
		die("mmap");

	start = now_ns();
	for (int round = 0; round < rounds; round++) {
		sleep_until(start + round * period * MSEC);
		if (mincore(map, size, resident))
			die("mincore");
		for (size_t i = 0; i < size / PAGE; i++) {
			if (round && !(resident[i] & 1))
				lost++;
			t = now_ns();
			*(volatile char *)(map + i * PAGE);
			end = now_ns();
			if (round && end - t > worst)
				worst = end - t;
		}
	}
	printf("code_lost %zu\ncode_worst_us %llu\n", lost, (unsigned long long)worst / 1000);
	return 0;
}
