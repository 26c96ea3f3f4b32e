// SPDX-License-Identifier: GPL-2.0
/*
 * wstrim - gives back what cgroups have not used for a while.
 *
 * Memory that a cgroup does not use stays with it as long as nobody else is short of
 * memory.  A host of many guests, or whoever pays for memory, wants it back earlier.  The
 * kernel knows how old memory is, and can take it by age:
 *
 *	echo "SIZE min_age_ms=T" > memory.reclaim
 *
 * This takes at most SIZE, oldest first, and nothing that was used within T.  The first
 * write looks, later ones take.  If it is written every T/2, what nobody uses is gone after
 * 2 to 3 T.
 *
 * Only T is left to decide, and nobody knows it.  So it is learned, for each cgroup:
 *
 *   - It starts at a floor.
 *   - What was taken and comes back is missed.  If that is more than a tolerance, in
 *     per cent of what was taken, T was too short: it doubles, and there is a pause of one
 *     T in which the cgroup gets back what it uses.
 *   - When nothing is missed for 8 T, T shrinks by a quarter, since the cgroup may do
 *     something else by then.  Each doubling makes that time twice as long, up to 128 T,
 *     so that a T that was too short is not tried again and again.
 *
 * Pressure (PSI) is the brake, a budget per second the limit.  What was learned is kept in
 * a file.  It is a good value for memory.ws_access_ms, too.  wstrim never sets a limit.
 *
 * The counters of memory.stat that it goes by:
 *
 *   taken	pgsteal_proactive, where the kernel has it, since the last round.  Elsewhere
 *		(6.12) memory.reclaim counts as pgsteal_direct, as do limits and
 *		allocations: then what it grew by during the write.
 *   missed	workingset_refault_file, and workingset_refault_anon or, if that is more,
 *		major faults: see missed_since().
 *
 * In a guest, memory that is freed reaches the host in blocks of some order, by free page
 * reporting.  With --report, memory is compacted when enough was freed that is not in such
 * blocks, and not otherwise.
 */
#define _GNU_SOURCE		/* ppoll(), vasprintf() */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include "cgroup.h"

#define EXIT_KERNEL	3		/* the kernel does not have what is needed */

#define NOISE		32		/* pages: fewer that come back say nothing */
#define QUIET		8		/* T without a miss until T shrinks, at first */
#define QUIET_MAX	128
#define HALVE		8		/* T until old counts are worth half */
#define PLAIN_PART	100		/* --plain asks for that part of a cgroup */
#define MIB		(1ul << 20)
#define MARGIN		(16 * MIB)	/* bytes that are worth a compaction */
#define MARGIN_MAX	(1024 * MIB)
#define KEEP		(7 * 24 * 3600)	/* s to remember a cgroup that is gone */
#define SHORTEST	100		/* ms */
#define MAGIC		"wstrim 1"

struct counters {			/* pages, as since ever */
	uint64_t taken;
	uint64_t file, anon, major;	/* refaults, major faults */
	uint64_t swap;			/* not since ever: what is swapped out now */
};

struct cgroup {
	struct cgroup *next;
	char *path;			/* below the mount point, "." for the root */
	uint64_t id;			/* tells it from another one of the same path */
	uint64_t interval;		/* T, ms */
	uint64_t quiet;			/* T until it shrinks */
	uint64_t rounds;		/* of T/2, without a miss */
	uint64_t taken, missed;		/* pages, since T grew; old ones count less */
	uint64_t total_taken, total_missed;
	uint64_t last_ms;		/* the last round, 0: none; and what it left */
	struct counters last;
	uint64_t due_ms, resume_ms;	/* next round; end of the pause */
	uint64_t seen;			/* s, by the calendar */
	bool listed;			/* is to be trimmed, as of this round */
};

/* What of that is kept in the state, in this order, before the path */
static const size_t kept[] = {
#define KEPT(field) offsetof(struct cgroup, field)
	KEPT(interval), KEPT(quiet), KEPT(rounds), KEPT(taken), KEPT(missed),
	KEPT(total_taken), KEPT(total_missed), KEPT(seen), KEPT(id), KEPT(last_ms),
	KEPT(resume_ms), KEPT(last.taken), KEPT(last.file), KEPT(last.anon),
	KEPT(last.major), KEPT(last.swap),
};
#define NR_KEPT (sizeof(kept) / sizeof(*kept))

