// SPDX-License-Identifier: GPL-2.0
/*
 * memory.ws_access_ms, an interval of N milliseconds: memory that the cgroup
 * used within the last N ms goes after everybody else's. Memory that it has
 * not used for N ms goes before.
 *
 * Reclaim is caused by memory.reclaim on a common ancestor. Losses of page
 * cache are counted with mincore(): it is exact, where memory.stat may lag by
 * 64 pages per CPU, and it leaves the LRU alone.
 *
 * "SIZE min_age_ms=T" in memory.reclaim asks for memory by its age, without any
 * pressure.
 *
 * Run it in a directory on a disk: what tmpfs holds is not page cache for
 * reclaim. The tests apply to both LRUs; run them once on each. Arguments, if
 * there are any, name those to run.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest.h"
#include "cgroup_util.h"

#define KNOB		"memory.ws_access_ms"
#define LRU_GEN		"/sys/kernel/mm/lru_gen/enabled"

/* More than is in the files of a cgroup that are read here */
#define TEXT_SIZE	4096

/* Longer than a test takes */
#define LONG_MS		60000

#define ANON_AGE	"lruvec_age_anon_ms "
#define FILE_AGE	"lruvec_age_file_ms "
#define EFFECTIVE	"ws_access_effective_ms "

/* main() cleans up after a test, which may therefore return at any point */
#define CHECK(cond)							\
	do {								\
		if (!(cond)) {						\
			ksft_print_msg("line %d: %s\n", __LINE__, #cond);\
			return KSFT_FAIL;				\
		}							\
	} while (0)

/* A cgroup and a file whose page cache is charged to it */
struct group {
	const char *name;
	char *cg;
	int fd;
	long size;
};

static struct group groups[4];
static int nr_groups;
static bool has_localevents;
static long page_size;

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
	usleep(ms * 1000);
}

static struct group *add_group(const char *parent, const char *name)
{
	struct group *g = &groups[nr_groups++];

	/* No harm where it is enabled; nothing works where it cannot be */
	cg_write(parent, "cgroup.subtree_control", "+memory");

	g->name = name;
	g->cg = cg_name(parent, name);
	g->size = 0;
	g->fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600);
	if (cg_create(g->cg) || g->fd < 0)
		ksft_exit_fail_msg("%s: %s\n", g->cg, strerror(errno));
	return g;
}

/* A file that a task in another cgroup is to use */
static struct group *add_file(const char *root, long size)
{
	struct group *g = add_group(root, "ws_access_test_more");

	g->size = size;
	if (ftruncate(g->fd, size))
		ksft_exit_fail_msg("%s: %s\n", g->name, strerror(errno));
	return g;
}

/* The stage of most tests: two siblings, reclaimed together */
static void add_family(const char *root, struct group **parent,
		       struct group **a, struct group **b)
{
	*parent = add_group(root, "ws_access_test");
	*a = add_group((*parent)->cg, "a");
	*b = add_group((*parent)->cg, "b");
}

static void remove_groups(void)
{
	while (nr_groups) {
		struct group *g = &groups[--nr_groups];

		if (cg_destroy(g->cg))
			ksft_exit_fail_msg("%s: %s\n", g->cg, strerror(errno));
		close(g->fd);
		free(g->cg);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static int promise(struct group *g, long ms)
{
	return cg_write_numeric(g->cg, KNOB, ms);
}

static int reclaim(struct group *g, long bytes)
{
	return cg_write_numeric(g->cg, "memory.reclaim", bytes);
}

static long nr_events(struct group *g)
{
	return cg_read_key_long(g->cg, "memory.events", "ws_access ");
}

static int touch_file(struct group *g)
{
	static char buf[1 << 16];
	long off;

	for (off = 0; off < g->size; off += sizeof(buf))
		if (pread(g->fd, buf, sizeof(buf), off) != sizeof(buf))
			return -1;
	return 0;
}

static void touch_pages(char *mem, long size)
{
	long off;

	for (off = 0; off < size; off += page_size)
		*(volatile char *)(mem + off);
}

/* How much of its file a cgroup has in memory */
static long resident(struct group *g)
{
	long i, pages = g->size / page_size, nr = 0;
	unsigned char *vec = malloc(pages);
	void *mem = mmap(NULL, g->size, PROT_READ, MAP_SHARED, g->fd, 0);

	if (!vec || mem == MAP_FAILED || mincore(mem, g->size, vec))
		ksft_exit_fail_msg("mincore: %s\n", strerror(errno));
	for (i = 0; i < pages; i++)
		nr += vec[i] & 1;
	munmap(mem, g->size);
	free(vec);
	return nr * page_size;
}

static int load_fn(const char *cgroup, void *arg)
{
	return touch_file(arg);
}

/* Fill a cgroup with page cache that nobody uses after that */
static int load(struct group *g, long size)
{
	g->size = size;
	return ftruncate(g->fd, size) || cg_run(g->cg, load_fn, g) ||
	       resident(g) != size;
}

static long lost(struct group *g)
{
	return g->size - resident(g);
}

/*
 * Reclaim from the parent and find out whose memory it was. Not a page of
 * what is protected should go, but a sharp zero would be a claim about
 * batches, too.
 */
static bool takes_only_from(struct group *victim, struct group *spared,
			    struct group *parent, long bytes)
{
	long v = lost(victim), s = lost(spared);

	if (reclaim(parent, bytes))
		return false;
	v = lost(victim) - v;
	s = lost(spared) - s;
	ksft_print_msg("%ld KB from %s, %ld KB from %s\n", v >> 10, victim->name,
		       s >> 10, spared->name);
	return values_close(v, bytes, 10) && s <= bytes / 32;
}

static bool takes_from_both(struct group *a, struct group *b,
			    struct group *parent, long bytes)
{
	long la = lost(a), lb = lost(b);

	if (reclaim(parent, bytes))
		return false;
	la = lost(a) - la;
	lb = lost(b) - lb;
	ksft_print_msg("%ld KB from %s, %ld KB from %s\n", la >> 10, a->name,
		       lb >> 10, b->name);
	return values_close(la + lb, bytes, 10) &&
	       la >= bytes / 5 && lb >= bytes / 5;
}

/*
 * Idle memory of @a with an interval of @ms must be given, and before that of
 * the unprotected @b. The LRU finds out by scanning, in batches as small as
 * what is asked for, so the pressure is steady and low. After 3 * @ms of it at
 * the latest, 90 % must go. What was found in use on the way is due later than
 * the rest, and @b pays until then, but not its equal share.
 * How long that takes is up to us: the clock runs while @a gives nothing.
 */
static bool gives_first(struct group *a, struct group *b,
			struct group *parent, long ms)
{
	long had = resident(a), la = 0, lb = 0, before = 0, waited = 0;

	/* what was read is looked at twice, and each look may have to wait for an aging */
	while (la < had / 10 * 9 && lb <= had / 2 && waited <= 5 * ms) {
		long start = now_ms(), given = la;

		/* somebody has to pay until it is under way */
		if (la <= had / 32)
			before = lost(b);
		if (reclaim(parent, MB(1) / 4))
			return false;
		sleep_ms(ms / 100);
		la = had - resident(a);
		lb = lost(b) - before;
		if (la == given)
			waited += now_ms() - start;
	}
	ksft_print_msg("after %ld ms: %ld KB from %s, meanwhile %ld KB from %s\n",
		       waited, la >> 10, a->name, lb >> 10, b->name);
	return la >= had / 10 * 9 && lb <= had / 2;
}

/* One unsigned decimal number of 32 bits, and nothing else */
static int test_ws_access_knob(const char *root)
{
	static const struct {
		char *text;
		int ret;
		char *then;
	} writes[] = {
		{ "6000",			0,		"6000\n" },
		{ "6000",			0,		"6000\n" },
		{ "\n",				-EINVAL,	"6000\n" },
		{ "-1",				-EINVAL,	"6000\n" },
		{ "+1",				-EINVAL,	"6000\n" },
		{ "1s",				-EINVAL,	"6000\n" },
		{ "1.5",			-EINVAL,	"6000\n" },
		{ "1 2",			-EINVAL,	"6000\n" },
		{ "0x10",			-EINVAL,	"6000\n" },
		{ "abc",			-EINVAL,	"6000\n" },
		{ "max",			-EINVAL,	"6000\n" },
		{ "4294967296",			-ERANGE,	"6000\n" },
		{ "99999999999999999999",	-ERANGE,	"6000\n" },
		{ "4294967295\n",		0,		"4294967295\n" },
		{ "7000\n",			0,		"7000\n" },
		{ "0",				0,		"0\n" },
	};
	struct group *g = add_group(root, "ws_access_test");
	char buf[TEXT_SIZE];
	int i, ret;

	CHECK(cg_read(root, KNOB, buf, sizeof(buf)) == -ENOENT);
	CHECK(!cg_read_strcmp(g->cg, KNOB, "0\n"));

	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		ret = cg_write(g->cg, KNOB, writes[i].text);
		if (ret != writes[i].ret)
			ksft_print_msg("\"%s\": %d\n", writes[i].text, ret);
		CHECK(ret == writes[i].ret);
		CHECK(!cg_read_strcmp(g->cg, KNOB, writes[i].then));
	}
	return KSFT_PASS;
}

/* The effective interval is shown, and is the smallest on the way up */
static int test_ws_access_effective(const char *root)
{
	struct group *top = add_group(root, "ws_access_test");
	struct group *a = add_group(top->cg, "a");
	static const struct {
		long top, a;
	} knobs[] = {
		{ 0, 0 }, { 6000, 8000 }, { 6000, 4000 }, { 100, 200 }, { 0, 0 },
	};
	long shown;
	int i;

	CHECK(cg_read_key_long(root, "memory.stat", EFFECTIVE) == 0);
	for (i = 0; i < ARRAY_SIZE(knobs); i++) {
		CHECK(!promise(top, knobs[i].top));
		CHECK(!promise(a, knobs[i].a));
		/* rounded up to ticks */
		shown = cg_read_key_long(top->cg, "memory.stat", EFFECTIVE);
		CHECK(shown >= knobs[i].top && shown <= knobs[i].top + 10);
		shown = cg_read_key_long(a->cg, "memory.stat", EFFECTIVE);
		if (knobs[i].top < knobs[i].a)
			CHECK(shown >= knobs[i].top && shown <= knobs[i].top + 10);
		else
			CHECK(shown >= knobs[i].a && shown <= knobs[i].a + 10);
	}
	CHECK(cg_read_key_long(root, "memory.stat", EFFECTIVE) == 0);
	return KSFT_PASS;
}

/* What is young is safe while there is something else, and has no event */
static int test_ws_access_protection(const char *root)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(16)));
	CHECK(takes_only_from(b, a, parent, MB(8)));
	CHECK(nr_events(a) == 0);

	/* withdrawn, and given to the other */
	CHECK(!promise(a, 0));
	CHECK(!promise(b, LONG_MS));
	CHECK(takes_only_from(a, b, parent, MB(8)));
	return KSFT_PASS;
}

