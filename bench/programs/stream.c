// SPDX-License-Identifier: GPL-2.0
/*
 * stream - the neighbour: reads a device from its start to its end and again.
 * With -o it starts elsewhere.
 *
 * With -x 3 it reads every 16 MiB three times before it goes on.  A pause after
 * each chunk sets the rate: with 1100 us it is about 100 MB/s.
 * On SIGTERM it prints:  stream_bytes N, stream_ms N
 */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "common.h"

#define CHUNK (128ul << 10)
#define BLOCK (16ul << 20)

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	static char buf[CHUNK];
	const char *path = "/dev/nullb1";
	uint64_t start, bytes = 0, pause = 1100;
	int opt, fd, times = 1, pass = 1;
	off_t pos = 0;
	ssize_t n;

	while ((opt = getopt(argc, argv, "f:o:p:x:")) != -1) {
		switch (opt) {
		case 'f': path = optarg; break;
		case 'o': pos = parse_size(optarg); break;
		case 'p': pause = atoi(optarg); break;
		case 'x': times = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: stream [-f DEVICE] [-o START] [-p PAUSE_US] [-x TIMES]\n");
			return 1;
		}
	}
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die("%s", path);
	signal(SIGTERM, on_term);

	start = now_ns();
	while (!stop) {
		n = pread(fd, buf, CHUNK, pos);
		if (n < 0)
			die("reading %s", path);
		bytes += n;
		pos += n;
		if (n == 0) {
			pos = 0;
		} else if (pos % BLOCK == 0) {
			if (pass++ < times)
				pos -= BLOCK;
			else
				pass = 1;
		}
		sleep_until(now_ns() + pause * 1000);
	}
	printf("stream_bytes %llu\n", (unsigned long long)bytes);
	printf("stream_ms %llu\n", (now_ns() - start) / MSEC);
	return 0;
}