/* What a round did, to be shown */
struct round {
	const char *action;
	uint64_t asked, taken, missed;	/* bytes, pages, pages */
	double pressure;		/* < 0: not known */
};

static struct {
	const char *root, *state, *textfile, *below;
	uint64_t floor, ceiling, interval, budget;
	double tolerance, max_pressure;
	int once, dry_run, json, verbose, suggest, set_interval, plain, report;
} opt = {
	.root = "/sys/fs/cgroup", .state = "/var/lib/wstrim/state",
	.floor = 60000, .ceiling = 3600000, .budget = 64 * MIB,
	.tolerance = 1, .max_pressure = 1,
};

static struct cgroup *cgroups, **cgroups_end = &cgroups;
static char boot_id[64];
static uint64_t page_size, freed;	/* pages, since the last compaction */
static bool proactive;			/* the kernel has pgsteal_proactive */
static bool failed;

static void usage(void)
{
	puts("usage: wstrim [options] CGROUP...\n"
	     "       wstrim [options] --below CGROUP\n"
	     "       wstrim --suggest | --set-interval [options] [CGROUP...]\n"
	     "\n"
	     "Takes from each CGROUP what it has not used for a time T, and learns T for each.  It\n"
	     "writes \"SIZE min_age_ms=T\" to memory.reclaim every T/2.  CGROUP is a path, with or\n"
	     "without the mount point before it, or a pattern in quotes.\n"
	     "\n"
	     "  --below CGROUP        all cgroups below that have processes and no children\n"
	     "  --floor TIME          the shortest T, and the first (60s)\n"
	     "  --ceiling TIME        the longest T (1h)\n"
	     "  --interval TIME       T at first, instead of the floor\n"
	     "  --tolerance PERCENT   how much of what was taken may come back (1)\n"
	     "  --max-pressure PERCENT  take nothing while \"some avg10\" of memory.pressure is more (1)\n"
	     "  --budget SIZE         take at most that much per second and cgroup (64M)\n"
	     "  --plain               on kernels without min_age_ms: take in small steps, of any age\n"
	     "  --report              in a guest: compact memory if what was freed would not reach\n"
	     "                        the host otherwise\n"
	     "  --state FILE          keep what is learned there (/var/lib/wstrim/state)\n"
	     "  --once                one round, for a timer\n"
	     "  --dry-run             say what would be written, and write nothing at all\n"
	     "  --verbose             a line per cgroup and round\n"
	     "  --json                the same as JSON objects\n"
	     "  --textfile FILE.prom  metrics for the Prometheus node exporter\n"
	     "  --suggest             print what was learned, as commands that set the interval\n"
	     "  --set-interval        set it: write T to memory.ws_access_ms\n"
	     "  --root DIR            the cgroup file system (/sys/fs/cgroup)\n"
	     "  --help\n"
	     "\n"
	     "TIME has a unit: ms, s, min or h.  SIZE is in bytes, or with K, M, G.\n"
	     "Exit status: 0 done, or ended by a signal; 1 failed; 2 wrong usage; 3 the kernel\n"
	     "does not have what is needed.");
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- Files of the kernel ---- */

/* Good until the next call, as is what read_file() returns */
static const char *in(const char *cgroup, const char *file)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	return path;
}

/* The whole of a file, or NULL */
static char *read_file(const char *path)
{
	static char buf[64 << 10];
	ssize_t n = 0;
	size_t len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	while (len < sizeof(buf) - 1 && (n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0)
		len += n;
	close(fd);
	buf[len] = '\0';
	return n < 0 ? NULL : buf;
}

/* 0 or an errno.  One write: the kernel takes each for a command. */
static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	/* That may take long, but not longer than until a signal */
	sigprocmask(SIG_UNBLOCK, &stop_signals, NULL);
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	sigprocmask(SIG_BLOCK, &stop_signals, NULL);
	close(fd);
	return error;
}

static bool read_counters(const char *cgroup, struct counters *c)
{
	char *text;

	/*
	 * memory.stat may lag behind by 64 pages for each CPU.  Reading cpu.stat makes the
	 * kernel sum up, before it has pgsteal_proactive.
	 */
	read_file(in(cgroup, "cpu.stat"));
	text = read_file(in(cgroup, "memory.stat"));
	if (!text)
		return false;
	proactive = key_value(text, "pgsteal_proactive", &c->taken);
	if (!proactive)
		key_value(text, "pgsteal_direct", &c->taken);
	key_value(text, "workingset_refault_file", &c->file);
	key_value(text, "workingset_refault_anon", &c->anon);
	key_value(text, "pgmajfault", &c->major);
	text = read_file(in(cgroup, "memory.swap.current"));
	c->swap = text ? strtoull(text, NULL, 10) / page_size : 0;
	return true;
}

