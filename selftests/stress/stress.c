// SPDX-License-Identifier: GPL-2.0
/*
 * stress - a random life of cgroups, intervals, workloads and machine settings, with
 * invariants that have to hold at every step.
 *
 * A seed stands for a list of steps. Each has random numbers of its own, so one
 * that is dropped (-d) leaves the others as they are: that is how run-stress finds
 * the few that a failure takes. In virtual time the same seed is the same run.
 *
 * usage: stress [OPTION]... SEED [LAST_SEED]
 *   -n  steps of a seed (40)
 *   -d  leave these out
 *   -k  only steps of these kinds, besides what it takes to have something to do
 *   -l  what lru_gen/enabled is at the beginning of each seed: 0 or 7
 *   -s  steps of sleep are up to this many ms long (200)
 *   -L  look for leaks at the end; it is a failure if the kernel can't
 *   -r  time is that of the host: do not sleep for long
 *
 * What must hold:
 *   - an age is not higher than the uptime of its cgroup;
 *   - on the classic LRU, an age does not grow faster than time, but for its error;
 *   - events only grow, and nobody has a ws_access event who never had an interval;
 *   - an interval reads as it was written, and a bad write is refused and changes
 *     nothing;
 *   - at the end every task can be killed and every cgroup be removed.
 * Another process reads the files of all cgroups all the time, and looks at the ages,
 * too. The kernel's own checkers say the rest on the console.
 *
 * In the end it prints how often what it did took effect.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../bench/programs/common.h"

#define TOP		"/sys/fs/cgroup/stress"
#define SLOTS		12
#define WORKERS		16
#define MAX_STEPS	1000
#define MB		(1ul << 20)
/*
 * An age is in ticks, a time is not. The CPU that counts the ticks has to wait its turn,
 * which is long when all four of them are busy.
 */
#define LATE_MS		1000
#define BALLAST		"/proc/sys/vm/nr_hugepages"
#define BAD_DATA	2	/* exit status */
#define NODE1		"/sys/devices/system/node/node1"
#define TIMES		1000000000l	/* faults to inject, more than there will be */

/* A cgroup. The events and ages are those of the last look. */
struct slot {
	bool used, promised;	/* promised: may ever have had an interval */
	int parent;		/* -1: the top one */
	char path[256];
	unsigned int knob;
	uint64_t born_ns, seen_ns;
	long long age[2], events[16];
};

struct worker {
	pid_t pid;
	int slot;
	bool writes_knobs;
};

static struct slot slots[SLOTS];
static struct worker workers[WORKERS];
static bool dropped[MAX_STEPS];
static const char *only[16];
static int nr_only;
static uint64_t random_state;
static int seed, step, failures;
static long checks;
static int knob_writers;
static int sleep_ms = 200;
static bool gens;		/* now, or when we looked last */
static bool real_time, want_leaks;
static pid_t looker;
static bool slept_hours;

/* What took effect, by all processes */
enum effect {
	CGROUPS, KNOBS, SWAPOFFS, CPUS_OFF, MEMORY_OFF, LRU_SWITCHES, LOOKS, LEAK_SCANS,
	BAD_LOOKS, NR_EFFECTS,
};

static const char * const effect_names[NR_EFFECTS] = {
	"cgroups", "knobs", "swapoffs", "cpus_off", "memory_off", "lru_switches", "looks",
	"leak_scans", "bad_looks",
};

static long *effects;		/* shared */

static void took_effect(enum effect what)
{
	__atomic_fetch_add(&effects[what], 1, __ATOMIC_RELAXED);
}

/* What can be made to fail, in /sys/kernel/debug, if the kernel has that */
static const char * const faults[] = {
	"failslab", "fail_page_alloc", "fail_make_request",
};

/* ---------------------------------------------------------------- small things */

static uint64_t rnd(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state >> 11;
}

static unsigned int below(unsigned int n)
{
	return rnd() % n;
}

static void seed_random(uint64_t a, uint64_t b)
{
	random_state = a * 0x9e3779b97f4a7c15ull + (b + 1) * 0xbf58476d1ce4e5b9ull;
	random_state |= 1;
	for (int i = 0; i < 8; i++)
		rnd();
}

/* Who judges does not die of a swap device that fails, as workers may. Forks are not locked. */
static void stay_resident(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
}

static void __attribute__((format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("FAIL seed %d step %d: ", seed, step);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	failures++;
}

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("step %d at %llu ms: ", step, now_ns() / MSEC);
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

/* Returns 0, or an errno */
static int put_bytes(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, data, len) < 0)
		err = errno;
	close(fd);
	return err;
}

static int put(const char *path, const char *text)
{
	return put_bytes(path, text, strlen(text));
}

static int __attribute__((format(printf, 2, 3)))
putf(const char *path, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return put(path, text);
}

/* What a file says, "" if it is gone */
static char *get(const char *path)
{
	static char text[32768];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0, len = 0;

	if (fd >= 0) {
		while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
			len += n;
		close(fd);
	}
	text[len] = '\0';
	return text;
}

/* The number behind a name in such a text, -1 if there is none */
static long long field(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoll(line + len, NULL, 10);
	}
	return -1;
}

