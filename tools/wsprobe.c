// SPDX-License-Identifier: GPL-2.0
/*
 * wsprobe - how a cgroup uses its memory over time, and which interval keeps it.
 *
 * memory.ws_access_ms says how often a working set is used.  This program finds out, on any
 * kernel: how much memory is used again within 1, 2, 5 s and so on, how much is used only
 * once, what happens to it today, and which interval keeps it.
 *
 * No single source in the kernel tells that everywhere.  There are two ways to look:
 *
 *   frames	Some page frames, chosen by a hash of their number so that each stands for as
 *		many others, are looked at once per tick: used since the last tick, or not.
 *		Who they belong to is in /proc/kpagecgroup, what they are in /proc/kpageflags.
 *		For each page, what counts is the longest time between two uses.  Sources:
 *		page_idle	/sys/kernel/mm/page_idle/bitmap
 *		damon		DAMON over physical memory.  Each frame is a region of its
 *				own, so that it samples time and not space; what it saw
 *				comes by its tracepoint.
 *   windows	The whole cgroup is looked at 1, 2, 5 s and so on after the last time: that is
 *		how much is used within such a time.  Sources:
 *		lru_gen		aging by MGLRU's debugfs file
 *		smaps		clear_refs and smaps of its processes
 *
 * A frame may get another page between two ticks.  Then page cache of a stream would look
 * as if it was used again each time.  So a BPF program marks the frames of what comes to
 * the page cache.  Another one marks those of what is read, as MGLRU keeps that from the
 * idle flag.
 */
#define _GNU_SOURCE		/* ppoll(), vasprintf() */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include "cgroup.h"

#define EXIT_KERNEL	3		/* the kernel does not have what is needed */

#define TICK		1000		/* ms between two looks at a frame */
#define RESCAN		5		/* ticks between two searches for new pages, at least */
#define ROW		3		/* windows of each length */
#define FEWEST		256		/* frames; less would say nothing */
#define SHORTEST	10000		/* ms to look, at least */
#define STREAMED	(16ul << 20)	/* bytes: a cgroup that gave less is no stream */
#define BAR		30		/* characters */
#define MIB		(1ul << 20)

/* of linux/kernel-page-flags.h */
#define KPF(bit)	(1ull << (bit))
#define KPF_LRU		KPF(5)
#define KPF_ANON	KPF(12)
#define KPF_SWAPBACKED	KPF(14)
#define KPF_HEAD	KPF(15)
#define KPF_TAIL	KPF(16)
#define KPF_HUGETLB	KPF(17)
#define KPF_UNEVICTABLE	KPF(18)
#define KPF_THP		KPF(22)

enum type { ANON, FILE_CACHE, SHMEM, NR_TYPES };
static const char *const type_name[] = { "anonymous", "page cache", "shared" };
static const char *const type_key[] = { "anon", "file", "shmem" };

/* ms: memory is used again within that */
static const uint32_t bucket[] = {
	1000, 2000, 5000, 10000, 30000, 60000, 120000, 300000, 600000, 1800000,
};
static const char *const bucket_name[] = {
	"1 s", "2 s", "5 s", "10 s", "30 s", "1 min", "2 min", "5 min", "10 min", "30 min", "longer",
};
#define NR_BUCKETS	(sizeof(bucket) / sizeof(*bucket) + 1)

struct counters {			/* of a cgroup, as since ever */
	uint64_t refault_file, refault_anon, major, stolen, stalled_us, current, swap;
};

/* What was found of one type of memory of one cgroup, in pages */
struct use {
	double again[NR_BUCKETS];	/* by the longest time between two uses */
	double once, never;		/* used once, not at all; and still there */
	double went;			/* used once at most, and gone */
	double huge;			/* of all those, in huge pages */
	double idle;			/* not used for longer than what is recommended */
	double least, within;		/* used in windows, of this length and at all */
};

struct gap {
	double ms, pages;
	bool there;			/* still, at the end */
};

struct report {
	struct report *next;
	char *path;			/* below the mount point, "." for the root */
	struct use use[NR_TYPES];
	struct counters first, last;
	uint64_t smallest, largest;	/* memory.current */
	struct gap *gaps;		/* of what was used again */
	size_t nr_gaps, max_gaps;
	size_t frames;			/* that were looked at */
	uint32_t window;		/* ms, the longest one */
	uint64_t recommended;		/* ms, 0: none */
	double protects;		/* pages */
	bool at_end;			/* the interval may be longer than what was seen */
};

struct group {				/* a memory cgroup */
	struct group *next;
	char *path;
	uint64_t ino;
	struct report *report;		/* that its memory counts for, or NULL */
	struct counters first, last;
	bool there;
};

/* A page frame that is looked at, and the page that it has */
struct frame {
	uint64_t pfn, head;		/* head: of the compound page */
	struct report *report;		/* NULL: none of ours, now */
	uint64_t came;			/* ms, of what was just traced */
	uint64_t born;			/* ms, 0: was there before */
	uint64_t first, last;		/* uses, ms; 0: none */
	uint32_t gap, uses;		/* longest time between two of them */
	uint8_t type;
	bool huge, off_lru;		/* off_lru: at the last tick */
};

struct source {
	const char *name, *unseen[NR_TYPES];
	const char *(*missing)(void);	/* what keeps it from working, or NULL */
	/* frames: */
	void (*open)(void);		/* before the first scan */
	void (*start)(void);
	void (*tick)(uint64_t now);
	void (*changed)(void);		/* there are other frames */
	/* windows: the first one begins; one ends, another begins, and what was used is added */
	void (*begin)(struct report *r);
	void (*end)(struct report *r, double *used);
	void (*stop)(void);
};

static struct {
	const char *root, *source;
	uint64_t time, sample;
	double budget;
	int all, json;
} opt = { .root = "", .time = 60000, .sample = 4096, .budget = 2 };

static const char cgroup_root[] = "/sys/fs/cgroup";
static struct report *reports, **reports_end = &reports;
static struct group *groups;
static struct frame *frames;
static size_t nr_frames, max_frames;
static unsigned int shift;		/* a frame of 2^shift is looked at */
static uint64_t frame_limit = UINT64_MAX;	/* none from here on */
static uint64_t page_size, started;
static const struct source *source;
static pid_t helper;			/* the thread of the kernel that works for us */
static bool working, lost;

static void usage(void)
{
	puts("usage: wsprobe [options] CGROUP|UNIT...\n"
	     "       wsprobe [options] --all\n"
	     "\n"
	     "Watches how each CGROUP uses its memory, and says which access interval,\n"
	     "memory.ws_access_ms, keeps what is used again.  CGROUP is a path, with or without\n"
	     "the mount point before it; UNIT is a unit of systemd, as nginx.service.\n"
	     "\n"
	     "  --all             all cgroups that have processes, each without those below\n"
	     "  --time TIME       how long to look (60s): at least twice the longest interval\n"
	     "  --budget PERCENT  how much of one CPU that may take (2)\n"
	     "  --sample PAGES    look at so many pages at most (4096)\n"
	     "  --source NAME     page_idle, damon, lru_gen or smaps; by default the first of\n"
	     "                    them that works\n"
	     "  --json            an object for each cgroup\n"
	     "  --help\n"
	     "\n"
	     "TIME has a unit: s, min or h.\n"
	     "Exit status: 0 done; 1 failed; 2 wrong usage; 3 the kernel does not have what is\n"
	     "needed.");
}

static void *bigger(void *array, size_t *max, size_t size)
{
	*max = *max ? *max * 2 : 1024;
	array = realloc(array, *max * size);
	if (!array)
		err(EXIT_FAILURE, NULL);
	return array;
}

/* ---- Files of the kernel ---- */

/* Good until the fourth call from now */
__attribute__((format(printf, 1, 2))) static const char *in(const char *form, ...)
{
	static char paths[4][PATH_MAX];
	static unsigned int turn;
	char *path = paths[turn++ % 4];
	int len = snprintf(path, PATH_MAX, "%s", opt.root);
	va_list args;

	va_start(args, form);
	vsnprintf(path + len, PATH_MAX - len, form, args);
	va_end(args);
	return path;
}

/* The whole of a file, or NULL.  Good until the next call. */
static char *read_file(const char *path)
{
	static char *buf;
	static size_t size;
	ssize_t n = 0;
	size_t len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	do {
		len += n;
		if (len + 1 >= size)
			buf = bigger(buf, &size, 1);
		n = read(fd, buf + len, size - 1 - len);
	} while (n > 0);
	close(fd);
	buf[len] = '\0';
	return n < 0 ? NULL : buf;
}

static uint64_t read_number(const char *path)
{
	char *text = read_file(path);

	return text ? strtoull(text, NULL, 10) : 0;
}