/* Per cent of the last ten seconds in which a task of the cgroup waited for memory */
static double read_pressure(const char *cgroup)
{
	char *text = read_file(in(cgroup, "memory.pressure"));
	double some;

	return text && sscanf(text, "some avg10=%lf", &some) == 1 ? some : -1;
}

/* ---- Text for others ---- */

static void put_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		printf(*text == '\'' ? "'\\''" : "%c", *text);
	putchar('\'');
}

/* A new file that takes the place of the old one at once, in replace_end() */
static FILE *replace_begin(const char *path)
{
	char *new = format("%s.new", path);
	FILE *f = fopen(new, "we");

	if (!f)
		err(EXIT_FAILURE, "%s", new);
	fchmod(fileno(f), 0644);	/* the node exporter is another user */
	free(new);
	return f;
}

static void replace_end(FILE *f, const char *path)
{
	char *new = format("%s.new", path);
	bool good = !ferror(f);

	if (fclose(f) || !good || rename(new, path)) {
		warn("%s", path);
		unlink(new);
		failed = true;
	}
	free(new);
}

/* ---- What is known of the cgroups, and kept ---- */

static struct cgroup *get_cgroup(const char *path)
{
	struct cgroup *cg;

	for (cg = cgroups; cg; cg = cg->next)
		if (!strcmp(cg->path, path))
			return cg;
	cg = calloc(1, sizeof(*cg));
	if (!cg)
		err(EXIT_FAILURE, NULL);
	cg->path = format("%s", path);
	cg->interval = opt.interval;
	cg->quiet = QUIET;
	*cgroups_end = cg;
	cgroups_end = &cg->next;
	return cg;
}

static uint64_t *field(struct cgroup *cg, unsigned int i)
{
	return (uint64_t *)((char *)cg + kept[i]);
}

/* What a line of the state says; false if it is none */
static bool load_cgroup(char *line, bool same_boot)
{
	struct cgroup c = { 0 }, *cg;
	char *end;

	for (unsigned int i = 0; i < NR_KEPT; i++, line = end) {
		*field(&c, i) = strtoull(line, &end, 10);
		if (end == line || *end != ' ')
			return false;
	}
	if (line[1] != '/' || !c.interval || c.interval > UINT32_MAX ||
	    !c.quiet || c.quiet > QUIET_MAX)
		return false;
	if (clock_ms(CLOCK_REALTIME) / 1000 > c.seen + KEEP)
		return true;
	if (!same_boot)		/* counters and clocks began anew */
		c.id = 0;
	cg = get_cgroup(line[2] ? line + 2 : ".");
	for (unsigned int i = 0; i < NR_KEPT; i++)
		*field(cg, i) = *field(&c, i);
	if (!opt.suggest && !opt.set_interval) {
		cg->interval = min_u64(cg->interval, opt.ceiling);
		if (cg->interval < opt.floor)
			cg->interval = opt.floor;
	}
	return true;
}

/*
 * A file of somebody else's is an error, since it would be lost.  A line that is broken is
 * not: what it says is learned again, and to trim nothing meanwhile is no help.
 */
