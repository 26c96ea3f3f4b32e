// SPDX-License-Identifier: GPL-2.0
/*
 * churn - a program that takes memory and gives it back: maps 16 MiB, writes one
 * word to each page and unmaps it again, ten times a second.
 */
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

int main(int argc, char **argv)
{
	uint64_t next = now_ns(), period = 100;
	size_t size = 16 << 20;
	char *map;
	int opt;

	while ((opt = getopt(argc, argv, "s:p:")) != -1) {
		switch (opt) {
		case 's': size = parse_size(optarg); break;
		case 'p': period = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: churn [-s SIZE] [-p PERIOD_MS]\n");
			return 1;
		}
	}
	for (;;) {
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (map == MAP_FAILED)
			die("mmap");
		for (size_t i = 0; i < size; i += PAGE)
			*(volatile size_t *)(map + i) = i + 1;
		munmap(map, size);
		sleep_until(next += period * MSEC);
	}
}
