// SPDX-License-Identifier: GPL-2.0
/*
 * conduct PLAN - carries out a run of the laboratory, and takes its measurements.
 *
 * A plan has one command a line; # starts a comment.
 *   cgroup NAME                  make /sys/fs/cgroup/NAME with the memory controller
 *   write FILE VALUE...          FILE is relative to /sys/fs/cgroup or absolute; with * in
 *                                it, to all of those
 *   sh COMMAND                   run it, wait; it must succeed
 *   start NAME CGROUP COMMAND... in the background; CGROUP / is the root
 *   ready NAME                   wait until NAME has printed a line "ready"
 *   sleep MS
 *   wait NAME                    until it ends
 *   stop NAME                    SIGTERM, and wait
 *   sample MS CGROUP...          measure them every MS from here on
 *   mark LABEL                   measure all cgroups and the machine now
 *
 * Whoever is killed for memory is noted and the plan goes on; any other failure ends
 * the run.  It prints, at the end, so that printing takes no time from the run:
 *   columns NAME...              of the next two
 *   sample CGROUP VALUE...       "-": this kernel does not have it
 *   mark LABEL CGROUP VALUE...
 *   machine LABEL NAME VALUE     counters of /proc/vmstat, CPU time of kernel threads
 *   program NAME STATUS CPU_US   "ok", or "killed" and when:  program NAME killed CPU_US MS
 *   out NAME LINE                what a program printed
 * Times are in ms since the plan began, on the clock of the guest.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define OUTPUT		"/output"	/* in ramfs, which nobody reclaims */
#define MAX_PROGRAMS	64
#define MAX_CGROUPS	1100
#define MAX_WORDS	64
#define POLL		(10 * MSEC)

struct program {
	char name[32];
	pid_t pid;		/* 0: has ended */
	int killed;
	int stopping;
	uint64_t cpu_us, ended_ms;
};

/* What is measured of a cgroup: a file, and the key of a line in it */
static const struct column {
	const char *name, *file, *key;
} columns[] = {
	{ "current", "memory.current", NULL },
	{ "age_anon_ms", "memory.stat", "lruvec_age_anon_ms" },
	{ "age_file_ms", "memory.stat", "lruvec_age_file_ms" },
	{ "refault_anon", "memory.stat", "workingset_refault_anon" },
	{ "refault_file", "memory.stat", "workingset_refault_file" },
	{ "majfault", "memory.stat", "pgmajfault" },
	{ "pgscan", "memory.stat", "pgscan" },
	{ "pgsteal", "memory.stat", "pgsteal" },
	{ "psi_some_us", "memory.pressure", "some" },
	{ "psi_full_us", "memory.pressure", "full" },
	{ "oom_kill", "memory.events", "oom_kill" },
	{ "ws_access", "memory.events", "ws_access" },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static const char *const machine_keys[] = {
	"nr_free_pages", "pgscan_kswapd", "pgscan_direct", "pgscan_khugepaged",
	"pgsteal_kswapd", "pgsteal_direct", "pgsteal_khugepaged", "workingset_refault_anon",
	"workingset_refault_file", "pgmajfault", "pswpin", "pswpout", "oom_kill",
	"allocstall_normal", "allocstall_movable", "allocstall_dma32",
};

static struct program programs[MAX_PROGRAMS];
static char *cgroups[MAX_CGROUPS];
static const char *sampled[MAX_WORDS];
static int nr_programs, nr_cgroups, nr_sampled, line_nr;
static uint64_t epoch, sample_step, next_sample;
static FILE *report;
static char *report_text;
static size_t report_size;

static void __attribute__((format(printf, 1, 2), noreturn)) give_up(const char *format, ...)
{
	va_list args;

	printf("conduct: line %d of the plan: ", line_nr);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	/* what the programs said may be the reason */
	fflush(stdout);
	if (system("grep . " OUTPUT "/* | tail -n 20"))
		exit(1);
	exit(1);
}

/* Where what it prints is kept */
static const char *output_of(const struct program *p)
{
	static char path[64];

	snprintf(path, sizeof(path), OUTPUT "/%.31s", p->name);
	return path;
}

static uint64_t ms_now(void)
{
	return (now_ns() - epoch) / MSEC;
}

/* Read a file as a whole; 0 if there is none */
static int slurp(const char *path, char *buf, size_t size)
{
	size_t have = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return 0;
	while ((n = read(fd, buf + have, size - 1 - have)) > 0)
		have += n;
	close(fd);
	buf[have] = '\0';
	return n == 0;
}

/* The number after "KEY " at the start of a line, or after "total=" in that line */
static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ' ') {
			const char *total = strstr(line, "total="), *end = strchr(line, '\n');

			return total && (!end || total < end) ? total + 6 : line + len + 1;
		}
	}
	return NULL;
}

