// SPDX-License-Identifier: GPL-2.0
/*
 * held [MS] - asks every MS (1000) what this guest holds on the host, until SIGTERM.  The
 * answer is vm/held.c's, which vm/boot --balloon adds to QEMU: a line in its file for each
 * line "held" here.
 *
 *   held MS CACHE_KB FREE_KB     of /proc/meminfo; MS since it was started
 *   ms MS                        at its end
 */
#include <signal.h>
#include <unistd.h>
#include "../../vm/held.h"
#include "common.h"

#define TEXT(...) #__VA_ARGS__
#define BYTES(...) TEXT(__VA_ARGS__)

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static unsigned long kb_of(const char *name)
{
	unsigned long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	if (!f)
		die("/proc/meminfo");
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			kb = strtoul(line + strlen(name), NULL, 10);
	fclose(f);
	return kb;
}

int main(int argc, char **argv)
{
	uint64_t step = (argc > 1 ? atoi(argv[1]) : 1000) * MSEC, start = now_ns();

	setlinebuf(stdout);
	signal(SIGTERM, on_term);
	for (uint64_t next = start; !stop; sleep_until(next += step)) {
		asm volatile(".byte " BYTES(HELD_MARKER));
		printf("held %llu %lu %lu\n", (now_ns() - start) / MSEC, kb_of("Cached:"), kb_of("MemFree:"));
	}
	printf("ms %llu\n", (now_ns() - start) / MSEC);
	return 0;
}