/* 0 or an errno */
static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static void must_write(const char *path, const char *text)
{
	errno = write_file(path, text);
	if (errno)
		err(EXIT_FAILURE, "%s: writing \"%s\"", path, text);
}

static void read_counters(const char *cgroup, struct counters *c)
{
	char *text = read_file(in("%s/%s/memory.stat", cgroup_root, cgroup));

	key_value(text, "workingset_refault_file", &c->refault_file);
	key_value(text, "workingset_refault_anon", &c->refault_anon);
	key_value(text, "pgmajfault", &c->major);
	key_value(text, "pgsteal", &c->stolen);
	c->current = read_number(in("%s/%s/memory.current", cgroup_root, cgroup));
	c->swap = read_number(in("%s/%s/memory.swap.current", cgroup_root, cgroup));
	text = read_file(in("%s/%s/memory.pressure", cgroup_root, cgroup));
	text = text ? strstr(text, "total=") : NULL;
	c->stalled_us = text ? strtoull(text + 6, NULL, 10) : 0;
}

/* 64 bits for each page frame; reads ahead, as neighbours are asked for next */
struct table {
	int fd;
	uint64_t start, words[64];
	int nr;
};

static struct table flags_table = { .fd = -1 }, cgroup_table = { .fd = -1 };

static bool look_up(struct table *t, uint64_t pfn, uint64_t *word)
{
	ssize_t n;

	if (pfn - t->start >= (uint64_t)t->nr) {
		t->start = pfn & ~63ull;
		n = pread(t->fd, t->words, sizeof(t->words), t->start * 8);
		t->nr = n > 0 ? n / 8 : 0;
	}
	*word = pfn - t->start < (uint64_t)t->nr ? t->words[pfn - t->start] : 0;
	return t->nr > 0;
}

/* How many words of 64 bits the file has */
static uint64_t count_words(int fd)
{
	uint64_t low = 0, high = 1ull << 40, middle, word;

	while (low < high) {
		middle = (low + high) / 2;
		if (pread(fd, &word, 8, middle * 8) == 8)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void forget(void)
{
	flags_table.nr = cgroup_table.nr = 0;
}

/* ---- Which cgroups ---- */

static struct report *get_report(const char *path)
{
	struct report *r;

	for (r = reports; r; r = r->next)
		if (!strcmp(r->path, path))
			return r;
	r = calloc(1, sizeof(*r));
	if (!r)
		err(EXIT_FAILURE, NULL);
	r->path = format("%s", path);
	read_counters(path, &r->first);
	r->smallest = r->largest = r->first.current;
	*reports_end = r;
	reports_end = &r->next;
	return r;
}

/* The memory of a cgroup counts for the named one that is nearest above it */
static struct report *report_of(const char *path)
{
	struct report *found = NULL;
	size_t len, most = 0;

	if (opt.all) {
		char *text = read_file(in("%s/%s/cgroup.procs", cgroup_root, path));

		return text && *text ? get_report(path) : NULL;
	}
	for (struct report *r = reports; r; r = r->next) {
		len = strcmp(r->path, ".") ? strlen(r->path) : 0;
		if (len && (strncmp(path, r->path, len) || (path[len] && path[len] != '/')))
			continue;
		if (!found || len > most) {
			found = r;
			most = len;
		}
	}
	return found;
}

static void add_group(const char *path, uint64_t ino)
{
	struct group *g;

	for (g = groups; g; g = g->next)
		if (g->ino == ino && !strcmp(g->path, path))
			break;
	if (!g) {
		g = calloc(1, sizeof(*g));
		if (!g)
			err(EXIT_FAILURE, NULL);
		g->path = format("%s", path);
		g->ino = ino;
		g->report = report_of(path);
		g->next = groups;
		groups = g;
		read_counters(path, &g->first);
	}
	g->there = true;
}

static void walk(const char *path)
{
	struct dirent *entry;
	struct stat st;
	char *sub;
	DIR *dir;

	if (stat(in("%s/%s", cgroup_root, path), &st))
		return;
	if (there(in("%s/%s/memory.stat", cgroup_root, path)))
		add_group(path, st.st_ino);
	dir = opendir(in("%s/%s", cgroup_root, path));
	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		sub = strcmp(path, ".") ? format("%s/%s", path, entry->d_name) :
					  format("%s", entry->d_name);
		walk(sub);
		free(sub);
	}
	if (dir)
		closedir(dir);
}

static void list_groups(void)
{
	for (struct group *g = groups; g; g = g->next)
		g->there = false;
	walk(".");
}

static struct report *report_by_ino(uint64_t ino)
{
	static struct group *last;

	if (last && last->ino == ino && last->there)
		return last->report;
	for (struct group *g = groups; g; g = g->next) {
		if (g->ino == ino && g->there) {
			last = g;
			return g->report;
		}
	}
	return NULL;
}

/* ---- What the page tables do not tell, by BPF ---- */

/*
 * Two bytes for each page frame, set by programs of ours in the kernel, cleared here:
 *   USED	folio_mark_accessed(), which is read() and write().  The idle flag has it as
 *		well, but not while MGLRU is on: that returns before the flag is looked at.
 *   CAME	mm_filemap_add_to_page_cache: the frame has another page.
 * They go when we go.
 */
enum { USED, CAME };

#define CHUNK	4096ull			/* frames of one element of the map */

static uint8_t *marks;			/* NULL: there are none */
static uint64_t nr_marks;		/* frames */
static bool reads_marked;

static uint8_t *mark_of(uint64_t pfn, int kind)
{
	return &marks[pfn / CHUNK * 2 * CHUNK + kind * CHUNK + pfn % CHUNK];
}

/* Was it set?  It is not, afterwards. */
static bool take_mark(uint64_t pfn, int kind)
{
	return marks && pfn < nr_marks && __atomic_exchange_n(mark_of(pfn, kind), 0, __ATOMIC_RELAXED);
}

#if defined(__x86_64__)
extern const char __executable_start;	/* by the linker: our first page */
static int map_fd = -1;

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(__NR_bpf, command, attr, sizeof(*attr));
}

#define INSN(c, d, s, o, i) { .code = c, .dst_reg = d, .src_reg = s, .off = o, .imm = i }
#define WIDE(d, s, v) INSN(BPF_LD | BPF_DW | BPF_IMM, d, s, 0, (uint32_t)(v)), \
		      INSN(0, 0, 0, 0, (uint64_t)(v) >> 32)

static int load(int type, const struct bpf_insn *code, size_t size)
{
	union bpf_attr attr = {
		.prog_type = type, .license = (uintptr_t)"GPL",
		.insns = (uintptr_t)code, .insn_cnt = size / sizeof(*code),
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

/* Sets a byte for the folio that is at that offset of the context */
static int load_marker(int type, int offset, uint64_t vmemmap, int kind)
{
	const struct bpf_insn code[] = {
		/* its number: r6 = (folio - vmemmap) / sizeof(struct page) */
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 6, 1, offset, 0),
		WIDE(2, 0, vmemmap),
		INSN(BPF_ALU64 | BPF_SUB | BPF_X, 6, 2, 0, 0),
		INSN(BPF_ALU64 | BPF_RSH | BPF_K, 6, 0, 0, 6),
		/* r7: within the element r6 of the map */
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 7, 6, 0, 0),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, 7, 0, 0, CHUNK - 1),
		INSN(BPF_ALU64 | BPF_RSH | BPF_K, 6, 0, 0, 12),
		INSN(BPF_STX | BPF_MEM | BPF_W, 10, 6, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		WIDE(1, BPF_PSEUDO_MAP_FD, map_fd),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_X, 0, 7, 0, 0),
		INSN(BPF_ST | BPF_MEM | BPF_B, 0, 0, kind * CHUNK, 1),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return load(type, code, sizeof(code));
}

/* ADDRESS KIND NAME, or 0 */
static uint64_t symbol(const char *name)
{
	char *text = read_file("/proc/kallsyms"), *line = format(" %s\n", name);
	char *found = text ? strstr(text, line) : NULL;

	free(line);
	while (found && found > text && found[-1] != '\n')
		found--;
	return found ? strtoull(found, NULL, 16) : 0;
}

/* Where the array of struct page begins: a constant, or a variable of the kernel */
static uint64_t read_vmemmap(void)
{
	uint64_t address = symbol("vmemmap_base"), value = 0;
	const struct bpf_insn code[] = {
		INSN(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
		WIDE(1, BPF_PSEUDO_MAP_FD, map_fd),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 1, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 8),
		WIDE(3, 0, address),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_probe_read_kernel),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	union bpf_attr attr = { 0 };
	int fd;

	if (!address)
		return 0xffffea0000000000;
	fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, code, sizeof(code));
	attr.test.prog_fd = fd;
	if (fd >= 0 && !bpf(BPF_PROG_TEST_RUN, &attr))
		memcpy(&value, marks, sizeof(value));
	memset(marks, 0, sizeof(value));
	if (fd >= 0)
		close(fd);
	return value;
}