static long long meminfo(const char *name)
{
	char *at = strstr(get("/proc/meminfo"), name);

	return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static const char *file(int slot, const char *name)
{
	static char path[320];

	snprintf(path, sizeof(path), "%s/%s", slot < 0 ? TOP : slots[slot].path, name);
	return path;
}

static void pause_ms(int ms)
{
	sleep_until(now_ns() + ms * MSEC);
}

/* ------------------------------------------------------------------ invariants */

static bool on_gens(void)
{
	return strtol(get("/sys/kernel/mm/lru_gen/enabled"), NULL, 16) & 1;
}

static void check_age(struct slot *s, int type, long long age, uint64_t after)
{
	static const char * const names[] = { "anon", "file" };
	long long uptime = (after - s->born_ns) / MSEC + LATE_MS;
	long long elapsed = (after - s->seen_ns) / MSEC + LATE_MS;

	checks++;
	if (age < 0)
		fail("%s has no %s age", s->path, names[type]);
	if (age > uptime)
		fail("%s is %lld ms old, its %s memory %lld ms", s->path, uptime,
		     names[type], age);
	/*
	 * What reclaim has just taken out of a generation may come back to it, and
	 * what is deactivated joins the oldest one. Both go to the head of a classic
	 * list. There, the age is the middle of the tail's bucket, which moves by half
	 * of what is added when that is merged with an older one: up to an eighth.
	 */
	if (!gens && age && s->age[type] && age - age / 8 > s->age[type] + elapsed)
		fail("%s: the %s age was %lld and is %lld after %lld ms", s->path,
		     names[type], s->age[type], age, elapsed);
	s->age[type] = age;
}

static void check_slot(int i)
{
	static const char * const kinds[] = {
		"low", "high", "max", "oom", "oom_kill", "ws_access", NULL,
	};
	struct slot *s = &slots[i];
	uint64_t before, after;
	const char *text;
	char knob[32];

	before = now_ns();
	text = get(file(i, "memory.stat"));
	after = now_ns();
	check_age(s, 0, field(text, "lruvec_age_anon_ms"), after);
	check_age(s, 1, field(text, "lruvec_age_file_ms"), after);
	s->seen_ns = before;

	text = get(file(i, "memory.numa_stat"));
	for (const char *p = text; (p = strstr(p, "lruvec_age_")); p++)
		for (const char *n = p; *n && *n != '\n'; n++)
			if (*n == '=' && atoll(n + 1) > (long long)
			    ((now_ns() - s->born_ns) / MSEC + LATE_MS))
				fail("%s: on a node an age is higher than its uptime: %.60s",
				     s->path, p);

	for (int local = 0; local < 2; local++) {
		text = get(file(i, local ? "memory.events.local" : "memory.events"));
		for (int k = 0; kinds[k]; k++) {
			long long n = field(text, kinds[k]);
			long long *last = &s->events[local * 8 + k];

			checks++;
			if (n < *last)
				fail("%s: event %s went from %lld to %lld", s->path,
				     kinds[k], *last, n);
			*last = n;
			if (local && !strcmp(kinds[k], "ws_access") && n && !s->promised)
				fail("%s has %lld ws_access events and never had a promise",
				     s->path, n);
		}
	}

	if (knob_writers)
		return;
	checks++;
	snprintf(knob, sizeof(knob), "%u\n", s->knob);
	text = get(file(i, "memory.ws_access_ms"));
	if (strcmp(text, knob))
		fail("%s: the knob is %ld instead of %u", s->path, strtol(text, NULL, 10),
		     s->knob);
}

static void check_all(void)
{
	static bool before;
	bool now = on_gens();

	gens = before || now;
	before = now;
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].used)
			check_slot(i);
}

/* --------------------------------------------------------------------- cgroups */

static bool has_children(int slot)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].used && slots[i].parent == slot)
			return true;
	return false;
}

static int workers_in(int slot)
{
	int n = 0;

	for (int i = 0; i < WORKERS; i++)
		n += workers[i].pid && workers[i].slot == slot;
	return n;
}

static int any_slot(bool leaf)
{
	int from = below(SLOTS);

	for (int i = 0; i < SLOTS; i++) {
		int slot = (from + i) % SLOTS;

		if (slots[slot].used && (!leaf || !has_children(slot)))
			return slot;
	}
	return -1;
}

static bool promise_possible(int slot)
{
	for (; slot >= 0; slot = slots[slot].parent)
		if (slots[slot].knob)
			return true;
	return false;
}

static void note_promises(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].used && (knob_writers || promise_possible(i)))
			slots[i].promised = true;
}

static void make_cgroup(bool failing)
{
	int slot, parent = below(3) ? any_slot(false) : -1;
	struct slot *s;

	for (slot = 0; slot < SLOTS && slots[slot].used; slot++)
		;
	/* a cgroup with tasks can't have children that are controlled */
	if (slot == SLOTS || (parent >= 0 && workers_in(parent)))
		return;
	if (parent >= 0 && put(file(parent, "cgroup.subtree_control"), "+memory"))
		return;
	s = &slots[slot];
	memset(s, 0, sizeof(*s));
	s->parent = parent;
	if (snprintf(s->path, sizeof(s->path), "%s/s%d", parent < 0 ? TOP :
		     slots[parent].path, slot) >= (int)sizeof(s->path))
		return;
	s->born_ns = now_ns();
	if (failing)
		put("/proc/self/make-it-fail", "1");
	s->used = !mkdir(s->path, 0755);
	if (failing)
		put("/proc/self/make-it-fail", "0");
	if (s->used)
		took_effect(CGROUPS);
	if (!s->used && !failing)
		fail("mkdir %s: %s", s->path, strerror(errno));
	say("mkdir %s%s", s->path, s->used ? "" : " failed");
}

