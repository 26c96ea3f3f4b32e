// SPDX-License-Identifier: GPL-2.0
/*
 * Age of LRU lists
 */

#include <linux/lruvec_age.h>
#include <linux/memcontrol.h>
#include <linux/mm_inline.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#include <linux/swap.h>

/*
 *		What it is
 *
 * How long ago did the page at the tail of an LRU list get there? The answer
 * says for how long reclaim lets pages wait for their next use. Pages carry no
 * time, and there is no room in them for one, so it is an estimate.
 *
 *		The classic LRU
 *
 * Nothing is remembered about pages. What is counted is additions: per list,
 * how many pages were ever added at its head; and now and then, in a mark, the
 * time and what the counts were then.
 *
 *	          head                                   tail
 *	list      | c o u n t e d  s i n c e | the rest      |
 *	          |<------- adds - mark ---->|<-- overdue -->|
 *	          |<-------------------- size -------------->|
 *
 * Since the latest mark that is at least T old, adds - mark pages came. Some of
 * them have left again, so at most as many on the list are younger than T. They
 * came to its head, so they are nearer to it than all others. Hence
 *
 *	overdue = size - (adds - mark)
 *
 * pages at the tail, at least, have been there for longer than T. So it is
 * never early. It is late by at most the distance of two marks, and by what
 * came within T and left again: the place of that is not known to be free. Most
 * of what leaves so soon was freed. Whoever frees a page on a list takes its
 * addition back, then, as if it had not come. If it was old, as many pages are
 * looked at too early: that costs those that are in use a rotation.
 *
 * Pages that are put at the tail count as no addition. Whoever puts them there
 * wants them gone, and they are overdue at once.
 *
 * Marks are an eighth of the shortest interval apart that anybody asks for, but
 * no more than a sixteenth of the tail's age: that bounds the error of what is
 * shown. The list outgrows them when its tail is much older than that interval.
 * Then marks beyond eight distances thin out, where it matters least: where the
 * gap is smallest compared with its age. A mark goes when all pages came after
 * it.
 *
 *		The multi-gen LRU
 *
 * There, lists come with generations, but the time stamp of a generation is when
 * it was opened. Pages are added to it later, in part to the oldest one; and
 * those found in use while it was the youngest stay in it until the next one is
 * opened. So each generation remembers its latest addition, anon and file apart.
 * The later of that and of its closing is a bound for every page: it was not
 * added or found in use since.
 *
 * To count there as well would do without that, as the list of a generation is a
 * queue, too. But there is one per zone, and each would need counts and marks of
 * its own: MAX_NR_ZONES times the memory, or pages of the wrong zone are taken.
 *
 * Pages at the tail of the oldest generation that were put there are counted,
 * and go first. If some have left in between, as many others go with them.
 *
 *		Time
 *
 * is 32 bits of jiffies here. What nothing happened to for 2^32 ticks, 49 days
 * at HZ=1000, is young for another interval: late, not early.
 */

/* As far apart as marks may be: no count may wrap in between */
#define MAX_SPACING	(60 * HZ)

/* A time that was written by another CPU may be a little ahead of ours */
static u32 time_since(u32 now, u32 time)
{
	return now - time > -(u32)HZ ? 0 : now - time;
}

/* Pages that came to a list after a mark. A little below 0: freed too many. */
static u32 adds_since(const struct lruvec_age *age, enum lru_list lru,
		      const struct lruvec_age_mark *mark)
{
	s32 adds = READ_ONCE(age->adds[lru]) - mark->adds[lru];

	return max(adds, 0);
}

static u32 list_size(struct lruvec *lruvec, enum lru_list lru, int zone_idx)
{
	u32 size = 0;
	int zone;

	for (zone = 0; zone <= zone_idx; zone++)
		size += mem_cgroup_get_zone_lru_size(lruvec, lru, zone);
	return size;
}

static enum lru_list type_list(int type)
{
	return type * LRU_FILE;
}