static bool attach_kprobe(int program, const char *function)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr), .config1 = (uintptr_t)function,
		.type = read_number("/sys/bus/event_source/devices/kprobe/type"),
	};
	int fd = program >= 0 && attr.type ?
		 syscall(__NR_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC) : -1;

	return fd >= 0 && !ioctl(fd, PERF_EVENT_IOC_SET_BPF, program) &&
	       !ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
}

static bool attach_tracepoint(int program, const char *name)
{
	union bpf_attr attr = { 0 };

	attr.raw_tracepoint.name = (uintptr_t)name;
	attr.raw_tracepoint.prog_fd = program;
	return program >= 0 && bpf(BPF_RAW_TRACEPOINT_OPEN, &attr) >= 0;
}

/* Is the byte of a page set that we read?  Of our own program, as it has one for sure. */
static bool marks_work(void)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint64_t pfn = 0, flags = KPF_TAIL, base = (uintptr_t)&__executable_start;
	bool work = false;
	char byte;

	if (pread(self, &byte, 1, 0) == 1 && byte == *(volatile const char *)base &&
	    pread(pagemap, &pfn, 8, base / page_size * 8) == 8) {
		pfn &= (1ull << 55) - 1;
		for (; pfn && look_up(&flags_table, pfn, &flags) && flags & KPF_TAIL; pfn--)
			;
		work = take_mark(pfn, USED);
	}
	close(self);
	close(pagemap);
	return work;
}

static void start_marks(uint64_t frames_of_machine)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 2 * CHUNK,
		.max_entries = frames_of_machine / CHUNK + 1, .map_flags = BPF_F_MMAPABLE,
	};
	uint64_t vmemmap;

	map_fd = bpf(BPF_MAP_CREATE, &attr);
	if (map_fd < 0)
		return;
	marks = mmap(NULL, attr.max_entries * 2 * CHUNK, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (marks == MAP_FAILED)
		marks = NULL;
	vmemmap = marks ? read_vmemmap() : 0;
	if (!vmemmap || !attach_tracepoint(load_marker(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, vmemmap, CAME),
					   "mm_filemap_add_to_page_cache")) {
		marks = NULL;
		return;
	}
	nr_marks = attr.max_entries * CHUNK;
	reads_marked = attach_kprobe(load_marker(BPF_PROG_TYPE_KPROBE, offsetof(struct pt_regs, rdi),
						 vmemmap, USED), "folio_mark_accessed");
	if (reads_marked && !marks_work()) {
		reads_marked = false;
		marks = NULL;
	}
}
#else
static void start_marks(uint64_t frames_of_machine)
{
	(void)frames_of_machine;
}
#endif