/* The intervals are known again when nobody else writes them any more */
static void learn_knobs(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].used)
			slots[i].knob = strtoul(get(file(i, "memory.ws_access_ms")), NULL, 10);
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < WORKERS; i++)
			if (workers[i].pid == pid) {
				/* SIGBUS is what a failing disk leads to */
				if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL &&
				    WTERMSIG(status) != SIGBUS)
					fail("worker %d died of signal %d", i, WTERMSIG(status));
				if (WIFEXITED(status) && WEXITSTATUS(status) == BAD_DATA)
					fail("worker %d read what it did not write", i);
				if (workers[i].writes_knobs && !--knob_writers)
					learn_knobs();
				workers[i] = (struct worker){};
			}
}

static void stop_worker(int i)
{
	uint64_t end = now_ns() + 60000 * MSEC;

	kill(workers[i].pid, SIGKILL);
	while (workers[i].pid) {
		reap();
		if (!workers[i].pid)
			break;
		if (now_ns() > end) {
			fail("a task did not die within a minute");
			workers[i].pid = 0;
		}
		pause_ms(2);
	}
}

static void remove_cgroup(int slot)
{
	uint64_t end = now_ns() + 60000 * MSEC;

	for (int i = 0; i < SLOTS; i++)
		if (slots[i].used && slots[i].parent == slot)
			remove_cgroup(i);
	put(file(slot, "cgroup.kill"), "1");
	for (int i = 0; i < WORKERS; i++)
		if (workers[i].pid && workers[i].slot == slot)
			stop_worker(i);
	while (rmdir(slots[slot].path)) {
		if (errno != EBUSY || now_ns() > end) {
			fail("rmdir %s: %s", slots[slot].path, strerror(errno));
			break;
		}
		pause_ms(5);
	}
	say("rmdir %s", slots[slot].path);
	slots[slot].used = false;
}

/* ------------------------------------------------------------------- intervals */

static void write_knob(void)
{
	static const unsigned int values[] = {
		0, 1, 3, 4, 50, 200, 1000, 5000, 60000, 86400000, 2147483647, 4294967295,
	};
	int slot = any_slot(false);
	unsigned int ms = below(4) ? values[below(12)] : rnd();
	char text[32];
	int err;

	if (slot < 0)
		return;
	snprintf(text, sizeof(text), below(2) ? "%u\n" : "%u", ms);
	err = put(file(slot, "memory.ws_access_ms"), text);
	if (err)
		fail("%s: writing %u: %s", slots[slot].path, ms, strerror(err));
	took_effect(KNOBS);
	slots[slot].knob = ms;
	say("knob %s %u", slots[slot].path, ms);
}

static char huge_value[5000];	/* digits */

static const struct bad {
	const char *text;
	size_t len;
} bad_values[] = {
	{ huge_value, 5000 }, { huge_value, 4096 }, { huge_value, 4095 },
	{ "-1", 2 }, { "+1", 2 }, { "abc", 3 }, { "1 2", 3 }, { "12\0" "3", 4 },
	{ "\0", 1 }, { "\n", 1 }, { " ", 1 }, { "1000ms", 6 }, { "0x10", 4 },
	{ "4294967296", 10 }, { "99999999999999999999999", 23 }, { "1.5", 3 },
	{ "\xff\xfe\x01", 3 }, { "max", 3 }, { "1\n2\n", 4 },
};

static const struct bad *any_bad_value(void)
{
	return &bad_values[below(sizeof(bad_values) / sizeof(*bad_values))];
}

static void write_bad_knob(void)
{
	const struct bad *bad = any_bad_value();
	int slot = any_slot(false);

	if (slot < 0)
		return;
	/* that one is no error, as for any file of a cgroup */
	put_bytes(file(slot, "memory.ws_access_ms"), "", 0);
	checks++;
	if (!put_bytes(file(slot, "memory.ws_access_ms"), bad->text, bad->len))
		fail("%s: the knob took \"%.20s\" of %zu bytes", slots[slot].path,
		     bad->text, bad->len);
	say("bad knob %s", slots[slot].path);
}

static void write_limit(void)
{
	static const char * const names[] = {
		"memory.max", "memory.high", "memory.low", "memory.min",
		"memory.swap.max", "memory.zswap.max", "memory.zswap.writeback",
	};
	const char *name = names[below(7)];
	int slot = any_slot(false);

	if (slot < 0)
		return;
	if (!strcmp(name, "memory.zswap.writeback"))
		putf(file(slot, name), "%u", below(2));
	else if (below(3))
		putf(file(slot, name), "%luM", 1ul + below(24));
	else
		put(file(slot, name), strstr(name, "low") || strstr(name, "min") ? "0" : "max");
	say("%s %s", slots[slot].path, name);
}