/* The age is the memory's, not the cgroup's */
static int test_ws_access_new_memory(const char *root)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, 3000));
	CHECK(!load(a, MB(1)));
	CHECK(!ftruncate(a->fd, 0));
	sleep_ms(3500);
	CHECK(!load(b, MB(16)));
	CHECK(!load(a, MB(16)));
	CHECK(takes_only_from(b, a, parent, MB(8)));
	return KSFT_PASS;
}

static int alloc_anon_noexit(const char *cgroup, void *arg)
{
	long size = (long)arg;
	int ppid = getppid();

	memset(mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, size);
	while (getppid() == ppid)
		sleep(1);
	return 0;
}

/* Start a process that fills the cgroup with anonymous memory and idles */
static int load_anon(struct group *g, long size)
{
	int i;

	if (cg_run_nowait(g->cg, alloc_anon_noexit, (void *)size) < 0)
		return -1;
	for (i = 0; i < 600; i++) {
		if (cg_read_long(g->cg, "memory.current") >= size)
			return 0;
		sleep_ms(100);
	}
	return -1;
}

static bool is_swap_enabled(void)
{
	char buf[TEXT_SIZE];

	/* a header, and a line for each */
	return read_text("/proc/swaps", buf, sizeof(buf)) > 0 &&
	       strchr(buf, '\n')[1];
}

static int test_ws_access_anon(const char *root)
{
	struct group *parent, *a, *b;

	if (!is_swap_enabled())
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, LONG_MS));
	CHECK(!load_anon(a, MB(16)));
	CHECK(!load_anon(b, MB(16)));
	CHECK(!reclaim(parent, MB(8)));
	CHECK(cg_read_long(a->cg, "memory.swap.current") <= MB(8) / 32);
	CHECK(values_close(cg_read_long(b->cg, "memory.swap.current"), MB(8), 10));
	return KSFT_PASS;
}

/* Take memory from one node only, or from any */
static int bind_node(int nid)
{
	unsigned long mask = 1UL << nid;

	if (nid < 0)
		return syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0);
	return syscall(SYS_set_mempolicy, MPOL_BIND, &mask, 8 * sizeof(mask));
}

/* The page cache of @a on node @nid, that of @b on the other one */
static int load_apart(struct group *a, struct group *b, int nid, long size_b)
{
	return bind_node(nid) || load(a, MB(16)) ||
	       bind_node(!nid) || load(b, size_b) || bind_node(-1);
}

/* That a node has nothing but young memory is no reason to take it */
static int test_ws_access_nodes(const char *root)
{
	struct group *parent, *a, *b;
	int nid;

	if (access("/sys/devices/system/node/node1", F_OK))
		return KSFT_SKIP;

	for (nid = 0; nid <= 1; nid++) {
		add_family(root, &parent, &a, &b);
		CHECK(!promise(a, LONG_MS));
		CHECK(!load_apart(a, b, nid, MB(16)));
		CHECK(takes_only_from(b, a, parent, MB(8)));
		remove_groups();
	}
	return KSFT_PASS;
}

/* The smallest interval on the way to the reclaimed cgroup counts */
static int test_ws_access_hierarchy(const char *root)
{
	struct group *top = add_group(root, "ws_access_test");
	struct group *b = add_group(top->cg, "b");
	struct group *mid = add_group(top->cg, "mid");
	struct group *a = add_group(mid->cg, "a");

	CHECK(!promise(a, LONG_MS));
	CHECK(!load(a, MB(32)));
	CHECK(!load(b, MB(48)));

	/* nobody can grant itself more than its parents were given */
	CHECK(takes_from_both(a, b, top, MB(8)));
	CHECK(nr_events(a) == 0);

	CHECK(!promise(mid, LONG_MS));
	CHECK(takes_only_from(b, a, top, MB(4)));

	/* nor keep it any longer */
	CHECK(!promise(mid, 500));
	CHECK(gives_first(a, b, top, 500));
	return KSFT_PASS;
}

/* Reclaim aimed at a cgroup sees the intervals below it, not its own */
static int test_ws_access_target(const char *root)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(parent, LONG_MS));
	CHECK(!promise(a, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(16)));

	/* b would follow the parent, whose interval does not count here */
	CHECK(takes_only_from(b, a, parent, MB(8)));
	CHECK(takes_only_from(a, b, a, MB(8)));
	CHECK(nr_events(a) == 0);
	CHECK(nr_events(b) == 0);
	return KSFT_PASS;
}

/* Remount cgroup2 with one option changed; what is not named is switched off */
static int set_recursiveprot(const char *root, bool on)
{
	static const char * const others[] = {
		"nsdelegate", "favordynmods", "memory_localevents",
		"memory_hugetlb_accounting", "pids_localevents",
	};
	char data[256] = "";
	struct statfs st;
	int i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (proc_mount_contains(others[i]) > 0)
			strcat(strcat(data, others[i]), ",");
	if (on)
		strcat(data, "memory_recursiveprot");
	if (statfs(root, &st))
		return -1;
	st.f_flags &= MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	return mount(NULL, root, NULL, MS_REMOUNT | st.f_flags, data);
}

static int check_recursive(const char *root)
{
	struct group *top = add_group(root, "ws_access_test");
	struct group *b = add_group(top->cg, "b");
	struct group *mid = add_group(top->cg, "mid");
	struct group *a = add_group(mid->cg, "a");

	if (set_recursiveprot(root, true) ||
	    proc_mount_contains("memory_recursiveprot") != 1)
		return KSFT_SKIP;

	CHECK(!promise(mid, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(24)));
	CHECK(takes_only_from(b, a, top, MB(8)));

	CHECK(!set_recursiveprot(root, false));
	CHECK(takes_from_both(a, b, top, MB(8)));
	CHECK(nr_events(a) == 0);
	return KSFT_PASS;
}

/* With memory_recursiveprot, a child without an interval has its parent's */
static int test_ws_access_recursive(const char *root)
{
	bool was_on = proc_mount_contains("memory_recursiveprot") > 0;
	int ret = check_recursive(root);

	if (set_recursiveprot(root, was_on))
		ksft_exit_fail_msg("cgroup2: %s\n", strerror(errno));
	return ret;
}