/* Is there anything on the lists that came before a mark? */
static bool mark_used(struct lruvec *lruvec, const struct lruvec_age_mark *mark)
{
	enum lru_list lru;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		if (list_size(lruvec, lru, MAX_NR_ZONES - 1) >
		    adds_since(&lruvec->age, lru, mark))
			return true;
	return false;
}

/* Have so many pages come since that the difference may wrap soon? */
static bool mark_wraps(const struct lruvec_age *age,
		       const struct lruvec_age_mark *mark)
{
	enum lru_list lru;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		if (age->adds[lru] - mark->adds[lru] > S32_MAX / 2 &&
		    adds_since(age, lru, mark))
			return true;
	return false;
}

/* The mark that is missed least: where the gap is smallest for its age */
static unsigned int sparest_mark(const struct lruvec_age *age, u32 now)
{
	const struct lruvec_age_mark *marks = age->marks;
	unsigned int i, best = age->nr - 1;
	u64 best_gap = 1, best_age = 0;

	for (i = age->nr - 2; i && now - marks[i].time > 8 * age->spacing; i--) {
		u64 gap = marks[i - 1].time - marks[i + 1].time;
		u64 since = now - marks[i - 1].time;

		if (gap * best_age < best_gap * since) {
			best = i;
			best_gap = gap;
			best_age = since;
		}
	}
	return best;
}

/**
 * __lruvec_age_mark - make a mark before an addition
 * @lruvec: the lruvec
 * @now: jiffies
 *
 * Context: lru_lock held.
 */
void __lruvec_age_mark(struct lruvec *lruvec, u32 now)
{
	struct lruvec_age *age = &lruvec->age;
	struct lruvec_age_mark *marks = age->marks;
	unsigned int i;

	/* one that nothing is older than is the bound of what the next one says */
	while (age->nr > 1 && (!mark_used(lruvec, &marks[age->nr - 2]) ||
			       mark_wraps(age, &marks[age->nr - 1])))
		age->nr--;

	if (age->nr == LRUVEC_AGE_MARKS) {
		i = sparest_mark(age, now);
		memmove(&marks[i], &marks[i + 1],
			(--age->nr - i) * sizeof(*marks));
	}
	memmove(&marks[1], &marks[0], age->nr++ * sizeof(*marks));
	marks[0].time = now;
	memcpy(marks[0].adds, age->adds, sizeof(age->adds));

	age->spacing = clamp((now - marks[age->nr - 1].time) / 16, 1U, age->finest);
}

/**
 * lruvec_age_freed - account a folio that is freed while it is on a list
 * @lruvec: the lruvec
 * @folio: the folio, still on the list
 *
 * Context: lru_lock held.
 */
void lruvec_age_freed(struct lruvec *lruvec, struct folio *folio)
{
	struct lruvec_age *age = &lruvec->age;
	enum lru_list lru = folio_lru_list(folio);

	if (lru != LRU_UNEVICTABLE && folio_lru_gen(folio) < 0)
		WRITE_ONCE(age->adds[lru], age->adds[lru] - folio_nr_pages(folio));
}

/**
 * lruvec_age_init - start to count
 * @lruvec: the lruvec, zeroed
 */
void lruvec_age_init(struct lruvec *lruvec)
{
	struct lruvec_age *age = &lruvec->age;
	u32 now = jiffies;
	int i;

	BUILD_BUG_ON(LRU_UNEVICTABLE != LRUVEC_AGE_LISTS);
	BUILD_BUG_ON(LRUVEC_AGE_TYPES != ANON_AND_FILE);

	for (i = 0; i < LRUVEC_AGE_LISTS; i++)
		age->last[i] = now;
	age->spacing = 1;
	age->finest = MAX_SPACING;
	age->nr = 1;
	age->marks[0].time = now;

#ifdef CONFIG_LRU_GEN
	BUILD_BUG_ON(LRUVEC_AGE_GENS != MAX_NR_GENS);
	for (i = 0; i < LRUVEC_AGE_GENS; i++)
		age->added[i][0] = age->added[i][1] = now;
#endif
}