/* A test makes them up */
static void make_up_marks(void)
{
	struct stat st;
	int fd = open(in("/marks"), O_RDWR | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		return;
	marks = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	nr_marks = st.st_size / 2;
	reads_marked = true;
	close(fd);
}

/* ---- Frames ---- */

static bool in_sample(uint64_t pfn)
{
	uint64_t hash = pfn + 0x9e3779b97f4a7c15;

	/* splitmix64 */
	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
	hash ^= hash >> 31;
	return pfn < frame_limit && !(hash & ((1ull << shift) - 1));
}

static int compare_frames(const void *a, const void *b)
{
	uint64_t one = ((const struct frame *)a)->pfn, other = ((const struct frame *)b)->pfn;

	return one < other ? -1 : one > other;
}

static struct frame *find_frame(uint64_t pfn, size_t nr)
{
	struct frame key = { .pfn = pfn };

	return nr ? bsearch(&key, frames, nr, sizeof(key), compare_frames) : NULL;
}

/* Whose the page in a frame is now, and what.  on_lru: it may be off for a moment. */
static struct report *owner(uint64_t pfn, uint8_t *type, bool *huge, bool *on_lru)
{
	uint64_t flags, ino;

	look_up(&flags_table, pfn, &flags);
	*on_lru = flags & KPF_LRU;
	if (flags & (KPF_UNEVICTABLE | KPF_HUGETLB))
		return NULL;
	*type = flags & KPF_ANON ? ANON : flags & KPF_SWAPBACKED ? SHMEM : FILE_CACHE;
	*huge = flags & KPF_THP;
	look_up(&cgroup_table, pfn, &ino);
	return ino ? report_by_ino(ino) : NULL;
}

static void add_gap(struct report *r, double ms, double pages)
{
	if (r->nr_gaps == r->max_gaps)
		r->gaps = bigger(r->gaps, &r->max_gaps, sizeof(*r->gaps));
	r->gaps[r->nr_gaps++] = (struct gap){ .ms = ms, .pages = pages };
}

/*
 * The time between two uses that matters is the longest one.  What was seen of it is up to
 * a tick too long or too short.  If all of them were alike but for that, their mean is
 * nearer the truth.
 */
static double gap_of(const struct frame *f)
{
	double mean = f->uses > 1 ? (double)(f->last - f->first) / (f->uses - 1) : 0;

	return f->gap - mean <= 1.1 * TICK ? mean : f->gap - TICK / 2;
}

static unsigned int bucket_of(double gap)
{
	unsigned int i;

	for (i = 0; i < NR_BUCKETS - 1; i++)
		if (gap <= bucket[i] * 1.05 + TICK / 4)
			break;
	return i;
}

/* The page of a frame is gone */
static void page_ends(struct frame *f)
{
	double weight = 1ull << shift;

	if (f->report && f->uses > 1)
		add_gap(f->report, gap_of(f), weight);
	else if (f->report)
		f->report->use[f->type].went += weight;
	f->report = NULL;
}

static void page_begins(struct frame *f, struct report *r, uint8_t type, bool huge, uint64_t born)
{
	f->report = r;
	f->type = type;
	f->huge = huge;
	f->born = f->first = f->last = born;
	f->uses = !!born;
	f->gap = 0;
}

/* A use between one tick and the next.  What brought the page may still be at it. */
static void page_used(struct frame *f, uint64_t now)
{
	if (!f->report || now <= f->last)
		return;
	if (f->uses == 1 && f->born && now - f->born <= TICK + TICK / 4) {
		f->first = f->last = now;
		return;
	}
	if (f->uses && now - f->last > f->gap)
		f->gap = now - f->last;
	f->uses++;
	f->last = now;
	if (!f->first)
		f->first = now;
}

/* Fewer frames, each for twice as many.  known: how many of them are sorted. */
static size_t shrink_sample(size_t known)
{
	size_t kept = 0, still_known = 0;

	shift++;
	for (size_t i = 0; i < nr_frames; i++) {
		if (!in_sample(frames[i].pfn))
			continue;
		still_known += i < known;
		frames[kept++] = frames[i];
	}
	nr_frames = kept;
	return still_known;
}

/* Pages that are not followed yet.  born: 0 at the start. */
static void scan(uint64_t born)
{
	uint64_t pfn, head = 0, flags;
	size_t known = nr_frames;
	bool huge, on_lru;
	struct report *r;
	uint8_t type;

	list_groups();
	forget();
	for (pfn = 0; look_up(&flags_table, pfn, &flags); pfn++) {
		head = flags & KPF_TAIL ? head : pfn;
		if (!in_sample(pfn))
			continue;
		r = owner(pfn, &type, &huge, &on_lru);
		if (!r || !on_lru || find_frame(pfn, known))
			continue;
		if (nr_frames == max_frames)
			frames = bigger(frames, &max_frames, sizeof(*frames));
		frames[nr_frames] = (struct frame){ .pfn = pfn, .head = head };
		page_begins(&frames[nr_frames++], r, type, huge, born);
		take_mark(head, USED);
		take_mark(head, CAME);
		while (nr_frames > opt.sample)
			known = shrink_sample(known);
	}
	qsort(frames, nr_frames, sizeof(*frames), compare_frames);
}

/* Frames have other owners, or none, or what they had is another type */
static void look_at_owners(uint64_t now)
{
	bool huge = false, on_lru;
	struct report *r;
	uint64_t flags;
	uint8_t type = 0;

	forget();
	for (struct frame *f = frames; f < frames + nr_frames; f++) {
		r = owner(f->pfn, &type, &huge, &on_lru);
		/* Reclaim may be looking at it now, but not all the time */
		if (!on_lru && (f->off_lru || !f->report))
			r = NULL;
		f->off_lru = !on_lru;
		if (r != f->report || (r && type != f->type)) {
			page_ends(f);
			page_begins(f, r, type, huge, f->came ? f->came : now);
			look_up(&flags_table, f->pfn, &flags);
			for (f->head = f->pfn; flags & KPF_TAIL && f->head; )
				look_up(&flags_table, --f->head, &flags);
		}
		f->came = 0;
		f->huge = huge;
	}
}

/* A page has one mark, and may have many frames, one after the other */
static bool page_marked(const struct frame *f, int kind)
{
	static bool marked;

	if (f == frames || f->head != f[-1].head)
		marked = take_mark(f->head, kind);
	return marked;
}

/* New pages, then what was read.  The page of a frame ends when another one comes. */
static void look_at_new(uint64_t now)
{
	for (struct frame *f = frames; f < frames + nr_frames; f++) {
		if (!page_marked(f, CAME))
			continue;
		page_ends(f);
		f->came = now;
	}
}

static void look_at_reads(uint64_t now)
{
	for (struct frame *f = frames; f < frames + nr_frames; f++)
		if (page_marked(f, USED))
			page_used(f, now);
}

/* ---- What DAMON says, by its tracepoint ---- */

static const char trace[] = "/sys/kernel/tracing/instances/wsprobe";
static int trace_fd = -1;

static bool tracepoint(const char *event)
{
	return there(in("/sys/kernel/tracing/events/%s", event));
}

static void trace_stop(void)
{
	if (trace_fd < 0)
		return;
	close(trace_fd);
	trace_fd = -1;
	write_file(in("%s/events/enable", trace), "0");
	if (rmdir(in("%s", trace)))
		warn("%s", trace);
}

static void trace_start(void)
{
	char kib[32];

	rmdir(in("%s", trace));		/* of one that was killed */
	if (mkdir(in("%s", trace), 0700))
		err(EXIT_FAILURE, "%s (another wsprobe?)", trace);
	trace_fd = open(in("%s/trace_pipe", trace), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace_fd < 0)
		err(EXIT_FAILURE, "%s/trace_pipe", trace);
	snprintf(kib, sizeof(kib), "%ld", 1024 + 16384 / sysconf(_SC_NPROCESSORS_ONLN));
	must_write(in("%s/buffer_size_kb", trace), kib);
	must_write(in("%s/trace_clock", trace), "mono");
	/* What was not used says nothing */
	must_write(in("%s/events/damon/damon_aggregated/filter", trace), "nr_accesses > 0");
	must_write(in("%s/events/damon/damon_aggregated/enable", trace), "1");
}

/* NAME-PID [CPU] FLAGS SECONDS: damon_aggregated: target_id=0 nr_regions=3 START-END: USED AGE */
static void trace_line(char *line)
{
	char *event = strstr(line, ": damon_aggregated: "), *time, *start;
	struct frame *f;
	uint64_t ms;

	start = event ? strstr(event, "nr_regions=") : NULL;
	start = start ? strchr(start, ' ') : NULL;
	if (!start) {
		lost |= !!strstr(line, "LOST");
		return;
	}
	for (time = event; time > line && time[-1] != ' '; )
		time--;
	ms = strtod(time, NULL) * 1000;
	f = find_frame(strtoull(start, NULL, 10) / page_size, nr_frames);
	if (f && ms > f->came)
		page_used(f, ms);
}

static void trace_read(void)
{
	static char buf[64 << 10];
	static size_t len;
	char *line, *end;
	ssize_t n;

	while (trace_fd >= 0 && (n = read(trace_fd, buf + len, sizeof(buf) - 1 - len)) > 0) {
		len += n;
		buf[len] = '\0';
		for (line = buf; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			trace_line(line);
		}
		len -= line - buf;
		if (len == sizeof(buf) - 1)
			len = 0;
		memmove(buf, line, len);
	}
}

/* ---- Source: page_idle ---- */

static const char bitmap[] = "/sys/kernel/mm/page_idle/bitmap";
static int bitmap_fd = -1;

static const char *tables_missing(void)
{
	if (!there(in("/proc/kpageflags")))
		return "no /proc/kpageflags: CONFIG_PROC_PAGE_MONITOR";
	if (!there(in("/proc/kpagecgroup")))
		return "no /proc/kpagecgroup: CONFIG_PROC_PAGE_MONITOR and CONFIG_MEMCG";
	return NULL;
}

static const char *idle_missing(void)
{
	if (!there(in("%s", bitmap)))
		return "no /sys/kernel/mm/page_idle: CONFIG_IDLE_PAGE_TRACKING";
	return tables_missing();
}

static void idle_mark(void)
{
	uint64_t word, at;

	for (size_t i = 0; i < nr_frames; ) {
		at = frames[i].head / 64;
		for (word = 0; i < nr_frames && frames[i].head / 64 == at; i++)
			if (frames[i].report)
				word |= 1ull << (frames[i].head % 64);
		if (word && pwrite(bitmap_fd, &word, 8, at * 8) != 8)
			err(EXIT_FAILURE, "%s", bitmap);
	}
}

static void idle_open(void)
{
	bitmap_fd = open(in("%s", bitmap), O_RDWR | O_CLOEXEC);
	if (bitmap_fd < 0)
		err(EXIT_FAILURE, "%s", bitmap);
	/* The last ones are not there, unless there are 64 */
	frame_limit = count_words(bitmap_fd) * 64;
}

static void idle_tick(uint64_t now)
{
	uint64_t word = 0, at = UINT64_MAX;

	for (struct frame *f = frames; f < frames + nr_frames; f++) {
		if (!f->report)
			continue;
		if (f->head / 64 != at) {
			at = f->head / 64;
			if (pread(bitmap_fd, &word, 8, at * 8) != 8)
				err(EXIT_FAILURE, "%s", bitmap);
		}
		if (!(word >> (f->head % 64) & 1))
			page_used(f, now);
	}
	idle_mark();
}

/* ---- Source: damon ---- */

static const char kdamonds[] = "/sys/kernel/mm/damon/admin/kdamonds";
static bool damon_on;

static const char *damon_missing(void)
{
	char *stat;

	if (!there(in("%s/nr_kdamonds", kdamonds)))
		return "no /sys/kernel/mm/damon/admin: CONFIG_DAMON_PADDR and CONFIG_DAMON_SYSFS";
	/* Left by one that was killed?  If it runs, it has its trace open. */
	if (!rmdir(in("%s", trace))) {
		write_file(in("%s/0/state", kdamonds), "off");
		write_file(in("%s/nr_kdamonds", kdamonds), "0");
	}
	if (read_number(in("%s/nr_kdamonds", kdamonds)))
		return "somebody uses DAMON: /sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds is not 0";
	stat = read_file(in("/sys/module/damon_stat/parameters/enabled"));
	if (stat && *stat == 'Y')
		return "damon_stat uses DAMON: echo N > /sys/module/damon_stat/parameters/enabled while you look";
	if (!tracepoint("damon/damon_aggregated"))
		return "no tracepoint damon:damon_aggregated: CONFIG_TRACING, and tracefs mounted";
	return tables_missing();
}

static void damon_stop(void)
{
	write_file(in("%s/0/state", kdamonds), "off");
	write_file(in("%s/nr_kdamonds", kdamonds), "0");
	trace_stop();
}

/* One region for each frame; the kernel is told at once, or when a tick ends */
static void damon_changed(void)
{
	char number[32];

	if (!nr_frames)
		return;
	snprintf(number, sizeof(number), "%zu", nr_frames);
	must_write(in("%s/0/contexts/0/targets/0/regions/nr_regions", kdamonds), number);
	for (size_t i = 0; i < nr_frames; i++) {
		snprintf(number, sizeof(number), "%" PRIu64, frames[i].pfn * page_size);
		must_write(in("%s/0/contexts/0/targets/0/regions/%zu/start", kdamonds, i), number);
		snprintf(number, sizeof(number), "%" PRIu64, (frames[i].pfn + 1) * page_size);
		must_write(in("%s/0/contexts/0/targets/0/regions/%zu/end", kdamonds, i), number);
	}
	must_write(in("%s/0/state", kdamonds), damon_on ? "commit" : "on");
	damon_on = true;
	helper = read_number(in("%s/0/pid", kdamonds));
}

static void damon_start(void)
{
	static const struct { const char *file, *text; } setting[] = {
		{ "contexts/nr_contexts", "1" },
		{ "contexts/0/operations", "paddr" },
		{ "contexts/0/monitoring_attrs/intervals/sample_us", "1000000" },
		{ "contexts/0/monitoring_attrs/intervals/aggr_us", "1000000" },
		{ "contexts/0/monitoring_attrs/intervals/update_us", "1000000000" },
		/* So many that a region is never merged with its neighbour */
		{ "contexts/0/monitoring_attrs/nr_regions/max", "4194304" },
		{ "contexts/0/monitoring_attrs/nr_regions/min", "4194304" },
		{ "contexts/0/targets/nr_targets", "1" },
	};

	trace_start();
	must_write(in("%s/nr_kdamonds", kdamonds), "1");
	for (size_t i = 0; i < sizeof(setting) / sizeof(*setting); i++)
		must_write(in("%s/0/%s", kdamonds, setting[i].file), setting[i].text);
	damon_changed();
}

static const char *which_lru(void)
{
	char *text = read_file(in("/sys/kernel/mm/lru_gen/enabled"));

	if (!text)
		return "classic";
	return strtoull(text, NULL, 16) & 1 ? "mglru" : "off";
}

/* ---- Source: lru_gen ---- */

static const char lru_gen[] = "/sys/kernel/debug/lru_gen";

static const char *lru_gen_missing(void)
{
	if (!there(in("%s", lru_gen)))
		return "no /sys/kernel/debug/lru_gen: CONFIG_LRU_GEN, and debugfs mounted";
	if (strcmp(which_lru(), "mglru"))
		return "MGLRU is off: /sys/kernel/mm/lru_gen/enabled";
	return NULL;
}

/*
 * The lists of the cgroups of a report, from
 *	memcg ID PATH
 *	 node N
 *	 GENERATION AGE ANON FILE, the oldest first
 * With used, what is in the last but one generation of each is added there.  Without,
 * each is aged: what was used since the last aging goes to the generation that is the
 * last one now, and then there is another.
 */
static void lru_gen_lists(struct report *r, double *used)
{
	char *text = read_file(in("%s", lru_gen)), *line, *next, path[PATH_MAX], command[96];
	unsigned long long gen = 0, anon[2] = { 0 }, file[2] = { 0 };
	unsigned int id = 0, node = 0;
	bool ours = false;

	text = text ? strdup(text) : NULL;
	for (line = text; line && *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		if (*line == 'm') {
			path[0] = '\0';
			sscanf(line, "memcg %u %4095[^\n]", &id, path);
			ours = report_of(path[0] == '/' && path[1] ? path + 1 : ".") == r;
			continue;
		}
		if (!ours || sscanf(line, " node %u", &node) == 1)
			continue;
		anon[0] = anon[1];
		file[0] = file[1];
		if (sscanf(line, "%llu %*u %llu%*c %llu", &gen, &anon[1], &file[1]) != 3 ||
		    (*next && *next != 'm' && !strchr("n", next[strspn(next, " ")])))
			continue;
		/* That was the last one of this list */
		if (used) {
			used[ANON] += anon[0];
			used[FILE_CACHE] += file[0];
			continue;
		}
		snprintf(command, sizeof(command), "+ %u %u %llu 1 1\n", id, node, gen);
		errno = write_file(in("%s", lru_gen), command);
		/* EINVAL: somebody else was faster, or it is gone */
		if (errno && errno != EINVAL)
			err(EXIT_FAILURE, "%s", lru_gen);
	}
	free(text);
}

static void lru_gen_begin(struct report *r)
{
	lru_gen_lists(r, NULL);
}

static void lru_gen_end(struct report *r, double *used)
{
	lru_gen_lists(r, NULL);
	lru_gen_lists(r, used);
}

/* ---- Source: smaps ---- */

static const char *smaps_missing(void)
{
	return there(in("/proc/self/clear_refs")) ? NULL :
	       "no /proc/PID/clear_refs: CONFIG_PROC_PAGE_MONITOR";
}

/* What of a mapping was used, as it is shared with others, in KiB: anonymous, and the rest */
static void smaps_used(const char *pid, double *used)
{
	char *text = read_file(in("/proc/%s/smaps", pid)), *save = NULL;
	uint64_t rss = 0, pss = 0, referenced = 0, anon;
	enum type type = FILE_CACHE;
	double pages;

	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (islower((unsigned char)*line) || isdigit((unsigned char)*line))
			type = strstr(line, "/dev/shm/") || strstr(line, "/SYSV") ||
			       strstr(line, "/memfd:") || strstr(line, "/dev/zero") ?
			       SHMEM : FILE_CACHE;
		sscanf(line, "Rss: %" SCNu64, &rss);
		sscanf(line, "Pss: %" SCNu64, &pss);
		sscanf(line, "Referenced: %" SCNu64, &referenced);
		/* The last of the four */
		if (sscanf(line, "Anonymous: %" SCNu64, &anon) != 1 || !rss)
			continue;
		pages = referenced * 1024.0 / page_size * pss / rss;
		used[ANON] += pages * anon / rss;
		used[type] += pages - pages * anon / rss;
	}
}

