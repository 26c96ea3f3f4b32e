// SPDX-License-Identifier: GPL-2.0
/*
 * many - cgroups side by side, each with an equal share of one disk as its working set.
 *
 * With -m it only makes them, below the cgroup "many": protected-0, other-1, ..., every
 * tenth of them one to protect.  Otherwise it uses all the sets in every period, which
 * is to read them once.  Page cache belongs to the cgroup that reads it, so there is no
 * need for a process in each: this one moves from cgroup to cgroup.
 *
 * With -t CGROUP it then, in every period but the first, asks CGROUP (/ is the root) to
 * reclaim -q pages.
 *
 *   requested N                          pages, of all requests
 *   refused N                            requests that were not met in full
 *   reclaim_ns N                         CPU time that the requests took
 *   use_ms N                             that using the sets took, after the first period
 *   cgroup INDEX PROTECTED REFAULTS PGSCAN PGSTEAL
 *                                        PROTECTED: 1 or 0; counts since it was made
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define CHUNK		(128ul << 10)

static int nr = 16, refused;
static uint64_t requested, reclaim_ns;

static int is_protected(int i)
{
	return i % 10 == 0;
}

/* The path of a file of the cgroup, or of itself */
static const char *cgroup(int i, const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), CGROUP_ROOT "/many/%s-%d/%s",
		 is_protected(i) ? "protected" : "other", i, file);
	return path;
}

/* Returns what write() does */
static ssize_t put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	ssize_t n;

	if (fd < 0)
		die("%s", path);
	n = write(fd, value, strlen(value));
	close(fd);
	return n;
}

static void make_cgroups(void)
{
	if (put(CGROUP_ROOT "/many/cgroup.subtree_control", "+memory") < 0)
		die("the memory controller");
	for (int i = 0; i < nr; i++)
		if (mkdir(cgroup(i, ""), 0755))
			die("%s", cgroup(i, ""));
}

static void enter(const char *path)
{
	if (put(path, "0") < 0)
		die("%s", path);
}

static void use_all(int fd, size_t size)
{
	static char buf[CHUNK];

	for (int i = 0; i < nr; i++) {
		size_t done = 0;

		enter(cgroup(i, "cgroup.procs"));
		while (done < size) {
			size_t left = size - done;
			ssize_t n = pread(fd, buf, left < CHUNK ? left : CHUNK, i * size + done);

			if (n <= 0)
				die("reading the sets");
			done += n;
		}
	}
	enter(CGROUP_ROOT "/cgroup.procs");
}

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void request(const char *target, size_t pages)
{
	char file[256], value[32];
	uint64_t begin = cpu_ns();

	snprintf(file, sizeof(file), CGROUP_ROOT "/%s/memory.reclaim", target);
	snprintf(value, sizeof(value), "%zu", pages * PAGE);
	if (put(file, value) < 0) {
		if (errno != EAGAIN)
			die("%s", file);
		refused++;
	}
	reclaim_ns += cpu_ns() - begin;
	requested += pages;
}

static unsigned long long stat_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	if (!line) {
		fprintf(stderr, "memory.stat has no %s\n", key);
		exit(1);
	}
	return strtoull(line + strlen(key), NULL, 10);
}

static const char *read_stat(const char *path)
{
	static char text[16384];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		die("%s", path);
	close(fd);
	text[n] = '\0';
	return text;
}

static void print_cgroups(void)
{
	/* A cgroup with few events since the last time does not collect its counts */
	read_stat(CGROUP_ROOT "/memory.stat");
	for (int i = 0; i < nr; i++) {
		const char *text = read_stat(cgroup(i, "memory.stat"));

		printf("cgroup %d %d %llu %llu %llu\n", i, is_protected(i),
		       stat_of(text, "\nworkingset_refault_file "),
		       stat_of(text, "\npgscan "), stat_of(text, "\npgsteal "));
	}
}

static void usage(void)
{
	fprintf(stderr, "usage: many -n NUMBER -m\n"
			"       many -n NUMBER [-f FILE] [-s SIZE_OF_ALL] [-p PERIOD_MS] [-r ROUNDS]\n"
			"            [-t CGROUP] [-q PAGES]\n");
	exit(1);
}

int main(int argc, char **argv)
{
	uint64_t period = 2000 * MSEC, start, begin, use_ns = 0;
	const char *path = "/dev/nullb0", *target = NULL;
	int opt, fd, make = 0, rounds = 5;
	size_t size = 192 << 20, pages = 8192;

	while ((opt = getopt(argc, argv, "n:mf:s:p:r:t:q:")) != -1) {
		switch (opt) {
		case 'n': nr = atoi(optarg); break;
		case 'm': make = 1; break;
		case 'f': path = optarg; break;
		case 's': size = parse_size(optarg); break;
		case 'p': period = atoi(optarg) * MSEC; break;
		case 'r': rounds = atoi(optarg); break;
		case 't': target = optarg; break;
		case 'q': pages = atoi(optarg); break;
		default: usage();
		}
	}
	if (nr < 1 || size / nr < PAGE)
		usage();
	if (make) {
		make_cgroups();
		return 0;
	}
	size = size / nr / PAGE * PAGE;
	fd = open(path, O_RDONLY);
	/* readahead must not go on into the set of the next one */
	if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM))
		die("%s", path);

	start = now_ns();
	for (int r = 0; r < rounds; r++) {
		sleep_until(start + r * period);
		begin = now_ns();
		use_all(fd, size);
		if (!r)
			continue;
		use_ns += now_ns() - begin;
		if (target)
			request(target, pages);
	}
	if (target)
		printf("requested %llu\nrefused %d\nreclaim_ns %llu\n",
		       (unsigned long long)requested, refused, (unsigned long long)reclaim_ns);
	printf("use_ms %llu\n", use_ns / MSEC);
	print_cgroups();
	return 0;
}