/*
 * A TLB that keeps all of it, on a CPU that does nothing else, would hide each use
 * after the first look: x86 does not flush it for a look.
 */
static int use_pages(char *mem, long size, int prot)
{
	if (mprotect(mem, size, PROT_NONE) || mprotect(mem, size, prot))
		return -1;
	touch_pages(mem, size);
	return 0;
}

/* Use the file in one way or another until the parent is gone */
static int use_noexit(struct group *g, bool map, int advice)
{
	int ppid = getppid();
	char *mem = NULL;

	if (map) {
		mem = mmap(NULL, g->size, PROT_READ, MAP_SHARED, g->fd, 0);
		if (mem == MAP_FAILED || madvise(mem, g->size, advice))
			return -1;
	}
	while (getppid() == ppid) {
		if (map && use_pages(mem, g->size, PROT_READ))
			return -1;
		if (!map && touch_file(g))
			return -1;
		sleep_ms(50);
	}
	return 0;
}

static int use_read(const char *cgroup, void *arg)
{
	return use_noexit(arg, false, 0);
}

static int use_mmap(const char *cgroup, void *arg)
{
	return use_noexit(arg, true, MADV_NORMAL);
}

static int use_mmap_random(const char *cgroup, void *arg)
{
	return use_noexit(arg, true, MADV_RANDOM);
}

/* What is in use stays, no matter how it is used and how old its tail gets */
static int check_in_use(const char *root, int (*use)(const char *, void *))
{
	struct group *parent, *a, *b;
	const long ms = 1000;
	long start, refaults;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, ms));
	CHECK(!load(b, MB(64)));
	CHECK(!load(a, MB(8)));
	CHECK(cg_run_nowait(a->cg, use, a) > 0);

	/* longer on a machine that is busy */
	for (start = now_ms(); now_ms() - start < 4 * ms ||
	     (lost(b) < MB(16) && now_ms() - start < 30 * ms); sleep_ms(ms / 20))
		CHECK(!reclaim(parent, MB(1) / 2));

	/* 5 %, and what the statistics may lag behind */
	refaults = cg_read_key_long(a->cg, "memory.stat", "workingset_refault_file ");
	ksft_print_msg("%ld refaults\n", refaults);
	CHECK(refaults >= 0 && refaults <= a->size / page_size / 20 + 64);
	CHECK(lost(b) >= MB(16));
	return KSFT_PASS;
}

static int test_ws_access_in_use_read(const char *root)
{
	return check_in_use(root, use_read);
}

static int test_ws_access_in_use_mmap(const char *root)
{
	return check_in_use(root, use_mmap);
}

static int test_ws_access_in_use_mmap_random(const char *root)
{
	return check_in_use(root, use_mmap_random);
}

/* Use the file once more, and then no more. Whoever waits is told by the stop. */
static int map_idle(const char *cgroup, void *arg)
{
	struct group *g = arg;
	char *mem = mmap(NULL, g->size, PROT_READ, MAP_SHARED, g->fd, 0);

	if (mem == MAP_FAILED)
		return -1;
	touch_pages(mem, g->size);
	return raise(SIGSTOP);
}

/* The second read() makes it active on the classic LRU */
static int read_map_idle(const char *cgroup, void *arg)
{
	if (touch_file(arg) || touch_file(arg))
		return -1;
	return map_idle(cgroup, arg);
}

/* Not used any more, though open and mapped: it goes, and it goes first */
static int check_release(const char *root, int (*fill)(const char *, void *))
{
	struct group *parent, *a, *b;
	int pid, status;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, 1000));
	a->size = MB(16);
	CHECK(!ftruncate(a->fd, a->size));
	pid = cg_run_nowait(a->cg, fill, a);
	CHECK(pid > 0 && waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && !lost(a));

	/* enough to pay 3 s long */
	CHECK(!load(b, MB(96)));
	CHECK(gives_first(a, b, parent, 1000));
	return KSFT_PASS;
}

static int test_ws_access_release(const char *root)
{
	return check_release(root, map_idle);
}

static int test_ws_access_release_read(const char *root)
{
	return check_release(root, read_map_idle);
}

/* Read on and on in a file, a page cache block at a time */
static int read_trickle(const char *cgroup, void *arg)
{
	struct group *g = arg;
	int ppid = getppid();
	char buf[1 << 14];
	long off = 0;

	while (getppid() == ppid && off < g->size) {
		if (pread(g->fd, buf, sizeof(buf), off) != sizeof(buf))
			return -1;
		off += sizeof(buf);
		sleep_ms(20);
	}
	return 0;
}

/* What comes in all the time is young, and does not hide what is not */
static int test_ws_access_release_trickle(const char *root)
{
	struct group *parent, *a, *b, *more;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(64));
	CHECK(!promise(a, 1000));
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, read_trickle, more) > 0);
	CHECK(!load(b, MB(96)));
	CHECK(gives_first(a, b, parent, 1000));
	return KSFT_PASS;
}

/* Fill memory of both types and let go of it, again and again */
static int churn(const char *cgroup, void *arg)
{
	struct group *g = arg;
	int ppid = getppid();

	while (getppid() == ppid) {
		char *mem = mmap(NULL, g->size, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (mem == MAP_FAILED || touch_file(g) || ftruncate(g->fd, 0) ||
		    ftruncate(g->fd, g->size))
			return -1;
		memset(mem, 1, g->size);
		munmap(mem, g->size);
		sleep_ms(50);
	}
	return 0;
}

/* Nor does what comes and is freed again */
static int test_ws_access_release_churn(const char *root)
{
	struct group *parent, *a, *b, *more;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(4));
	CHECK(!promise(a, 1000));
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, churn, more) > 0);
	CHECK(!load(b, MB(96)));
	CHECK(gives_first(a, b, parent, 1000));
	return KSFT_PASS;
}

/* Also if the unprotected memory is closer to who reclaims */
static int test_ws_access_release_nodes(const char *root)
{
	struct group *parent, *a, *b;
	int nid;

	if (access("/sys/devices/system/node/node1", F_OK))
		return KSFT_SKIP;

	for (nid = 0; nid <= 1; nid++) {
		add_family(root, &parent, &a, &b);
		CHECK(!promise(a, 500));
		CHECK(!load_apart(a, b, nid, MB(96)));
		CHECK(gives_first(a, b, parent, 500));
		remove_groups();
	}
	return KSFT_PASS;
}

static int use_anon(const char *cgroup, void *arg)
{
	long size = (long)arg;
	int ppid = getppid();
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(mem, 1, size);
	while (getppid() == ppid) {
		if (use_pages(mem, size, PROT_READ | PROT_WRITE))
			return -1;
		sleep_ms(50);
	}
	return 0;
}

/* Anonymous memory in use and page cache left behind have an age each */
static int test_ws_access_types(const char *root)
{
	struct group *parent, *a, *b;

	if (!is_swap_enabled())
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, 1000));
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, use_anon, (void *)MB(8)) > 0);
	CHECK(!load(b, MB(96)));
	CHECK(gives_first(a, b, parent, 1000));
	CHECK(cg_read_long(a->cg, "memory.swap.current") <= MB(8) / 20);
	return KSFT_PASS;
}

/*
 * If everything is young, the need counts more than intervals, alike for all,
 * and the event says whose young memory was taken.
 */
static int test_ws_access_fallback(const char *root)
{
	struct group *parent, *a, *b;
	char buf[TEXT_SIZE];
	long ea, eb;

	add_family(root, &parent, &a, &b);
	CHECK(nr_events(a) == 0);
	CHECK(!promise(a, LONG_MS));
	CHECK(!promise(b, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(16)));
	CHECK(takes_from_both(a, b, parent, MB(8)));

	ea = nr_events(a);
	eb = nr_events(b);
	CHECK(ea > 0);
	CHECK(eb > 0);
	CHECK(cg_read_key_long(a->cg, "memory.events.local", "ws_access ") == ea);
	CHECK(cg_read_key_long(parent->cg, "memory.events.local", "ws_access ") == 0);
	CHECK(nr_events(parent) == (has_localevents ? 0 : ea + eb));
	CHECK(!cg_read(parent->cg, "memory.events", buf, sizeof(buf)));
	CHECK(strstr(buf, "\noom 0\noom_kill 0\n"));
	return KSFT_PASS;
}

/* Old memory that can't be reclaimed does not make the interval any weaker */
static int test_ws_access_fallback_types(const char *root)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!cg_write(parent->cg, "memory.swap.max", "0"));
	CHECK(!promise(a, 2000));
	CHECK(!load_anon(a, MB(4)));
	sleep_ms(2500);
	CHECK(!load(a, MB(16)));
	CHECK(!reclaim(parent, MB(4)));
	CHECK(nr_events(a) > 0);
	return KSFT_PASS;
}