static void measure(const char *cgroup)
{
	static char text[16384];
	char path[512];
	const char *file = "", *value;
	int exists = 0;

	fprintf(report, " %llu", (unsigned long long)ms_now());
	for (size_t i = 0; i < COLUMNS; i++) {
		if (strcmp(file, columns[i].file)) {
			file = columns[i].file;
			snprintf(path, sizeof(path), CGROUP_ROOT "/%s/%s", cgroup, file);
			exists = slurp(path, text, sizeof(text));
		}
		value = !exists ? NULL : columns[i].key ? value_of(text, columns[i].key) : text;
		if (value)
			fprintf(report, " %llu", strtoull(value, NULL, 10));
		else
			fprintf(report, " -");
	}
	fprintf(report, "\n");
}

/* In us; of kernel threads and of programs that are still there */
static uint64_t cpu_time(pid_t pid)
{
	struct timespec ts = { 0, 0 };
	clockid_t clock;

	if (!clock_getcpuclockid(pid, &clock))
		clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000ull + ts.tv_nsec / 1000;
}

static void mark_kernel_threads(const char *label)
{
	char path[300], comm[64];
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		give_up("/proc: %s", strerror(errno));
	while ((entry = readdir(proc))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		if (!slurp(path, comm, sizeof(comm)))
			continue;
		comm[strcspn(comm, "\n")] = '\0';
		if (!strncmp(comm, "kswapd", 6) || !strncmp(comm, "kdamond", 7))
			fprintf(report, "machine %s %s_us %llu\n", label, comm,
				(unsigned long long)cpu_time(atoi(entry->d_name)));
	}
	closedir(proc);
}

static void mark(const char *label)
{
	static char text[16384];
	const char *value;

	for (int i = 0; i < nr_cgroups; i++) {
		fprintf(report, "mark %s %s", label, cgroups[i]);
		measure(cgroups[i]);
	}
	fprintf(report, "machine %s ms %llu\n", label, (unsigned long long)ms_now());
	if (!slurp("/proc/vmstat", text, sizeof(text)))
		give_up("/proc/vmstat: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(machine_keys) / sizeof(machine_keys[0]); i++) {
		value = value_of(text, machine_keys[i]);
		if (value)
			fprintf(report, "machine %s %s %llu\n", label, machine_keys[i],
				strtoull(value, NULL, 10));
	}
	mark_kernel_threads(label);
	for (int i = 0; i < nr_programs; i++)
		fprintf(report, "machine %s %s_us %llu\n", label, programs[i].name,
			(unsigned long long)(programs[i].pid ? cpu_time(programs[i].pid) :
					     programs[i].cpu_us));
}

static void mask_child(int how)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(how, &child, NULL);
}

/* Wait until a time or for a child's end, whichever comes first, and sample on the way */
static void rest_until(uint64_t ns)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		uint64_t now = now_ns(), until = ns;
		struct timespec left;

		while (sample_step && now >= next_sample) {
			for (int i = 0; i < nr_sampled; i++) {
				fprintf(report, "sample %s", sampled[i]);
				measure(sampled[i]);
			}
			next_sample += sample_step;
			now = now_ns();
		}
		if (now >= ns)
			return;
		if (sample_step && next_sample < until)
			until = next_sample;
		left.tv_sec = (until - now) / 1000000000;
		left.tv_nsec = (until - now) % 1000000000;
		if (sigtimedwait(&child, NULL, &left) == SIGCHLD)
			return;
	}
}