static void request_reclaim(void)
{
	int slot = below(4) ? any_slot(false) : -1;
	unsigned int mb = 1 + below(16);
	int err = putf(file(slot, "memory.reclaim"), below(2) ? "%uM" : "%uM swappiness=0", mb);

	say("reclaim %s %uM: %s", slot < 0 ? TOP : slots[slot].path, mb, strerror(err));
}

/* --------------------------------------------------------------------- workers */

static char *region(size_t len, int flags)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED)
		_exit(1);
	return p;
}

static void touch_all(char *p, size_t len, bool write)
{
	for (size_t i = 0; i < len; i += PAGE)
		if (write)
			*(volatile uint64_t *)(p + i) = rnd();
		else
			(void)*(volatile char *)(p + i);
}

static void read_all(int fd, off_t from, size_t len)
{
	static char buf[16 * PAGE];

	for (size_t i = 0; i < len; i += sizeof(buf))
		if (pread(fd, buf, sizeof(buf), from + i) < 0)
			_exit(1);
}

static int disk(int n)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/dev/nullb%d", n);
	fd = open(name, O_RDWR);
	if (fd < 0)
		_exit(1);
	return fd;
}

/* Each works on a part of the disk of its own, or they would share one's pages */
#define PART(i)		((off_t)(1 + (i)) * 256 * MB)

static void work_read(int self, size_t len, int period)
{
	int fd = disk(0);

	posix_fadvise(fd, 0, 0, below(2) ? POSIX_FADV_NORMAL :
		      below(2) ? POSIX_FADV_RANDOM : POSIX_FADV_NOREUSE);
	for (;; pause_ms(period))
		read_all(fd, PART(self), len);
}

static void work_mmap(int self, size_t len, int period)
{
	static const int advice[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL };
	char *p = mmap(NULL, len, PROT_READ, MAP_SHARED, disk(0), PART(self));

	if (p == MAP_FAILED)
		_exit(1);
	madvise(p, len, advice[below(3)]);
	for (;; pause_ms(period))
		touch_all(p, len, false);
}

static void work_anon(int self, size_t len, int period)
{
	char *p = region(len, 0);

	(void)self;
	if (below(2))
		madvise(p, len, MADV_HUGEPAGE);
	for (uint64_t round = 0; ; round++, pause_ms(period))
		for (size_t i = 0; i < len; i += PAGE) {
			uint64_t *word = (uint64_t *)(p + i);

			if (round && *word != round - 1 + i)
				_exit(BAD_DATA);
			*(volatile uint64_t *)word = round + i;
		}
}

static void work_churn(int self, size_t len, int period)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_COLD, MADV_PAGEOUT, MADV_FREE, MADV_POPULATE_WRITE,
	};
	char *p = region(len, 0);

	(void)self;
	for (;; pause_ms(period)) {
		size_t from = below(len / PAGE) * PAGE;

		touch_all(p, len, below(2));
		madvise(p + from, len - from, advice[below(5)]);
	}
}

static void work_write(int self, size_t len, int period)
{
	static char buf[16 * PAGE];
	int fd = disk(1);

	for (;; pause_ms(period)) {
		for (size_t i = 0; i < len / 2; i += sizeof(buf))
			if (pwrite(fd, buf, sizeof(buf), 4 * MB * self + i % (4 * MB)) < 0)
				_exit(1);
		if (!below(4))
			fdatasync(fd);
		if (!below(4))
			posix_fadvise(fd, 4 * MB * self, 4 * MB, POSIX_FADV_DONTNEED);
	}
}

static void work_shmem(int self, size_t len, int period)
{
	int fd = memfd_create("stress", 0);

	(void)self;
	for (;; pause_ms(period)) {
		char *p;

		if (ftruncate(fd, len))
			_exit(1);
		p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			_exit(1);
		touch_all(p, len, true);
		munmap(p, len);
		if (!below(3) && ftruncate(fd, below(len / PAGE) * PAGE))
			_exit(1);
	}
}

static void work_mlock(int self, size_t len, int period)
{
	char *p = region(len / 4, 0);

	(void)self;
	for (;; pause_ms(period)) {
		mlock(p, len / 4);
		pause_ms(period);
		munlock(p, len / 4);
	}
}