/* Nor does a little of the other type that is overdue and goes first */
static int test_ws_access_event_types(const char *root)
{
	struct group *parent, *a, *b;

	if (!is_swap_enabled())
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, 2000));
	CHECK(!load_anon(a, MB(2)));
	sleep_ms(2500);
	CHECK(!load(a, MB(16)));
	CHECK(!reclaim(parent, MB(8)));
	ksft_print_msg("%ld KB from %s, %ld events\n", lost(a) >> 10, a->name, nr_events(a));
	CHECK(lost(a) >= MB(2));
	CHECK(nr_events(a) > 0);
	return KSFT_PASS;
}

/* Say that all is set, and hold it until the test ends */
static int stay(int ppid)
{
	raise(SIGSTOP);
	while (getppid() == ppid)
		sleep(1);
	return 0;
}

/* Use anonymous memory, and then say what becomes of it */
static int advise(long size, int advice)
{
	int ppid = getppid();
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(mem, 1, size);
	if (madvise(mem, size, advice))
		return -1;
	return stay(ppid);
}

static int free_lazily(const char *cgroup, void *arg)
{
	return advise((long)arg, MADV_FREE);
}

/* What its owner does not want gets no interval */
static int test_ws_access_lazyfree(const char *root)
{
	struct group *parent, *a, *b;
	int pid, status;
	long left;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, LONG_MS));
	pid = cg_run_nowait(a->cg, free_lazily, (void *)MB(16));
	CHECK(pid > 0 && waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	CHECK(!load(b, MB(16)));
	CHECK(!reclaim(parent, MB(8)));
	left = cg_read_long(a->cg, "memory.current");
	ksft_print_msg("%ld KB left of %s, %ld KB from %s\n", left >> 10, a->name,
		       lost(b) >> 10, b->name);
	CHECK(left <= MB(10));
	CHECK(lost(b) <= MB(1));
	CHECK(nr_events(a) == 0);
	return KSFT_PASS;
}

static int alloc_anon(const char *cgroup, void *arg)
{
	long size = (long)arg;
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		return -1;
	memset(mem, 1, size);
	return 0;
}

/* A limit above young memory is kept without killing anybody */
static int check_limit(const char *root, const char *limit)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!cg_write(parent->cg, limit, "48M"));
	CHECK(!cg_write(parent->cg, "memory.swap.max", "0"));
	CHECK(!promise(a, LONG_MS));
	CHECK(!promise(b, LONG_MS));
	CHECK(!load(a, MB(32)));
	CHECK(!cg_run(b->cg, alloc_anon, (void *)MB(36)));

	ksft_print_msg("%ld KB from %s\n", lost(a) >> 10, a->name);
	CHECK(lost(a) >= MB(16));
	CHECK(nr_events(a) > 0);
	CHECK(cg_read_key_long(parent->cg, "memory.events", "oom ") == 0);
	CHECK(cg_read_key_long(parent->cg, "memory.events", "oom_kill ") == 0);
	return KSFT_PASS;
}

static int test_ws_access_max(const char *root)
{
	return check_limit(root, "memory.max");
}

static int test_ws_access_high(const char *root)
{
	return check_limit(root, "memory.high");
}

/* memory.low is stronger: young memory goes before it gives way */
static int test_ws_access_low(const char *root)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!cg_write(a->cg, "memory.low", "32M"));
	CHECK(!promise(b, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(16)));
	CHECK(takes_only_from(b, a, parent, MB(8)));
	CHECK(nr_events(b) > 0);
	CHECK(cg_read_key_long(a->cg, "memory.events", "low ") == 0);
	return KSFT_PASS;
}

/* And what is overdue does not go before it */
static int test_ws_access_overdue_low(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500;
	long start;

	add_family(root, &parent, &a, &b);
	CHECK(!cg_write(a->cg, "memory.low", "32M"));
	CHECK(!promise(a, ms));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(96)));

	for (start = now_ms(); now_ms() - start < 4 * ms; sleep_ms(ms / 20))
		CHECK(!reclaim(parent, MB(1)));

	ksft_print_msg("%ld KB from %s, %ld KB from %s\n", lost(a) >> 10, a->name,
		       lost(b) >> 10, b->name);
	CHECK(lost(a) == 0);
	CHECK(lost(b) >= MB(16));
	CHECK(cg_read_key_long(a->cg, "memory.events", "low ") == 0);
	return KSFT_PASS;
}

/* Size protection is stronger at any depth: overdue memory goes down to it */
static int check_size(const char *root, const char *file, int depth)
{
	struct group *top = add_group(root, "ws_access_test");
	struct group *b = add_group(top->cg, "b");
	struct group *a = top;
	const long ms = 500;
	long start;

	while (depth--) {
		a = add_group(a->cg, "a");
		CHECK(!cg_write(a->cg, file, "24M"));
		CHECK(!promise(a, ms));
	}
	CHECK(!load(a, MB(32)));
	CHECK(!load(b, MB(96)));
	sleep_ms(2 * ms);
	for (start = now_ms(); now_ms() - start < 4 * ms; sleep_ms(ms / 20))
		CHECK(!reclaim(top, MB(1)));

	ksft_print_msg("%s: %ld KB left of %s\n", file, resident(a) >> 10, a->name);
	/* a batch, and memory of the kernel that counts, too */
	CHECK(resident(a) >= MB(24) - MB(1));
	CHECK(resident(a) <= MB(26));
	remove_groups();
	return KSFT_PASS;
}

/* Either of them, at depths of 1 and 2 */
static int each_floor(const char *root, int (*check)(const char *, const char *, int))
{
	int depth, ret;

	for (depth = 1; depth <= 2; depth++) {
		ret = check(root, "memory.min", depth);
		if (ret == KSFT_PASS)
			ret = check(root, "memory.low", depth);
		if (ret != KSFT_PASS)
			return ret;
	}
	return KSFT_PASS;
}

static int test_ws_access_size_depth(const char *root)
{
	return each_floor(root, check_size);
}

static long age(struct group *g, const char *key)
{
	return cg_read_key_long(g->cg, "memory.stat", key);
}

/* The oldest of all nodes in memory.numa_stat */
static long numa_age(struct group *g, const char *key)
{
	char buf[2 * TEXT_SIZE], *p;
	long ms, max = -1;
	int nid, len;

	if (cg_read(g->cg, "memory.numa_stat", buf, sizeof(buf)))
		return -1;
	p = strstr(buf, key);
	if (!p)
		return -1;
	for (p += strlen(key); sscanf(p, " N%d=%ld%n", &nid, &ms, &len) == 2; p += len)
		if (ms > max)
			max = ms;
	return max;
}

/* @a is filled a second before @b; what they show must fit the clock */
static int check_age(const char *root, const char *key,
		     int (*fill)(struct group *g, long size))
{
	struct group *parent, *a, *b;
	long start, end, before, after, subtree, nodes;

	add_family(root, &parent, &a, &b);
	CHECK(age(a, ANON_AGE) == 0 && numa_age(a, ANON_AGE) == 0);
	CHECK(age(a, FILE_AGE) == 0 && numa_age(a, FILE_AGE) == 0);

	start = now_ms();
	CHECK(!fill(a, MB(16)));
	end = now_ms();
	CHECK(age(a, key) <= (now_ms() - start) * 9 / 8 + 10);
	sleep_ms(1000);
	before = now_ms() - end;
	after = age(a, key);
	ksft_print_msg("%ld ms, filled %ld to %ld ms ago\n", after, before,
		       now_ms() - start);
	CHECK(after >= before * 7 / 8 - 10);
	CHECK(after <= (now_ms() - start) * 9 / 8 + 10);

	start = now_ms();
	CHECK(!fill(b, MB(16)));
	CHECK(age(b, key) <= (now_ms() - start) * 9 / 8 + 10);

	/* a cgroup is as old as its oldest descendant, a node has none */
	before = age(a, key);
	subtree = age(parent, key);
	nodes = numa_age(a, key);
	after = age(a, key);
	CHECK(before <= subtree && subtree <= after);
	CHECK(before <= nodes && nodes <= after);
	CHECK(age(b, key) < before);
	CHECK(numa_age(parent, key) == 0);

	/* gone, and its age with it */
	CHECK(!ftruncate(a->fd, 0));
	CHECK(!cg_killall(a->cg));
	sleep_ms(200);
	CHECK(age(a, key) == 0 && numa_age(a, key) == 0);
	return KSFT_PASS;
}

static int test_ws_access_age_file(const char *root)
{
	return check_age(root, FILE_AGE, load);
}

