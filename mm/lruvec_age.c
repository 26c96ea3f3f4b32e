// SPDX-License-Identifier: GPL-2.0
/*
 * Age of LRU lists
 */

#include <linux/lruvec_age.h>
#include <linux/mm_inline.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#ifdef LRUVEC_AGE_HAS_REPARENTING
#include <linux/ws_access.h>
#endif

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
 * of what leaves so soon was freed. So whoever frees a page on a list takes the
 * latest addition back, as if it had not come. If it was an old page, as many
 * others are looked at too early: that costs those that are in use a rotation.
 * Compaction does the same: a page that it moves in memory comes again, and is
 * no younger for it. But not where pages were looked at within the shortest
 * interval. Those are at the head now, and before what is moved: as many would
 * be looked at twice in it, and found idle.
 *
 * Pages that are put at the tail count as no addition. Whoever puts them there
 * wants them gone, and they are overdue at once. They are counted, and go first.
 * What is freed may have been one of them, and then no other may go for it: the
 * count goes down, and no addition is taken back.
 *
 * Marks are an eighth of the shortest interval apart that anybody asks for, but
 * no more than a sixteenth of the tail's age. They carry the time of the latest
 * addition, so a gap between two bursts costs nothing. The list outgrows them
 * when its tail is much older than that interval. Then they thin out where it
 * matters least: where the gap is smallest compared with its age, or with eight
 * distances. A mark goes when all pages came after the next one.
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
 * Pages at the tail of the oldest generation that were put there are counted as well.
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

/* Pages that came to a list after a mark, and were not freed */
static u32 adds_since(struct lruvec_age *age, enum lru_list lru, struct lruvec_age_mark *mark)
{
	return READ_ONCE(age->adds[lru]) - mark->adds[lru];
}

static u32 list_size(struct lruvec *lruvec, enum lru_list lru)
{
	u32 size = 0;
	int zone;

	for (zone = 0; zone < MAX_NR_ZONES; zone++)
		size += mem_cgroup_get_zone_lru_size(lruvec, lru, zone);
	return size;
}

/* Did anything come before a mark? Do the counts since the next older one tell? */
static bool mark_useful(struct lruvec *lruvec, struct lruvec_age_mark *mark)
{
	bool useful = false;
	enum lru_list lru;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		if (adds_since(&lruvec->age, lru, mark + 1) > S32_MAX)
			return false;
		useful |= list_size(lruvec, lru) > adds_since(&lruvec->age, lru, mark);
	}
	return useful;
}