static void work_hugetlb(int self, size_t len, int period)
{
	(void)self;
	(void)len;
	for (;; pause_ms(period)) {
		char *p = mmap(NULL, 2 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			       MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

		if (p != MAP_FAILED) {
			touch_all(p, 2 * MB, true);
			munmap(p, 2 * MB);
		}
	}
}

static void work_fork(int self, size_t len, int period)
{
	char *p = region(len / 4, 0);

	(void)self;
	for (;; pause_ms(period)) {
		pid_t pid;

		touch_all(p, len / 4, true);
		pid = fork();
		if (!pid) {
			touch_all(p, len / 8, true);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void work_stream(int self, size_t len, int period)
{
	int fd = disk(0);

	for (off_t at = PART(self); ; at += len / 4) {
		read_all(fd, at, len / 4);
		pause_ms(period / 4);
	}
}

/* One of many who write everybody's intervals */
static void work_knobs(int self, size_t len, int period)
{
	(void)self;
	(void)len;
	for (;; pause_ms(1 + period / 8)) {
		int slot = below(SLOTS);

		if (!slots[slot].used)
			continue;
		if (below(3)) {
			unsigned int ms = below(8) ? below(3) * below(2000) : rnd();

			if (!putf(file(slot, "memory.ws_access_ms"), "%u", ms))
				took_effect(KNOBS);
		} else {
			const struct bad *bad = any_bad_value();

			put_bytes(file(slot, "memory.ws_access_ms"), bad->text, bad->len);
		}
	}
}

/* Nothing is older than the machine. A cgroup may be gone, and its files. */
static void look_at(const char *path, const char *name)
{
	const char *text = get(path);
	long long age = field(text, name);

	took_effect(LOOKS);
	if (!*text || (age >= 0 && age <= (long long)(now_ns() / MSEC) + LATE_MS))
		return;
	took_effect(BAD_LOOKS);
	printf("FAIL seed %d: %s says %s %lld\n", seed, path, name, age);
	fflush(stdout);
}

/* The files are read all the time: slots that do not exist now may later */
static void look(void)
{
	static char path[600];

	for (;; pause_ms(1 + below(20))) {
		int slot = below(SLOTS), parent = below(SLOTS + 1);

		if (parent < SLOTS)
			snprintf(path, sizeof(path), TOP "/s%d/s%d/memory.stat", parent, slot);
		else
			snprintf(path, sizeof(path), TOP "/s%d/memory.stat", slot);
		look_at(path, below(2) ? "lruvec_age_anon_ms" : "lruvec_age_file_ms");
		look_at("/sys/fs/cgroup/memory.stat", "lruvec_age_file_ms");
		strcpy(strrchr(path, '/'), "/memory.numa_stat");
		get(path);
		strcpy(strrchr(path, '/'), "/memory.ws_access_ms");
		get(path);
	}
}

/* Cgroups come and go by the dozen, with a few pages each */
static void work_cgroups(int self, size_t len, int period)
{
	char path[64], procs[96], knob[96];
	int fd = disk(0);

	for (int n = 0; ; n++) {
		pid_t pid;

		snprintf(path, sizeof(path), TOP "/w%d-%d", self, n % 4);
		snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
		snprintf(knob, sizeof(knob), "%s/memory.ws_access_ms", path);
		if (rmdir(path) && errno == EBUSY) {
			pause_ms(period);
			continue;
		}
		if (mkdir(path, 0755))
			continue;
		took_effect(CGROUPS);
		putf(knob, "%u", below(2) * below(500));
		pid = fork();
		if (!pid) {
			put(procs, "0");
			read_all(fd, PART(self) + (n % 16) * MB, len / 16);
			touch_all(region(len / 16, 0), len / 16, true);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
		pause_ms(period / 4);
	}
}

static void (* const jobs[])(int self, size_t len, int period) = {
	work_read, work_mmap, work_anon, work_churn, work_write, work_shmem,
	work_mlock, work_hugetlb, work_fork, work_stream, work_knobs, work_cgroups,
};

static const char * const job_names[] = {
	"read", "mmap", "anon", "churn", "write", "shmem", "mlock", "hugetlb", "fork",
	"stream", "knobs", "cgroups",
};

#define NR_JOBS		(sizeof(jobs) / sizeof(*jobs))

static void start_worker(bool failing)
{
	int slot = any_slot(true), i;
	unsigned int job = below(NR_JOBS);
	size_t len = (2 + below(15)) * MB;
	int period = 10 + below(200);
	uint64_t own = rnd();

	for (i = 0; i < WORKERS && workers[i].pid; i++)
		;
	if (slot < 0 || i == WORKERS)
		return;
	fflush(stdout);
	workers[i].slot = slot;
	workers[i].writes_knobs = jobs[job] == work_knobs;
	workers[i].pid = fork();
	if (!workers[i].pid) {
		random_state = own | 1;
		put("/proc/self/oom_score_adj", "0");
		put(file(slot, "cgroup.procs"), "0");
		if (failing)
			put("/proc/self/make-it-fail", "1");
		jobs[job](i, len, period);
		_exit(0);
	}
	if (workers[i].pid < 0) {
		workers[i] = (struct worker){};
		return;
	}
	knob_writers += workers[i].writes_knobs;
	say("%s in %s, %lu MiB every %d ms%s", job_names[job], slots[slot].path,
	    (unsigned long)(len / MB), period, failing ? ", failing" : "");
}

/*
 * More than there is: somebody has to be killed, and it offers itself. In a cgroup it
 * may be held up by memory.high for as long as we wait.
 */
static void hog(void)
{
	size_t len = (meminfo("MemAvailable:") + meminfo("SwapFree:")) * 1024 + 32 * MB;
	int slot = below(2) ? any_slot(true) : -1, status = 0;
	/* the OOM killer comes long before that, but if the kernel is slow */
	uint64_t end = now_ns() + 30000 * MSEC;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		put("/proc/self/oom_score_adj", "1000");
		if (slot >= 0)
			put(file(slot, "cgroup.procs"), "0");
		touch_all(region(len, MAP_NORESERVE), len, true);
		_exit(0);
	}
	while (pid > 0 && !waitpid(pid, &status, WNOHANG)) {
		if (now_ns() > end)
			kill(pid, SIGKILL);
		pause_ms(10);
	}
	say("hog of %lu MiB in %s: status %x", (unsigned long)(len / MB),
	    slot < 0 ? "the root" : slots[slot].path, status);
}

static void stop_some(void)
{
	int from = below(WORKERS);

	for (int i = 0; i < WORKERS; i++) {
		int w = (from + i) % WORKERS;

		if (workers[w].pid) {
			say("stop worker %d", w);
			stop_worker(w);
			return;
		}
	}
}

static void move_worker(void)
{
	int from = below(WORKERS), slot = any_slot(true);

	for (int i = 0; i < WORKERS && slot >= 0; i++) {
		int w = (from + i) % WORKERS;

		if (!workers[w].pid)
			continue;
		if (!putf(file(slot, "cgroup.procs"), "%d", workers[w].pid)) {
			say("move worker %d to %s", w, slots[slot].path);
			workers[w].slot = slot;
		}
		return;
	}
}

/* ----------------------------------------------------------------- the machine */

static void on_alarm(int signal)
{
	(void)signal;
}

/*
 * What empties a block of memory, or the swap, tries for good where nothing else has
 * room. A signal ends that.
 */
static void be_patient(bool begin)
{
	alarm(begin ? 5 : 0);
}

static void switch_lru(void)
{
	unsigned int value = below(8);
	bool before = on_gens();

	putf("/sys/kernel/mm/lru_gen/enabled", "%u", value);
	if (on_gens() != before)
		took_effect(LRU_SWITCHES);
	say("lru_gen %u", value);
}

static void switch_swap(void)
{
	int on = !below(3), err;

	be_patient(true);
	err = on ? swapon("/dev/zram0", 0) : swapoff("/dev/zram0");
	be_patient(false);
	if (!on && !err)
		took_effect(SWAPOFFS);
	say("swap%s: %s", on ? "on" : "off", err ? strerror(errno) : "done");
}

static void switch_zswap(void)
{
	int err = put("/sys/module/zswap/parameters/enabled", below(2) ? "Y" : "N");

	putf("/sys/module/zswap/parameters/max_pool_percent", "%u", 1 + below(20));
	say("zswap: %s", strerror(err));
}

static void switch_thp(void)
{
	static const char * const modes[] = { "always", "madvise", "never" };
	const char *mode = modes[below(3)];

	put("/sys/kernel/mm/transparent_hugepage/enabled", mode);
	say("THP %s", mode);
}

static void switch_cpu(void)
{
	char path[64];
	unsigned int cpu = 1 + below(3), on = below(2);
	bool was_on;
	int err;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
	was_on = *get(path) == '1';
	err = putf(path, "%u", on);
	if (!on && was_on && !err)
		took_effect(CPUS_OFF);
	say("CPU %u %u: %s", cpu, on, strerror(err));
}

/* A block of memory of the second node, one of those that can go */
static void switch_memory(void)
{
	bool off = below(3);
	struct dirent *entry;
	char path[320];
	int err = ENOENT;
	DIR *dir = opendir(NODE1);

	while (dir && err && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "memory", 6))
			continue;
		snprintf(path, sizeof(path), NODE1 "/%s/state", entry->d_name);
		if (off != !strncmp(get(path), "online", 6))
			continue;
		be_patient(true);
		err = put(path, off ? "offline" : "online_movable");
		be_patient(false);
		say("%s %s: %s", entry->d_name, off ? "off" : "on", strerror(err));
	}
	if (off && !err)
		took_effect(MEMORY_OFF);
	if (dir)
		closedir(dir);
}

/* Memory that nobody can have: pages of the hugetlb pool */
static void set_ballast(int free_mb)
{
	long long pages;

	put(BALLAST, "0");
	pages = (meminfo("MemAvailable:") - free_mb * 1024) / meminfo("Hugepagesize:");
	if (pages > 0)
		putf(BALLAST, "%lld", pages);
}

static void change_ballast(void)
{
	int mb = 16 + below(48);

	set_ballast(mb);
	say("leave %d MiB", mb);
}

static void let_fail(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/make-it-fail", pid);
	put(path, "1");
}

/* kswapd, which swaps for all, fails like those who have swapped pages of their own */
static void let_kswapd_fail(void)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	char path[300];

	while (proc && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (*entry->d_name < '1' || *entry->d_name > '9' || strncmp(get(path), "kswapd", 6))
			continue;
		let_fail(atoi(entry->d_name));
	}
	if (proc)
		closedir(proc);
}

static void inject(void)
{
	unsigned int odds = below(4), percent = 5 + below(16);
	const char *kind = faults[below(3)];
	char path[128];

	if (!odds)
		percent = 0;
	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/probability", kind);
	if (putf(path, "%u", percent))
		return;		/* not in this kernel */
	/* those that are born to fail may not have come yet */
	for (int i = 0; i < WORKERS; i++)
		if (workers[i].pid)
			let_fail(workers[i].pid);
	let_kswapd_fail();
	say("%s %u %%", kind, percent);
}

static void drop_caches(void)
{
	putf("/proc/sys/vm/drop_caches", "%u", 1 + below(3));
	say("drop caches");
}

static void compact(void)
{
	put("/proc/sys/vm/compact_memory", "1");
	say("compact");
}

static void stop_all(int signal)
{
	for (int i = 0; i < WORKERS; i++)
		if (workers[i].pid)
			kill(workers[i].pid, signal);
	kill(looker, signal);
}

/*
 * Hours pass while nobody has anything to do, but for the kernel: that takes minutes
 * if it checks itself, so it is once in a life.
 */
static void sleep_long(void)
{
	int seconds = below(8) || slept_hours ? 400 : 3 * 3600;

	slept_hours |= seconds > 400;
	if (real_time)
		seconds = 1;
	stop_all(SIGSTOP);
	sleep_until(now_ns() + seconds * 1000 * MSEC);
	stop_all(SIGCONT);
	say("sleep %d s", seconds);
}

static void sleep_some(void)
{
	pause_ms(1 + below(sleep_ms));
}

/* ---------------------------------------------------------------------- a life */

static void step_mkdir(void) { make_cgroup(false); }
static void step_mkdir_failing(void) { make_cgroup(true); }
static void step_work(void) { start_worker(false); }
static void step_work_failing(void) { start_worker(true); }

static void step_rmdir(void)
{
	int slot = any_slot(true);

	if (slot >= 0)
		remove_cgroup(slot);
}

static const struct kind {
	const char *name;
	int weight;
	void (*run)(void);
} kinds[] = {
	{ "mkdir", 8, step_mkdir }, { "mkdir-failing", 2, step_mkdir_failing },
	{ "rmdir", 4, step_rmdir }, { "knob", 10, write_knob },
	{ "bad-knob", 3, write_bad_knob }, { "limit", 5, write_limit },
	{ "reclaim", 5, request_reclaim }, { "work", 18, step_work },
	{ "work-failing", 2, step_work_failing }, { "stop", 4, stop_some },
	{ "move", 3, move_worker }, { "lru", 4, switch_lru }, { "swap", 3, switch_swap },
	{ "zswap", 1, switch_zswap }, { "thp", 1, switch_thp }, { "cpu", 3, switch_cpu },
	{ "memory", 3, switch_memory }, { "ballast", 2, change_ballast },
	{ "inject", 2, inject }, { "drop-caches", 1, drop_caches },
	{ "compact", 1, compact }, { "sleep-long", 1, sleep_long },
	{ "hog", 2, hog }, { "sleep", 8, sleep_some },
};

#define NR_KINDS	((int)(sizeof(kinds) / sizeof(*kinds)))

static const struct kind *find_kind(const char *name)
{
	const struct kind *kind = kinds;

	while (strcmp(kind->name, name))
		kind++;
	return kind;
}

/* How often a kind of step comes, with what was asked for */
static int weight(const struct kind *kind)
{
	/* what injects a fault, and whom it hits, are nothing without each other */
	for (int i = 0; i < nr_only; i++)
		if (!strcmp(kind->name, only[i]) ||
		    (!strcmp(only[i], "inject") && strstr(kind->name, "failing")))
			return 15;
	return !nr_only || !strcmp(kind->name, "mkdir") || !strcmp(kind->name, "work") ||
	       !strcmp(kind->name, "sleep") ? kind->weight : 0;
}

static void run_step(void)
{
	const struct kind *kind = kinds;
	int total = 0, at, i;

	for (i = 0; i < NR_KINDS; i++)
		total += weight(&kinds[i]);
	at = below(total);
	for (; at >= weight(kind); kind++)
		at -= weight(kind);
	if (dropped[step])
		return;
	/* something to begin with */
	if (step < 6)
		kind = find_kind(step < 3 ? "mkdir" : "work");
	/* a crash is to be seen with the step that led to it */
	printf("step %d: %s\n", step, kind->name);
	fflush(stdout);
	kind->run();
	reap();
	note_promises();
	sleep_some();
	check_all();
}

/* The same machine for every seed */
static void restore(int lru)
{
	char path[128];

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/probability", faults[i]);
		put(path, "0");
	}
	for (int cpu = 1; cpu < 4; cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		put(path, "1");
	}
	for (int block = 0; block < 64; block++) {
		snprintf(path, sizeof(path), "/sys/devices/system/memory/memory%d/state", block);
		put(path, "online_movable");
	}
	put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put("/sys/module/zswap/parameters/enabled", "N");
	swapon("/dev/zram0", 0);
	putf("/sys/kernel/mm/lru_gen/enabled", "%d", lru);
	put("/proc/sys/vm/drop_caches", "3");
	set_ballast(40);
}