static int test_ws_access_age_anon(const char *root)
{
	return check_age(root, ANON_AGE, load_anon);
}

/* What comes to memory that is nearly due has its own time */
static int test_ws_access_new_beside_old(const char *root)
{
	struct group *parent, *a, *b, *more;
	long start, shown, loaded = now_ms();
	char lru[32];

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(8));
	CHECK(!promise(a, 3000));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(96)));
	CHECK(takes_only_from(b, a, parent, MB(1)));
	sleep_ms(2200);
	start = now_ms();
	CHECK(!cg_run(a->cg, load_fn, more));
	CHECK(!ftruncate(a->fd, 0));
	shown = age(a, FILE_AGE);
	ksft_print_msg("the new is %ld ms old, and %ld ms are shown\n",
		       now_ms() - start, shown);
	/*
	 * What is freed takes the latest additions back on the classic LRU, and this
	 * was old: as much of the new is taken for old, but not for older than that.
	 */
	CHECK(read_text(LRU_GEN, lru, sizeof(lru)) > 0);
	if (strtol(lru, NULL, 0))
		CHECK(shown <= (now_ms() - start) * 9 / 8 + 10);
	else
		CHECK(shown <= now_ms() - loaded + 10);
	return KSFT_PASS;
}

/* What is idle grows older beside what comes in, and goes first when it is needed */
static int test_ws_access_old_beside_new(const char *root)
{
	struct group *parent, *a, *b, *more;
	long start, shown;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(2));
	CHECK(!promise(a, 1000));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(96)));
	/* until it is known to be idle */
	for (start = now_ms(); !lost(a) && now_ms() < start + 20000; sleep_ms(100))
		CHECK(!reclaim(parent, MB(1) / 4));
	CHECK(lost(a) && lost(a) <= MB(1));

	/* and then nobody is short of memory */
	start = now_ms();
	CHECK(!cg_run(a->cg, read_trickle, more));
	shown = age(a, FILE_AGE);
	ksft_print_msg("%ld ms are shown after %ld ms\n", shown, now_ms() - start);
	CHECK(shown >= now_ms() - start);
	CHECK(takes_only_from(a, b, parent, MB(8)));
	return KSFT_PASS;
}

/* A dying cgroup has no interval any more */
static int test_ws_access_removal(const char *root)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, LONG_MS));
	CHECK(!promise(b, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(16)));
	CHECK(!rmdir(a->cg));
	sleep_ms(1000);		/* it goes offline in the background */
	CHECK(takes_only_from(a, b, parent, MB(8)));
	return KSFT_PASS;
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
/* What a removed cgroup leaves to its parent is as old there as the parent has it */
static int check_reparent(const char *root, long ms)
{
	struct group *parent, *a, *b;
	long start, left, shown;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(b, ms));
	CHECK(!load(a, MB(16)));
	sleep_ms(1500);
	start = now_ms();
	CHECK(!rmdir(a->cg));
	/* it goes offline in the background */
	while (!numa_age(parent, FILE_AGE) && now_ms() < start + 5000)
		sleep_ms(10);
	left = now_ms();
	sleep_ms(1000);
	shown = age(parent, FILE_AGE);
	ksft_print_msg("%ld ms are shown after %ld ms\n", shown, now_ms() - start);
	CHECK(shown >= 800);
	CHECK(shown <= now_ms() - start + 10);
	CHECK(left < start + 5000 && resident(a) == a->size);
	return KSFT_PASS;
}

static int test_ws_access_reparent(const char *root)
{
	return check_reparent(root, 0);
}

/* The same while somebody has an interval: it comes to the other end of the lists */
static int test_ws_access_reparent_promise(const char *root)
{
	return check_reparent(root, LONG_MS);
}

static int touch_last(const char *cgroup, void *arg)
{
	struct group *g = arg;
	static char buf[MB(1)];

	return pread(g->fd, buf, sizeof(buf), g->size - sizeof(buf)) != sizeof(buf);
}

/* What children that come and go have left is given back */
static int test_ws_access_reparent_many(const char *root)
{
	struct group *parent, *a, *b;
	long start, took;
	char *child;
	int i;

	add_family(root, &parent, &a, &b);
	CHECK(!cg_write(a->cg, "cgroup.subtree_control", "+memory"));
	CHECK(!promise(a, 1000));
	CHECK(!load(b, MB(32)));
	child = cg_name(a->cg, "child");
	start = now_ms();
	for (i = 0; i < 32; i++) {
		a->size += MB(1);
		CHECK(!ftruncate(a->fd, a->size));
		CHECK(!cg_create(child));
		CHECK(!cg_run(child, touch_last, a));
		CHECK(!cg_destroy(child));
		sleep_ms(100);
	}
	free(child);
	took = now_ms() - start;
	ksft_print_msg("%ld ms old after %ld ms\n", age(a, FILE_AGE), took);
	CHECK(resident(a) == a->size);
	CHECK(age(a, FILE_AGE) >= took / 2);
	CHECK(gives_first(a, b, parent, 1000));
	return KSFT_PASS;
}
#endif

static int check_switch(const char *root, char *other, char *back)
{
	struct group *parent, *a, *b;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(a, LONG_MS));
	CHECK(!load(a, MB(16)));
	CHECK(!load(b, MB(32)));
	CHECK(takes_only_from(b, a, parent, MB(4)));
	CHECK(write_text(LRU_GEN, other, strlen(other)) > 0);
	CHECK(takes_only_from(b, a, parent, MB(4)));
	CHECK(write_text(LRU_GEN, back, strlen(back)) > 0);
	CHECK(takes_only_from(b, a, parent, MB(4)));
	return KSFT_PASS;
}

/* The memory stays what it is when the LRU is switched under it */
static int test_ws_access_lru_switch(const char *root)
{
	char was[32], *other = "0";
	int ret;

	if (read_text(LRU_GEN, was, sizeof(was)) <= 0)
		return KSFT_SKIP;
	if (!strtol(was, NULL, 0))
		other = "7";
	ret = check_switch(root, other, was);
	write_text(LRU_GEN, was, strlen(was));
	return ret;
}

/* Ask for what was not used for @ms: 0, or -EAGAIN if that was less than @bytes */
static int trim(struct group *g, long bytes, long ms)
{
	char buf[64];

	sprintf(buf, "%ld min_age_ms=%ld", bytes, ms);
	return cg_write(g->cg, "memory.reclaim", buf);
}

/* More than there is */
static bool trims_less(struct group *g, long ms)
{
	int ret = trim(g, MB(1024), ms);

	if (ret != -EAGAIN)
		ksft_print_msg("%s: %d\n", g->name, ret);
	return ret == -EAGAIN;
}

/*
 * Idle page cache of @g is given when @target is asked for it by its age. One
 * write looks, and a later one takes; what was read once is looked at again.
 */
static bool gives_back(struct group *target, struct group *g, long ms)
{
	long start = now_ms();
	int writes;

	/* not by the clock, as the machine may be slow */
	for (writes = 0; lost(g) < g->size && writes <= 24; writes++) {
		if (!trims_less(target, ms))
			return false;
		sleep_ms(ms / 4);
	}
	ksft_print_msg("after %d writes in %ld ms: %ld of %ld KB from %s\n", writes,
		       now_ms() - start, lost(g) >> 10, g->size >> 10, g->name);
	return lost(g) == g->size;
}

/* The same with anonymous memory */
static bool swaps_out(struct group *target, struct group *g, long size, long ms)
{
	int writes;

	for (writes = 0; writes <= 24; writes++) {
		if (!trims_less(target, ms))
			return false;
		if (cg_read_long(g->cg, "memory.swap.current") >= size)
			return true;
		sleep_ms(ms / 4);
	}
	return false;
}

/* And for some time after that, which others have to stand */
static bool goes_on(struct group *target, long ms)
{
	int writes;

	for (writes = 0; writes < 12; writes++) {
		if (!trims_less(target, ms))
			return false;
		sleep_ms(ms / 4);
	}
	return true;
}

/* Not more than 5 %, and what the statistics may lag behind */
static bool keeps_file(struct group *g, long size)
{
	long nr = cg_read_key_long(g->cg, "memory.stat", "workingset_refault_file ");

	ksft_print_msg("%ld refaults\n", nr);
	return nr >= 0 && nr <= size / page_size / 20 + 64;
}

/* What is read ahead was not used at all */
static int ahead_fn(const char *cgroup, void *arg)
{
	struct group *g = arg;
	long off;

	for (off = 0; off < g->size; off += 1 << 16)
		if (posix_fadvise(g->fd, off, 1 << 16, POSIX_FADV_WILLNEED))
			return -1;
	return 0;
}