/* Without used, it begins */
static void smaps_all(struct report *r, double *used)
{
	char *pids, *pid, *save;

	for (struct group *g = groups; g; g = g->next) {
		if (g->report != r || !g->there)
			continue;
		pids = read_file(in("%s/%s/cgroup.procs", cgroup_root, g->path));
		pids = pids ? strdup(pids) : NULL;
		for (pid = pids ? strtok_r(pids, "\n", &save) : NULL; pid;
		     pid = strtok_r(NULL, "\n", &save)) {
			if (used)
				smaps_used(pid, used);
			else
				write_file(in("/proc/%s/clear_refs", pid), "1");
		}
		free(pids);
	}
}

static void smaps_begin(struct report *r)
{
	smaps_all(r, NULL);
}

static void smaps_end(struct report *r, double *used)
{
	smaps_all(r, used);
	smaps_all(r, NULL);
}

/* ---- All sources, the best one first ---- */

#define HUGE_NOTE	"a huge page counts as used if a part of it is"
#define MAPPED_NOTE	"read() and write() are not seen, only what is mapped"
#define BLIND_NOTE	"BPF does not work here, so what is new in a page frame looks used again"
#define ONCE_NOTE	"what is used once only is not told from the rest"

static const struct source sources[] = {
	{
		.name = "page_idle",
		.unseen = { HUGE_NOTE, "what comes back after it was reclaimed counts as new",
			    HUGE_NOTE },
		.missing = idle_missing, .open = idle_open, .start = idle_mark, .tick = idle_tick,
	}, {
		.name = "damon",
		.unseen = { HUGE_NOTE, "what comes back after it was reclaimed counts as new",
			    HUGE_NOTE },
		.missing = damon_missing, .start = damon_start,
		.changed = damon_changed, .stop = damon_stop,
	}, {
		.name = "lru_gen",
		.unseen = { "with shared memory; " ONCE_NOTE, MAPPED_NOTE "; " ONCE_NOTE,
			    "counted as anonymous" },
		.missing = lru_gen_missing, .begin = lru_gen_begin, .end = lru_gen_end,
	}, {
		.name = "smaps",
		.unseen = { ONCE_NOTE, MAPPED_NOTE "; " ONCE_NOTE, ONCE_NOTE },
		.missing = smaps_missing, .begin = smaps_begin, .end = smaps_end,
	}, { 0 },
};

/* What could not be seen of a type of memory */
static const char *unseen(int type)
{
	if (type != FILE_CACHE || source->begin)
		return source->unseen[type];
	if (!marks)
		return strcmp(which_lru(), "mglru") ? BLIND_NOTE : BLIND_NOTE "; " MAPPED_NOTE;
	if (!reads_marked && !strcmp(which_lru(), "mglru"))
		return MAPPED_NOTE;
	return source->unseen[type];
}

static void choose_source(void)
{
	const char *reason;

	for (source = sources; source->name; source++) {
		if (opt.source && strcmp(source->name, opt.source))
			continue;
		reason = source->missing();
		if (!reason)
			return;
		if (opt.source)
			errx(EXIT_KERNEL, "%s: %s", source->name, reason);
	}
	if (opt.source)
		errx(EXIT_USAGE, "--source: there is no %s, but page_idle, damon, lru_gen, smaps",
		     opt.source);
	warnx("there is nothing to look with:");
	for (source = sources; source->name; source++)
		warnx("  %s: %s", source->name, source->missing());
	exit(EXIT_KERNEL);
}

/* ---- To look ---- */

/* Of ours, and of the thread of the kernel that works for us */
static uint64_t cpu_ns(void)
{
	struct timespec ours = { 0 }, its = { 0 };
	clockid_t clock;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ours);
	if (helper && !clock_getcpuclockid(helper, &clock))
		clock_gettime(clock, &its);
	return (ours.tv_sec + its.tv_sec) * UINT64_C(1000000000) + ours.tv_nsec + its.tv_nsec;
}

static void progress(uint64_t now)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (now)
		fprintf(stderr, "\r%s: %" PRIu64 " of %" PRIu64 " s ", source->name,
			(now - started) / 1000, opt.time / 1000);
	else
		fprintf(stderr, "\r\033[K");
}

/* A signal ends it */
static void sleep_until(uint64_t ms)
{
	uint64_t now = clock_ms(CLOCK_MONOTONIC);
	struct timespec ts;
	sigset_t none;

	if (stop)
		return;
	/* Even if there is no time left: signals arrive here only */
	ms = ms > now ? ms - now : 0;
	ts = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
	sigemptyset(&none);
	ppoll(NULL, 0, &ts, &none);
}

