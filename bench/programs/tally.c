// SPDX-License-Identifier: GPL-2.0
/*
 * tally - reads what comes, and forgets it.  At the end of it, or on SIGTERM:
 *   bytes N, ms N
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "common.h"

static volatile sig_atomic_t over;

static void stop(int signal)
{
	(void)signal;
	over = 1;
}

int main(void)
{
	static char text[1 << 16];
	struct sigaction action = { .sa_handler = stop };
	uint64_t bytes = 0, began = now_ns();
	ssize_t n = 0;

	/* no SA_RESTART: it ends the read() */
	sigaction(SIGTERM, &action, NULL);
	while (!over && (n = read(0, text, sizeof(text))) > 0)
		bytes += n;
	if (n < 0 && errno != EINTR)
		die("tally");
	printf("bytes %llu\nms %llu\n", (unsigned long long)bytes,
	       (unsigned long long)((now_ns() - began) / MSEC));
	return 0;
}
