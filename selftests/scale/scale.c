// SPDX-License-Identifier: GPL-2.0
/*
 * scale - many cgroups, cgroups that come and go, and CPUs that are all in reclaim
 *
 * usage: scale many -n CGROUPS [-m]
 *        scale churn -n CGROUPS -r CGROUPS_OF_A_ROUND -i INTERVAL_MS
 *        scale fair -s SECONDS [-k MIB] [-f] [-u]
 *
 * It prints figures, "name number" a line. What they have to be is in
 * selftests/run-scale, as another kernel may be what they are compared with.
 *
 * many: two NUMA nodes hold SET pages of page cache and as many anonymous ones of each
 * cgroup, all used now. Some are asked for, and a hog that can't swap needs more: promises
 * have to be broken. They are used again, and are left alone for longer than the interval:
 * what is asked for now is overdue. The same again with no interval (off). One request can't
 * be met. Another one asks for what is older than anything is: it has to look at each
 * lruvec. With -m the cgroups are only made and removed.
 *
 * churn: rounds of cgroups that are made, given an interval, used and removed. What
 * they read stays, and keeps them from going, until it is reclaimed. Half of the
 * rounds is on either LRU. In every other round, the parent has an interval, too.
 *
 * fair: TASKS tasks, each in a cgroup of its own, all do the same: they read a file and use
 * memory, more than there is for them, so each step has to reclaim. First with no
 * interval, then with one that is long (all of it is young), with one that is short
 * (all is overdue), and with one for every other task. Nobody needs anything twice: who
 * gets on would keep more, and get on better. With -u they do. With -f, a task in the
 * second part is stopped for a second: to see that this is found.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../bench/programs/common.h"

#define CGROUP		"/sys/fs/cgroup"
#define TOP		CGROUP "/scale"
#define TRACING		"/sys/kernel/tracing"
#define DISK		"/dev/nullb0"
#define MB		(1ul << 20)
#define LRU_GEN		"/sys/kernel/mm/lru_gen/enabled"
#define GROUP		500	/* cgroups of many with a parent of their own */
#define SET		4	/* pages of each type in a cgroup of many */
#define INTERVAL	120000	/* ms: longer than all that happens meanwhile */
#define TAKE		"2M"	/* what is taken from them at once */
#define LEFT		(16 * MB)	/* free when the hog comes: more than any watermark */
#define HOG		(18 * MB)	/* what it takes then */
#define USE		2	/* the same in churn */
#define TASKS		8
#define STEP		8	/* pages of each type */

/* ---------------------------------------------------------------- files */

/* Returns 0 or what is wrong */
static int try_put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		err = errno;
	close(fd);
	return err;
}

static void put(const char *path, const char *value)
{
	errno = try_put(path, value);
	if (errno)
		die("%s to %s", value, path);
}

static const char *text(const char *format, ...)
{
	static char texts[4][256];
	static int i;
	va_list ap;

	i = (i + 1) % 4;
	va_start(ap, format);
	vsnprintf(texts[i], sizeof(texts[i]), format, ap);
	va_end(ap);
	return texts[i];
}

/* The number after a word at the beginning of a line; -1 if there is none */
static long long number_in(const char *path, const char *word)
{
	FILE *file = fopen(path, "r");
	size_t length = strlen(word);
	char line[512];
	long long n = -1;

	if (!file)
		die("%s", path);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, word, length) && strchr(": ", line[length]))
			n = atoll(line + length + 1);
	fclose(file);
	return n;
}

static long long meminfo(const char *word)
{
	return number_in("/proc/meminfo", word) << 10;
}

static void say(const char *name, long long n)
{
	printf("%s %lld\n", name, n);
	fflush(stdout);
}

/* ---------------------------------------------------------------- time */

static clockid_t kswapd_clocks[8];
static pid_t kswapd_pids[8];
static int nr_kswapd;