/**
 * lruvec_age_set_finest - say which interval will be asked for
 * @lruvec: the lruvec
 * @interval: the shortest one, jiffies; 0 for none
 *
 * Context: takes the lru_lock.
 */
void lruvec_age_set_finest(struct lruvec *lruvec, unsigned long interval)
{
	struct lruvec_age *age = &lruvec->age;

	spin_lock_irq(&lruvec->lru_lock);
	age->finest = interval ? clamp(interval / 8, 1UL, MAX_SPACING) : MAX_SPACING;
	age->spacing = min(age->spacing, age->finest);
	spin_unlock_irq(&lruvec->lru_lock);
}

/* Pages at the tail of a classic list that came at least @interval ago */
static u32 list_overdue(struct lruvec *lruvec, enum lru_list lru,
			unsigned long interval)
{
	struct lruvec_age *age = &lruvec->age;
	u32 size = list_size(lruvec, lru, MAX_NR_ZONES - 1);
	u32 last = READ_ONCE(age->last[lru]);
	u32 now = READ_ONCE(jiffies);
	unsigned int i;

	if (!size || time_since(now, last) >= interval)
		return size;
	for (i = 0; i < age->nr; i++)
		if (time_since(now, age->marks[i].time) >= interval)
			return size - min(size, adds_since(age, lru, &age->marks[i]));
	return 0;
}

/*
 * The age of the tail of a list, if it has one: at least, and at most as far as
 * the marks tell.
 */
static bool list_age(struct lruvec *lruvec, enum lru_list lru, u32 *min_age,
		     u32 *max_age)
{
	struct lruvec_age *age = &lruvec->age;
	u32 size = list_size(lruvec, lru, MAX_NR_ZONES - 1);
	u32 last = READ_ONCE(age->last[lru]);
	u32 now = READ_ONCE(jiffies);
	int i;

	if (!size)
		return false;

	*min_age = time_since(now, last);
	*max_age = 0;
	for (i = age->nr - 1; i >= 0; i--) {
		u32 since = time_since(now, age->marks[i].time);

		if (size > adds_since(age, lru, &age->marks[i])) {
			*min_age = max(*min_age, since);
			break;
		}
		*max_age = since;
	}
	*max_age = max(*max_age, *min_age);
	return true;
}

#ifdef CONFIG_LRU_GEN

static bool lruvec_on_gens(struct lruvec *lruvec)
{
	return READ_ONCE(lruvec->lrugen.enabled);
}

static unsigned long gen_size(struct lruvec *lruvec, unsigned long seq, int type,
			      int zone_idx)
{
	long *nr_pages = lruvec->lrugen.nr_pages[lru_gen_from_seq(seq)][type];
	unsigned long size = 0;
	int zone;

	for (zone = 0; zone <= zone_idx; zone++)
		size += max(READ_ONCE(nr_pages[zone]), 0L);
	return size;
}

static unsigned long gens_size(struct lruvec *lruvec, int type, int zone_idx)
{
	unsigned long max_seq = READ_ONCE(lruvec->lrugen.max_seq);
	unsigned long seq = READ_ONCE(lruvec->lrugen.min_seq[type]);
	unsigned long size = 0;

	for (; seq <= max_seq; seq++)
		size += gen_size(lruvec, seq, type, zone_idx);
	return size;
}

/*
 * The size of the oldest populated generation, and how long ago it was certainly
 * closed. Lockless: a racing promotion may hide or show the last few pages.
 */
static unsigned long oldest_gen(struct lruvec *lruvec, int type,
				unsigned long *seq, u32 *since)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	unsigned long max_seq = READ_ONCE(lrugen->max_seq);
	unsigned long size = 0;
	u32 now, time;

	for (*seq = READ_ONCE(lrugen->min_seq[type]); *seq <= max_seq; ++*seq) {
		size = gen_size(lruvec, *seq, type, MAX_NR_ZONES - 1);
		if (size)
			break;
	}
	if (!size)
		return 0;

	time = READ_ONCE(lruvec->age.added[lru_gen_from_seq(*seq)][type]);
	now = READ_ONCE(jiffies);
	*since = time_since(now, time);
	if (*seq < max_seq) {
		time = READ_ONCE(lrugen->timestamps[lru_gen_from_seq(*seq + 1)]);
		*since = min(*since, time_since(now, time));
	}
	return size;
}