static void reap(void)
{
	struct rusage usage;
	int status, i;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		for (i = 0; i < nr_programs && programs[i].pid != pid; i++)
			;
		if (i == nr_programs)
			continue;
		programs[i].pid = 0;
		programs[i].ended_ms = ms_now();
		programs[i].cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000ull +
				     usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
		programs[i].killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		if (programs[i].killed || status == 0 || programs[i].stopping)
			continue;
		if (WIFSIGNALED(status))
			give_up("%s was ended by signal %d", programs[i].name, WTERMSIG(status));
		give_up("%s ended with status %d", programs[i].name, WEXITSTATUS(status));
	}
}

static struct program *find(const char *name)
{
	for (int i = 0; i < nr_programs; i++)
		if (!strcmp(programs[i].name, name))
			return &programs[i];
	give_up("nothing was started as %s", name);
}

static void wait_for(struct program *p)
{
	while (reap(), p->pid)
		rest_until(now_ns() + 3600 * 1000 * MSEC);
}

static void wait_ready(struct program *p)
{
	static char text[65536];

	for (;;) {
		reap();
		if (slurp(output_of(p), text, sizeof(text)) &&
		    (!strncmp(text, "ready", 5) || strstr(text, "\nready")))
			return;
		if (!p->pid && p->killed)
			return;
		if (!p->pid)
			give_up("%s ended and never was ready", p->name);
		rest_until(now_ns() + POLL);
	}
}

/* A value is written in one go, and a refused one ends the run */
static void put(const char *file, const char *value)
{
	char pattern[512];
	glob_t found;
	int fd;

	snprintf(pattern, sizeof(pattern), "%s%s", *file == '/' ? "" : CGROUP_ROOT "/", file);
	/* what is no pattern is taken as it is, so that open() says what is wrong */
	if (glob(pattern, strchr(pattern, '*') ? 0 : GLOB_NOCHECK, NULL, &found))
		give_up("%s: there is nothing of that kind", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		fd = open(found.gl_pathv[i], O_WRONLY);
		if (fd < 0 || write(fd, value, strlen(value)) < 0)
			give_up("%s: %s", found.gl_pathv[i], strerror(errno));
		close(fd);
	}
	globfree(&found);
}

/* All on the way down get what their children need; what exists already is fine */
static void make_cgroup(const char *name)
{
	char path[256], file[300];

	if (nr_cgroups == MAX_CGROUPS)
		give_up("more than %d cgroups", MAX_CGROUPS);
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(file, sizeof(file), "%.*s/cgroup.subtree_control", (int)(slash - name), name);
		put(file, "+memory");
	}
	snprintf(path, sizeof(path), CGROUP_ROOT "/%s", name);
	if (mkdir(path, 0755))
		give_up("%s: %s", path, strerror(errno));
	cgroups[nr_cgroups++] = strdup(name);
}

static void start(char **words)
{
	struct program *p = &programs[nr_programs];
	char file[300];

	if (nr_programs == MAX_PROGRAMS)
		give_up("more than %d programs", MAX_PROGRAMS);
	snprintf(p->name, sizeof(p->name), "%s", words[1]);
	fflush(NULL);
	p->pid = fork();
	if (p->pid < 0)
		give_up("fork: %s", strerror(errno));
	if (!p->pid) {
		int fd = open(output_of(p), O_WRONLY | O_CREAT | O_TRUNC, 0644);
		sigset_t none;

		snprintf(file, sizeof(file), "%s/cgroup.procs", words[2]);
		put(strcmp(words[2], "/") ? file : "cgroup.procs", "0");
		put("/proc/self/oom_score_adj", "0");
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(125);
		execvp(words[3], words + 3);
		dprintf(2, "%s: %s\n", words[3], strerror(errno));
		_exit(127);
	}
	nr_programs++;
}

static void stop(struct program *p)
{
	p->stopping = 1;
	if (p->pid)
		kill(p->pid, SIGTERM);
	wait_for(p);
}