static void find_kswapd(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while ((entry = readdir(proc))) {
		char name[64] = "";
		int fd = open(text("/proc/%s/comm", entry->d_name), O_RDONLY);

		if (fd < 0)
			continue;
		if (read(fd, name, sizeof(name) - 1) > 0 && !strncmp(name, "kswapd", 6) &&
		    nr_kswapd < 8) {
			kswapd_pids[nr_kswapd] = atoi(entry->d_name);
			clock_getcpuclockid(kswapd_pids[nr_kswapd], &kswapd_clocks[nr_kswapd]);
			nr_kswapd++;
		}
		close(fd);
	}
	closedir(proc);
	if (!nr_kswapd) {
		fprintf(stderr, "there is no kswapd\n");
		exit(1);
	}
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* CPU time of this process, of its children that have ended, and of kswapd */
static uint64_t cpu_ns(void)
{
	uint64_t ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	for (int i = 0; i < nr_kswapd; i++)
		ns += clock_ns(kswapd_clocks[i]);
	return ns;
}

static void sleep_ms(uint64_t ms)
{
	sleep_until(now_ns() + ms * MSEC);
}

/* ---------------------------------------------------------------- cgroups */

static void enter(const char *cgroup)
{
	put(text("%s/cgroup.procs", cgroup), "0");
}

static void make_cgroup(const char *path)
{
	if (mkdir(path, 0755))
		die("%s", path);
}

static void remove_cgroup(const char *path)
{
	/* who has just been killed may not have left yet */
	for (int i = 0; rmdir(path); i++) {
		if (errno != EBUSY || i == 1000)
			die("rmdir %s", path);
		sleep_ms(1);
	}
}

static void make_top(void)
{
	make_cgroup(TOP);
	put(TOP "/cgroup.subtree_control", "+memory");
}

/* Not in a kernel without our patches, where 0 is what there is */
static void promise(const char *cgroup, int ms)
{
	const char *path = text("%s/memory.ws_access_ms", cgroup);

	if (ms || !access(path, F_OK))
		put(path, text("%d", ms));
}

/* Requests may come to less than they ask for */
static int reclaim(const char *cgroup, const char *what)
{
	int err = try_put(text("%s/memory.reclaim", cgroup), what);

	if (err && err != EAGAIN) {
		errno = err;
		die("%s to memory.reclaim of %s", what, cgroup);
	}
	return err;
}

static void drop_caches(void)
{
	sync();
	put("/proc/sys/vm/drop_caches", "3");
}

/* What is freed after a grace period, by workers, and in batches */
static void settle(void)
{
	for (int i = 0; i < 5; i++) {
		drop_caches();
		sleep_ms(1000);
	}
}

/* The kernel says on the console who does not get on for two seconds, stalls of RCU after three */
static void be_impatient(void)
{
	put("/proc/sys/kernel/watchdog_thresh", "1");
	put("/proc/sys/kernel/hung_task_timeout_secs", "2");
	put("/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout", "3");
}

static void swap_on(const char *size)
{
	put("/sys/block/zram0/disksize", size);
	if (system("mkswap /dev/zram0 >/dev/null")) {
		fprintf(stderr, "mkswap failed\n");
		exit(1);
	}
	if (swapon("/dev/zram0", 0))
		die("swapon");
	/* one page at a time, and no more of it than is asked for */
	put("/proc/sys/vm/page-cluster", "0");
}

/* Pages of both nodes in turn, whoever asks for them */
static void interleave(void)
{
	unsigned long nodes = access("/sys/devices/system/node/node1", F_OK) ? 1 : 3;

	if (syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &nodes, 8 * sizeof(nodes)))
		die("set_mempolicy");
}

static void say_memory(const char *when)
{
	settle();
	say(text("%s_available", when), meminfo("MemAvailable"));
	say(text("%s_slab", when), meminfo("Slab"));
	say(text("%s_percpu", when), meminfo("Percpu"));
	say(text("%s_dying", when), number_in(CGROUP "/cgroup.stat", "nr_dying_descendants"));
}

/* Zeroes, of which zram keeps nothing */
static char *map(size_t size)
{
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (mem == MAP_FAILED)
		die("mmap");
	return mem;
}

static void use(char *mem, int pages)
{
	for (int i = 0; i < pages; i++)
		((volatile char *)mem)[i * PAGE] = 0;
}