static void live(int steps, int lru)
{
	static long bad_looks;
	int before = failures;

	restore(lru);
	if (mkdir(TOP, 0755))
		die("mkdir %s", TOP);
	if (put(TOP "/cgroup.subtree_control", "+memory"))
		die("%s", TOP "/cgroup.subtree_control");
	memset(slots, 0, sizeof(slots));
	knob_writers = 0;
	slept_hours = false;
	/* if the kernel has something to say, that is where */
	putf("/dev/kmsg", "<4>stress: seed %d\n", seed);
	seed_random(seed, MAX_STEPS);
	fflush(stdout);
	looker = fork();
	if (!looker) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		stay_resident();
		look();
	}
	if (looker < 0)
		die("fork");

	for (step = 0; step < steps; step++) {
		seed_random(seed, step);
		run_step();
	}

	for (int i = 0; i < WORKERS; i++)
		if (workers[i].pid)
			stop_worker(i);
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].used && slots[i].parent < 0)
			remove_cgroup(i);
	kill(looker, SIGKILL);
	waitpid(looker, NULL, 0);
	if (effects[BAD_LOOKS] != bad_looks)
		failures++;
	bad_looks = effects[BAD_LOOKS];
	/* of the workers that made cgroups of their own */
	for (int i = 0; i < WORKERS * 4; i++) {
		char path[64], kill_file[96];

		snprintf(path, sizeof(path), TOP "/w%d-%d", i / 4, i % 4);
		snprintf(kill_file, sizeof(kill_file), "%s/cgroup.kill", path);
		put(kill_file, "1");
		for (int n = 0; n < 6000 && rmdir(path) && errno == EBUSY; n++)
			pause_ms(10);
	}
	if (rmdir(TOP))
		fail("rmdir %s: %s", TOP, strerror(errno));
	printf("seed %d: %s\n", seed, failures == before ? "ok" : "FAILED");
	fflush(stdout);
}