static int load_ahead(struct group *g, long size)
{
	int i;

	g->size = size;
	if (ftruncate(g->fd, size) || cg_run(g->cg, ahead_fn, g))
		return -1;
	for (i = 0; i < 100 && lost(g); i++)
		sleep_ms(10);
	/* nothing is asked for, but pages that are on their way to the lists get there */
	return lost(g) || trim(g, 0, LONG_MS);
}

/* A key that is understood, with a value that is, or nothing happens */
static int test_ws_access_trim_values(const char *root)
{
	static const struct {
		char *text;
		int ret;
	} writes[] = {
		{ "1M min_age_ms=",			-EINVAL },
		{ "1M min_age_ms",			-EINVAL },
		{ "1M min_age_ms=-1",			-EINVAL },
		{ "1M min_age_ms=+1",			-EINVAL },
		{ "1M min_age_ms=1s",			-EINVAL },
		{ "1M min_age_ms=1.5",			-EINVAL },
		{ "1M min_age_ms=1 2",			-EINVAL },
		{ "1M min_age_ms= 1",			-EINVAL },
		{ "1M min_age_ms=0x10",			-EINVAL },
		{ "1M min_age_ms=abc",			-EINVAL },
		{ "1M min_age_ms=max",			-EINVAL },
		{ "1M min_age_ms=4294967296",		-ERANGE },
		{ "1M min_age_ms=99999999999999999999",	-ERANGE },
		{ "1M min_age=1",			-EINVAL },
		{ "1M max_age_ms=1",			-EINVAL },
		{ "1M min_age_ms=1 swappiness=201",	-EINVAL },
		{ "1M swappiness=-1 min_age_ms=1",	-EINVAL },
		{ "1M min_age_ms=1 else=1",		-EINVAL },
		{ "min_age_ms=1",			-EINVAL },
		{ "min_age_ms=1 1M",			-EINVAL },
		{ "0 min_age_ms=1",			0 },
		{ "1M min_age_ms=60000",		-EAGAIN },
		{ "1M min_age_ms=60000\n",		-EAGAIN },
		{ "1M min_age_ms=4294967295",		-EAGAIN },
		{ "1M swappiness=0 min_age_ms=60000",	-EAGAIN },
		{ "1M min_age_ms=60000 swappiness=0",	-EAGAIN },
		{ "  1M  min_age_ms=60000  swappiness=200 ", -EAGAIN },
	};
	struct group *g = add_group(root, "ws_access_test");
	int i, ret;

	CHECK(!load(g, MB(4)));
	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		ret = cg_write(g->cg, "memory.reclaim", writes[i].text);
		if (ret != writes[i].ret)
			ksft_print_msg("\"%s\": %d\n", writes[i].text, ret);
		CHECK(ret == writes[i].ret);
		CHECK(lost(g) == 0);
	}

	/* older than nothing is everything */
	CHECK(!cg_write(g->cg, "memory.reclaim", "1M min_age_ms=0"));
	CHECK(lost(g) >= MB(1));
	return KSFT_PASS;
}

/* To the page, and who gets less is told */
static int test_ws_access_trim_size(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500, pages[] = { 1, 100, 3, 257, 1000 };
	long was, want;
	int i, ret, waits = 0;

	add_family(root, &parent, &a, &b);
	/* one page at a time, or it may be large folios */
	CHECK(!posix_fadvise(a->fd, 0, 0, POSIX_FADV_RANDOM));
	CHECK(!load(a, MB(16)));
	for (i = 0; lost(a) < a->size && waits <= 24; i++) {
		was = lost(a);
		want = pages[i % ARRAY_SIZE(pages)] * page_size;
		ret = trim(parent, want, ms);
		if (lost(a) - was != want || ret)
			ksft_print_msg("%ld of %ld KB: %d\n", (lost(a) - was) >> 10, want >> 10,
				       ret);
		CHECK(lost(a) - was <= want);
		CHECK(ret == (lost(a) - was == want ? 0 : -EAGAIN));
		if (ret) {
			waits++;
			sleep_ms(ms / 4);
		}
	}
	CHECK(lost(a) == a->size);
	return KSFT_PASS;
}

/* All of one cgroup is as much as that, and nothing of the other */
static int test_ws_access_trim_size_all(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500;
	int ret;

	add_family(root, &parent, &a, &b);
	CHECK(!load_ahead(a, MB(8)));
	CHECK(!load_ahead(b, MB(8)));
	sleep_ms(2 * ms);
	ret = trim(parent, MB(8), ms);
	ksft_print_msg("%ld KB from %s, %ld KB from %s: %d\n", lost(a) >> 10, a->name,
		       lost(b) >> 10, b->name, ret);
	CHECK(!ret);
	CHECK(lost(a) + lost(b) == MB(8));
	return KSFT_PASS;
}

/* What is in use stays, no matter how it is used, and what is beside it goes */
static int check_trim_in_use(const char *root, int (*use)(const char *, void *))
{
	struct group *parent, *a, *b, *more;
	const long ms = 1000;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(8));
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, use, more) > 0);
	CHECK(gives_back(parent, a, ms));
	CHECK(goes_on(parent, ms));
	CHECK(keeps_file(a, more->size));
	CHECK(nr_events(a) == 0);
	return KSFT_PASS;
}

static int test_ws_access_trim_in_use_read(const char *root)
{
	return check_trim_in_use(root, use_read);
}

static int test_ws_access_trim_in_use_mmap(const char *root)
{
	return check_trim_in_use(root, use_mmap);
}

static int test_ws_access_trim_in_use_mmap_random(const char *root)
{
	return check_trim_in_use(root, use_mmap_random);
}

/* Anonymous memory, too: half of it is in use */
static int test_ws_access_trim_anon(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 1000;
	long swapped;

	if (!is_swap_enabled())
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!load_anon(a, MB(8)));
	CHECK(cg_run_nowait(b->cg, use_anon, (void *)MB(8)) > 0);
	CHECK(swaps_out(parent, a, MB(8), ms));
	CHECK(goes_on(parent, ms));
	swapped = cg_read_long(b->cg, "memory.swap.current");
	ksft_print_msg("%ld KB in use swapped\n", swapped >> 10);
	CHECK(swapped <= MB(8) / 20);
	return KSFT_PASS;
}

/* If that will do, it is the oldest, whichever of the cgroups has it */
static int test_ws_access_trim_order(const char *root)
{
	struct group *parent, *a, *b, *old, *young;
	const long ms = 1000;
	int i;

	for (i = 0; i <= 1; i++) {
		add_family(root, &parent, &a, &b);
		old = i ? b : a;
		young = i ? a : b;
		CHECK(!load_ahead(old, MB(8)));
		sleep_ms(3 * ms);
		CHECK(!load_ahead(young, MB(8)));
		sleep_ms(ms / 5 * 6);
		CHECK(!trim(parent, MB(8), ms));
		ksft_print_msg("%ld KB from the old, %ld KB from the young\n",
			       lost(old) >> 10, lost(young) >> 10);
		CHECK(lost(old) == MB(8));
		CHECK(lost(young) == 0);
		/* the other one is due as well */
		CHECK(!trim(parent, MB(8), ms));
		CHECK(lost(young) == MB(8));
		remove_groups();
	}
	return KSFT_PASS;
}

/* Intervals below are kept if they are longer; that of who is asked does not count */
static int test_ws_access_trim_promise(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500;

	add_family(root, &parent, &a, &b);
	CHECK(!promise(parent, LONG_MS));
	CHECK(!promise(a, LONG_MS));
	CHECK(!promise(b, 1));
	CHECK(!load(a, MB(8)));
	CHECK(!load(b, MB(8)));

	/* a shorter one is no reason to take what is younger than that */
	sleep_ms(ms);
	CHECK(trims_less(parent, LONG_MS));
	CHECK(lost(b) == 0);

	CHECK(gives_back(parent, b, ms));
	CHECK(lost(a) == 0);
	CHECK(gives_back(a, a, ms));
	CHECK(nr_events(a) == 0);
	CHECK(nr_events(b) == 0);
	return KSFT_PASS;
}

/* Size protection is stronger here as well */
static int check_trim_protected(const char *root, const char *file, int depth)
{
	struct group *top = add_group(root, "ws_access_test");
	struct group *a = top;
	const long ms = 500;

	while (depth--) {
		a = add_group(a->cg, "a");
		CHECK(!cg_write(a->cg, file, "16M"));
	}
	CHECK(!load(a, MB(24)));
	sleep_ms(ms);
	CHECK(goes_on(top, ms));

	ksft_print_msg("%s: %ld KB left of %s\n", file, resident(a) >> 10, a->name);
	/* a batch, and memory of the kernel that counts, too */
	CHECK(resident(a) >= MB(16) - MB(1));
	CHECK(resident(a) <= MB(18));
	CHECK(cg_read_key_long(a->cg, "memory.events", "low ") == 0);
	remove_groups();
	return KSFT_PASS;
}

