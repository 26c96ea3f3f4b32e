// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel as tests/wstrim makes it up.  Preloaded into wstrim: what it writes to files
 * of the kernel, the time and its sleeps go to the test by a socket, and the answer back.
 * So no test has to wait, and each is the same every time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* "WHAT TEXT\0" to the test, a number back */
static long long ask(const char *what, const char *text, size_t len)
{
	int fd = atoi(getenv("WSTRIM_KERNEL"));
	char buf[2 * PATH_MAX];
	int n = snprintf(buf, sizeof(buf), "%s %.*s", what, (int)len, text) + 1;

	if (syscall(SYS_write, fd, buf, n) != n)
		abort();
	for (n = 0; ; n++) {
		if (syscall(SYS_read, fd, buf + n, 1) != 1)
			abort();
		if (buf[n] == '\n')
			return atoll(buf);
	}
}

ssize_t write(int fd, const void *text, size_t len)
{
	char link[64], what[PATH_MAX] = "write ";
	long long error;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, what + 6, sizeof(what) - 7) < 0)
		return -1;
	error = ask(strcat(what, "\n"), text, len);
	if (error == EINTR)
		raise(SIGTERM);
	errno = error;
	return error ? -1 : (ssize_t)len;
}

int open(const char *path, int flags, ...)
{
	char other[PATH_MAX];
	va_list args;
	int mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	if (!strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5)) {
		snprintf(other, sizeof(other), "%s%s", getenv("WSTRIM_FILES"), path);
		path = other;
	}
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	long long ms = ask("clock", "", 0);

	ms += clock == CLOCK_REALTIME ? 1700000000000 : 0;
	*ts = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	return 0;
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *ts, const sigset_t *mask)
{
	char ms[32];

	(void)fds;
	(void)n;
	sprintf(ms, "%lld", ts->tv_sec * 1000ll + ts->tv_nsec / 1000000);
	if (ask("sleep", ms, strlen(ms))) {
		raise(SIGTERM);
		sigprocmask(SIG_SETMASK, mask, NULL);	/* arrives now */
	}
	errno = EINTR;
	return -1;
}