/* A machine on which nobody sleeps would go through its steps in no time */
static void check_sleep(void)
{
	uint64_t end = now_ns() + 2 * MSEC;

	sleep_until(end);
	if (now_ns() < end)
		die("no sleep, clock_nanosleep() does not work here");
}

static void set_up(void)
{
	static const char * const settings[][2] = {
		{ "task-filter", "Y" }, { "interval", "1" },
		{ "verbose", "0" }, { "ignore-gfp-wait", "N" }, { "min-order", "0" },
	};
	char path[128];

	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm }, NULL);
	check_sleep();
	put("/proc/self/oom_score_adj", "-1000");
	for (int i = 0; i < 3; i++)
		for (size_t k = 0; k < sizeof(settings) / sizeof(*settings); k++) {
			snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", faults[i],
				 settings[k][0]);
			put(path, settings[k][1]);
		}
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/times", faults[i]);
		putf(path, "%ld", TIMES);
	}
	/* swap alone, of the disks; to read one page for the one who wants it, or others pay */
	put("/sys/block/zram0/make-it-fail", "1");
	put("/proc/sys/vm/page-cluster", "0");
	memset(huge_value, '1', sizeof(huge_value));
	effects = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (effects == MAP_FAILED)
		die("mmap");
	if (put("/sys/block/zram0/disksize", "32M"))
		die("zram");
	if (system("mkswap /dev/zram0 >/dev/null"))
		die("mkswap");
	stay_resident();
}

