/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest programs share: time, sizes, giving up. */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE 4096ul
#define MSEC 1000000ull		/* in ns */

#define die(...) do {							\
	fprintf(stderr, __VA_ARGS__);					\
	fprintf(stderr, ": %s\n", strerror(errno));			\
	exit(1);							\
} while (0)

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Returns at once if the time has passed, and early on a signal. */
static inline void sleep_until(uint64_t ns)
{
	struct timespec ts = { ns / 1000000000, ns % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* "48M", "128K" or bytes */
static inline size_t parse_size(const char *s)
{
	char *end;
	size_t n = strtoul(s, &end, 0);

	switch (*end) {
	case 'G': n <<= 10; /* fallthrough */
	case 'M': n <<= 10; /* fallthrough */
	case 'K': n <<= 10; end++;
	}
	if (end == s || *end) {
		fprintf(stderr, "not a size: %s\n", s);
		exit(1);
	}
	return n;
}

#endif
