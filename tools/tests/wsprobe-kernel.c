// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel as tests/wsprobe makes it up: that of tests/wstrim, and directories.  The
 * time that a CPU has spent is the real one.
 */
#define clock_gettime made_up_clock_gettime
#include "wstrim-kernel.c"
#undef clock_gettime

#include <sys/stat.h>

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	return clock == CLOCK_MONOTONIC ? made_up_clock_gettime(clock, ts) :
					  syscall(SYS_clock_gettime, clock, ts);
}

static int directory(const char *what, const char *path)
{
	errno = ask(what, path, strlen(path));
	return errno ? -1 : 0;
}

int mkdir(const char *path, mode_t mode)
{
	(void)mode;
	return directory("mkdir", path);
}

int rmdir(const char *path)
{
	return directory("rmdir", path);
}
