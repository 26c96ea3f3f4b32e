// SPDX-License-Identifier: GPL-2.0
/*
 * copy - reads a device or a file, from its start to its end and again, and writes what it read.
 *
 * -n stops after so many bytes.  -d has the kernel drop each chunk that was read
 * (POSIX_FADV_DONTNEED).  "-f -" reads nothing and writes zeros.
 *
 * "-w DIRECTORY" writes files of SIZE there, FILES of them, and then removes the
 * oldest for each new one; "-w DEVICE" goes on and on.  A pause after each chunk sets the
 * rate: with 1100 us it is about 100 MB/s.
 * When it stops, also on SIGTERM, it prints:  stream_bytes N, stream_ms N
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"

#define CHUNK (128ul << 10)

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* The next file in a directory, or a device; how much goes there is in left. */
static int open_output(const char *path, int files, unsigned int number, size_t *left)
{
	char name[256];
	struct stat st;
	int fd;

	if (stat(path, &st))
		die("%s", path);
	if (!S_ISDIR(st.st_mode)) {
		fd = open(path, O_WRONLY);
		*left = SIZE_MAX;
	} else {
		snprintf(name, sizeof(name), "%s/%u", path, number % files);
		unlink(name);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	}
	if (fd < 0)
		die("%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	static char buf[CHUNK];
	const char *path = "/dev/nullb1", *target = NULL;
	size_t file_size = 40 << 20, left = 0, limit = 0;
	uint64_t start, bytes = 0, pause = 1100;
	int opt, fd = -1, out = -1, drop = 0, files = 3;
	unsigned int number = 0;
	off_t pos = 0;
	ssize_t n = CHUNK;

	while ((opt = getopt(argc, argv, "f:n:dw:s:k:p:")) != -1) {
		switch (opt) {
		case 'f': path = optarg; break;
		case 'n': limit = parse_size(optarg); break;
		case 'd': drop = 1; break;
		case 'w': target = optarg; break;
		case 's': file_size = parse_size(optarg); break;
		case 'k': files = atoi(optarg); break;
		case 'p': pause = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: copy [-f FILE|-] [-n BYTES] [-d] [-w DIRECTORY|DEVICE] [-s SIZE]\n"
				"            [-k FILES] [-p PAUSE_US]\n");
			return 1;
		}
	}
	if (strcmp(path, "-")) {
		fd = open(path, O_RDONLY);
		if (fd < 0)
			die("%s", path);
	}
	signal(SIGTERM, on_term);

	start = now_ns();
	while (!stop && !(limit && bytes >= limit)) {
		if (fd >= 0) {
			n = pread(fd, buf, CHUNK, pos);
			if (n < 0)
				die("reading %s", path);
			if (drop && posix_fadvise(fd, pos, n, POSIX_FADV_DONTNEED))
				die("posix_fadvise");
			pos = n ? pos + n : 0;
		}
		if (target && !left) {
			if (out >= 0)
				close(out);
			left = file_size;
			out = open_output(target, files, number++, &left);
		}
		if (target && n) {
			if (write(out, buf, n) != n)
				die("writing to %s", target);
			left -= (size_t)n < left ? (size_t)n : left;
		}
		bytes += n;
		sleep_until(now_ns() + pause * 1000);
	}
	printf("stream_bytes %llu\n", (unsigned long long)bytes);
	printf("stream_ms %llu\n", (now_ns() - start) / MSEC);
	return 0;
}
