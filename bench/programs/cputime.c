// SPDX-License-Identifier: GPL-2.0
/*
 * cputime PID - the CPU time of a process in ns, kernel threads included.
 *
 * It reads the scheduler's sum of the time on the CPU.  In virtual time that is
 * the number of instructions; /proc/PID/stat would round it to 10 ms.
 */
#include "common.h"

int main(int argc, char **argv)
{
	struct timespec ts;
	clockid_t clock;

	if (argc != 2 || clock_getcpuclockid(atoi(argv[1]), &clock) || clock_gettime(clock, &ts)) {
		fprintf(stderr, "usage: cputime PID (of a process that exists)\n");
		return 1;
	}
	printf("%llu\n", ts.tv_sec * 1000000000ull + ts.tv_nsec);
	return 0;
}