static unsigned long gens_overdue(struct lruvec *lruvec, int type,
				  unsigned long interval)
{
	unsigned long size, seq;
	u32 since;

	size = oldest_gen(lruvec, type, &seq, &since);
	/* the two youngest can't be evicted from */
	if (!size || seq + MIN_NR_GENS > READ_ONCE(lruvec->lrugen.max_seq))
		return 0;
	if (since >= interval)
		return size;
	return min_t(unsigned long, size, READ_ONCE(lruvec->age.unwanted[type]));
}

/**
 * lruvec_harvest_due - would an aging tell what is overdue?
 * @lruvec: the lruvec
 * @lru: the list, an inactive one, which stands for its type
 * @interval: of its use, jiffies
 *
 * On the multi-gen LRU, nothing can be taken from the two youngest generations;
 * and what was in use has to be set apart, which takes a visit to each page. So
 * that is done once per interval.
 *
 * Context: lockless.
 *
 * Return: true if there are pages, none of them can be called overdue, and
 * accessed bits have not been harvested for @interval.
 */
bool lruvec_harvest_due(struct lruvec *lruvec, enum lru_list lru,
			unsigned long interval)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	unsigned long max_seq = READ_ONCE(lrugen->max_seq);
	int type = is_file_lru(lru);
	u32 time;

	if (gens_overdue(lruvec, type, interval) ||
	    !gens_size(lruvec, type, MAX_NR_ZONES - 1))
		return false;
	if (READ_ONCE(lruvec->age.unwanted[type]) &&
	    READ_ONCE(lrugen->min_seq[type]) + MIN_NR_GENS > max_seq)
		return true;
	time = READ_ONCE(lrugen->timestamps[lru_gen_from_seq(max_seq)]);
	return time_since(READ_ONCE(jiffies), time) >= interval;
}

static bool gens_age(struct lruvec *lruvec, int type, u32 *age)
{
	unsigned long seq;

	return oldest_gen(lruvec, type, &seq, age);
}

#else /* !CONFIG_LRU_GEN */

static bool lruvec_on_gens(struct lruvec *lruvec)
{
	return false;
}

static unsigned long gens_size(struct lruvec *lruvec, int type, int zone_idx)
{
	return 0;
}

static unsigned long gens_overdue(struct lruvec *lruvec, int type,
				  unsigned long interval)
{
	return 0;
}

bool lruvec_harvest_due(struct lruvec *lruvec, enum lru_list lru,
			unsigned long interval)
{
	return false;
}

static bool gens_age(struct lruvec *lruvec, int type, u32 *age)
{
	return false;
}

#endif /* CONFIG_LRU_GEN */

/**
 * lruvec_type_size - what there is of a type
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 * @zone_idx: in zones up to this one
 *
 * Context: lockless.
 *
 * Return: pages on evictable lists.
 */
unsigned long lruvec_type_size(struct lruvec *lruvec, int type, int zone_idx)
{
	enum lru_list lru = type_list(type);

	if (lruvec_on_gens(lruvec))
		return gens_size(lruvec, type, zone_idx);
	return list_size(lruvec, lru, zone_idx) +
	       list_size(lruvec, lru + LRU_ACTIVE, zone_idx);
}

/**
 * lruvec_overdue - how much at the tail of a list was not used for so long?
 * @lruvec: the lruvec
 * @lru: the list; on the multi-gen LRU, an inactive one stands for its type
 * @interval: that long, jiffies
 *
 * Context: under the lru_lock it is certain. Without, it is a hint.
 *
 * Return: pages, at least.
 */
unsigned long lruvec_overdue(struct lruvec *lruvec, enum lru_list lru,
			     unsigned long interval)
{
	if (!lruvec_on_gens(lruvec))
		return list_overdue(lruvec, lru, interval);
	return is_active_lru(lru) ? 0 : gens_overdue(lruvec, is_file_lru(lru), interval);
}