static void load_state(void)
{
	FILE *f = fopen(opt.state, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool same_boot = false;

	if (!f && errno != ENOENT)
		err(EXIT_FAILURE, "%s", opt.state);
	for (unsigned int n = 1; f && (len = getline(&line, &size, f)) > 0; n++) {
		line[strcspn(line, "\n")] = '\0';
		if (n == 1 && strncmp(line, MAGIC " ", sizeof(MAGIC)))
			errx(EXIT_FAILURE, "%s:1: not a state of wstrim, which begins with \"" MAGIC
			     "\"; left alone", opt.state);
		if (n == 1)
			same_boot = !strcmp(line + sizeof(MAGIC), boot_id);
		else if (!load_cgroup(line, same_boot))
			warnx("%s:%u: not understood, ignored", opt.state, n);
	}
	free(line);
	if (f)
		fclose(f);
}

static void save_state(void)
{
	FILE *f = replace_begin(opt.state);

	fprintf(f, MAGIC " %s\n", boot_id);
	for (struct cgroup *cg = cgroups; cg; cg = cg->next) {
		for (unsigned int i = 0; i < NR_KEPT; i++)
			fprintf(f, "%" PRIu64 " ", *field(cg, i));
		fprintf(f, "%s\n", shown(cg->path));
	}
	replace_end(f, opt.state);
}

static void put_metric(FILE *f, const char *name, const char *kind, const char *help,
		       size_t offset, double unit)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
	for (struct cgroup *cg = cgroups; cg; cg = cg->next) {
		if (!cg->listed)
			continue;
		fprintf(f, "%s{cgroup=\"", name);
		for (const char *s = shown(cg->path); *s; s++)
			fprintf(f, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
		fprintf(f, "\"} %.15g\n", *(uint64_t *)((char *)cg + offset) * unit);
	}
}

static void write_textfile(void)
{
	FILE *f = replace_begin(opt.textfile);

	put_metric(f, "wstrim_given_back_bytes_total", "counter", "What was taken from the cgroup.",
		   offsetof(struct cgroup, total_taken), page_size);
	put_metric(f, "wstrim_refaults_total", "counter",
		   "Pages that came back to the cgroup since it is trimmed.",
		   offsetof(struct cgroup, total_missed), 1);
	put_metric(f, "wstrim_interval_seconds", "gauge",
		   "What was not used for that long is taken.",
		   offsetof(struct cgroup, interval), 0.001);
	replace_end(f, opt.textfile);
}

/* ---- Which cgroups ---- */

static void list_cgroup(const char *path)
{
	struct cgroup *cg;
	struct stat st;

	if (stat(path, &st))
		return;
	cg = get_cgroup(path);
	cg->listed = true;
	cg->seen = clock_ms(CLOCK_REALTIME) / 1000;
	if (cg->id == st.st_ino)
		return;
	/* New, or a new one of the same path: what was learned holds, counters do not */
	cg->id = st.st_ino;
	cg->last_ms = cg->due_ms = cg->resume_ms = 0;
	cg->taken = cg->missed = 0;
}

/*
 * The memory cgroups without children that have any, with processes in or below.  True
 * if there is a memory cgroup at all.
 */
static bool list_below(const char *path)
{
	struct dirent *entry;
	bool children = false;
	uint64_t populated;
	char *sub, *text;
	DIR *dir;

	if (!there(in(path, "memory.reclaim")))
		return false;
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (entry->d_type != DT_DIR || !strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		sub = strcmp(path, ".") ? format("%s/%s", path, name) : format("%s", name);
		children |= list_below(sub);
		free(sub);
	}
	if (dir)
		closedir(dir);
	if (children)
		return true;
	text = read_file(in(path, "cgroup.events"));
	if (text && key_value(text, "populated", &populated) && populated)
		list_cgroup(path);
	return true;
}

static void list_pattern(const char *pattern)
{
	glob_t found;

	if (there(in(pattern, "memory.reclaim"))) {
		list_cgroup(pattern);
		return;
	}
	if (!strpbrk(pattern, "*?[")) {
		if (there(pattern))
			errx(EXIT_FAILURE, "%s has no memory.reclaim: it is no cgroup with the "
			     "memory controller, or the kernel is older than 5.19", shown(pattern));
		if (opt.once)
			errx(EXIT_FAILURE, "%s: no such cgroup", shown(pattern));
		return;		/* it may come */
	}
	/* The names of systemd have backslashes */
	if (glob(pattern, GLOB_NOESCAPE | GLOB_ONLYDIR, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (there(in(found.gl_pathv[i], "memory.reclaim")))
			list_cgroup(found.gl_pathv[i]);
	globfree(&found);
}

static void list_cgroups(char **patterns)
{
	for (struct cgroup *cg = cgroups; cg; cg = cg->next)
		cg->listed = false;
	if (opt.below)
		list_below(opt.below);
	for (; *patterns; patterns++)
		list_pattern(*patterns);
}

/* ---- A round ---- */

static void show(const struct cgroup *cg, const struct round *r)
{
	double taken = r->taken * page_size, asked = r->asked;
	char pressure[32] = "null";

	if (r->pressure >= 0)
		snprintf(pressure, sizeof(pressure), "%.2f", r->pressure);
	if (opt.json) {
		printf("{\"cgroup\": \"");
		put_json(shown(cg->path));
		printf("\", \"time\": %.3f, \"action\": \"%s\", \"interval_ms\": %" PRIu64,
		       clock_ms(CLOCK_REALTIME) / 1000.0, r->action, cg->interval);
		printf(", \"asked_bytes\": %.0f, \"taken_bytes\": %.0f, \"refaults\": %" PRIu64
		       ", \"pressure\": %s}\n", asked, taken, r->missed, pressure);
	} else if (opt.verbose) {
		put_plain(shown(cg->path));
		printf(": %s, T %gs, took %.1fM of at most %.1fM, %" PRIu64 " refaults, "
		       "pressure %s\n",
		       r->action, cg->interval / 1000.0, taken / MIB, asked / MIB, r->missed,
		       r->pressure < 0 ? "not known" : pressure);
	}
	fflush(stdout);
}

/*
 * Pages that came back since the last round.  Page cache counts as refaults, and so does
 * what is swapped in, unless that bypasses the swap cache as on zram: such pages are major
 * faults and may be nothing else.  Major faults of mapped files are there too, and most of
 * them are refaults of page cache that are counted already.  So the rest of the major
 * faults may be anonymous memory, as far as there was any in swap.
 */
static uint64_t missed_since(const struct counters *last, const struct counters *c)
{
	uint64_t file = c->file - last->file, anon = c->anon - last->anon;
	uint64_t major = c->major - last->major;

	if (c->file < last->file || c->anon < last->anon || c->major < last->major)
		return 0;	/* another cgroup after all */
	major = min_u64(major > file ? major - file : 0, last->swap);
	return file + (anon > major ? anon : major);
}

/* True if T was too short, and what was taken is wanted back */
static bool too_short(struct cgroup *cg, uint64_t missed, uint64_t now)
{
	if (!cg->taken)
		return false;	/* then it is not our fault */
	cg->missed += missed;
	if (cg->missed < NOISE || cg->missed * 100 <= opt.tolerance * cg->taken)
		return false;
	cg->interval = min_u64(cg->interval * 2, opt.ceiling);
	cg->quiet = min_u64(cg->quiet * 2, QUIET_MAX);
	cg->rounds = cg->taken = cg->missed = 0;
	cg->resume_ms = now + cg->interval;
	return true;
}

/* A round in which not too much was missed.  True if T shrinks. */
static bool quiet_round(struct cgroup *cg)
{
	cg->rounds++;
	if (cg->rounds % (2 * HALVE) == 0) {
		/* Never to 0: who was trimmed once may miss it */
		cg->taken = (cg->taken + 1) / 2;
		cg->missed /= 2;
	}
	if (cg->rounds < 2 * cg->quiet || cg->interval <= opt.floor)
		return false;
	cg->rounds = 0;
	cg->interval -= cg->interval / 4;
	if (cg->interval <= opt.floor) {
		cg->interval = opt.floor;
		cg->quiet = QUIET;
	}
	return true;
}

/* Does the kernel know the key?  Asked for nothing, it reclaims nothing. */
static void probe(const char *cgroup)
{
	static bool probed;

	if (probed || opt.plain || opt.dry_run)
		return;
	if (write_file(in(cgroup, "memory.reclaim"), "0 min_age_ms=1000") == EINVAL)
		errx(EXIT_KERNEL, "memory.reclaim of this kernel does not know min_age_ms: "
		     "it needs the patches, and CONFIG_LRUVEC_AGE=y.  "
		     "--plain does without, and does not know ages");
	probed = true;
}

static uint64_t size_of_round(const struct cgroup *cg, uint64_t now)
{
	uint64_t elapsed = cg->last_ms ? now - cg->last_ms : cg->interval / 2;
	uint64_t size = opt.budget / 1000.0 * min_u64(elapsed, cg->interval);
	char *text = opt.plain ? read_file(in(cg->path, "memory.current")) : NULL;

	if (text)
		size = min_u64(size, strtoull(text, NULL, 10) / PLAIN_PART);
	return size / page_size * page_size;
}

static void trim(struct cgroup *cg, uint64_t now, struct round *r, struct counters *c)
{
	uint64_t before = proactive && cg->last_ms ? cg->last.taken : c->taken;
	char command[64];
	int error;

	r->asked = size_of_round(cg, now);
	snprintf(command, sizeof(command),
		 opt.plain ? "%" PRIu64 : "%" PRIu64 " min_age_ms=%" PRIu64,
		 r->asked, cg->interval);
	if (opt.dry_run) {
		r->action = "dry run";
		if (opt.json)
			return;
		printf("would write \"%s\" to ", command);
		put_plain(opt.root);
		put_plain(shown(cg->path));
		puts("/memory.reclaim");
		return;
	}
	error = r->asked ? write_file(in(cg->path, "memory.reclaim"), command) : 0;
	/* EAGAIN: there was less.  ENOENT, ENODEV: it is gone. */
	if (error && error != EAGAIN && error != EINTR && error != ENOENT && error != ENODEV) {
		r->action = "failed";
		failed = true;
		warnx("%s/memory.reclaim: %s", shown(cg->path), strerror(error));
	}
	if (read_counters(cg->path, c) && c->taken >= before)
		r->taken = c->taken - before;
	cg->taken += r->taken;
	cg->total_taken += r->taken;
	freed += r->taken;
}

static void run_round(struct cgroup *cg, uint64_t now)
{
	struct round r = { .action = "trimmed" };
	struct counters c = { 0 };

	if (!read_counters(cg->path, &c))
		return;		/* gone, which is no error */
	probe(cg->path);
	r.pressure = read_pressure(cg->path);
	if (now < cg->resume_ms) {
		/* That was before a restart: there are no rounds otherwise */
		r.action = "paused";
		cg->due_ms = cg->resume_ms;
		show(cg, &r);
		return;
	}
	if (cg->last_ms)
		r.missed = missed_since(&cg->last, &c);
	cg->total_missed += r.missed;
	if (too_short(cg, r.missed, now)) {
		r.action = "doubled";
	} else if (r.pressure > opt.max_pressure) {
		r.action = "pressure";
	} else {
		if (quiet_round(cg))
			r.action = "shrunk";
		trim(cg, now, &r, &c);
	}
	cg->last = c;
	cg->last_ms = now;
	cg->due_ms = cg->resume_ms > now ? cg->resume_ms : now + cg->interval / 2;
	show(cg, &r);
}

/* ---- Guests ---- */

/* Pages that are free, and those of them in blocks that are reported to the host */
static void read_free(int order, uint64_t *all, uint64_t *large)
{
	char *text = read_file("/proc/buddyinfo"), *end;
	unsigned long long count;

	*all = *large = 0;
	/* Node 0, zone   Normal   12   5   ...: how many there are of order 0, 1, ... */
	while (text && (text = strstr(text, "zone "))) {
		text += strspn(text + 5, " ") + 5;
		text += strcspn(text, " ");
		for (int i = 0; ; i++, text = end) {
			count = strtoull(text, &end, 10) << i;
			if (end == text)
				break;
			*all += count;
			*large += i >= order ? count : 0;
		}
	}
}

/*
 * There is no counter of what was reported: but all free blocks of that order are, within
 * some seconds.  So if they became fewer pages more than what was freed, the rest is in
 * smaller blocks, unless somebody else has it by now.  A compaction that brings too
 * little makes the next one wait for twice as much.
 */
static void report_to_host(void)
{
	static uint64_t base, margin;
	char *text = read_file("/sys/module/page_reporting/parameters/page_reporting_order");
	int order = text ? atoi(text) : -1;
	uint64_t all, large, after;

	if (order < 0)
		errx(EXIT_KERNEL, "--report: no free page reporting here (no balloon with "
		     "free-page-reporting=on, or no CONFIG_PAGE_REPORTING)");
	read_free(order, &all, &large);
	if (!margin) {
		base = large;
		margin = MARGIN / page_size;
	}
	if (freed <= margin || large > base + freed - margin || all - large <= margin)
		return;
	errno = write_file("/proc/sys/vm/compact_memory", "1");
	if (errno)
		err(EXIT_FAILURE, "/proc/sys/vm/compact_memory");
	read_free(order, &all, &after);
	if (opt.json || opt.verbose)
		printf(opt.json ? "{\"action\": \"compacted\", \"freed_bytes\": %.0f, "
				  "\"reportable_bytes\": [%.0f, %.0f]}\n" :
				  "compacted: %.0f bytes were freed, in blocks that are reported are "
				  "%.0f before, %.0f after\n", freed * (double)page_size,
				  large * (double)page_size, after * (double)page_size);
	fflush(stdout);
	margin = after < large + margin ? min_u64(margin * 2, MARGIN_MAX / page_size) :
					  MARGIN / page_size;
	base = after;
	freed = 0;
}

/* ---- The interval for the kernel ---- */

static void suggest(const struct cgroup *cg)
{
	char value[32];

	snprintf(value, sizeof(value), "%" PRIu64, cg->interval);
	if (opt.set_interval && !there(in(cg->path, "memory.ws_access_ms")))
		errx(EXIT_KERNEL, "%s has no memory.ws_access_ms: it is gone, or the root, "
		     "or the kernel does not have it", shown(cg->path));
	if (opt.set_interval && !opt.dry_run) {
		errno = write_file(in(cg->path, "memory.ws_access_ms"), value);
		if (errno)
			err(EXIT_FAILURE, "%s/memory.ws_access_ms", shown(cg->path));
	}
	printf(opt.json ? "{\"cgroup\": \"" : "echo %s > ", value);
	if (opt.json) {
		put_json(shown(cg->path));
		printf("\", \"ws_access_ms\": %s}\n", value);
	} else {
		char *file = format("%s%s/memory.ws_access_ms", opt.root, shown(cg->path));

		put_quoted(file);
		puts("");
		free(file);
	}
}

/* Only what was trimmed has told anything */
static void suggest_all(char **patterns)
{
	bool all = !opt.below && !*patterns, known = false;

	list_cgroups(patterns);
	for (struct cgroup *cg = cgroups; cg; cg = cg->next) {
		if (!(all ? there(cg->path) : cg->listed))
			continue;
		if (cg->total_taken)
			suggest(cg);
		else
			warnx("%s: nothing was taken yet, so nothing is known", shown(cg->path));
		known |= cg->total_taken;
	}
	if (!known)
		errx(EXIT_FAILURE, "%s: nothing was learned yet", opt.state);
}

/* ---- Start and end ---- */

static void sleep_until_due(uint64_t now)
{
	uint64_t wake = now + opt.floor / 2;	/* for cgroups that come */
	struct timespec ts;
	sigset_t none;

	for (struct cgroup *cg = cgroups; cg; cg = cg->next)
		if (cg->listed)
			wake = min_u64(wake, cg->due_ms);
	now = clock_ms(CLOCK_MONOTONIC);
	wake = wake > now + 10 ? wake - now : 10;
	ts = (struct timespec){ wake / 1000, wake % 1000 * 1000000 };
	sigemptyset(&none);
	ppoll(NULL, 0, &ts, &none);
}

static void run(char **patterns)
{
	uint64_t now;

	if (opt.report)
		report_to_host();
	do {
		list_cgroups(patterns);
		now = clock_ms(CLOCK_MONOTONIC);
		for (struct cgroup *cg = cgroups; cg && !stop; cg = cg->next)
			if (cg->listed && now >= cg->due_ms)
				run_round(cg, now);
		if (opt.report)
			report_to_host();
		if (!opt.dry_run)
			save_state();
		if (!opt.dry_run && opt.textfile)
			write_textfile();
		if (!opt.once && !stop)
			sleep_until_due(now);
	} while (!opt.once && !stop);
}

struct unit {
	const char *name;
	uint64_t factor;
};

static uint64_t parse(const char *option, const char *text, const struct unit *unit,
		      uint64_t least, uint64_t most, const char *what)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	for (; isdigit((unsigned char)*text) && unit->name; unit++)
		if (!strcmp(end, unit->name) && n <= most / unit->factor &&
		    n * unit->factor >= least)
			return n * unit->factor;
	errx(EXIT_USAGE, "--%s: %s is no %s", option, *text ? text : "nothing", what);
}

static uint64_t parse_time(const char *option, const char *text)
{
	static const struct unit units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 }, { 0 },
	};

	return parse(option, text, units, SHORTEST, UINT32_MAX,
		     "time: a number with a unit, ms, s, min or h; 100ms to 1193h");
}

