// SPDX-License-Identifier: GPL-2.0
/*
 * senpai - a reimplementation of Meta's senpai, in two ways, with their names of the parameters:
 *
 * -m high: senpai.py of github.com/facebookincubator/senpai.  Once a second it looks
 * at the sum of memory pressure ("some") since its last step.  Above PRESSURE_US it
 * raises memory.high, by ((pressure / PRESSURE_US) / COEFF_BACKOFF)^2 * MAX_BACKOFF of
 * it, at most MAX_BACKOFF; otherwise every INTERVAL seconds it lowers it by
 * ((PRESSURE_US / pressure) / COEFF_PROBE)^2 * MAX_PROBE, at most MAX_PROBE.
 * It begins with the memory in use, and never goes below MIN_SIZE.
 *
 * -m reclaim: its successor, the plugin "senpai" of github.com/facebookincubator/oomd
 * with immediate_backoff.  Every INTERVAL + 1 seconds it reclaims MAX_PROBE of what
 * can be reclaimed above MIN_SIZE, by memory.reclaim, if the averages of memory
 * pressure ("some") over 10 and 60 s are all below MEM_PCT, and those of I/O pressure
 * below IO_PCT.
 *
 * The defaults are those of the originals, of which the 100 MiB of MIN_SIZE are for larger
 * machines than ours.
 *
 * It looks after the cgroups given, or, as where it comes from, after every container:
 * each cgroup without children that has processes in it, found anew every second.
 * It doesn't tell those whose memory is to be kept from the others.
 *
 * It was checked against senpai.py of commit c51e8e21de5c and Senpai.cpp of oomd's
 * 88c28fdedcf7, rule by rule; bench/tests/test_senpai.py plays those of -m high:
 *
 *   senpai.py                            here
 *   Cgroup.set_limit, import_limit       set_limit(): begin with what is in use, and again when
 *                                        somebody else has written memory.high
 *   Senpai.tick, its first half          tick_high(), above PRESSURE_US
 *   Senpai.tick, its second half         tick_high(), the last branch; adjust() waits
 *   Senpai.cpp                           here
 *   tick_immediate_backoff               tick_reclaim()
 *   validatePressure                     worst_average()
 *   getReclaimableBytes                  reclaimable()
 *
 * What differs: senpai.py looks after one cgroup, and has a MAX_SIZE of 100 GiB. A tick of the
 * plugin is an interval of oomd, 5 s by default and at least 1 s; here it is 1 s.  The
 * plugin stops at memory.min, and counts no more anonymous memory than there is free swap: there is
 * always enough here, and nobody has a memory.min.  It can do without memory.reclaim.
 *
 * Prints with -v, for every step:  step CGROUP MS BYTES (the new limit, or the bytes
 * asked for); and on SIGTERM, over all cgroups:  probes N, backoffs N
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"

#ifndef CGROUP_ROOT		/* that of the test is elsewhere */
#define CGROUP_ROOT "/sys/fs/cgroup"
#endif
#define SECOND (1000 * MSEC)
#define NONE UINT64_MAX

struct container {
	char *name;
	uint64_t limit;		/* that we have set; 0: none yet, which memory.high never is */
	uint64_t last_total, pressure;
	int grace;
};

static struct {
	int reclaim, verbose, interval;
	uint64_t min_size, pressure_us;
	double max_probe, max_backoff, coeff_probe, coeff_backoff, mem_pct, io_pct;
} conf = {
	.interval = 6, .min_size = 100 << 20, .pressure_us = 10000,
	.max_probe = 0.01, .max_backoff = 1.0, .coeff_probe = 10, .coeff_backoff = 20,
	.mem_pct = 0.1, .io_pct = 0.1,
};

static struct container *containers;
static size_t nr_containers;
static unsigned long probes, backoffs;
static uint64_t start;
static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* The file as a string, or NULL: cgroups come and go */
static const char *read_file(const char *cgroup, const char *name)
{
	static char text[16384];
	char path[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), CGROUP_ROOT "/%s/%s", cgroup, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return NULL;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return text;
}

/* memory.reclaim fails with EAGAIN if it gets less than it was asked for */
static void write_number(const char *cgroup, const char *name, uint64_t value)
{
	char path[512], text[32];
	int fd;

	snprintf(path, sizeof(path), CGROUP_ROOT "/%s/%s", cgroup, name);
	fd = open(path, O_WRONLY | O_TRUNC);	/* the test has regular files */
	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	if (write(fd, text, strlen(text)) < 0 && errno != EAGAIN && errno != ENODEV)
		die("%s", path);
	close(fd);
	if (conf.verbose)
		printf("step %s %llu %s\n", cgroup, (now_ns() - start) / MSEC, text);
}

static uint64_t number_of(const char *cgroup, const char *name)
{
	const char *text = read_file(cgroup, name);

	return text && strncmp(text, "max", 3) ? strtoull(text, NULL, 10) : NONE;
}

/* The value after a word, as in "some avg10=0.12 avg60=0.00 ... total=34" */
static double after(const char *text, const char *word)
{
	text = text ? strstr(text, word) : NULL;
	return text ? strtod(text + strlen(word), NULL) : 0;
}

static uint64_t stall_total(const char *cgroup)
{
	return after(read_file(cgroup, "memory.pressure"), "total=");
}

/* of 10 and 60 s */
static double worst_average(const char *cgroup, const char *file)
{
	const char *text = read_file(cgroup, file);
	double ten = after(text, "avg10="), sixty = after(text, "avg60=");

	return ten > sixty ? ten : sixty;
}

static double at_most(double value, double limit)
{
	return value < limit ? value : limit;
}