static int open_disk(void)
{
	int fd = open(DISK, O_RDONLY);

	if (fd < 0)
		die(DISK);
	/* no page that was not asked for */
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	return fd;
}

static void read_pages(int fd, uint64_t first, int pages)
{
	static char buf[64 * 4096];

	if (pread(fd, buf, pages * PAGE, first * PAGE) != (ssize_t)(pages * PAGE))
		die("reading " DISK);
}

static long resident(void *mem, size_t pages)
{
	unsigned char *vec = malloc(pages);
	long nr = 0;

	if (!vec || mincore(mem, pages * PAGE, vec))
		die("mincore");
	for (size_t i = 0; i < pages; i++)
		nr += vec[i] & 1;
	free(vec);
	return nr;
}

/* ---------------------------------------------------------------- many */

static struct {
	int nr, fd;
	char *anon;
	void *file;
} many = { .nr = 10000 };

static const char *group(int i)
{
	return text(TOP "/group-%d", i / GROUP);
}

static const char *member(int i)
{
	return text(TOP "/group-%d/%d", i / GROUP, i);
}

static size_t set_pages(void)
{
	return (size_t)many.nr * SET;
}

static long long broken(void)
{
	long long n = number_in(TOP "/memory.events", "ws_access");

	return n < 0 ? 0 : n;
}

/* Page cache and memory belong to the cgroup in which somebody used them first */
static void use_sets(void)
{
	for (int i = 0; i < many.nr; i++) {
		enter(member(i));
		read_pages(many.fd, (uint64_t)i * SET, SET);
		use(many.anon + (size_t)i * SET * PAGE, SET);
	}
	enter(CGROUP);
}

/* What is in memory of the sets */
static long long kept(void)
{
	return resident(many.file, set_pages()) + resident(many.anon, set_pages());
}

static void be_hog(size_t ballast, int told, int tell)
{
	char *mem = map(ballast + HOG), c;

	enter(CGROUP "/hog");
	interleave();
	use(mem, ballast / PAGE);
	if (write(tell, "", 1) != 1 || read(told, &c, 1) != 1)
		exit(1);
	use(mem + ballast, HOG / PAGE);
	if (write(tell, "", 1) != 1)
		exit(1);
	pause();
	exit(1);
}

static void wait_for_hog(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1) {
		fprintf(stderr, "the hog is gone\n");
		exit(1);
	}
}

/* What the last thing cost, who paid, and whose promise was broken */
static struct {
	uint64_t cpu;
	long long kept, broken;
} count;

static void begin_count(void)
{
	count.kept = kept();
	count.broken = broken();
	count.cpu = cpu_ns();
}

static void end_count(const char *what, uint64_t more_cpu)
{
	say(text("%s_cpu_ns", what), cpu_ns() + more_cpu - count.cpu);
	say(text("%s_taken", what), count.kept - kept());
	say(text("%s_broken", what), broken() - count.broken);
}

/* Ask for some of it */
static void take(const char *what)
{
	begin_count();
	say(text("%s_met", what), !reclaim(CGROUP, TAKE));
	end_count(what, 0);
}

/* Somebody needs memory when there is no more that is free */
static void hog(const char *what)
{
	long long ballast = meminfo("MemFree") - LEFT;
	int ready[2], go[2];
	uint64_t its;
	clockid_t clock;
	pid_t pid;

	if (pipe(ready) || pipe(go))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(ready[0]);
		close(go[1]);
		be_hog(ballast > 0 ? ballast : 0, go[0], ready[1]);
	}
	close(ready[1]);
	close(go[0]);
	wait_for_hog(ready[0]);
	sleep_ms(100);
	clock_getcpuclockid(pid, &clock);
	begin_count();
	its = clock_ns(clock);
	if (write(go[1], "", 1) != 1)
		die("the hog");
	wait_for_hog(ready[0]);
	end_count(what, clock_ns(clock) - its);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(go[1]);
}