static void carry_out(char *line)
{
	static const struct { const char *name; int words; } commands[] = {
		{ "cgroup", 2 }, { "write", 3 }, { "sh", 2 }, { "start", 4 }, { "ready", 2 },
		{ "sleep", 2 }, { "wait", 2 }, { "stop", 2 }, { "sample", 3 }, { "mark", 2 },
	};
	char *words[MAX_WORDS + 1], *rest = NULL, *save = NULL, copy[1024];
	size_t i, n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok_r(copy, " \t", &save); word && n < MAX_WORDS;
	     word = strtok_r(NULL, " \t", &save))
		words[n++] = word;
	words[n] = NULL;
	if (!n || *words[0] == '#')
		return;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(words[0], commands[i].name) && n >= (size_t)commands[i].words)
			break;
	if (i == sizeof(commands) / sizeof(commands[0]))
		give_up("not a command, or too short: %s", line);
	rest = strstr(line, words[1]);

	if (!strcmp(words[0], "cgroup")) {
		make_cgroup(words[1]);
	} else if (!strcmp(words[0], "write")) {
		put(words[1], strstr(rest + strlen(words[1]), words[2]));
	} else if (!strcmp(words[0], "sh")) {
		fflush(NULL);
		/* for the command; who ends meanwhile is found by reap() */
		mask_child(SIG_UNBLOCK);
		if (system(rest))
			give_up("it failed: %s", rest);
		mask_child(SIG_BLOCK);
	} else if (!strcmp(words[0], "start")) {
		start(words);
	} else if (!strcmp(words[0], "ready")) {
		wait_ready(find(words[1]));
	} else if (!strcmp(words[0], "sleep")) {
		uint64_t end = now_ns() + strtoull(words[1], NULL, 10) * MSEC;

		while (now_ns() < end) {
			rest_until(end);
			reap();
		}
	} else if (!strcmp(words[0], "wait")) {
		wait_for(find(words[1]));
	} else if (!strcmp(words[0], "stop")) {
		stop(find(words[1]));
	} else if (!strcmp(words[0], "sample")) {
		sample_step = strtoull(words[1], NULL, 10) * MSEC;
		next_sample = now_ns();
		for (nr_sampled = 0; words[2 + nr_sampled]; nr_sampled++)
			sampled[nr_sampled] = strdup(words[2 + nr_sampled]);
	} else {
		mark(words[1]);
	}
}

static void print_output(const struct program *p)
{
	FILE *f = fopen(output_of(p), "r");
	char line[4096];

	if (!f)
		give_up("%s: %s", output_of(p), strerror(errno));
	while (fgets(line, sizeof(line), f))
		printf("out %s %s%s", p->name, line, strchr(line, '\n') ? "" : "\n");
	fclose(f);
}

int main(int argc, char **argv)
{
	char line[1024];
	FILE *plan;

	plan = argc == 2 ? fopen(argv[1], "re") : NULL;
	if (!plan) {
		fprintf(stderr, "usage: conduct PLAN\n");
		return 1;
	}
	mask_child(SIG_BLOCK);
	if (mkdir(OUTPUT, 0755))
		die(OUTPUT);
	/* what it measures must not be that it was reclaimed itself */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	report = open_memstream(&report_text, &report_size);
	if (!report)
		die("open_memstream");

	/* nor that it was killed */
	put("/proc/self/oom_score_adj", "-1000");
	epoch = now_ns();
	while (fgets(line, sizeof(line), plan)) {
		line_nr++;
		line[strcspn(line, "\n")] = '\0';
		carry_out(line);
	}
	for (int i = 0; i < nr_programs; i++)
		stop(&programs[i]);

	fflush(report);
	printf("columns ms");
	for (size_t i = 0; i < COLUMNS; i++)
		printf(" %s", columns[i].name);
	printf("\n%s", report_text);
	for (int i = 0; i < nr_programs; i++) {
		const struct program *p = &programs[i];

		printf("program %s %s %llu", p->name, p->killed ? "killed" : "ok",
		       (unsigned long long)p->cpu_us);
		if (p->killed)
			printf(" %llu", (unsigned long long)p->ended_ms);
		printf("\n");
		print_output(p);
	}
	return 0;
}