/* The age of the oldest tail of a type, and how much older it may be */
static bool type_age(struct lruvec *lruvec, int type, u32 *min_age, u32 *max_age)
{
	enum lru_list lru = type_list(type);
	u32 min2, max2;

	if (lruvec_on_gens(lruvec)) {
		if (!gens_age(lruvec, type, min_age))
			return false;
		*max_age = *min_age;
		return true;
	}

	if (!list_age(lruvec, lru, min_age, max_age))
		return list_age(lruvec, lru + LRU_ACTIVE, min_age, max_age);
	if (list_age(lruvec, lru + LRU_ACTIVE, &min2, &max2)) {
		*min_age = max(*min_age, min2);
		*max_age = max(*max_age, max2);
	}
	return true;
}

/**
 * lruvec_age_min - how long ago was the oldest tail of a type used, at least?
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 * @age: set to that, jiffies
 *
 * Context: lockless, a hint.
 *
 * Return: false if there are no pages, which have no age.
 */
bool lruvec_age_min(struct lruvec *lruvec, int type, unsigned long *age)
{
	u32 min_age, max_age;

	if (!type_age(lruvec, type, &min_age, &max_age))
		return false;
	*age = min_age;
	return true;
}

/* The age to show, jiffies: in the middle of what is possible; 0 for no pages */
static unsigned long type_age_shown(struct lruvec *lruvec, int type)
{
	u32 min_age, max_age;
	bool found;

	if (!lruvec_type_size(lruvec, type, MAX_NR_ZONES - 1))
		return 0;
	/* marks move */
	spin_lock_irq(&lruvec->lru_lock);
	found = type_age(lruvec, type, &min_age, &max_age);
	spin_unlock_irq(&lruvec->lru_lock);

	return found ? min_age + (max_age - min_age) / 2 : 0;
}

static const char * const age_names[] = {
	"lruvec_age_anon_ms",
	"lruvec_age_file_ms",
};

/**
 * memcg_age_stat_format - print ages for memory.stat
 * @memcg: top of the subtree
 * @s: where to
 *
 * They are those of the oldest tails in the subtree, over all nodes.
 */
void memcg_age_stat_format(struct mem_cgroup *memcg, struct seq_buf *s)
{
	unsigned long age[ANON_AND_FILE] = { 0 };
	struct mem_cgroup *iter;
	int nid, type;

	for (iter = mem_cgroup_iter(memcg, NULL, NULL); iter;
	     iter = mem_cgroup_iter(memcg, iter, NULL)) {
		for_each_node_state(nid, N_MEMORY) {
			struct lruvec *lruvec;

			lruvec = mem_cgroup_lruvec(iter, NODE_DATA(nid));
			for (type = 0; type < ANON_AND_FILE; type++)
				age[type] = max(age[type],
						type_age_shown(lruvec, type));
		}
		cond_resched();
	}

	for (type = 0; type < ANON_AND_FILE; type++)
		seq_buf_printf(s, "%s %llu\n", age_names[type],
			       jiffies64_to_msecs(age[type]));
}

/**
 * memcg_age_numa_stat_show - print ages for memory.numa_stat
 * @memcg: the cgroup; its descendants do not count
 * @m: where to
 */
void memcg_age_numa_stat_show(struct mem_cgroup *memcg, struct seq_file *m)
{
	int nid, type;

	for (type = 0; type < ANON_AND_FILE; type++) {
		seq_puts(m, age_names[type]);
		for_each_node_state(nid, N_MEMORY) {
			struct lruvec *lruvec;

			lruvec = mem_cgroup_lruvec(memcg, NODE_DATA(nid));
			seq_printf(m, " N%d=%llu", nid,
				   jiffies64_to_msecs(type_age_shown(lruvec, type)));
		}
		seq_putc(m, '\n');
	}
}

#ifdef CONFIG_LRUVEC_AGE_KUNIT_TEST
#include "lruvec_age_kunit.h"
#endif