/* A request that passes everybody by, and how long that takes */
static void look(void)
{
	uint64_t began;

	/* pages that came lately: that ages them on the multi-gen LRU, once */
	reclaim(TOP, "1M min_age_ms=2000000000");
	began = cpu_ns();
	say("look_met", !reclaim(TOP, "1M min_age_ms=2000000000"));
	say("look_ns", cpu_ns() - began);
}

/* All that have one, or nobody; their common parent comes last, and goes over all of them */
static void promise_all(int ms)
{
	uint64_t began;
	int i;

	for (i = 0; i < many.nr; i++)
		promise(member(i), ms);
	for (i = 0; i < many.nr; i += GROUP)
		promise(group(i), ms);
	began = now_ns();
	promise(TOP, ms);
	if (ms)
		say("promised_all_ns", now_ns() - began);
}

/* A request that nobody can meet: the sets are anonymous, and there is no swap */
static void ask_in_vain(const char *what)
{
	uint64_t began = cpu_ns();

	say(text("%s_met", what), !reclaim(group(0), "4K"));
	say(text("%s_ns", what), cpu_ns() - began);
}

static void reclaim_many(void)
{
	many.fd = open_disk();
	many.anon = map(set_pages() * PAGE);
	many.file = mmap(NULL, set_pages() * PAGE, PROT_READ, MAP_SHARED, many.fd, 0);
	if (many.file == MAP_FAILED)
		die("mmap of " DISK);
	interleave();
	use_sets();
	say("set_pages", 2 * set_pages());
	say("used", kept());
	take("young");
	hog("hog");
	use_sets();
	/* nobody has looked at what is in use: small requests, for the multi-gen LRU */
	for (int i = 0; i < 3; i++) {
		reclaim(CGROUP, "4K");
		sleep_ms(INTERVAL + INTERVAL / 4);
	}
	take("overdue");

	promise_all(0);
	use_sets();
	take("off");
	hog("off_hog");
	drop_caches();
	if (swapoff("/dev/zram0"))
		die("swapoff");
	drop_caches();
	ask_in_vain("off_futile");
	promise_all(INTERVAL);
	ask_in_vain("futile");
	/* the last of all: it matters to all that comes later */
	say("lruvecs", 2 * (many.nr + (many.nr + GROUP - 1) / GROUP + 1));
	look();

	munmap(many.file, set_pages() * PAGE);
	munmap(many.anon, set_pages() * PAGE);
	close(many.fd);
}

static void do_many(bool only_make)
{
	uint64_t began;
	int i;

	find_kswapd();
	be_impatient();
	swap_on("2G");
	make_cgroup(CGROUP "/hog");
	put(CGROUP "/hog/memory.swap.max", "0");
	say_memory("before");
	began = now_ns();
	make_top();
	for (i = 0; i < many.nr; i++) {
		if (!(i % GROUP)) {
			make_cgroup(group(i));
			put(text("%s/cgroup.subtree_control", group(i)), "+memory");
		}
		make_cgroup(member(i));
	}
	say("made_ns", now_ns() - began);
	say_memory("made");
	if (!only_make) {
		promise_all(INTERVAL);
		say_memory("promised");
		reclaim_many();
	}
	began = now_ns();
	for (i = 0; i < many.nr; i++)
		remove_cgroup(member(i));
	for (i = 0; i < many.nr; i += GROUP)
		remove_cgroup(group(i));
	remove_cgroup(TOP);
	say("removed_ns", now_ns() - began);
	say_memory("after");
}

/* ---------------------------------------------------------------- churn */

/* Does reclaim think that anybody has a promise? Its tracepoint says so; -1: there is none. */
static int somebody_promised(void)
{
	const char *event = TRACING "/events/vmscan/mm_vmscan_ws_access/enable";
	char line[512];
	bool yes = false;
	FILE *file;

	if (access(event, F_OK))
		return -1;
	/* forget what is there */
	close(open(TRACING "/trace", O_WRONLY | O_TRUNC));
	put(event, "1");
	reclaim(CGROUP, "64K");
	put(event, "0");
	file = fopen(TRACING "/trace", "r");
	if (!file)
		die(TRACING "/trace");
	while (!yes && fgets(line, sizeof(line), file))
		yes = strstr(line, "mm_vmscan_ws_access:");
	fclose(file);
	return yes;
}