/* Somebody else has changed it, or nobody has set it: start from what is in use */
static void set_limit(struct container *c, double limit)
{
	if (number_of(c->name, "memory.high") != c->limit)
		limit = number_of(c->name, "memory.current");
	if (limit < conf.min_size)
		limit = conf.min_size;
	c->limit = (uint64_t)limit & ~(PAGE - 1);
	write_number(c->name, "memory.high", c->limit);
}

static void adjust(struct container *c, double factor)
{
	set_limit(c, c->limit + c->limit * factor);
	c->pressure = 0;
	c->grace = conf.interval - 1;
}

static void tick_high(struct container *c)
{
	uint64_t total = stall_total(c->name);
	double error;

	c->pressure += total - c->last_total;
	c->last_total = total;
	if (c->pressure > conf.pressure_us) {
		error = (double)c->pressure / conf.pressure_us / conf.coeff_backoff;
		adjust(c, at_most(error * error * conf.max_backoff, conf.max_backoff));
		backoffs++;
	} else if (c->grace) {
		c->grace--;
	} else {
		error = (double)conf.pressure_us / (c->pressure ? c->pressure : 1) / conf.coeff_probe;
		adjust(c, -at_most(error * error * conf.max_probe, conf.max_probe));
		probes++;
	}
}

static int have_swap(void)
{
	FILE *f = fopen("/proc/swaps", "r");
	int c, lines = 0;

	while (f && (c = getc(f)) != EOF)
		lines += c == '\n';
	if (f)
		fclose(f);
	return lines > 1;
}

/* Page cache, and anonymous memory if it can be swapped */
static double reclaimable(const char *cgroup)
{
	const char *stat = read_file(cgroup, "memory.stat");
	double bytes = after(stat, "\ninactive_file ") + after(stat, "\nactive_file ");

	return bytes + (have_swap() ? after(stat, "\ninactive_anon ") + after(stat, "\nactive_anon ") : 0);
}

static void tick_reclaim(struct container *c)
{
	double excess;

	if (c->grace) {
		c->grace--;
		return;
	}
	if (worst_average(c->name, "memory.pressure") >= conf.mem_pct ||
	    worst_average(c->name, "io.pressure") >= conf.io_pct) {
		backoffs++;
		return;
	}
	excess = reclaimable(c->name) - conf.min_size;
	if (excess <= 0)
		return;
	write_number(c->name, "memory.reclaim", excess * conf.max_probe);
	c->grace = conf.interval;
	probes++;
}

static void look_after(const char *cgroup)
{
	struct container *c = containers;

	while (c < containers + nr_containers && strcmp(c->name, cgroup))
		c++;
	if (c < containers + nr_containers) {
		if (conf.reclaim)
			tick_reclaim(c);
		else
			tick_high(c);
		return;
	}
	containers = realloc(containers, ++nr_containers * sizeof(*containers));
	if (!containers)
		die("realloc");
	c = containers + nr_containers - 1;
	*c = (struct container){ .name = strdup(cgroup), .grace = conf.interval };
	if (!conf.reclaim) {
		set_limit(c, 0);
		c->last_total = stall_total(cgroup);
	}
}

static int has_processes(const char *cgroup)
{
	const char *procs = read_file(cgroup, "cgroup.procs");

	return procs && *procs;
}

/* "" is the root, which has no limits */
static void look_for_containers(const char *parent)
{
	char path[512], name[512];
	struct dirent *entry;
	int children = 0;
	DIR *dir;

	snprintf(path, sizeof(path), CGROUP_ROOT "/%s", parent);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		children++;
		snprintf(name, sizeof(name), "%.200s%s%s", parent, *parent ? "/" : "", entry->d_name);
		look_for_containers(name);
	}
	closedir(dir);
	if (*parent && !children && has_processes(parent))
		look_after(parent);
}

static void usage(void)
{
	fprintf(stderr, "usage: senpai [-m high|reclaim] [-s MIN_SIZE] [-i INTERVAL] [-p PRESSURE_US]\n"
			"              [-x MAX_PROBE] [-b MAX_BACKOFF] [-X COEFF_PROBE] [-B COEFF_BACKOFF]\n"
			"              [-M MEM_PCT] [-I IO_PCT] [-v] [CGROUP...]\n");
	exit(1);
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "m:s:i:p:x:b:X:B:M:I:v")) != -1) {
		switch (opt) {
		case 'm': conf.reclaim = !strcmp(optarg, "reclaim"); break;
		case 's': conf.min_size = parse_size(optarg); break;
		case 'i': conf.interval = atoi(optarg); break;
		case 'p': conf.pressure_us = atoi(optarg); break;
		case 'x': conf.max_probe = atof(optarg); break;
		case 'b': conf.max_backoff = atof(optarg); break;
		case 'X': conf.coeff_probe = atof(optarg); break;
		case 'B': conf.coeff_backoff = atof(optarg); break;
		case 'M': conf.mem_pct = atof(optarg); break;
		case 'I': conf.io_pct = atof(optarg); break;
		case 'v': conf.verbose = 1; break;
		default: usage();
		}
	}
	if (access("/proc/pressure/memory", R_OK))
		die("/proc/pressure/memory");
	setlinebuf(stdout);
	signal(SIGTERM, on_term);

	start = now_ns();
	printf("ready\n");
	for (uint64_t next = start; !stop; sleep_until(next += SECOND)) {
		for (int i = optind; i < argc; i++)
			look_after(argv[i]);
		if (optind == argc)
			look_for_containers("");
	}
	printf("probes %lu\nbackoffs %lu\n", probes, backoffs);
	return 0;
}