static void note_sizes(void)
{
	uint64_t size;

	for (struct report *r = reports; r; r = r->next) {
		size = read_number(in("%s/%s/memory.current", cgroup_root, r->path));
		if (size && size < r->smallest)
			r->smallest = size;
		if (size > r->largest)
			r->largest = size;
	}
}

static void tick(uint64_t now)
{
	look_at_new(now);
	trace_read();
	look_at_owners(now);
	look_at_reads(now);
	if (source->tick)
		source->tick(now);
	note_sizes();
	progress(now);
}

/*
 * Half of the budget at most is for scans.  Ticks have to go on to the end with what is
 * left; otherwise they look at less.
 */
static void look_at_frames(void)
{
	uint64_t now, begun = cpu_ns(), last, before, spent, next_scan = RESCAN, ticks = 0;
	double budget = opt.budget / 100 * 1e6 * opt.time;	/* ns */
	bool scanned;
	size_t was;

	if (*opt.root)
		make_up_marks();
	else
		start_marks(count_words(flags_table.fd));
	if (source->open)
		source->open();
	scan(0);
	working = true;
	source->start();
	started = now = clock_ms(CLOCK_MONOTONIC);
	last = cpu_ns();
	while (!stop && now < started + opt.time) {
		sleep_until(started + ++ticks * TICK);
		now = clock_ms(CLOCK_MONOTONIC);
		ticks = (now - started) / TICK;		/* it may be late */
		tick(now);
		was = nr_frames;
		before = cpu_ns();
		/* The first ones are not like the others */
		if (ticks > 2 && nr_frames > 2 * FEWEST && now < started + opt.time &&
		    before - begun + (before - last) * (opt.time / TICK - ticks) > budget)
			shrink_sample(0);
		scanned = ticks >= next_scan && now + 2 * TICK < started + opt.time;
		if (scanned)
			scan(now);
		if (source->changed && nr_frames != was)
			source->changed();
		last = cpu_ns();
		spent = last - before;
		if (scanned)
			next_scan = ticks + RESCAN + spent / (opt.budget / 200 * 1e6 * TICK);
	}
}

static void window_ends(struct report *r, unsigned int i, int turn)
{
	double used[NR_TYPES] = { 0 }, more;

	source->end(r, used);
	for (int t = 0; t < NR_TYPES; t++) {
		struct use *u = &r->use[t];

		u->least = turn && u->least < used[t] ? u->least : used[t];
		more = u->least - u->within;
		if (turn < ROW - 1 || more <= 0)
			continue;
		u->again[i] = more;
		u->within = u->least;
		add_gap(r, bucket[i], more);
	}
	if (turn == ROW - 1)
		r->window = bucket[i];
}

/*
 * How much is used within a window, at least: what is used in bursts may be in one by
 * luck, but not in all of three in a row, unless they are two thirds of its interval or
 * more.  What is in longer ones only is used less often.
 */
static void look_at_windows(void)
{
	uint64_t now, end;

	list_groups();
	for (struct report *r = reports; r; r = r->next)
		source->begin(r);
	started = now = clock_ms(CLOCK_MONOTONIC);
	for (unsigned int i = 0; i < NR_BUCKETS - 1 && !stop; i++) {
		if (now + ROW * bucket[i] > started + opt.time + TICK)
			break;
		for (int turn = 0; turn < ROW && !stop; turn++) {
			end = now + bucket[i];
			while (!stop && (now = clock_ms(CLOCK_MONOTONIC)) < end) {
				note_sizes();
				progress(now);
				sleep_until(now + TICK < end ? now + TICK : end);
			}
			for (struct report *r = reports; r && !stop; r = r->next)
				window_ends(r, i, turn);
		}
	}
	for (struct report *r = reports; r; r = r->next) {
		char *text = read_file(in("%s/%s/memory.stat", cgroup_root, r->path));
		uint64_t anon, file, shmem;
		double size[NR_TYPES];

		key_value(text, "anon", &anon);
		key_value(text, "file", &file);
		key_value(text, "shmem", &shmem);
		size[ANON] = anon;
		size[FILE_CACHE] = (double)file - shmem;
		size[SHMEM] = shmem;
		if (source->begin == lru_gen_begin) {
			size[ANON] += size[SHMEM];
			size[SHMEM] = 0;
		}
		for (int t = 0; t < NR_TYPES; t++) {
			size[t] = size[t] / page_size - r->use[t].within;
			r->use[t].never = size[t] > 0 ? size[t] : 0;
		}
	}
}

/* ---- What comes of it ---- */

static int compare_gaps(const void *a, const void *b)
{
	double one = ((const struct gap *)a)->ms, other = ((const struct gap *)b)->ms;

	return one < other ? -1 : one > other;
}

static double sum_again(const struct report *r)
{
	double sum = 0;

	for (int t = 0; t < NR_TYPES; t++)
		for (unsigned int i = 0; i < NR_BUCKETS; i++)
			sum += r->use[t].again[i];
	return sum;
}

static double sum_once(const struct report *r)
{
	double sum = 0;

	for (int t = 0; t < NR_TYPES; t++)
		sum += r->use[t].once + r->use[t].went;
	return sum;
}

/* Pages that came back.  From zram, some are major faults and nothing else. */
static uint64_t refaults(const struct counters *first, const struct counters *last)
{
	uint64_t file = last->refault_file - first->refault_file;
	uint64_t anon = last->refault_anon - first->refault_anon;
	uint64_t major = last->major - first->major;

	major = major > file && (first->swap || last->swap) ? major - file : 0;
	return file + (anon > major ? anon : major);
}

/* What is used again may be gone by then: it comes back, and looks as if it was new */
static bool comes_back(const struct report *r)
{
	uint64_t back = refaults(&r->first, &r->last);

	return back >= MIB / page_size && back >= 0.1 * sum_once(r);
}

/* What keeps 99 per cent of what is used again */
static void recommend(struct report *r)
{
	double weight = 0, sum = 0, longest = 0;

	for (size_t i = 0; i < r->nr_gaps; i++)
		weight += r->gaps[i].pages;
	/* So little is no working set, but chance or the program itself */
	if (weight < MIB / page_size || weight < 0.02 * (weight + sum_once(r)))
		return;
	qsort(r->gaps, r->nr_gaps, sizeof(*r->gaps), compare_gaps);
	for (size_t i = 0; i < r->nr_gaps && sum < 0.99 * weight; i++) {
		sum += r->gaps[i].pages;
		longest = r->gaps[i].ms;
	}
	/* Longer ones would not have been seen twice, or are in the last window */
	r->at_end = r->window ? longest >= r->window : 2 * longest > opt.time;
	/* What was not seen, and an eighth, as what is to come may be later */
	longest = (r->window ? longest * ROW / (ROW - 1) : longest + TICK) * 9 / 8;
	r->recommended = (uint64_t)((longest + 999) / 1000) * 1000;
	for (size_t i = 0; i < r->nr_gaps; i++)
		if (r->gaps[i].there && r->gaps[i].ms <= r->recommended)
			r->protects += r->gaps[i].pages;
}

static void finish_frames(uint64_t now)
{
	double weight = 1ull << shift;

	for (struct frame *f = frames; f < frames + nr_frames; f++) {
		struct use *u = f->report ? &f->report->use[f->type] : NULL;

		if (!u)
			continue;
		f->report->frames++;
		u->huge += f->huge ? weight : 0;
		if (f->uses > 1) {
			u->again[bucket_of(gap_of(f))] += weight;
			add_gap(f->report, gap_of(f), weight);
			f->report->gaps[f->report->nr_gaps - 1].there = true;
		} else if (f->uses) {
			u->once += weight;
		} else {
			u->never += weight;
		}
	}
	for (struct report *r = reports; r; r = r->next)
		recommend(r);
	for (struct frame *f = frames; f < frames + nr_frames; f++)
		if (f->report && f->report->recommended &&
		    now - (f->last ? f->last : started) > f->report->recommended)
			f->report->use[f->type].idle += weight;
}

static void finish_windows(void)
{
	for (struct report *r = reports; r; r = r->next) {
		for (size_t i = 0; i < r->nr_gaps; i++)
			r->gaps[i].there = true;
		recommend(r);
		for (int t = 0; t < NR_TYPES; t++)
			r->use[t].idle = r->use[t].never;
	}
}

/* ---- Advice ---- */

static bool below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return !strcmp(top, ".") ||
	       (!strncmp(path, top, len) && (!path[len] || path[len] == '/'));
}

static bool has_children(const struct group *parent)
{
	for (struct group *g = groups; g; g = g->next)
		if (g != parent && g->there && below(g->path, parent->path))
			return true;
	return false;
}

