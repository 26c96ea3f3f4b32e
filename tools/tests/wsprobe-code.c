// SPDX-License-Identifier: GPL-2.0
/*
 * Part of tests/wsprobe: 8 MiB of code, each page of which is called once per period.
 *
 * usage: wsprobe-code PERIOD_MS
 */
#define _GNU_SOURCE		/* clock_nanosleep() */
#include <stdlib.h>
#include <time.h>

#define PAGES 2048

/* Pages that return, and do nothing else */
extern const char pages[];
__asm__(".text\n"
	".p2align 12\n"
	"pages:\n"
	".rept 2048\n"
	"ret\n"
	".p2align 12\n"
	".endr\n");

int main(int argc, char **argv)
{
	int ms = argc > 1 ? atoi(argv[1]) : 1000;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		for (int i = 0; i < PAGES; i++)
			((void (*)(void))(pages + i * 4096ul))();
		next.tv_sec += ms / 1000;
		next.tv_nsec += ms % 1000 * 1000000;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
}
