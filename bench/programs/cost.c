// SPDX-License-Identifier: GPL-2.0
/*
 * cost - what the kernel spends on a page or on a call, in CPU time.
 *
 *   cost pages DEVICE PAGES	pages come, are used, are activated, and go
 *   cost calls DIR		cgroups made in DIR and removed, their files read
 *   cost insert DEVICE PAGES OFFSET	fill the page cache, measure nothing
 *   cost reclaim NAME CGROUP PAGES	memory.reclaim of so many
 *   cost limit NAME CGROUP COUNTED DEVICE PAGES OFFSET	a stream in a full cgroup
 *   cost direct NAME CGROUP COUNTED DEVICE PAGES OFFSET	a stream that does
 *			not let kswapd run: all reclaim is by itself
 *   cost kswapd NAME DEVICE PAGES OFFSET PAUSE_US	one that does
 *
 * In virtual time a nanosecond is an instruction.  It is CPU time, so that what
 * else runs does not count; interrupts do, they are the same on all kernels.
 * It prints "NAME_ns N" and "NAME_n N", the pages or calls that took that time.
 *
 * A stream is in direct reclaim for as long as memory.pressure of its CGROUP says.
 * What it got is pgsteal_direct of the cgroup COUNTED, "/" is the machine.
 */
#define _GNU_SOURCE		/* SCHED_IDLE */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"

#define CHUNK 32		/* pages of a read */
#define CALLS 200
#define CHILDREN 100

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		die("CPU clock");
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static uint64_t start;