/*
 * Another cgroup that went through the most page cache, and did not want it back: a stream.
 * What was reclaimed from it says how much.
 */
static struct group *find_stream(const struct report *r)
{
	struct group *found = NULL;
	uint64_t stolen, most = STREAMED / page_size;

	for (struct group *g = groups; g; g = g->next) {
		if (!g->there || below(g->path, r->path) || has_children(g))
			continue;
		stolen = g->last.stolen - g->first.stolen;
		if (stolen < most || refaults(&g->first, &g->last) > stolen / 10)
			continue;
		most = stolen;
		found = g;
	}
	return found;
}

/* How what runs there is told to leave the page cache alone, or NULL */
static const char *bypass(const struct group *g)
{
	static const struct { const char *comm, *how; } known[] = {
		{ "dd", "dd iflag=nocache" },
		{ "rsync", "nocache rsync (package nocache)" },
		{ "tar", "nocache tar (package nocache)" },
		{ "cp", "nocache cp (package nocache)" },
		{ "cat", "nocache cat (package nocache)" },
		{ "restic", "nocache restic (package nocache)" },
		{ "qemu-img", "qemu-img convert -t none -T none" },
		{ "fio", "fio --direct=1" },
	};
	char *pids = read_file(in("%s/%s/cgroup.procs", cgroup_root, g->path)), *save, *comm;
	const char *how = NULL;

	pids = pids ? strdup(pids) : NULL;
	for (char *pid = pids ? strtok_r(pids, "\n", &save) : NULL; pid && !how;
	     pid = strtok_r(NULL, "\n", &save)) {
		comm = read_file(in("/proc/%s/comm", pid));
		if (!comm)
			continue;
		comm[strcspn(comm, "\n")] = '\0';
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (!strcmp(comm, known[i].comm))
				how = known[i].how;
	}
	free(pids);
	return how;
}

static bool has_swap(void)
{
	char *text = read_file(in("/proc/swaps"));

	text = text ? strchr(text, '\n') : NULL;
	return text && text[1];
}

/* A line for the shell */
static char *set_line(const char *value, const char *path, const char *file)
{
	char *name = format("%s%s/%s", cgroup_root, strcmp(path, ".") ? shown(path) : "", file);
	bool plain = true;
	char *line;

	for (char *s = name; *s; s++) {
		plain &= isalnum((unsigned char)*s) || strchr("/-_.@:+", *s);
		if (*s == '\'')		/* what no unit has */
			errx(EXIT_FAILURE, "%s: no ' in the path of a cgroup", name);
	}
	line = format(plain ? "echo %s > %s" : "echo %s > '%s'", value, name);
	free(name);
	return line;
}

/* What to do, each a line of its own, and a word for programs */
struct advice {
	const char *what;
	char *text, *line;
};

static int advise(const struct report *r, struct advice *a)
{
	const struct counters *first = &r->first, *last = &r->last;
	uint64_t missed = refaults(first, last);
	double again = sum_again(r), once = sum_once(r);
	const char *how;
	struct group *g;
	int n = 0;

	if (!strcmp(which_lru(), "off"))
		a[n++] = (struct advice){ "mglru",
			format("this kernel has MGLRU, which keeps mapped memory from streams, but it is off"),
			format("echo y > /sys/kernel/mm/lru_gen/enabled") };
	g = find_stream(r);
	if (g) {
		a[n++] = (struct advice){ "limit_stream",
			format("%s streams: %.0f MiB of page cache were taken from it, few came back; "
			       "with a limit, it pays for that itself", shown(g->path),
			       (g->last.stolen - g->first.stolen) * (double)page_size / MIB),
			set_line(g->last.current < 64 * MIB ? "32M" : "64M", g->path, "memory.high") };
		how = bypass(g);
		if (how)
			a[n++] = (struct advice){ "bypass",
				format("what runs in %s can bypass the page cache", shown(g->path)),
				format("%s", how) };
	}
	/* memory.low wants to know a size */
	if (again && missed && strcmp(r->path, ".") &&
	    r->largest - r->smallest < r->largest / 20) {
		char *value = format("%" PRIu64 "M", (r->largest + MIB - 1) / MIB);

		a[n++] = (struct advice){ "low",
			format("its size is steady, so memory.low keeps it, too, used or not"),
			set_line(value, r->path, "memory.low") };
		free(value);
	}
	if (!r->recommended && !comes_back(r) && once * page_size > STREAMED)
		a[n++] = (struct advice){ "streams",
			format("it is a stream itself: a limit spares the others"),
			strcmp(r->path, ".") ? set_line("64M", r->path, "memory.high") : NULL };
	return n;
}

/* ---- Output ---- */

static double mib(double pages)
{
	return pages * page_size / MIB;
}

/* JSON has to be UTF-8.  What is not becomes what Python makes of it in a file's name. */
static void put_member(const char *key, const char *text)
{
	printf("\"%s\": \"", key);
	put_json(text);
	printf("\"");
}

static void show_json(struct report *r, uint64_t looked, double cpu)
{
	const struct counters *first = &r->first, *last = &r->last;
	struct advice advice[8];
	int nr = advise(r, advice);

	printf("{");
	put_member("cgroup", shown(r->path));
	printf(", \"source\": \"%s\", \"looked_ms\": %" PRIu64 ", \"cpu_percent\": %.3f, "
	       "\"pages_looked_at\": %zu, \"one_in\": %u, \"lost_events\": %s, \"types\": {",
	       source->name, looked, cpu, r->frames, r->window ? 1 : 1u << shift,
	       lost ? "true" : "false");
	for (int t = 0; t < NR_TYPES; t++) {
		const struct use *u = &r->use[t];

		printf("%s\"%s\": {\"again_mib\": {", t ? ", " : "", type_key[t]);
		for (unsigned int i = 0; i < NR_BUCKETS; i++)
			printf("%s\"%s\": %.2f", i ? ", " : "", bucket_name[i], mib(u->again[i]));
		printf("}, \"once_mib\": %.2f, \"not_used_mib\": %.2f, \"went_mib\": %.2f, "
		       "\"huge_mib\": %.2f, \"idle_mib\": %.2f, ",
		       mib(u->once), mib(u->never), mib(u->went), mib(u->huge), mib(u->idle));
		put_member("unseen", unseen(t));
		printf("}");
	}
	printf("}, \"refaults_file\": %" PRIu64 ", \"refaults_anon\": %" PRIu64
	       ", \"major_faults\": %" PRIu64 ", \"reclaimed_mib\": %.2f, \"stalled_percent\": %.3f, "
	       "\"lru\": \"%s\", \"swap\": %s, ",
	       last->refault_file - first->refault_file, last->refault_anon - first->refault_anon,
	       last->major - first->major, mib(last->stolen - first->stolen),
	       (last->stalled_us - first->stalled_us) / 10.0 / looked, which_lru(),
	       has_swap() ? "true" : "false");
	if (r->recommended)
		printf("\"ws_access_ms\": %" PRIu64 ", \"protects_mib\": %.2f, \"too_short_a_look\": %s",
		       r->recommended, mib(r->protects), r->at_end ? "true" : "false");
	else
		printf("\"ws_access_ms\": null");
	printf(", \"comes_back\": %s", comes_back(r) ? "true" : "false");
	printf(", \"advice\": [");
	for (int i = 0; i < nr; i++) {
		printf("%s{", i ? ", " : "");
		put_member("what", advice[i].what);
		printf(", ");
		put_member("why", advice[i].text);
		if (advice[i].line) {
			printf(", ");
			put_member("line", advice[i].line);
		}
		printf("}");
	}
	puts("]}");
}

static void put_row(const struct report *r, const char *name, size_t offset, double most)
{
	double sum = 0, pages;

	printf("  %-12s", name);
	for (int t = 0; t < NR_TYPES; t++) {
		pages = *(const double *)((const char *)&r->use[t] + offset);
		if (pages)
			printf("%12.1f", mib(pages));
		else
			printf("%12s", "-");
		sum += pages;
	}
	printf(sum ? "  " : "");
	for (int i = 0; i < sum / most * BAR && i <= BAR; i++)
		putchar(i < BAR ? '#' : '>');
	puts("");
}

static bool there_is(const struct use *u)
{
	double sum = u->once + u->never + u->went;

	for (unsigned int i = 0; i < NR_BUCKETS; i++)
		sum += u->again[i];
	return sum > 0;
}

