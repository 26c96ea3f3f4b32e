// SPDX-License-Identifier: GPL-2.0
/*
 * damos CGROUP - DAMON monitors the physical memory, and two schemes sort the LRU lists
 * by what it sees:  lru_prio for the regions in use, but only the pages of this cgroup,
 * and lru_deprio for the regions that are not in use, whoever they belong to.
 *
 * It writes to /sys/kernel/mm/damon/admin what Documentation/admin-guide/mm/damon/usage.rst
 * says, and stays there.  A filter names one cgroup: when another damos is there already,
 * monitoring starts again with a scheme for each of them.  Times are in ms:
 *
 *   -s -a -r -R  sample and aggregation interval, least and largest number of regions
 *   -n ACCESSES  in use: that many of the samples of an aggregation interval, or more
 *   -A INTERVAL  lru_prio is applied that often (0: every aggregation)
 *   -c AGE       not in use: no access for that long (0: no lru_deprio)
 *   -q MS        time for each scheme, in every second (0: no limit)
 *
 * On SIGTERM it prints what all schemes looked at and what they did, in bytes:
 *   prio_tried N, prio_applied N, deprio_tried N, deprio_applied N
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>
#include "common.h"

#define KDAMOND "/sys/kernel/mm/damon/admin/kdamonds/0"
#define CONTEXT KDAMOND "/contexts/0"
#define MAX_CGROUPS 1024

static unsigned long sample = 5, aggregation = 100, accesses = 10, apply, cold = 120000, quota = 10;
static unsigned long min_regions = 10, max_regions = 1000;

static void on_term(int sig)
{
	(void)sig;
}

static void put(const char *value, const char *format, ...)
{
	char path[256];
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die("%s: %s", path, value);
	close(fd);
}

#define put_number(value, ...) do {					\
	char text[32];							\
									\
	snprintf(text, sizeof(text), "%lu", (unsigned long)(value));	\
	put(text, __VA_ARGS__);						\
} while (0)

/* Returns 0 if there is no such file */
static int get(char *word, const char *format, ...)
{
	char path[256];
	va_list args;
	int found;
	FILE *f;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	f = fopen(path, "r");
	if (!f)
		return 0;
	found = fscanf(f, "%255s", word) == 1;
	fclose(f);
	return found;
}

static unsigned long stat_of(int scheme, const char *name)
{
	char word[256];

	if (!get(word, CONTEXT "/schemes/%d/stats/%s", scheme, name))
		die("scheme %d: %s", scheme, name);
	return strtoul(word, NULL, 10);
}

/* As DAMON_LRU_SORT does by default */
static void monitor_largest_ram(void)
{
	unsigned long start, end, best_start = 0, best_end = 0;
	FILE *f = fopen("/proc/iomem", "r");
	char line[256];

	if (!f)
		die("/proc/iomem");
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "System RAM") && sscanf(line, "%lx-%lx", &start, &end) == 2 &&
		    end - start > best_end - best_start)
			best_start = start, best_end = end + 1;
	fclose(f);
	put("1", CONTEXT "/targets/nr_targets");
	put("1", CONTEXT "/targets/0/regions/nr_regions");
	put_number(best_start, CONTEXT "/targets/0/regions/0/start");
	put_number(best_end, CONTEXT "/targets/0/regions/0/end");
}

static void add_scheme(int n, const char *action, unsigned long most_accesses)
{
	put(action, CONTEXT "/schemes/%d/action", n);
	put_number(~0ul, CONTEXT "/schemes/%d/access_pattern/sz/max", n);
	put_number(most_accesses, CONTEXT "/schemes/%d/access_pattern/nr_accesses/max", n);
	put_number(UINT32_MAX, CONTEXT "/schemes/%d/access_pattern/age/max", n);
	put_number(quota, CONTEXT "/schemes/%d/quotas/ms", n);
	put("1000", CONTEXT "/schemes/%d/quotas/reset_interval_ms", n);
	/* within the quota, as DAMON_LRU_SORT: by the frequency alone */
	put("1", CONTEXT "/schemes/%d/quotas/weights/nr_accesses_permil", n);
}