/* The mark that is missed least: where the gap is smallest for its age */
static unsigned int sparest_mark(const struct lruvec_age *age, u32 now)
{
	const struct lruvec_age_mark *marks = age->marks;
	unsigned int i, best = age->nr - 3;
	u64 best_gap = 1, best_age = 0;

	for (i = age->nr - 3; i && now - marks[i - 1].time > 8 * age->spacing; i--) {
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
	u32 since;

	/* nothing on the lists came before the oldest one */
	while (age->nr > 1 && !mark_useful(lruvec, &marks[age->nr - 2]))
		age->nr--;

	if (age->nr == LRUVEC_AGE_MARKS) {
		i = sparest_mark(age, now);
		memmove(&marks[i], &marks[i + 1], (--age->nr - i) * sizeof(*marks));
	}
	memmove(&marks[1], &marks[0], age->nr++ * sizeof(*marks));
	since = now - age->last[0];
	for (i = 1; i < LRUVEC_AGE_LISTS; i++)
		since = min(since, now - age->last[i]);
	marks[0].time = now - since;
	memcpy(marks[0].adds, age->adds, sizeof(age->adds));

	age->marked = now;
	age->spacing = clamp((now - marks[age->nr - 1].time) / 16, 1U, age->finest);
}

/**
 * lruvec_age_forget - take the latest addition to a list back
 * @lruvec: the lruvec
 * @folio: a folio, still on the list
 * @freed: is it freed? If not, it is moved in memory, and will come again.
 *
 * Context: lru_lock held.
 */
void lruvec_age_forget(struct lruvec *lruvec, struct folio *folio, bool freed)
{
	struct lruvec_age *age = &lruvec->age;
	enum lru_list lru = folio_lru_list(folio);
	u32 adds;
	int i;

	if (lru == LRU_UNEVICTABLE || folio_lru_gen(folio) >= 0 ||
	    (freed ? !is_active_lru(lru) && age->unwanted[is_file_lru(lru)] :
		     time_since(jiffies, age->scanned) < 8 * age->finest))
		return;
	adds = age->adds[lru] - folio_nr_pages(folio);
	for (i = 0; i < age->nr && (s32)(age->marks[i].adds[lru] - adds) > 0; i++)
		age->marks[i].adds[lru] = adds;
	WRITE_ONCE(age->adds[lru], adds);
}

/**
 * lruvec_age_init - start to count
 * @lruvec: the lruvec, zeroed
 */
void lruvec_age_init(struct lruvec *lruvec)
{
	struct lruvec_age *age = &lruvec->age;
	u32 now = jiffies;

	BUILD_BUG_ON(LRU_UNEVICTABLE != LRUVEC_AGE_LISTS);
	BUILD_BUG_ON(LRUVEC_AGE_TYPES != ANON_AND_FILE || LRUVEC_AGE_GENS != MAX_NR_GENS);

	memset32(age->last, now, LRUVEC_AGE_LISTS);
	age->marked = now;
	age->spacing = 1;
	age->finest = MAX_SPACING;
	age->nr = 1;
	age->marks[0].time = now;
	memset32(age->added[0], now, LRUVEC_AGE_GENS * LRUVEC_AGE_TYPES);
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
static u32 list_overdue(struct lruvec *lruvec, enum lru_list lru, unsigned long interval)
{
	struct lruvec_age *age = &lruvec->age;
	u32 size = list_size(lruvec, lru);
	u32 unwanted = is_active_lru(lru) ? 0 : READ_ONCE(age->unwanted[is_file_lru(lru)]);
	u32 last = READ_ONCE(age->last[lru]);
	u32 now = READ_ONCE(jiffies);
	unsigned int i;

	if (!size || time_since(now, last) >= interval)
		return size;
	/* what came before the oldest mark came to the tail */
	for (i = 0; i < age->nr - 1 && time_since(now, age->marks[i].time) < interval; i++)
		;
	return max(size - min(size, adds_since(age, lru, &age->marks[i])), min(size, unwanted));
}

/* How long ago, at least, the tail of a list came; 0 if there is none */
static u32 list_age(struct lruvec *lruvec, enum lru_list lru)
{
	struct lruvec_age *age = &lruvec->age;
	u32 size = list_size(lruvec, lru);
	u32 time = READ_ONCE(age->last[lru]);
	u32 now = READ_ONCE(jiffies);
	unsigned int i;

	if (!size)
		return 0;
	for (i = 0; i < age->nr && size > adds_since(age, lru, &age->marks[i]); i++)
		time = age->marks[i].time;
	return time_since(now, time);
}

/* Pages of a type in the generations from one to another */
static unsigned long gens_size(struct lru_gen_folio *lrugen, int type, unsigned long seq,
			       unsigned long last_seq)
{
	unsigned long size = 0;
	int zone;

	for (; seq <= last_seq; seq++)
		for (zone = 0; zone < MAX_NR_ZONES; zone++)
			size += max(READ_ONCE(lrugen->nr_pages[seq % MAX_NR_GENS][type][zone]), 0L);
	return size;
}

/*
 * The size of the oldest populated generation, and how long ago it was certainly
 * closed. Lockless: a racing promotion may hide or show the last few pages.
 */
static unsigned long oldest_gen(struct lruvec *lruvec, int type, unsigned long *seq, u32 *since)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	unsigned long max_seq = READ_ONCE(lrugen->max_seq);
	unsigned long size = 0;
	u32 now, time;

	for (*seq = READ_ONCE(lrugen->min_seq[type]); *seq <= max_seq; ++*seq) {
		size = gens_size(lrugen, type, *seq, *seq);
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

static unsigned long gens_overdue(struct lruvec *lruvec, int type, unsigned long interval)
{
	unsigned long size, seq, last_seq = READ_ONCE(lruvec->lrugen.max_seq) - MIN_NR_GENS;
	u32 since;

	size = oldest_gen(lruvec, type, &seq, &since);
	/*
	 * The two youngest can't be evicted from. An aging leaves what it promotes
	 * where it is; to sort that out is not worth it for a few pages, of which
	 * scenario all-in-use-cost has too many.
	 */
	if (!size || seq > last_seq ||
	    gens_size(&lruvec->lrugen, type, seq, last_seq) < lruvec_type_size(lruvec, type) / 64)
		return 0;
	return since >= interval ? size :
			min_t(unsigned long, size, READ_ONCE(lruvec->age.unwanted[type]));
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
/**
 * lruvec_age_reparent - account a list that a dying cgroup leaves to its parent
 * @child: the one
 * @parent: the other
 * @lru: the list, which has not been moved yet
 *
 * The base puts it to the tail, whatever its age. As long as anybody has a promise,
 * it comes to the head instead, as what is added now does.
 *
 * Context: lru_lock of both held.
 */
void lruvec_age_reparent(struct lruvec *child, struct lruvec *parent, enum lru_list lru)
{
	u32 size = list_size(child, lru);

	if (!size)
		return;
	lruvec_age_add(parent, lru, size);
	if (memcg_ws_access_enabled())
		list_splice_init(&child->lists[lru], &parent->lists[lru]);
}

/**
 * lruvec_age_reparent_gens - account the generations that a dying cgroup leaves
 * @child: the one
 * @parent: the other
 *
 * They go to those with the same index, whatever their age, before what these
 * have. A few pages do not make a generation young that has more of its own: what
 * many children leave, one after the other, would keep it from ever getting old.
 *
 * Context: lru_lock of both held, nothing has been moved yet.
 */
void lruvec_age_reparent_gens(struct lruvec *child, struct lruvec *parent)
{
	int gen, type;

	for (type = 0; type < ANON_AND_FILE; type++)
		for (gen = 0; gen < MAX_NR_GENS; gen++)
			if (gens_size(&child->lrugen, type, gen, gen) >
			    gens_size(&parent->lrugen, type, gen, gen))
				lruvec_age_add_gen(parent, gen, type);
}
#endif

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
bool lruvec_harvest_due(struct lruvec *lruvec, enum lru_list lru, unsigned long interval)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	unsigned long max_seq = READ_ONCE(lrugen->max_seq);
	int type = is_file_lru(lru);
	u32 time;

	if (gens_overdue(lruvec, type, interval) || !lruvec_type_size(lruvec, type))
		return false;
	if (READ_ONCE(lruvec->age.unwanted[type]) &&
	    READ_ONCE(lrugen->min_seq[type]) + MIN_NR_GENS > max_seq)
		return true;
	time = READ_ONCE(lrugen->timestamps[lru_gen_from_seq(max_seq)]);
	return time_since(READ_ONCE(jiffies), time) >= interval;
}

/**
 * lruvec_type_size - what there is of a type
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 *
 * Context: lockless.
 *
 * Return: pages on evictable lists.
 */
unsigned long lruvec_type_size(struct lruvec *lruvec, int type)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	enum lru_list lru = type * LRU_FILE;

	if (READ_ONCE(lrugen->enabled))
		return gens_size(lrugen, type, READ_ONCE(lrugen->min_seq[type]),
				 READ_ONCE(lrugen->max_seq));
	return list_size(lruvec, lru) + list_size(lruvec, lru + LRU_ACTIVE);
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
unsigned long lruvec_overdue(struct lruvec *lruvec, enum lru_list lru, unsigned long interval)
{
	if (!READ_ONCE(lruvec->lrugen.enabled))
		return list_overdue(lruvec, lru, interval);
	return is_active_lru(lru) ? 0 : gens_overdue(lruvec, is_file_lru(lru), interval);
}

/**
 * lruvec_type_age - how long ago was the oldest tail of a type used, at least?
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 *
 * Context: under the lru_lock it is certain. Without, it is a hint.
 *
 * Return: jiffies; 0 if there are no pages, which have no age.
 */
unsigned long lruvec_type_age(struct lruvec *lruvec, int type)
{
	enum lru_list lru = type * LRU_FILE;
	unsigned long seq;
	u32 age = 0;

	if (!READ_ONCE(lruvec->lrugen.enabled))
		return max(list_age(lruvec, lru), list_age(lruvec, lru + LRU_ACTIVE));
	oldest_gen(lruvec, type, &seq, &age);
	return age;
}

/* The same, to be shown: marks move */
static unsigned long type_age_shown(struct mem_cgroup *memcg, int nid, int type)
{
	struct lruvec *lruvec = mem_cgroup_lruvec(memcg, NODE_DATA(nid));
	unsigned long age;

	spin_lock_irq(&lruvec->lru_lock);
	age = lruvec_type_age(lruvec, type);
	spin_unlock_irq(&lruvec->lru_lock);
	cond_resched();
	return age;
}

static const char * const age_names[] = { "lruvec_age_anon_ms", "lruvec_age_file_ms" };

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
	struct mem_cgroup *iter = NULL;
	int nid, type;

	while ((iter = mem_cgroup_iter(memcg, iter, NULL)))
		for_each_node_state(nid, N_MEMORY)
			for (type = 0; type < ANON_AND_FILE; type++)
				age[type] = max(age[type], type_age_shown(iter, nid, type));

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
		for_each_node_state(nid, N_MEMORY)
			seq_printf(m, " N%d=%llu", nid,
				   jiffies64_to_msecs(type_age_shown(memcg, nid, type)));
		seq_putc(m, '\n');
	}
}

#ifdef CONFIG_LRUVEC_AGE_KUNIT_TEST
#include "lruvec_age_kunit.h"
#endif