static uint64_t parse_size(const char *option, const char *text)
{
	static const struct unit units[] = {
		{ "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { 0 },
	};

	return parse(option, text, units, 1, UINT64_C(1) << 50,
		     "size: bytes, or a number with K, M or G");
}

static const char *absolute(const char *path)
{
	char here[PATH_MAX];

	if (*path == '/')
		return path;
	if (!getcwd(here, sizeof(here)))
		err(EXIT_FAILURE, NULL);
	return format("%s/%s", here, path);
}

static void parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", 1, 0, 'r' }, { "state", 1, 0, 's' }, { "textfile", 1, 0, 't' },
		{ "below", 1, 0, 'w' }, { "floor", 1, 0, 'f' }, { "ceiling", 1, 0, 'c' },
		{ "interval", 1, 0, 'i' }, { "budget", 1, 0, 'b' }, { "tolerance", 1, 0, 'o' },
		{ "max-pressure", 1, 0, 'p' }, { "help", 0, 0, 'h' },
		{ "once", 0, &opt.once, 1 }, { "dry-run", 0, &opt.dry_run, 1 },
		{ "json", 0, &opt.json, 1 }, { "verbose", 0, &opt.verbose, 1 },
		{ "suggest", 0, &opt.suggest, 1 }, { "set-interval", 0, &opt.set_interval, 1 },
		{ "plain", 0, &opt.plain, 1 }, { "report", 0, &opt.report, 1 }, { 0 },
	};
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "h", options, &index)) >= 0) {
		const char *name = options[index].name;

		switch (option) {
		case 0: break;
		case 'h': usage(); exit(0);
		case 'r': opt.root = optarg; break;
		case 's': opt.state = optarg; break;
		case 't': opt.textfile = optarg; break;
		case 'w': opt.below = optarg; break;
		case 'f': opt.floor = parse_time(name, optarg); break;
		case 'c': opt.ceiling = parse_time(name, optarg); break;
		case 'i': opt.interval = parse_time(name, optarg); break;
		case 'b': opt.budget = parse_size(name, optarg); break;
		case 'o': opt.tolerance = parse_number(name, optarg, 0, 100); break;
		case 'p': opt.max_pressure = parse_number(name, optarg, 0, 100); break;
		default: errx(EXIT_USAGE, "see --help");
		}
	}
}

