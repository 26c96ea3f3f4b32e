// SPDX-License-Identifier: GPL-2.0
/*
 * advised - flow -m read, of a neighbour that says what it does: it reads a device from
 * its start to its end and again, and advises the kernel (posix_fadvise).
 *
 *   -A noreuse   POSIX_FADV_NOREUSE for all of it, once
 *   -A dontneed  POSIX_FADV_DONTNEED for each chunk that was read
 *
 * -m read, -f, -p, and what it prints are those of flow: other modes have nothing to advise.
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "common.h"

#define CHUNK (128ul << 10)

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void usage(void)
{
	fprintf(stderr, "usage: advised -A noreuse|dontneed [-m read] [-f DEVICE] [-p PAUSE_US]\n");
	exit(1);
}

static void advise(int fd, off_t pos, off_t bytes, int advice)
{
	errno = posix_fadvise(fd, pos, bytes, advice);
	if (errno)
		die("posix_fadvise");
}

int main(int argc, char **argv)
{
	static char buf[CHUNK];
	const char *path = "/dev/nullb1";
	uint64_t start, bytes = 0, pause = 1100;
	int opt, fd, advice = -1;
	off_t pos = 0;
	ssize_t n;

	while ((opt = getopt(argc, argv, "A:m:f:p:")) != -1) {
		switch (opt) {
		case 'A':
			if (!strcmp(optarg, "noreuse"))
				advice = POSIX_FADV_NOREUSE;
			else if (!strcmp(optarg, "dontneed"))
				advice = POSIX_FADV_DONTNEED;
			else
				usage();
			break;
		case 'm':
			if (strcmp(optarg, "read"))
				usage();
			break;
		case 'f': path = optarg; break;
		case 'p': pause = atoi(optarg); break;
		default: usage();
		}
	}
	if (advice < 0 || optind < argc)
		usage();
	signal(SIGTERM, on_term);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die("%s", path);
	if (advice == POSIX_FADV_NOREUSE)
		advise(fd, 0, 0, advice);

	start = now_ns();
	while (!stop) {
		n = pread(fd, buf, CHUNK, pos);
		if (n < 0)
			die("%s", path);
		if (n && advice == POSIX_FADV_DONTNEED)
			advise(fd, pos, n, advice);
		pos = n ? pos + n : 0;
		bytes += CHUNK;
		sleep_until(now_ns() + pause * 1000);
	}
	printf("bytes %llu\n", (unsigned long long)bytes);
	printf("ms %llu\n", (now_ns() - start) / MSEC);
	return 0;
}