static int dying(void)
{
	return number_in(CGROUP "/cgroup.stat", "nr_dying_descendants");
}

static void do_churn(int nr, int round, int interval)
{
	int fd = open_disk(), most = 0, left = 0, done, i;
	char *anon = map((size_t)round * USE * PAGE);
	uint64_t began = now_ns();

	make_top();
	for (done = 0; done < nr + round; done += round) {
		/* one round more, before it counts: what it takes to begin with */
		if (done == round)
			say_memory("before");
		put(LRU_GEN, done - round < nr / 2 ? "0" : "7");
		if (interval)
			promise(TOP, done / round % 2 ? interval : 0);
		for (i = 0; i < round; i++) {
			const char *cgroup = text(TOP "/%d", i);

			make_cgroup(cgroup);
			if (interval)
				promise(cgroup, interval);
			enter(cgroup);
			read_pages(fd, (uint64_t)i * USE, USE);
			use(anon + (size_t)i * USE * PAGE, USE);
		}
		enter(CGROUP);
		if (done / round == nr / round / 2)
			say("promised_amid", somebody_promised());
		madvise(anon, (size_t)round * USE * PAGE, MADV_DONTNEED);
		for (i = 0; i < round; i++)
			remove_cgroup(text(TOP "/%d", i));
		sleep_ms(500);
		if (dying() > most)
			most = dying();
		reclaim(TOP, "1G");
		sleep_ms(500);
		if (dying() > left)
			left = dying();
	}
	if (interval)
		promise(TOP, 0);
	close(fd);
	say("cgroups", nr);
	say("churn_ns", now_ns() - began);
	say("most_dying", most);
	say("left_dying", left);
	say_memory("after");
	say("promised_after", somebody_promised());
}

/* ---------------------------------------------------------------- fair */

struct task {
	uint64_t steps __attribute__((aligned(64)));
};

static struct task *tasks;	/* shared */
static uint64_t share = 8 * MB;	/* what each of them has, when all are equal */
static bool reuse, anon;

/* New pages in each step; with reuse, the same ones again after twice its share */
static void be_task(int number)
{
	uint64_t window = 2 * share / PAGE / 2, at = 0, old;
	uint64_t pages = reuse ? window : 128 * MB / PAGE;
	char *mem = map((pages + window) * PAGE);
	int fd = open_disk();

	enter(text(TOP "/%d", number));
	for (;; at = (at + STEP) % pages) {
		read_pages(fd, number * pages + at, STEP);
		if (anon)
			use(mem + at * PAGE, STEP);
		/* swap is as large as what is in use */
		old = (at + pages - window) % pages;
		if (anon && !reuse)
			madvise(mem + old * PAGE, STEP * PAGE, MADV_DONTNEED);
		__atomic_fetch_add(&tasks[number].steps, 1, __ATOMIC_RELAXED);
	}
}

/* One period after the other: how far has everybody come? */
static void watch(const char *part, int seconds, pid_t stop)
{
	uint64_t before[TASKS], now[TASKS], begin[TASKS], most = 0, least = UINT64_MAX;
	long long direct = number_in("/proc/vmstat", "pgscan_direct");
	long long kswapd = number_in("/proc/vmstat", "pgscan_kswapd");
	uint64_t next = now_ns();
	int s, i;

	for (i = 0; i < TASKS; i++)
		begin[i] = before[i] = __atomic_load_n(&tasks[i].steps, __ATOMIC_RELAXED);
	for (s = 0; s < seconds; s++) {
		if (stop)
			kill(stop, s == 1 ? SIGSTOP : SIGCONT);
		next += 1000 * MSEC;
		sleep_until(next);
		for (i = 0; i < TASKS; i++) {
			now[i] = __atomic_load_n(&tasks[i].steps, __ATOMIC_RELAXED);
			if (now[i] - before[i] < least)
				least = now[i] - before[i];
			if (now[i] - before[i] > most)
				most = now[i] - before[i];
			before[i] = now[i];
		}
	}
	for (i = 0; i < TASKS; i++)
		say(text("%s_steps_%d", part, i), now[i] - begin[i]);
	say(text("%s_least", part), least);
	say(text("%s_most", part), most);
	say(text("%s_direct", part), number_in("/proc/vmstat", "pgscan_direct") - direct);
	say(text("%s_kswapd", part), number_in("/proc/vmstat", "pgscan_kswapd") - kswapd);
	say(text("%s_broken", part), broken());
}