static void begin(void)
{
	start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void figure(const char *name, uint64_t ns, uint64_t n)
{
	printf("%s_ns %llu\n%s_n %llu\n", name, (unsigned long long)ns,
	       name, (unsigned long long)n);
}

static void end(const char *name, uint64_t n)
{
	figure(name, clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start, n);
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		die("%s", path);
	return fd;
}

/* "a/b" of a directory */
static const char *in(const char *dir, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* The number behind a key, anywhere in a file of "key number" or "key=number" */
static uint64_t value_of(const char *path, const char *key)
{
	static char buf[16384];
	int fd = open_file(path, O_RDONLY);
	ssize_t n = read(fd, buf, sizeof(buf) - 1);
	char *at;

	if (n < 0)
		die("reading %s", path);
	close(fd);
	buf[n] = 0;
	at = strstr(buf, key);
	if (!at) {
		fprintf(stderr, "no %s in %s\n", key, path);
		exit(1);
	}
	return strtoull(at + strlen(key), NULL, 10);
}

/******************************** pages ********************************/

/* Readahead only: no byte is copied */
static void bring_in(int fd, size_t pages, off_t from)
{
	size_t i;

	for (i = 0; i < pages; i += CHUNK)
		if (posix_fadvise(fd, from + i * PAGE, CHUNK * PAGE, POSIX_FADV_WILLNEED))
			die("readahead");
}

static void drop(int fd, size_t pages)
{
	if (posix_fadvise(fd, 0, pages * PAGE, POSIX_FADV_DONTNEED))
		die("dropping pages");
}

/* One byte of every page; a step that has no factor in common with pages shuffles them */
static void touch_by_read(int fd, size_t pages, size_t step)
{
	size_t i, page = 0;
	char byte;

	for (i = 0; i < pages; i++, page = (page + step) % pages)
		if (pread(fd, &byte, 1, page * PAGE) != 1)
			die("reading a byte");
}

static void touch(const volatile char *map, size_t pages)
{
	size_t i;

	for (i = 0; i < pages; i++)
		(void)map[i * PAGE];
}

static void read_through(int fd, size_t pages, off_t from)
{
	static char buf[CHUNK * PAGE];
	size_t i;

	for (i = 0; i < pages; i += CHUNK)
		if (pread(fd, buf, sizeof(buf), from + i * PAGE) != sizeof(buf))
			die("reading");
}

static char *map(size_t pages, int fd)
{
	char *area = mmap(NULL, pages * PAGE, PROT_READ | (fd < 0 ? PROT_WRITE : 0),
			  fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	if (area == MAP_FAILED)
		die("mmap");
	return area;
}

static void measure_pages(const char *device, size_t pages)
{
	int fd = open_file(device, O_RDONLY);
	char *area;
	size_t i;

	begin(), bring_in(fd, pages, 0), end("insert", pages);
	begin(), touch_by_read(fd, pages, 1), end("reference", pages);
	begin(), touch_by_read(fd, pages, 1), end("activate", pages);
	begin(), touch_by_read(fd, pages, 1), end("use", pages);
	begin(), drop(fd, pages), end("drop", pages);

	bring_in(fd, pages, 0);
	touch_by_read(fd, pages, 1);
	begin(), touch_by_read(fd, pages, 4099), end("activate_shuffled", pages);
	begin(), drop(fd, pages), end("drop_shuffled", pages);

	begin(), read_through(fd, pages, 0), end("read", pages);
	area = map(pages, fd);
	begin(), touch(area, pages), end("file_fault", pages);
	begin(), munmap(area, pages * PAGE), end("file_unmap", pages);
	drop(fd, pages);

	area = map(pages, -1);
	begin();
	for (i = 0; i < pages; i++)
		area[i * PAGE] = 1;
	end("anon_fault", pages);
	begin(), munmap(area, pages * PAGE), end("anon_unmap", pages);
}

/******************************** cgroups ********************************/

/* All tasks of the machine, kernel threads included, this one excepted */
static uint64_t others_ns(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	struct timespec ts;
	clockid_t clock;
	uint64_t sum = 0;
	int pid;

	if (!proc)
		die("/proc");
	while ((entry = readdir(proc))) {
		pid = atoi(entry->d_name);
		if (pid > 0 && pid != getpid() && !clock_getcpuclockid(pid, &clock) &&
		    !clock_gettime(clock, &ts))
			sum += ts.tv_sec * 1000000000ull + ts.tv_nsec;
	}
	closedir(proc);
	return sum;
}

static void read_often(const char *name, const char *path)
{
	static char buf[65536];
	int i, fd = open_file(path, O_RDONLY);
	ssize_t n = pread(fd, buf, sizeof(buf), 0);

	begin();
	for (i = 0; i < CALLS && n > 0; i++)
		n = pread(fd, buf, sizeof(buf), 0);
	end(name, CALLS);
	if (n <= 0)
		die("reading %s", path);
	close(fd);
}

static const char *child(const char *dir, int i)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/child%d", dir, i);
	return path;
}

static void make(const char *dir, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (mkdir(child(dir, i), 0755))
			die("mkdir %s", child(dir, i));
}

static void unmake(const char *dir, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (rmdir(child(dir, i)))
			die("rmdir %s", child(dir, i));
}

static void measure_calls(const char *dir)
{
	uint64_t before;

	/* the first ones find the slabs empty */
	make(dir, CALLS), unmake(dir, CALLS);
	sleep_until(now_ns() + 2000 * MSEC);

	before = others_ns();
	begin(), make(dir, CALLS), end("mkdir", CALLS);
	begin(), unmake(dir, CALLS), end("rmdir", CALLS);
	/* a removed one is taken apart by kernel threads, after grace periods */
	sleep_until(now_ns() + 2000 * MSEC);
	figure("rmdir_later", others_ns() - before, CALLS);

	read_often("stat", in(dir, "memory.stat"));
	read_often("numa_stat", in(dir, "memory.numa_stat"));
	make(dir, CHILDREN);
	read_often("stat_children", in(dir, "memory.stat"));
	unmake(dir, CHILDREN);
}

/******************************** reclaim ********************************/

static uint64_t stolen(const char *cgroup, const char *by)
{
	char key[32];

	snprintf(key, sizeof(key), "pgsteal_%s ", by);
	return value_of(strcmp(cgroup, "/") ? in(cgroup, "memory.stat") : "/proc/vmstat", key);
}

static void measure_reclaim(const char *name, const char *cgroup, size_t pages)
{
	int fd = open_file(in(cgroup, "memory.reclaim"), O_WRONLY);
	uint64_t before = stolen(cgroup, "direct"), ns;
	char bytes[32];
	int length = snprintf(bytes, sizeof(bytes), "%zu", pages * PAGE);

	begin();
	if (write(fd, bytes, length) != length)
		die("memory.reclaim");
	ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
	figure(name, ns, stolen(cgroup, "direct") - before);
}

static void measure_stream(const char *name, const char *cgroup, const char *counted,
			   const char *device, size_t pages, off_t from)
{
	char pressure[512];
	int fd = open_file(device, O_RDONLY);
	uint64_t stalled, direct;

	snprintf(pressure, sizeof(pressure), "%s/memory.pressure", cgroup);
	stalled = value_of(pressure, "total=");
	direct = stolen(counted, "direct");
	read_through(fd, pages, from);
	figure(name, 1000 * (value_of(pressure, "total=") - stalled),
	       stolen(counted, "direct") - direct);
}

static pid_t find_kswapd(void)
{
	char path[64], name[32] = "";
	pid_t pid;
	int fd;

	for (pid = 2; pid < 1000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, name, sizeof(name) - 1) > 0 && !strncmp(name, "kswapd0", 7)) {
			close(fd);
			return pid;
		}
		close(fd);
	}
	fprintf(stderr, "no kswapd0\n");
	exit(1);
}

