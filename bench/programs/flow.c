// SPDX-License-Identifier: GPL-2.0
/*
 * flow - the neighbour: goes through more memory than there is, at a steady rate.
 *
 *   -m read   reads a device from its start to its end and again; with -x 3 every
 *             16 MiB three times before it goes on
 *   -m write  writes to it instead
 *   -m heap   writes one word to every page of a heap (-s), and again from its start
 *   -m grow   the same, but gives the heap back at its end and starts anew
 *
 * It moves 128 KiB, then pauses (-p, in us).  1100 us are about 100 MB/s from a disk
 * with a latency of 100 us, 1300 us are 100 MB/s of a heap.  It never catches up: what
 * reclaim costs it is lost.  -w MS: it begins that much later.  -l MIB: it ends when it
 * has moved so many.  At its end, or on SIGTERM:  bytes N, ms N
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common.h"

#define CHUNK (128ul << 10)
#define BLOCK (16l << 20)

static enum { READ, WRITE, HEAP, GROW } mode = READ;
static const char *const modes[] = { "read", "write", "heap", "grow" };
static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void usage(void)
{
	fprintf(stderr, "usage: flow [-m read|write|heap|grow] [-f DEVICE] [-s HEAP] [-p PAUSE_US]\n"
			"            [-x TIMES] [-w MS] [-l MIB]\n");
	exit(1);
}

/* Reads or writes a chunk, and returns where the next one is */
static off_t move_file(int fd, const char *path, off_t pos, int times)
{
	static char buf[CHUNK];
	static int pass = 1;
	ssize_t n = mode == READ ? pread(fd, buf, CHUNK, pos) : pwrite(fd, buf, CHUNK, pos);

	if (n < 0 && errno != ENOSPC)
		die("%s", path);
	if (n <= 0)
		return 0;
	pos += n;
	if (pos % BLOCK || pass++ < times)
		return pos % BLOCK ? pos : pos - BLOCK;
	pass = 1;
	return pos;
}

static off_t move_heap(char *map, size_t size, off_t pos)
{
	/* not all the same word: zram must really store the page */
	for (size_t i = 0; i < CHUNK; i += PAGE)
		*(volatile uint64_t *)(map + pos + i) = now_ns() + i;
	pos += CHUNK;
	if ((size_t)pos < size)
		return pos;
	if (mode == GROW && madvise(map, size, MADV_DONTNEED))
		die("madvise");
	return 0;
}

int main(int argc, char **argv)
{
	const char *path = "/dev/nullb1";
	uint64_t start, bytes = 0, pause = 1100, later = 0, limit = UINT64_MAX;
	size_t size = 192 << 20;
	int opt, fd = -1, times = 1;
	char *map = NULL;
	off_t pos = 0;

	while ((opt = getopt(argc, argv, "m:f:s:p:x:w:l:")) != -1) {
		switch (opt) {
		case 'm':
			for (mode = READ; mode <= GROW && strcmp(optarg, modes[mode]); mode++)
				;
			if (mode > GROW)
				usage();
			break;
		case 'f': path = optarg; break;
		case 's': size = parse_size(optarg) / CHUNK * CHUNK; break;
		case 'p': pause = atoi(optarg); break;
		case 'x': times = atoi(optarg); break;
		case 'w': later = atoi(optarg) * MSEC; break;
		case 'l': limit = (uint64_t)atoi(optarg) << 20; break;
		default: usage();
		}
	}
	signal(SIGTERM, on_term);
	if (mode == READ || mode == WRITE) {
		fd = open(path, mode == READ ? O_RDONLY : O_WRONLY);
		if (fd < 0)
			die("%s", path);
	} else {
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (map == MAP_FAILED)
			die("mmap");
	}
	sleep_until(now_ns() + later);

	start = now_ns();
	while (!stop && bytes < limit) {
		pos = map ? move_heap(map, size, pos) : move_file(fd, path, pos, times);
		bytes += CHUNK;
		sleep_until(now_ns() + pause * 1000);
	}
	printf("bytes %llu\n", (unsigned long long)bytes);
	printf("ms %llu\n", (now_ns() - start) / MSEC);
	return 0;
}