/* What was freed a moment ago may look like a leak */
static void check_leaks(void)
{
	char *said;

	for (int i = 0; i < 2; i++) {
		pause_ms(6000);
		if (put("/sys/kernel/debug/kmemleak", "scan"))
			fail("this kernel does not look for leaks, or not any more");
		else
			took_effect(LEAK_SCANS);
	}
	checks++;
	said = get("/sys/kernel/debug/kmemleak");
	for (char *p = said; *p; p++)
		if (*p == '\n')
			*p = ';';
	if (*said)
		fail("leaks: %s", said);
}

static void print_effects(void)
{
	char path[128];
	long injected = 0;

	for (int i = 0; i < NR_EFFECTS; i++)
		printf("%s %ld\n", effect_names[i], effects[i]);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/times", faults[i]);
		if (*get(path))
			injected += TIMES - strtol(get(path), NULL, 10);
	}
	printf("injected %ld\n", injected);
	printf("oom_kills %lld\n", field(get("/proc/vmstat"), "oom_kill"));
	printf("pgsteal %lld\n", field(get("/proc/vmstat"), "pgsteal_kswapd") +
	       field(get("/proc/vmstat"), "pgsteal_direct"));
	printf("checks %ld\nuptime_s %llu\n", checks, now_ns() / (1000 * MSEC));
}

int main(int argc, char **argv)
{
	int opt, kind, steps = 40, last, lru = 7;
	char *word;

	while ((opt = getopt(argc, argv, "n:d:k:l:s:Lr")) != -1) {
		switch (opt) {
		case 'n': steps = atoi(optarg); break;
		case 'd':
			for (word = strtok(optarg, ","); word; word = strtok(NULL, ","))
				if (atoi(word) < MAX_STEPS)
					dropped[atoi(word)] = true;
			break;
		case 'k':
			for (kind = 0; kind < NR_KINDS; kind++)
				if (!strcmp(optarg, kinds[kind].name))
					break;
			if (kind == NR_KINDS || nr_only == 16) {
				fprintf(stderr, "stress: no kind of step is %s\n", optarg);
				return 2;
			}
			only[nr_only++] = optarg;
			break;
		case 'l': lru = atoi(optarg); break;
		case 'L': want_leaks = true; break;
		case 'r': real_time = true; break;
		case 's': sleep_ms = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: stress [-n STEPS] [-d STEP,...] [-k KIND]... [-l LRU] [-s MS] [-L] [-r] SEED [LAST]\n");
			return 2;
		}
	}
	if (optind >= argc || steps > MAX_STEPS) {
		fprintf(stderr, "stress: wants a seed, and at most %d steps\n", MAX_STEPS);
		return 2;
	}
	last = atoi(argv[argc - 1]);
	set_up();
	for (seed = atoi(argv[optind]); seed <= last; seed++)
		live(steps, lru);
	seed = last;
	if (want_leaks)
		check_leaks();
	print_effects();
	return !!failures;
}