static void show_table(const struct report *r)
{
	double most = 1, sum;

	for (size_t at = 0; at < offsetof(struct use, huge); at += sizeof(double)) {
		sum = 0;
		for (int t = 0; t < NR_TYPES; t++)
			sum += *(const double *)((const char *)&r->use[t] + at);
		most = sum > most && at != offsetof(struct use, went) ? sum : most;
	}
	printf("  %-12s", "again within");
	for (int t = 0; t < NR_TYPES; t++)
		printf("%12s", type_name[t]);
	puts("  MiB");
	for (unsigned int i = 0; i < NR_BUCKETS; i++)
		if (i < NR_BUCKETS - 1 ? bucket[i] <= opt.time : r->at_end)
			put_row(r, bucket_name[i], i * sizeof(double), most);
	if (!r->window)
		put_row(r, "once", offsetof(struct use, once), most);
	put_row(r, "not used", offsetof(struct use, never), most);
	if (!r->window)
		put_row(r, "came, went", offsetof(struct use, went), most);
	for (int t = 0; t < NR_TYPES; t++)
		if (there_is(&r->use[t]))
			printf("  %s: %s\n", type_name[t], unseen(t));
	for (int t = 0; t < NR_TYPES; t++)
		if (r->use[t].huge)
			printf("  %s: %.1f MiB are in huge pages\n", type_name[t],
			       mib(r->use[t].huge));
	if (lost)
		puts("  page cache: too much came to follow all of it; some of it looks used again");
}

static void show_recommended(const struct report *r)
{
	char *value = format("%" PRIu64, r->recommended), *line;
	double idle = 0;

	if (!r->recommended || comes_back(r))
		puts(comes_back(r) ?
		     "  some of it came back after it was reclaimed; such uses are not seen: look again\n"
		     "  when nobody streams, or while memory.ws_access_ms is set" :
		     "  memory.ws_access_ms: nothing is used again, so no interval helps");
	if (!r->recommended)
		return;
	printf("  memory.ws_access_ms: %s keeps 99 %% of what is used again, %.1f MiB%s\n", value,
	       mib(r->protects), r->at_end ? "; look longer (--time), it may be more" : "");
	if (strcmp(r->path, ".")) {
		line = set_line(value, r->path, "memory.ws_access_ms");
		printf("    ");
		put_plain(line);
		puts(there(in("%s/%s/memory.ws_access_ms", cgroup_root, r->path)) ? "" :
		     "    # not on this kernel");
		free(line);
	}
	for (int t = 0; t < NR_TYPES; t++)
		idle += r->use[t].idle;
	printf("    offered first, as it was not used for that long: %.1f MiB", mib(idle));
	for (int t = 0; t < NR_TYPES; t++)
		if (r->use[t].idle)
			printf(", %s %.1f", type_name[t], mib(r->use[t].idle));
	puts("");
	free(value);
}

static void show(const struct report *r, uint64_t looked, double cpu)
{
	static const char *const lru[] = { "classic LRU", "MGLRU", "classic LRU, MGLRU is off" };
	const struct counters *first = &r->first, *last = &r->last;
	const char *which = which_lru();
	struct advice advice[8];
	int nr = advise(r, advice);

	put_plain(shown(r->path));
	printf(": %.1f MiB, looked at by %s for %" PRIu64 " s", last->current / (double)MIB,
	       source->name, (looked + 500) / 1000);
	if (!r->window)
		printf(", %zu pages, one in %u", r->frames, 1u << shift);
	printf(", %.2f %% of a CPU\n", cpu);
	show_table(r);
	printf("  today: %" PRIu64 " refaults of page cache, %" PRIu64 " of anonymous memory, %" PRIu64
	       " major faults; %.2f %% of the time something waited for memory; %s; %s\n",
	       last->refault_file - first->refault_file, last->refault_anon - first->refault_anon,
	       last->major - first->major, (last->stalled_us - first->stalled_us) / 10.0 / looked,
	       lru[*which == 'm' ? 1 : *which == 'o' ? 2 : 0], has_swap() ? "swap" : "no swap");
	show_recommended(r);
	for (int i = 0; i < nr; i++) {
		printf("  ");
		put_plain(advice[i].text);
		if (advice[i].line) {
			printf("\n    ");
			put_plain(advice[i].line);
		}
		puts("");
	}
}

/* ---- Start and end ---- */

static void clean_up(void)
{
	if (working && source->stop)
		source->stop();
	working = false;
}

static uint64_t parse_time(const char *text)
{
	static const struct { const char *unit; uint64_t ms; } units[] = {
		{ "s", 1000 }, { "min", 60000 }, { "h", 3600000 },
	};
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	for (size_t i = 0; isdigit((unsigned char)*text) && i < 3; i++)
		if (!strcmp(end, units[i].unit) && n <= 24 * 3600000 / units[i].ms &&
		    n * units[i].ms >= SHORTEST)
			return n * units[i].ms;
	errx(EXIT_USAGE, "--time: %s is no time: a number with a unit, s, min or h; 10s to 24h", text);
}

static void parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", 1, 0, 'r' }, { "time", 1, 0, 't' }, { "budget", 1, 0, 'b' },
		{ "sample", 1, 0, 'n' }, { "source", 1, 0, 's' }, { "help", 0, 0, 'h' },
		{ "all", 0, &opt.all, 1 }, { "json", 0, &opt.json, 1 }, { 0 },
	};
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "h", options, &index)) >= 0) {
		const char *name = options[index].name;

		switch (option) {
		case 0: break;
		case 'h': usage(); exit(0);
		case 'r': opt.root = optarg; break;
		case 's': opt.source = optarg; break;
		case 't': opt.time = parse_time(optarg); break;
		case 'b': opt.budget = parse_number(name, optarg, 0.01, 100); break;
		case 'n': opt.sample = parse_number(name, optarg, FEWEST, 1 << 20); break;
		default: errx(EXIT_USAGE, "see --help");
		}
	}
	if (!opt.all && !argv[optind])
		errx(EXIT_USAGE, "no CGROUP, and no --all; see --help");
	if (opt.all && argv[optind])
		errx(EXIT_USAGE, "--all, or %s: one of them", argv[optind]);
}

/* The cgroup of a unit of systemd has its name, wherever it is */
static char *find_unit(const char *top, const char *name)
{
	char *found = NULL, *sub;
	struct dirent *entry;
	DIR *dir = opendir(in("%s/%s", cgroup_root, top));

	while (!found && dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		sub = strcmp(top, ".") ? format("%s/%s", top, entry->d_name) :
					 format("%s", entry->d_name);
		found = strcmp(entry->d_name, name) ? find_unit(sub, name) : format("%s", sub);
		free(sub);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void add_cgroup(char *name)
{
	char *path = relative(name, cgroup_root), *found;

	found = there(in("%s/%s", cgroup_root, path)) ? path :
		strchr(path, '/') ? NULL : find_unit(".", path);
	if (!found)
		errx(EXIT_FAILURE, "%s: no such cgroup, and no unit that runs", name);
	if (!there(in("%s/%s/memory.stat", cgroup_root, found)))
		errx(EXIT_FAILURE, "%s has no memory.stat: the memory controller is not enabled there",
		     shown(found));
	get_report(found);
}

int main(int argc, char **argv)
{
	uint64_t ended, cpu;

	setlocale(LC_CTYPE, "C.UTF-8");
	parse_options(argc, argv);
	page_size = sysconf(_SC_PAGESIZE);
	if (!there(in("%s/cgroup.controllers", cgroup_root)))
		errx(EXIT_FAILURE, "%s is not a cgroup2 file system", cgroup_root);
	for (argv += optind; *argv; argv++)
		add_cgroup(*argv);
	choose_source();
	/* they arrive in sleeps only, and what was seen until then is shown */
	catch_signal(SIGTERM);
	catch_signal(SIGINT);
	catch_signal(SIGHUP);
	atexit(clean_up);
	cpu = cpu_ns();
	if (source->begin) {
		look_at_windows();
	} else {
		flags_table.fd = open(in("/proc/kpageflags"), O_RDONLY | O_CLOEXEC);
		cgroup_table.fd = open(in("/proc/kpagecgroup"), O_RDONLY | O_CLOEXEC);
		if (flags_table.fd < 0 || cgroup_table.fd < 0)
			err(EXIT_FAILURE, "/proc/kpageflags, /proc/kpagecgroup (root may read them)");
		look_at_frames();
	}
	ended = clock_ms(CLOCK_MONOTONIC);
	cpu = cpu_ns() - cpu;
	clean_up();
	progress(0);
	if (ended <= started)
		errx(EXIT_FAILURE, "ended before it had begun");
	list_groups();
	for (struct group *g = groups; g; g = g->next)
		read_counters(g->path, &g->last);
	for (struct report *r = reports; r; r = r->next)
		read_counters(r->path, &r->last);
	if (source->begin)
		finish_windows();
	else
		finish_frames(ended);
	for (struct report *r = reports; r; r = r->next) {
		double percent = cpu / 1e4 / (ended - started);

		if (opt.json)
			show_json(r, ended - started, percent);
		else
			show(r, ended - started, percent);
	}
	return 0;
}