static int test_ws_access_trim_protected(const char *root)
{
	return each_floor(root, check_trim_protected);
}

/* The other key of memory.reclaim: page cache only */
static int test_ws_access_trim_swappiness(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500;
	int writes;

	if (!is_swap_enabled())
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!load_anon(a, MB(8)));
	CHECK(!load(a, MB(8)));
	for (writes = 0; writes < 16; writes++, sleep_ms(ms / 4)) {
		CHECK(cg_write(parent->cg, "memory.reclaim",
			       "1G min_age_ms=500 swappiness=0") == -EAGAIN);
		CHECK(cg_write(parent->cg, "memory.reclaim",
			       "1G swappiness=0 min_age_ms=500") == -EAGAIN);
	}
	CHECK(lost(a) == a->size);
	CHECK(cg_read_long(a->cg, "memory.swap.current") == 0);
	return KSFT_PASS;
}

/* Page cache goes where anonymous memory can't */
static int check_trim_noswap(struct group *parent, struct group *a, long swapped)
{
	const long ms = 500;

	CHECK(!load_anon(a, MB(8)));
	CHECK(!load(a, MB(8)));
	CHECK(gives_back(parent, a, ms));
	CHECK(goes_on(parent, ms));
	ksft_print_msg("%ld KB swapped\n", cg_read_long(a->cg, "memory.swap.current") >> 10);
	CHECK(cg_read_long(a->cg, "memory.swap.current") <= swapped);
	CHECK(cg_read_long(a->cg, "memory.current") >= MB(8) - swapped);
	CHECK(cg_read_key_long(parent->cg, "memory.events", "oom ") == 0);
	return KSFT_PASS;
}

static int test_ws_access_trim_swap_max(const char *root)
{
	struct group *parent, *a, *b;
	int mb, ret;

	for (mb = 0; mb <= 1; mb++) {
		add_family(root, &parent, &a, &b);
		CHECK(!cg_write_numeric(a->cg, "memory.swap.max", MB(mb)));
		ret = check_trim_noswap(parent, a, MB(mb));
		if (ret != KSFT_PASS)
			return ret;
		remove_groups();
	}
	return KSFT_PASS;
}

static long meminfo(const char *key)
{
	char buf[TEXT_SIZE], *p;

	if (read_text("/proc/meminfo", buf, sizeof(buf)) <= 0)
		return -1;
	p = strstr(buf, key);
	return p ? atol(p + strlen(key)) << 10 : -1;
}

/* The same where swap is full, if that can be had cheaply */
static int test_ws_access_trim_swap_full(const char *root)
{
	struct group *parent, *a, *b;
	long size = meminfo("SwapFree:");
	int i;

	if (size <= 0 || size > meminfo("MemAvailable:") - MB(128))
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!load_anon(b, size + MB(16)));
	for (i = 0; i < 20 && meminfo("SwapFree:") > MB(1); i++)
		reclaim(b, meminfo("SwapFree:"));
	ksft_print_msg("%ld KB of swap are left\n", meminfo("SwapFree:") >> 10);
	CHECK(meminfo("SwapFree:") <= MB(1));
	return check_trim_noswap(parent, a, MB(1));
}

/* Page cache that was written to */
static int dirty_fn(const char *cgroup, void *arg)
{
	static char buf[1 << 16];
	struct group *g = arg;
	long off;

	for (off = 0; off < g->size; off += sizeof(buf))
		if (pwrite(g->fd, buf, sizeof(buf), off) != sizeof(buf))
			return -1;
	return 0;
}

/* That goes when it is clean, and until then is no obstacle to what is */
static int test_ws_access_trim_dirty(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500;

	add_family(root, &parent, &a, &b);
	CHECK(!load(b, MB(8)));
	a->size = MB(4);
	CHECK(!ftruncate(a->fd, a->size));
	CHECK(!cg_run(a->cg, dirty_fn, a));
	CHECK(lost(a) == 0);
	CHECK(gives_back(parent, b, ms));
	ksft_print_msg("%ld KB gone, %ld KB dirty\n", lost(a) >> 10,
		       cg_read_key_long(a->cg, "memory.stat", "file_dirty ") >> 10);
	CHECK(!fsync(a->fd));
	CHECK(gives_back(parent, a, ms));
	return KSFT_PASS;
}

static int huge_noexit(const char *cgroup, void *arg)
{
	long size = (long)arg;
	int ppid = getppid();
	char *mem = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mem = (char *)(((unsigned long)mem + size - 1) / size * size);
	if (madvise(mem, size, MADV_HUGEPAGE))
		return -1;
	memset(mem, 1, size);
	return stay(ppid);
}

/* A huge page is one page: it goes as a whole, or in parts, but no other goes for it */
static int test_ws_access_trim_thp(const char *root)
{
	struct group *parent, *a, *b;
	const long ms = 500;
	int pid, status, writes, ret = -EAGAIN;
	long huge;
	char buf[32];

	if (!is_swap_enabled() ||
	    read_text("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", buf, sizeof(buf)) <= 0)
		return KSFT_SKIP;
	huge = atol(buf);

	add_family(root, &parent, &a, &b);
	pid = cg_run_nowait(a->cg, huge_noexit, (void *)(4 * huge));
	CHECK(pid > 0 && waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	if (cg_read_key_long(a->cg, "memory.stat", "anon_thp ") < 4 * huge)
		return KSFT_SKIP;
	for (writes = 0; ret == -EAGAIN && writes <= 24; writes++) {
		sleep_ms(ms / 4);
		ret = trim(parent, page_size, ms);
	}
	ksft_print_msg("%d, %ld KB swapped\n", ret,
		       cg_read_long(a->cg, "memory.swap.current") >> 10);
	CHECK(!ret);
	CHECK(cg_read_long(a->cg, "memory.swap.current") >= page_size);
	CHECK(cg_read_long(a->cg, "memory.swap.current") <= huge);
	CHECK(swaps_out(parent, a, 4 * huge, ms));
	return KSFT_PASS;
}

/* Use nothing of it any more, and say so */
static int cool(const char *cgroup, void *arg)
{
	return advise((long)arg, MADV_COLD);
}

/* Who does not want it need not wait until it is old, but what is beside it has to */
static int check_trim_unwanted(const char *root, int (*fn)(const char *, void *))
{
	struct group *parent, *a, *b;
	int pid, status;
	long left;

	if (!is_swap_enabled())
		return KSFT_SKIP;

	add_family(root, &parent, &a, &b);
	CHECK(!load_anon(a, MB(8)));
	CHECK(trims_less(parent, LONG_MS));
	pid = cg_run_nowait(a->cg, fn, (void *)MB(16));
	CHECK(pid > 0 && waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	CHECK(!load_ahead(a, MB(8)));
	CHECK(!trim(parent, MB(8), LONG_MS));
	left = cg_read_long(a->cg, "memory.current");
	ksft_print_msg("%ld KB left of %s, %ld KB of its file\n", left >> 10, a->name,
		       resident(a) >> 10);
	CHECK(left <= MB(26));
	CHECK(lost(a) == 0);

	/* what is gone is not what is there */
	CHECK(!kill(pid, SIGKILL) && waitpid(pid, NULL, 0) == pid);
	CHECK(trims_less(parent, LONG_MS));
	CHECK(lost(a) == 0);
	return KSFT_PASS;
}

static int test_ws_access_trim_lazyfree(const char *root)
{
	return check_trim_unwanted(root, free_lazily);
}

static int test_ws_access_trim_cold(const char *root)
{
	return check_trim_unwanted(root, cool);
}

/* Each node is asked */
static int test_ws_access_trim_nodes(const char *root)
{
	struct group *parent, *a, *b;
	int nid;

	if (access("/sys/devices/system/node/node1", F_OK))
		return KSFT_SKIP;

	for (nid = 0; nid <= 1; nid++) {
		add_family(root, &parent, &a, &b);
		CHECK(!load_apart(a, b, nid, MB(16)));
		CHECK(gives_back(parent, a, 500));
		CHECK(gives_back(parent, b, 500));
		remove_groups();
	}
	return KSFT_PASS;
}

/* How much of a cgroup's page cache is on a node */
static long file_on_node(struct group *g, int nid)
{
	char buf[2 * TEXT_SIZE], *p, name[8];

	sprintf(name, " N%d=", nid);
	if (cg_read(g->cg, "memory.numa_stat", buf, sizeof(buf)))
		return -1;
	p = strstr(buf, "\nfile ");
	p = p ? strstr(p, name) : NULL;
	return p ? atol(p + strlen(name)) : -1;
}

#define DEMOTION	"/sys/kernel/mm/numa/demotion_enabled"

/* Node 1 is slow memory: what is not used goes there, and from there when it is not used yet */
static int check_trim_demotion(const char *root)
{
	struct group *parent, *a, *b, *more;
	const long ms = 1000;
	int writes, ret = -EAGAIN;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(8));
	CHECK(!bind_node(0));
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, use_mmap, more) > 0);
	CHECK(!bind_node(-1));
	if (write_text(DEMOTION, "1", 1) <= 0)
		return KSFT_SKIP;
	for (writes = 0; ret == -EAGAIN && writes <= 24; writes++) {
		sleep_ms(ms / 4);
		ret = trim(parent, MB(8), ms);
	}
	ksft_print_msg("%d, %ld KB gone, %ld KB on the slow node\n", ret, lost(a) >> 10,
		       file_on_node(a, 1) >> 10);
	CHECK(!ret);
	if (file_on_node(a, 1) < MB(1))
		return KSFT_SKIP;
	CHECK(lost(a) == 0);
	CHECK(values_close(file_on_node(a, 1), MB(8), 10));
	CHECK(gives_back(parent, a, ms));
	CHECK(goes_on(parent, ms));
	CHECK(keeps_file(a, more->size));
	return KSFT_PASS;
}