static void add_prio(int n, const char *cgroup)
{
	add_scheme(n, "lru_prio", UINT32_MAX);
	put_number(accesses, CONTEXT "/schemes/%d/access_pattern/nr_accesses/min", n);
	put_number(apply * 1000, CONTEXT "/schemes/%d/apply_interval_us", n);
	put("1", CONTEXT "/schemes/%d/filters/nr_filters", n);
	put("memcg", CONTEXT "/schemes/%d/filters/0/type", n);
	put(cgroup, CONTEXT "/schemes/%d/filters/0/memcg_path", n);
	put("N", CONTEXT "/schemes/%d/filters/0/matching", n);
}

/* Stops what runs, and returns whom it is for; writing nr_schemes forgets them */
static int stop_others(char cgroups[][256])
{
	char word[256];
	int n = 0;

	if (!get(word, KDAMOND "/state"))
		return 0;
	put("off", KDAMOND "/state");
	while (n < MAX_CGROUPS && get(cgroups[n], CONTEXT "/schemes/%d/filters/0/memcg_path", n))
		n++;
	return n;
}

static void usage(void)
{
	fprintf(stderr, "usage: damos [-s SAMPLE_MS] [-a AGGREGATION_MS] [-r MIN_REGIONS] [-R MAX_REGIONS]\n"
			"             [-n ACCESSES] [-A APPLY_MS] [-c COLD_MS] [-q QUOTA_MS] CGROUP\n");
	exit(1);
}

int main(int argc, char **argv)
{
	static char cgroups[MAX_CGROUPS + 1][256];
	unsigned long sums[4] = { 0 };
	char action[256];
	int opt, prios;

	while ((opt = getopt(argc, argv, "s:a:r:R:n:A:c:q:")) != -1) {
		switch (opt) {
		case 's': sample = atoi(optarg); break;
		case 'a': aggregation = atoi(optarg); break;
		case 'r': min_regions = atoi(optarg); break;
		case 'R': max_regions = atoi(optarg); break;
		case 'n': accesses = atoi(optarg); break;
		case 'A': apply = atoi(optarg); break;
		case 'c': cold = atoi(optarg); break;
		case 'q': quota = atoi(optarg); break;
		default: usage();
		}
	}
	if (optind + 1 != argc)
		usage();
	signal(SIGTERM, on_term);

	prios = stop_others(cgroups);
	snprintf(cgroups[prios++], sizeof(cgroups[0]), "/%s", argv[optind]);

	put("1", "/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds");
	put("1", KDAMOND "/contexts/nr_contexts");
	put("paddr", CONTEXT "/operations");
	put_number(sample * 1000, CONTEXT "/monitoring_attrs/intervals/sample_us");
	put_number(aggregation * 1000, CONTEXT "/monitoring_attrs/intervals/aggr_us");
	/* this order: the minimum must not be above the maximum */
	put_number(max_regions, CONTEXT "/monitoring_attrs/nr_regions/max");
	put_number(min_regions, CONTEXT "/monitoring_attrs/nr_regions/min");
	monitor_largest_ram();
	put_number(prios + !!cold, CONTEXT "/schemes/nr_schemes");
	for (int i = 0; i < prios; i++)
		add_prio(i, cgroups[i]);
	if (cold) {
		add_scheme(prios, "lru_deprio", 0);
		put_number(cold / aggregation, CONTEXT "/schemes/%d/access_pattern/age/min", prios);
	}
	put("on", KDAMOND "/state");
	printf("ready\n");
	fflush(stdout);
	pause();

	put("update_schemes_stats", KDAMOND "/state");
	for (int i = 0; get(action, CONTEXT "/schemes/%d/action", i); i++) {
		unsigned long *sum = strcmp(action, "lru_prio") ? sums + 2 : sums;

		sum[0] += stat_of(i, "sz_tried");
		sum[1] += stat_of(i, "sz_applied");
	}
	printf("prio_tried %lu\nprio_applied %lu\ndeprio_tried %lu\ndeprio_applied %lu\n",
	       sums[0], sums[1], sums[2], sums[3]);
	return 0;
}