static void run_part(const char *part, int ms, int every, int seconds, bool stop)
{
	pid_t pids[TASKS];
	int i;

	make_top();
	promise(TOP, every == 1 ? ms : 0);
	memset(tasks, 0, TASKS * sizeof(*tasks));
	for (i = 0; i < TASKS; i++) {
		const char *cgroup = text(TOP "/%d", i);

		make_cgroup(cgroup);
		promise(cgroup, i % every ? 0 : ms);
		pids[i] = fork();
		if (pids[i] < 0)
			die("fork");
		if (!pids[i])
			be_task(i);
	}
	/* until everybody has filled what there is */
	sleep_ms(1000);
	watch(part, seconds, stop ? pids[0] : 0);
	for (i = 0; i < TASKS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		remove_cgroup(text(TOP "/%d", i));
	}
	remove_cgroup(TOP);
	drop_caches();
	sleep_ms(1000);
}

static void do_fair(int seconds, bool fault)
{
	struct sched_param param = {};
	long long ballast;
	char *mem;

	find_kswapd();
	be_impatient();
	swap_on("1G");
	tasks = mmap(NULL, TASKS * sizeof(*tasks), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tasks == MAP_FAILED || mlockall(MCL_CURRENT))
		die("shared memory");
	/* whoever wants a page has to see to it himself: kswapd comes when all are idle */
	for (int i = 0; i < nr_kswapd; i++)
		if (sched_setscheduler(kswapd_pids[i], SCHED_IDLE, &param))
			die("kswapd");
	settle();
	ballast = meminfo("MemAvailable") - TASKS * share;
	if (ballast < 0)
		die("memory");
	mem = map(ballast);
	if (mlock(mem, ballast))
		die("mlock");
	say("free", meminfo("MemFree"));
	run_part("off", 0, 1, seconds, false);
	run_part("young", 600000, 1, seconds, fault);
	run_part("overdue", reuse ? 100 : 4, 1, seconds, false);
	run_part("mixed", 600000, 2, seconds < 2 ? seconds : 2, false);
	/* by how much shares differ anyway */
	run_part("again", 0, 1, seconds, false);
	say("lockdep", access("/proc/lockdep_stats", F_OK) ? -1 :
	    number_in("/proc/lockdep_stats", " debug_locks"));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int option, round = 2000, seconds = 20, interval = INTERVAL;
	bool fault = false, only_make = false;

	while (argc > 1 && (option = getopt(argc - 1, argv + 1, "n:i:k:r:s:afmu")) != -1)
		switch (option) {
		case 'n':
			many.nr = atoi(optarg);
			break;
		case 'i':
			interval = atoi(optarg);
			break;
		case 'k':
			share = atoi(optarg) * MB;
			break;
		case 'r':
			round = atoi(optarg);
			break;
		case 's':
			seconds = atoi(optarg);
			break;
		case 'f':
			fault = true;
			break;
		case 'a':
			anon = true;
			break;
		case 'u':
			reuse = true;
			break;
		case 'm':
			only_make = true;
			break;
		default:
			return 2;
		}
	if (!strcmp(what, "many"))
		do_many(only_make);
	else if (!strcmp(what, "churn"))
		do_churn(many.nr, round, interval);
	else if (!strcmp(what, "fair"))
		do_fair(seconds, fault);
	else {
		fprintf(stderr, "usage: scale many|churn|fair [OPTION]...; see scale.c\n");
		return 2;
	}
	say("oom_kills", number_in("/proc/vmstat", "oom_kill"));
	say("end", 1);
	return 0;
}