/* What does not fit together; before anything was touched */
static void check_options(char **patterns)
{
	const char *dot = opt.textfile ? strrchr(opt.textfile, '.') : NULL;

	if (opt.textfile && (!dot || strcmp(dot, ".prom")))
		errx(EXIT_USAGE, "--textfile: %s: the node exporter reads *.prom only",
		     opt.textfile);
	if (opt.floor > opt.ceiling)
		errx(EXIT_USAGE, "--floor is above --ceiling");
	if (!opt.interval)
		opt.interval = opt.floor;
	if (opt.interval < opt.floor || opt.interval > opt.ceiling)
		errx(EXIT_USAGE, "--interval is not between --floor and --ceiling");
	if (opt.suggest && opt.set_interval)
		errx(EXIT_USAGE, "--suggest shows, --set-interval writes: one of them");
	if (!opt.below && !*patterns && !opt.suggest && !opt.set_interval)
		errx(EXIT_USAGE, "no CGROUP, and no --below; see --help");
}

static void enter_root(char **patterns)
{
	opt.state = absolute(opt.state);
	opt.textfile = opt.textfile ? absolute(opt.textfile) : NULL;
	opt.root = absolute(opt.root);
	if (chdir(opt.root))
		err(EXIT_FAILURE, "%s", opt.root);
	if (!there("cgroup.controllers"))
		errx(EXIT_FAILURE, "%s is not a cgroup2 file system; --root names it", opt.root);
	for (; *patterns; patterns++)
		*patterns = relative(*patterns, opt.root);
	opt.below = opt.below ? relative((char *)opt.below, opt.root) : NULL;
	if (opt.below && !there(opt.below))
		errx(EXIT_FAILURE, "--below: %s: no such cgroup", shown(opt.below));
}

/* Two of us would trim twice, and forget what the other one learns */
static void lock_state(void)
{
	char *path = format("%s.lock", opt.state);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		err(EXIT_FAILURE, "%s (--state names another place)", path);
	if (flock(fd, LOCK_EX | LOCK_NB))
		err(EXIT_FAILURE, "%s: another wstrim is at work", path);
	free(path);
}

int main(int argc, char **argv)
{
	char **patterns, *text;

	setlocale(LC_CTYPE, "C.UTF-8");
	parse_options(argc, argv);
	patterns = argv + optind;
	check_options(patterns);
	enter_root(patterns);
	page_size = sysconf(_SC_PAGESIZE);
	text = read_file("/proc/sys/kernel/random/boot_id");
	snprintf(boot_id, sizeof(boot_id), "%s", text ? strtok(text, "\n") : "");
	/* they arrive in sleeps and in writes only */
	catch_signal(SIGTERM);
	catch_signal(SIGINT);
	if (!opt.dry_run && !opt.suggest && !opt.set_interval)
		lock_state();
	load_state();
	if (opt.suggest || opt.set_interval)
		suggest_all(patterns);
	else
		run(patterns);
	return failed && opt.once ? EXIT_FAILURE : 0;
}