static int test_ws_access_trim_demotion(const char *root)
{
	char was[32];
	int ret;

	if (access("/sys/devices/system/node/node1", F_OK) ||
	    read_text(DEMOTION, was, sizeof(was)) <= 0)
		return KSFT_SKIP;
	ret = check_trim_demotion(root);
	write_text(DEMOTION, was, strlen(was));
	return ret;
}

/* A neighbour at its limit is in nobody's way, nor is anybody in his */
static int test_ws_access_trim_limit(const char *root)
{
	struct group *parent, *a, *b, *more;
	const long ms = 1000;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(8));
	b->size = MB(64);
	CHECK(!ftruncate(b->fd, b->size));
	CHECK(!cg_write(b->cg, "memory.max", "16M"));
	CHECK(cg_run_nowait(b->cg, use_read, b) > 0);
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, use_mmap, more) > 0);
	CHECK(gives_back(parent, a, ms));
	CHECK(goes_on(parent, ms));
	CHECK(keeps_file(a, more->size));
	CHECK(cg_read_key_long(b->cg, "memory.events", "max ") > 0);
	CHECK(cg_read_key_long(b->cg, "memory.events", "oom ") == 0);
	return KSFT_PASS;
}

static int check_trim_switch(const char *root, char *other, char *back)
{
	struct group *parent, *a, *b, *more;
	const long ms = 1000;
	char *to;
	int i;

	add_family(root, &parent, &a, &b);
	more = add_file(root, MB(8));
	CHECK(!load(a, MB(16)));
	CHECK(cg_run_nowait(a->cg, use_mmap, more) > 0);
	for (i = 0; i < 30; i++) {
		to = i % 2 ? back : other;
		CHECK(write_text(LRU_GEN, to, strlen(to)) > 0);
		CHECK(trims_less(parent, ms));
		sleep_ms(ms / 10);
	}
	CHECK(keeps_file(a, more->size));
	CHECK(write_text(LRU_GEN, other, strlen(other)) > 0);
	CHECK(gives_back(parent, a, ms));

	CHECK(!load(b, MB(16)));
	sleep_ms(ms);
	CHECK(trims_less(parent, ms));
	CHECK(write_text(LRU_GEN, back, strlen(back)) > 0);
	CHECK(gives_back(parent, b, ms));
	CHECK(keeps_file(a, more->size));
	return KSFT_PASS;
}

/* Ages begin anew when the LRU is switched, and that is all */
static int test_ws_access_trim_lru_switch(const char *root)
{
	char was[32], *other = "0";
	int ret;

	if (read_text(LRU_GEN, was, sizeof(was)) <= 0)
		return KSFT_SKIP;
	if (!strtol(was, NULL, 0))
		other = "7";
	ret = check_trim_switch(root, other, was);
	write_text(LRU_GEN, was, strlen(was));
	return ret;
}

#define T(x) { x, #x }
struct ws_access_test {
	int (*fn)(const char *root);
	const char *name;
} tests[] = {
	T(test_ws_access_knob),
	T(test_ws_access_effective),
	T(test_ws_access_protection),
	T(test_ws_access_new_memory),
	T(test_ws_access_new_beside_old),
	T(test_ws_access_old_beside_new),
	T(test_ws_access_anon),
	T(test_ws_access_nodes),
	T(test_ws_access_hierarchy),
	T(test_ws_access_target),
	T(test_ws_access_recursive),
	T(test_ws_access_in_use_read),
	T(test_ws_access_in_use_mmap),
	T(test_ws_access_in_use_mmap_random),
	T(test_ws_access_release),
	T(test_ws_access_release_read),
	T(test_ws_access_release_trickle),
	T(test_ws_access_release_churn),
	T(test_ws_access_release_nodes),
	T(test_ws_access_types),
	T(test_ws_access_fallback),
	T(test_ws_access_fallback_types),
	T(test_ws_access_event_types),
	T(test_ws_access_lazyfree),
	T(test_ws_access_max),
	T(test_ws_access_high),
	T(test_ws_access_low),
	T(test_ws_access_overdue_low),
	T(test_ws_access_size_depth),
	T(test_ws_access_age_file),
	T(test_ws_access_age_anon),
	T(test_ws_access_removal),
#ifdef LRUVEC_AGE_HAS_REPARENTING
	T(test_ws_access_reparent),
	T(test_ws_access_reparent_promise),
	T(test_ws_access_reparent_many),
#endif
	T(test_ws_access_lru_switch),
	T(test_ws_access_trim_values),
	T(test_ws_access_trim_size),
	T(test_ws_access_trim_size_all),
	T(test_ws_access_trim_in_use_read),
	T(test_ws_access_trim_in_use_mmap),
	T(test_ws_access_trim_in_use_mmap_random),
	T(test_ws_access_trim_anon),
	T(test_ws_access_trim_order),
	T(test_ws_access_trim_promise),
	T(test_ws_access_trim_protected),
	T(test_ws_access_trim_swappiness),
	T(test_ws_access_trim_swap_max),
	T(test_ws_access_trim_swap_full),
	T(test_ws_access_trim_dirty),
	T(test_ws_access_trim_thp),
	T(test_ws_access_trim_lazyfree),
	T(test_ws_access_trim_cold),
	T(test_ws_access_trim_nodes),
	T(test_ws_access_trim_demotion),
	T(test_ws_access_trim_limit),
	T(test_ws_access_trim_lru_switch),
};
#undef T

static bool has_knob(const char *root)
{
	struct group *g = add_group(root, "ws_access_test");
	char buf[TEXT_SIZE];
	int ret = cg_read(g->cg, KNOB, buf, sizeof(buf));

	remove_groups();
	return !ret;
}

static bool selected(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(name, argv[i]))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	char root[PATH_MAX];
	bool supported;
	int i, nr = 0;

	ksft_print_header();
	page_size = sysconf(_SC_PAGESIZE);
	if (cg_find_unified_root(root, sizeof(root), NULL))
		ksft_exit_skip("cgroup v2 isn't mounted\n");

	/*
	 * Check that memory controller is available:
	 * memory is listed in cgroup.controllers
	 */
	if (cg_read_strstr(root, "cgroup.controllers", "memory"))
		ksft_exit_skip("memory controller isn't available\n");

	if (cg_read_strstr(root, "cgroup.subtree_control", "memory"))
		if (cg_write(root, "cgroup.subtree_control", "+memory"))
			ksft_exit_skip("Failed to set memory controller\n");

	has_localevents = proc_mount_contains("memory_localevents") > 0;
	supported = has_knob(root);

	for (i = 0; i < ARRAY_SIZE(tests); i++)
		nr += selected(tests[i].name, argc, argv);
	if (!nr)
		ksft_exit_fail_msg("no test of that name\n");

	ksft_set_plan(nr);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		int ret;

		if (!selected(tests[i].name, argc, argv))
			continue;
		ret = supported ? tests[i].fn(root) : KSFT_SKIP;
		ksft_test_result_report(ret, "%s\n", tests[i].name);
		bind_node(-1);
		remove_groups();
	}
	ksft_finished();
}