static void set_kswapd_policy(int policy)
{
	struct sched_param param = { .sched_priority = 0 };

	if (sched_setscheduler(find_kswapd(), policy, &param))
		die("sched_setscheduler");
}

static void measure_kswapd(const char *name, const char *device, size_t pages, off_t from,
			   uint64_t pause)
{
	uint64_t before, taken = stolen("/", "kswapd");
	int fd = open_file(device, O_RDONLY);
	clockid_t clock;
	size_t i;

	if (clock_getcpuclockid(find_kswapd(), &clock))
		die("kswapd's clock");
	before = clock_ns(clock);
	for (i = 0; i < pages; i += CHUNK) {
		read_through(fd, CHUNK, from + i * PAGE);
		sleep_until(now_ns() + pause * 1000);
	}
	figure(name, clock_ns(clock) - before, stolen("/", "kswapd") - taken);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "pages") && argc == 4) {
		measure_pages(argv[2], atol(argv[3]));
	} else if (!strcmp(what, "calls") && argc == 3) {
		measure_calls(argv[2]);
	} else if (!strcmp(what, "insert") && argc == 5) {
		bring_in(open_file(argv[2], O_RDONLY), atol(argv[3]), atoll(argv[4]));
	} else if (!strcmp(what, "reclaim") && argc == 5) {
		measure_reclaim(argv[2], argv[3], atol(argv[4]));
	} else if (!strcmp(what, "limit") && argc == 8) {
		measure_stream(argv[2], argv[3], argv[4], argv[5], atol(argv[6]), atoll(argv[7]));
	} else if (!strcmp(what, "direct") && argc == 8) {
		set_kswapd_policy(SCHED_IDLE);
		measure_stream(argv[2], argv[3], argv[4], argv[5], atol(argv[6]), atoll(argv[7]));
		set_kswapd_policy(SCHED_OTHER);
	} else if (!strcmp(what, "kswapd") && argc == 7) {
		measure_kswapd(argv[2], argv[3], atol(argv[4]), atoll(argv[5]), atoll(argv[6]));
	} else {
		fprintf(stderr, "cost: see the top of cost.c for its arguments\n");
		return 1;
	}
	return 0;
}
