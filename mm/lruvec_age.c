// SPDX-License-Identifier: GPL-2.0
/*
 * Age of LRU lists, and protection of working sets by their access interval
 */

#include <linux/cgroup.h>
#include <linux/ctype.h>
#include <linux/hash.h>
#include <linux/lruvec_age.h>
#include <linux/math64.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#include <linux/swap.h>
#include <trace/events/vmscan.h>

/*
 *		The idea
 *
 * An administrator rarely knows the size of a working set. He often knows how
 * often it is used: every few seconds while the service is busy. A cgroup can
 * be promised, in memory.ws_access_ms, that what it used within the last N ms
 * is reclaimed only when nothing else is left. The other half of the bargain
 * is that what it did not use for N ms is reclaimed before everybody else's,
 * so the promise costs its owner something and nobody gains by exaggerating.
 *
 * Vladimir Davydov proposed that to linux-mm in January 2016, in the thread
 * "[LSF/MM TOPIC] VM containers": give each lruvec an age, which is the time
 * since its current tail page was added to the list or rotated, and scan the
 * lruvecs that are older than their access interval before the others. Pages
 * that are in use then have N ms to set their reference bits, and are all
 * rotated when they are scanned next.
 *
 *		Age on the classic LRU
 *
 * Pages carry no time, and there is no room in them for one. But the lists are
 * queues: pages enter at the head, and whatever leaves, those that stay remain in
 * the order in which they came. So it is enough to remember when a page here and
 * there was added: all between two of them came between these times. They are the
 * edges of buckets, each of which covers a span of time, and the tail of a list is
 * as old as the bucket that it is in:
 *
 *      head                                                   tail
 *     +----------+-------------+--------+-------------------------+
 *     |          |>            |>       |>                        |
 *     +----------+-------------+--------+-------------------------+
 *         8ms      20..16ms     60..40         2000..1500ms
 *                                                      > edge
 *
 * When an edge leaves, the next older page of its bucket takes its place; if there
 * is none, the bucket is empty. So what leaves in the order in which it came, as
 * most of it does, meets an edge only at the end of each bucket. Whether a page is
 * an edge is a look into a small table of counters, by a hash of its address, and
 * into a second one to be sure; at the tail it is a comparison with the one edge
 * that can come next, the boundary. Edges are compared with pages and never
 * followed. The newest bucket of a list ends at its head, and has no edge until
 * there is a newer one.
 *
 * A bucket is opened on the first addition of a tick. When there are too many
 * of them, neighbours are merged as long as the span of the result is small
 * compared with its age. Hence the history is fine where it is young and
 * coarse where it is old, and its length is fixed.
 *
 * The error: the tail was added within the span of its bucket. That is a tick
 * or two for the youngest, and at most a quarter of the bucket's age where the
 * history can afford it, which is about a minute of additions in every tick at
 * HZ=250 (a burst needs but one bucket). From there on it grows slowly, to less
 * than a half for hours of them. memory.stat shows the middle of the span: off
 * by an eighth at most, or one tick, in the former case. What protects is the
 * young end of it: a page is never taken for older than it is. What leaves from
 * anywhere in a list, by truncation or a second access, does not add to that.
 *
 *		Age on the multi-gen LRU
 *
 * There, lists come with generations, but a generation is not what it seems:
 * its timestamp says when it was opened, whereas pages are added to it later,
 * in part to the oldest one. So each generation remembers its latest addition,
 * anon and file apart. And pages found in use while it was the youngest one
 * stayed in it until the next was opened. The later of the two is a bound
 * that holds for every page: the age of a type is the time since its oldest
 * populated generation last got a page or was last harvested. It is a lower
 * bound: the tail is at least that old, and at most as old as the generation.
 * Except for pages that were put to its tail: whoever does that wants them gone,
 * and they are taken to be as old as the rest of it.
 *
 * For the bound to be of use in a cgroup that has been given a promise, pages
 * must not enter the oldest generation. New ones go to the second youngest
 * instead, and so do those found to have been read or written through file
 * descriptors when reclaim gets to them: PG_referenced is their accessed bit.
 * The two youngest generations can't be evicted from, so what is there becomes
 * overdue through an aging, once per N. (5/4 N while agings find nothing and
 * visit much of the node's memory.) What was not used between two of them is in
 * a generation that has been closed for N when the second one is done.
 *
 *		What reclaim does
 *
 * First pass: the overdue, i.e. lists (types, on the multi-gen LRU) which are
 * older than the promise to their cgroup, the most overdue first, down to the
 * promise and no further. An active list is scanned like an inactive one: what
 * was not used for N has had its chance there. A large set may be all in use,
 * and then scanning it only rotates it, which gives each page another N. That
 * must not hold up reclaim: after a batch of each list that yields little, it
 * goes on to the other passes, and leaves the lruvec alone until the next tick.
 * To find out is up to kswapd, and to reclaim for a limit: others in direct
 * reclaim follow where these have found something, or when they are in trouble.
 *
 * Second pass: lruvecs without a promise, as ever.
 *
 * Last resort: the young. Either because there is too little left to take
 * otherwise, which is counted in advance (the supply) in order not to descend
 * through the priorities in vain, or because the above did not meet the target;
 * for kswapd, which has no urgent one, when it is half way to giving up. Reclaim
 * then behaves as if there were no promises at all, so that it can't do worse than
 * without them: in particular it doesn't kill. That includes where pages go that
 * come in, and which accesses count. Hence a promise changes nothing for an
 * lruvec until reclaim has come by and kept it. memory.low gives way after that,
 * memory.min never.
 *
 *		Who is promised what
 *
 * The promise is the smallest knob on the way from the cgroup up to, and not
 * including, the target of reclaim. The one for reclaim from the root is kept
 * with each cgroup and changes with the knobs; other targets are few levels
 * up, and looking there is cheaper than a cache that reclaimers with different
 * targets fight over.
 */

/* Agings in a row that found everything in use, up to where it matters */
#define LRUVEC_AGE_BUSY			2

static LIST_HEAD(promised_memcgs);	/* RCU, changed under the mutex */
static unsigned long nr_promised_memcgs;
static DEFINE_MUTEX(ws_access_mutex);
DEFINE_STATIC_KEY_FALSE(memcg_ws_access_key);

/*
 * To count the supply, or to see that nothing is overdue, takes a visit to each
 * cgroup with a promise. It is not done anew within this many jiffies: the more
 * of them there are, the longer, so that there are as many visits in a second;
 * but no longer than what was counted is of use.
 */
#define LRUVEC_AGE_COUNT_RATE	10000UL		/* visits per second */
#define LRUVEC_AGE_COUNT_MIN	MAX(HZ / 50UL, 1UL)
#define LRUVEC_AGE_COUNT_MAX	((unsigned long)HZ)

static unsigned long count_interval __read_mostly = LRUVEC_AGE_COUNT_MIN;

/******************************************************************************
 *                          the history of a list
 ******************************************************************************/

/* Sixteenths of its age that the span of a bucket may have, if that will do */
#define MIN_SLACK	2

static void publish_tail(struct lruvec_age *age, enum lru_list lru)
{
	struct lruvec_age_bucket *bucket = &age->buckets[age->tail[lru]];

	WRITE_ONCE(age->tail_last[lru], bucket->last);
	WRITE_ONCE(age->tail_mid[lru],
		   bucket->first + (bucket->last - bucket->first) / 2);
}

static unsigned char *second_counter(struct lruvec_age *age,
				     struct list_head *edge)
{
	return &age->edges[1][hash_ptr(edge, LRUVEC_AGE_FILTER_BITS)];
}

static void count_edge(struct lruvec_age *age, struct list_head *edge)
{
	age->edges[0][lruvec_age_hash(edge)]++;
	(*second_counter(age, edge))++;
}

static void forget_edge(struct lruvec_age *age, struct list_head *edge)
{
	age->edges[0][lruvec_age_hash(edge)]--;
	(*second_counter(age, edge))--;
}

/* The oldest bucket of a list from @i on. There is one, up to its newest. */
static unsigned int next_bucket(struct lruvec_age *age, enum lru_list lru,
				unsigned int i)
{
	while (!age->buckets[i].edge[lru])
		i++;
	return i;
}

/* The one before @i. There is one, unless that is the bucket of the tail. */
static unsigned int prev_bucket(struct lruvec_age *age, enum lru_list lru,
				unsigned int i)
{
	while (!age->buckets[--i].edge[lru])
		;
	return i;
}

/* Move the edge of bucket @i to a page, unless it is that of the one before */
static void set_edge(struct lruvec_age *age, enum lru_list lru, unsigned int i,
		     struct list_head *edge)
{
	if (i == age->tail[lru]) {
		age->boundary[lru] = edge;
	} else if (age->buckets[prev_bucket(age, lru, i)].edge[lru] == edge) {
		age->buckets[i].edge[lru] = NULL;
		return;
	}

	age->buckets[i].edge[lru] = edge;
	count_edge(age, edge);
}

static void set_tail(struct lruvec_age *age, enum lru_list lru, unsigned int i)
{
	age->tail[lru] = i;
	age->boundary[lru] = age->buckets[i].edge[lru];
	publish_tail(age, lru);
}

static bool bucket_empty(const struct lruvec_age_bucket *bucket)
{
	enum lru_list lru;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		if (bucket->edge[lru])
			return false;
	return true;
}

/* May @young become part of @old, at a span of @slack/16 of its age? */
static bool buckets_mergeable(const struct lruvec_age_bucket *old,
			      const struct lruvec_age_bucket *young,
			      unsigned long now, unsigned int slack)
{
	u64 span = young->last - old->first;
	u64 age = now - young->last;

	return span * 16 <= age * slack;
}

static void merge_bucket(struct lruvec_age *age, struct lruvec_age_bucket *old,
			 const struct lruvec_age_bucket *young)
{
	enum lru_list lru;

	old->last = young->last;
	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		if (!young->edge[lru])
			continue;
		if (old->edge[lru])
			forget_edge(age, old->edge[lru]);
		old->edge[lru] = young->edge[lru];
	}
}

/* Where each list begins and ends in a history of @nr buckets */
static void find_ends(struct lruvec_age *age, unsigned int nr)
{
	enum lru_list lru;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		/* no pages? */
		if (!age->boundary[lru])
			continue;
		set_tail(age, lru, next_bucket(age, lru, 0));
		age->last[lru] = prev_bucket(age, lru, nr);
	}
}

/*
 * Leave @most buckets. What slack that takes depends on the length of the lists,
 * and hardly changes from one time to the next.
 */
static void compact_history(struct lruvec *lruvec, unsigned long now,
			    unsigned int most)
{
	struct lruvec_age *age = &lruvec->age;
	struct lruvec_age_bucket *buckets = age->buckets;
	unsigned int nr = age->head + 1;

	if (age->slack > MIN_SLACK)
		age->slack--;

	for (;;) {
		unsigned int i, kept = 0;

		for (i = 0; i < nr; i++) {
			if (bucket_empty(&buckets[i]))
				continue;
			if (kept && buckets_mergeable(&buckets[kept - 1],
						      &buckets[i], now,
						      age->slack))
				merge_bucket(age, &buckets[kept - 1], &buckets[i]);
			else
				buckets[kept++] = buckets[i];
		}
		nr = max(kept, 1U);
		if (nr <= most)
			break;
		age->slack++;
	}

	age->head = nr - 1;
	find_ends(age, nr);
}

/* The bucket of this tick */
static struct lruvec_age_bucket *newest_bucket(struct lruvec *lruvec,
					       unsigned long now)
{
	struct lruvec_age *age = &lruvec->age;
	struct lruvec_age_bucket *bucket = &age->buckets[age->head];

	if (bucket->last == now)
		return bucket;

	if (!bucket_empty(bucket)) {
		/* an eighth or more is for those to come */
		if (age->head == LRUVEC_AGE_BUCKETS - 1)
			compact_history(lruvec, now, LRUVEC_AGE_BUCKETS / 8 * 7);
		bucket = &age->buckets[++age->head];
		memset(bucket, 0, sizeof(*bucket));
	}
	bucket->first = now;
	bucket->last = now;

	return bucket;
}

static void history_open(struct lruvec *lruvec, enum lru_list lru,
			 unsigned long now)
{
	struct list_head *list = &lruvec->lists[lru];
	struct lruvec_age *age = &lruvec->age;
	bool empty = list_empty(list);
	struct lruvec_age_bucket *bucket;

	if (empty) {
		age->buckets[age->tail[lru]].edge[lru] = NULL;
		age->boundary[lru] = NULL;
	}

	bucket = newest_bucket(lruvec, now);
	if (!empty)
		set_edge(age, lru, age->last[lru], list->next);

	bucket->edge[lru] = list;
	age->last[lru] = age->head;
	WRITE_ONCE(age->opened[lru], now);
	if (empty)
		set_tail(age, lru, age->head);
}

/**
 * lruvec_age_open - see to the newest bucket before an addition
 * @lruvec: the lruvec
 * @lru: the list that is added to
 *
 * Context: lru_lock held.
 */
void lruvec_age_open(struct lruvec *lruvec, enum lru_list lru)
{
	history_open(lruvec, lru, jiffies);
}

/**
 * lruvec_age_next_bucket - the last page of the tail's bucket leaves
 * @lruvec: the lruvec
 * @lru: the list
 *
 * Context: lru_lock held.
 */
void lruvec_age_next_bucket(struct lruvec *lruvec, enum lru_list lru)
{
	struct lruvec_age *age = &lruvec->age;

	forget_edge(age, age->boundary[lru]);
	age->buckets[age->tail[lru]].edge[lru] = NULL;
	set_tail(age, lru, next_bucket(age, lru, age->tail[lru]));
}

/**
 * lruvec_age_del_edge - an edge may be leaving from the middle of a list
 * @lruvec: the lruvec
 * @lru: the list
 * @entry: a page on it which has the first hash of an edge, and is not the tail
 *
 * Context: lru_lock held.
 */
void lruvec_age_del_edge(struct lruvec *lruvec, enum lru_list lru,
			 struct list_head *entry)
{
	struct lruvec_age *age = &lruvec->age;
	unsigned int i = age->hint;

	if (!*second_counter(age, entry))
		return;

	/* what leaves in the reverse order is an edge each time */
	if (i >= age->last[lru] || age->buckets[i].edge[lru] != entry) {
		for (i = age->tail[lru]; i < age->last[lru]; i++)
			if (age->buckets[i].edge[lru] == entry)
				break;
		if (i >= age->last[lru])
			return;
		age->hint = i;
	}

	forget_edge(age, entry);
	set_edge(age, lru, i, entry->next);
}

/**
 * lruvec_age_init - start the history of a new lruvec
 * @lruvec: the lruvec, zeroed, its lists initialized
 */
void lruvec_age_init(struct lruvec *lruvec)
{
	struct lruvec_age *age = &lruvec->age;
	unsigned long now = jiffies;
	enum lru_list lru;

	BUILD_BUG_ON(LRU_UNEVICTABLE != LRUVEC_AGE_LISTS);
	BUILD_BUG_ON(LRUVEC_AGE_TYPES != ANON_AND_FILE);
	/* the counters must hold all edges */
	BUILD_BUG_ON((LRUVEC_AGE_BUCKETS - 1) * LRUVEC_AGE_LISTS > U8_MAX);

	age->slack = MIN_SLACK;
	age->buckets[0].first = now;
	age->buckets[0].last = now;
	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		publish_tail(age, lru);
		age->opened[lru] = now - 1;
	}

#ifdef CONFIG_LRU_GEN
	BUILD_BUG_ON(LRUVEC_AGE_GENS != MAX_NR_GENS);
	for (int gen = 0; gen < LRUVEC_AGE_GENS; gen++)
		for (int type = 0; type < LRUVEC_AGE_TYPES; type++)
			age->added[gen][type] = now;
#endif
	age->retry = now;
	age->quiet = now;
	age->supply_time = now - LRUVEC_AGE_COUNT_MAX;
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
/*
 * When a cgroup dies, what is left on its lists goes to those of its parent. If it
 * was appended to them, the tail of a parent whose children come and go would
 * never be older than the last one that went, and what they have left behind would
 * be kept for good. So the buckets of the child are sorted into those of the parent,
 * with their pages: then the lists are as if all had been added to them.
 */

static bool bucket_before(const struct lruvec_age_bucket *a,
			  const struct lruvec_age_bucket *b, unsigned long now)
{
	return now - a->last > now - b->last;
}

/* Let the newest bucket of a list end at a page, as the others do */
static void close_list(struct lruvec *lruvec, enum lru_list lru)
{
	struct list_head *list = &lruvec->lists[lru];
	struct lruvec_age *age = &lruvec->age;

	if (!list_empty(list)) {
		set_edge(age, lru, age->last[lru], list->next);
	} else {
		age->buckets[age->tail[lru]].edge[lru] = NULL;
		age->boundary[lru] = NULL;
	}
}

/* And at the head again. What comes next is to open another one, or is as old. */
static void reopen_list(struct lruvec *lruvec, enum lru_list lru,
			unsigned long now)
{
	struct list_head *list = &lruvec->lists[lru];
	struct lruvec_age *age = &lruvec->age;
	struct lruvec_age_bucket *newest = &age->buckets[age->last[lru]];

	if (list_empty(list)) {
		WRITE_ONCE(age->opened[lru], now - 1);
		return;
	}

	WRITE_ONCE(age->opened[lru], newest->last);
	forget_edge(age, newest->edge[lru]);
	newest->edge[lru] = list;
	if (age->last[lru] == age->tail[lru])
		age->boundary[lru] = list;
}

/* Sort the pages of a closed list into those of the parent's */
static void sort_pages(struct lruvec *child, struct lruvec *parent,
		       enum lru_list lru, unsigned long now)
{
	struct lruvec_age *from = &child->age, *to = &parent->age;
	struct list_head *younger = &parent->lists[lru];
	unsigned int i = 0, j;

	for (j = 0; j <= from->head; j++) {
		struct lruvec_age_bucket *bucket = &from->buckets[j];
		struct list_head *edge = bucket->edge[lru];

		if (!edge)
			continue;
		for (; i <= to->head && bucket_before(&to->buckets[i], bucket, now); i++)
			if (to->buckets[i].edge[lru])
				younger = to->buckets[i].edge[lru];
		list_bulk_move_tail(younger, edge, child->lists[lru].prev);
		younger = edge;
	}
	/* find_ends() goes by that, as it has pages now */
	if (younger != &parent->lists[lru])
		to->boundary[lru] = younger;
}

/* Sort the buckets of the child into those of the parent, in place */
static void sort_buckets(struct lruvec *child, struct lruvec *parent,
			 unsigned long now)
{
	struct lruvec_age *from = &child->age, *to = &parent->age;
	unsigned int i = to->head + 1, j = from->head + 1;
	unsigned int nr = i + j;
	enum lru_list lru;

	while (j) {
		struct lruvec_age_bucket *bucket = &from->buckets[j - 1];

		if (i && !bucket_before(&to->buckets[i - 1], bucket, now)) {
			i--;
			to->buckets[i + j] = to->buckets[i];
			continue;
		}
		j--;
		to->buckets[i + j] = *bucket;
		for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
			if (bucket->edge[lru])
				count_edge(to, bucket->edge[lru]);
	}

	to->head = nr - 1;
	find_ends(to, nr);
}

static void clear_history(struct lruvec_age *age, unsigned long now)
{
	enum lru_list lru;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		WRITE_ONCE(age->opened[lru], now - 1);
	age->head = 0;
	memset(age->tail, 0, sizeof(age->tail));
	memset(age->last, 0, sizeof(age->last));
	memset(age->boundary, 0, sizeof(age->boundary));
	memset(age->edges, 0, sizeof(age->edges));
	memset(age->buckets, 0, sizeof(age->buckets));
	age->buckets[0].first = now;
	age->buckets[0].last = now;
}

static void history_reparent(struct lruvec *child, struct lruvec *parent,
			     unsigned long now)
{
	enum lru_list lru;

	if (child->age.head + parent->age.head + 2 > LRUVEC_AGE_BUCKETS) {
		compact_history(child, now, LRUVEC_AGE_BUCKETS / 2);
		compact_history(parent, now, LRUVEC_AGE_BUCKETS / 2);
	}

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		close_list(child, lru);
		close_list(parent, lru);
		sort_pages(child, parent, lru, now);
	}
	sort_buckets(child, parent, now);
	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		reopen_list(parent, lru, now);
	clear_history(&child->age, now);
}

/**
 * lruvec_age_reparent - the lists of a dying cgroup go to those of its parent
 * @child: the one; its lists are empty afterwards, except for the unevictable one
 * @parent: the other
 *
 * Context: lru_lock of both held.
 */
void lruvec_age_reparent(struct lruvec *child, struct lruvec *parent)
{
	history_reparent(child, parent, jiffies);
}
#endif /* LRUVEC_AGE_HAS_REPARENTING */

static unsigned long time_since(unsigned long now, unsigned long time)
{
	return time_after(now, time) ? now - time : 0;
}

/******************************************************************************
 *                          the multi-gen LRU
 ******************************************************************************/

#ifdef CONFIG_LRU_GEN

static bool lruvec_on_gens(struct lruvec *lruvec)
{
	return READ_ONCE(lruvec->lrugen.enabled);
}

static unsigned long gen_size(struct lruvec *lruvec, unsigned long seq,
			      int type)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	int gen = lru_gen_from_seq(seq);
	unsigned long size = 0;
	int zone;

	for (zone = 0; zone < MAX_NR_ZONES; zone++)
		size += max(READ_ONCE(lrugen->nr_pages[gen][type][zone]), 0L);

	return size;
}

static unsigned long gens_size(struct lruvec *lruvec, int type)
{
	unsigned long max_seq = READ_ONCE(lruvec->lrugen.max_seq);
	unsigned long seq = READ_ONCE(lruvec->lrugen.min_seq[type]);
	unsigned long size = 0;

	for (; seq <= max_seq; seq++)
		size += gen_size(lruvec, seq, type);

	return size;
}

static bool gen_populated(struct lruvec *lruvec, unsigned long seq, int type)
{
	long *nr_pages = lruvec->lrugen.nr_pages[lru_gen_from_seq(seq)][type];
	int zone;

	for (zone = 0; zone < MAX_NR_ZONES; zone++)
		if (READ_ONCE(nr_pages[zone]) > 0)
			return true;

	return false;
}

/*
 * The oldest populated generation of a type, if there is one. Lockless: a
 * racing promotion may hide or show the last few pages.
 */
static bool lru_gen_oldest_seq(struct lruvec *lruvec, int type,
			       unsigned long *seq)
{
	unsigned long max_seq = READ_ONCE(lruvec->lrugen.max_seq);

	*seq = READ_ONCE(lruvec->lrugen.min_seq[type]);
	for (; *seq <= max_seq; (*seq)++)
		if (gen_populated(lruvec, *seq, type))
			return true;

	return false;
}

/* No page of the oldest generation came, or was found in use, after this */
static bool gens_tail_time(struct lruvec *lruvec, int type, unsigned long *time)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	unsigned long seq, closed;

	if (!lru_gen_oldest_seq(lruvec, type, &seq))
		return false;

	*time = READ_ONCE(lruvec->age.added[lru_gen_from_seq(seq)][type]);
	if (seq != READ_ONCE(lrugen->max_seq)) {
		closed = READ_ONCE(lrugen->timestamps[lru_gen_from_seq(seq + 1)]);
		if (time_after(closed, *time))
			*time = closed;
	}

	return true;
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
/**
 * lruvec_age_reparent_gens - the generations of a dying cgroup go to its parent's
 * @child: the one
 * @parent: the other
 *
 * That is by index, whatever their order was, and may be from the youngest to the
 * oldest one. What was found in use there has stayed where it was. A few pages do
 * not make a generation younger that has more of its own: what many children leave
 * behind, one after the other, would keep it from ever getting old.
 *
 * Context: lru_lock of both held.
 */
void lruvec_age_reparent_gens(struct lruvec *child, struct lruvec *parent)
{
	struct lru_gen_folio *lrugen = &child->lrugen;
	unsigned long seq, time, closed;
	int gen, type;

	for (type = 0; type < ANON_AND_FILE; type++) {
		for (seq = lrugen->min_seq[type]; seq <= lrugen->max_seq; seq++) {
			gen = lru_gen_from_seq(seq);
			if (!gen_populated(child, seq, type) ||
			    gen_size(child, seq, type) < gen_size(parent, seq, type))
				continue;
			time = child->age.added[gen][type];
			closed = seq == lrugen->max_seq ? jiffies :
				lrugen->timestamps[lru_gen_from_seq(seq + 1)];
			if (time_after(closed, time))
				time = closed;
			if (time_after(time, parent->age.added[gen][type]))
				WRITE_ONCE(parent->age.added[gen][type], time);
		}
	}
}
#endif

/* Pages of the generations that can be evicted from: not of the two youngest */
static unsigned long gens_idle(struct lruvec *lruvec, int type)
{
	unsigned long max_seq = READ_ONCE(lruvec->lrugen.max_seq);
	unsigned long seq = READ_ONCE(lruvec->lrugen.min_seq[type]);
	unsigned long size = 0;

	for (; seq + MIN_NR_GENS <= max_seq; seq++)
		size += gen_size(lruvec, seq, type);

	return size;
}

/**
 * lru_gen_evictable - can a type be evicted from at fair cost?
 * @lruvec: the lruvec
 * @type: LRU_GEN_ANON or LRU_GEN_FILE
 * @share: the fraction 1 / @share of all pages that should be there to evict
 *
 * An aging leaves the pages that it promotes where they are, and the eviction
 * has to sort them out in order to get at the rest. A few are left to rest.
 *
 * Return: true if enough of the old generations was not promoted.
 */
bool lru_gen_evictable(struct lruvec *lruvec, int type, int share)
{
	unsigned long idle = gens_idle(lruvec, type);

	return idle && idle >= gens_size(lruvec, type) / share;
}

/*
 * How long was the oldest generation not looked at? One that can't be evicted
 * from does not tell what is in use, however many pages have come since, before
 * an aging sets that apart. The aging has to visit every page in use, so let it
 * wait a little longer if that is costly, and if all it finds is that all are
 * in use.
 */
static bool gens_scan_age(struct lruvec *lruvec, int type, unsigned long *age)
{
	struct lru_gen_folio *lrugen = &lruvec->lrugen;
	unsigned long max_seq = READ_ONCE(lrugen->max_seq);
	unsigned long time;

	if (!gens_tail_time(lruvec, type, &time))
		return false;

	if (lru_gen_evictable(lruvec, type, LRU_GEN_EVICTABLE_SHARE)) {
		*age = time_since(jiffies, time);
		return true;
	}

	time = READ_ONCE(lrugen->timestamps[lru_gen_from_seq(max_seq)]);
	*age = time_since(jiffies, time);
	if (READ_ONCE(lruvec->age.busy) == LRUVEC_AGE_BUSY)
		*age -= *age / 5;
	return true;
}

/*
 * Do agings visit more than a tenth of the node's memory in a second, at the
 * pace of the last two?
 */
static bool gens_costly(struct lruvec *lruvec, int type)
{
	unsigned long *timestamps = lruvec->lrugen.timestamps;
	unsigned long max_seq = READ_ONCE(lruvec->lrugen.max_seq);
	unsigned long last = READ_ONCE(timestamps[lru_gen_from_seq(max_seq)]);
	unsigned long prev = READ_ONCE(timestamps[lru_gen_from_seq(max_seq - 1)]);
	u64 pages = gens_size(lruvec, type);
	u64 node = lruvec_pgdat(lruvec)->node_present_pages;

	return pages * 10 * HZ > node * (last - prev);
}

/**
 * lru_gen_age_harvested - remember what the aging of an lruvec has found
 * @lruvec: the lruvec
 * @type: the type that was due
 *
 * The first time, it is all in use if anybody ever used it.
 */
void lru_gen_age_harvested(struct lruvec *lruvec, int type)
{
	unsigned char busy = READ_ONCE(lruvec->age.busy);

	if (gens_idle(lruvec, type) > gens_size(lruvec, type) / 16 ||
	    !gens_costly(lruvec, type))
		busy = 0;
	else if (busy < LRUVEC_AGE_BUSY)
		busy++;
	WRITE_ONCE(lruvec->age.busy, busy);
}

#else /* !CONFIG_LRU_GEN */

static bool lruvec_on_gens(struct lruvec *lruvec)
{
	return false;
}

static unsigned long gens_size(struct lruvec *lruvec, int type)
{
	return 0;
}

static bool gens_tail_time(struct lruvec *lruvec, int type, unsigned long *time)
{
	return false;
}

static bool gens_scan_age(struct lruvec *lruvec, int type, unsigned long *age)
{
	return false;
}

#endif /* CONFIG_LRU_GEN */

/******************************************************************************
 *                          age
 ******************************************************************************/

static enum lru_list type_list(int type)
{
	return type * LRU_FILE;
}

static bool list_populated(struct lruvec *lruvec, enum lru_list lru)
{
	return !list_empty(&lruvec->lists[lru]);
}

static unsigned long list_size(struct lruvec *lruvec, enum lru_list lru)
{
	unsigned long size = 0;
	int zone;

	for (zone = 0; zone < MAX_NR_ZONES; zone++)
		size += mem_cgroup_get_zone_lru_size(lruvec, lru, zone);

	return size;
}

static unsigned long lruvec_type_size(struct lruvec *lruvec, int type)
{
	enum lru_list lru = type_list(type);

	if (lruvec_on_gens(lruvec))
		return gens_size(lruvec, type);

	return list_size(lruvec, lru) + list_size(lruvec, lru + LRU_ACTIVE);
}

/* The age to show, jiffies; 0 if there are no pages of this type */
static unsigned long lruvec_type_age(struct lruvec *lruvec, int type)
{
	enum lru_list lru = type_list(type);
	unsigned long now = jiffies;
	unsigned long time, age = 0;
	int active;

	if (lruvec_on_gens(lruvec))
		return gens_tail_time(lruvec, type, &time) ?
		       time_since(now, time) : 0;

	for (active = 0; active <= LRU_ACTIVE; active++) {
		if (!list_populated(lruvec, lru + active))
			continue;
		time = READ_ONCE(lruvec->age.tail_mid[lru + active]);
		age = max(age, time_since(now, time));
	}

	return age;
}

/* How long ago, at least, the tail came. No tail, no age. */
static bool list_age_min(struct lruvec *lruvec, enum lru_list lru,
			 unsigned long *age)
{
	if (!list_populated(lruvec, lru))
		return false;

	*age = time_since(jiffies, READ_ONCE(lruvec->age.tail_last[lru]));
	return true;
}

/* The older one of the two lists of a type on the classic LRU */
static bool lists_age_min(struct lruvec *lruvec, int type, unsigned long *age)
{
	enum lru_list lru = type_list(type);
	unsigned long active;

	if (!list_age_min(lruvec, lru, age))
		return list_age_min(lruvec, lru + LRU_ACTIVE, age);

	if (list_age_min(lruvec, lru + LRU_ACTIVE, &active))
		*age = max(*age, active);
	return true;
}

/* How long ago, at least, the oldest tail of a type came or was found in use */
static bool type_age_min(struct lruvec *lruvec, int type, unsigned long *age)
{
	unsigned long time;

	if (!lruvec_on_gens(lruvec))
		return lists_age_min(lruvec, type, age);

	if (!gens_tail_time(lruvec, type, &time))
		return false;
	*age = time_since(jiffies, time);
	return true;
}

/**
 * lruvec_has_tail - is there anything that a promise can be about?
 * @lruvec: the lruvec
 *
 * Context: lockless.
 *
 * Return: false if there are no pages that reclaim could want.
 */
bool lruvec_has_tail(struct lruvec *lruvec)
{
	unsigned long age;

	return type_age_min(lruvec, WORKINGSET_FILE, &age) ||
	       type_age_min(lruvec, WORKINGSET_ANON, &age);
}

/* How long ago reclaim looked at it */
static bool type_scan_age(struct lruvec *lruvec, int type, unsigned long *age)
{
	return lruvec_on_gens(lruvec) ? gens_scan_age(lruvec, type, age) :
					lists_age_min(lruvec, type, age);
}

static bool list_overdue(struct lruvec *lruvec, enum lru_list lru,
			 unsigned long threshold)
{
	unsigned long age;

	return list_age_min(lruvec, lru, &age) && age >= threshold;
}

/* The pages from the tail of a list up to @edge, or @most */
static unsigned long count_pages(struct list_head *list, struct list_head *edge,
				 unsigned long most)
{
	struct list_head *entry;
	unsigned long nr = 0;

	list_for_each_prev(entry, list) {
		nr += folio_nr_pages(list_entry(entry, struct folio, lru));
		if (nr >= most)
			return most;
		if (entry == edge)
			break;
	}

	return nr;
}

/**
 * lruvec_list_overdue - how much of a classic LRU list is older than the promise?
 * @lruvec: the lruvec
 * @lru: the list
 * @threshold: the promise, jiffies
 * @most: no need to count further
 *
 * Context: takes the lru_lock.
 *
 * Return: pages at the tail that have had their time, or @most.
 */
unsigned long lruvec_list_overdue(struct lruvec *lruvec, enum lru_list lru,
				  unsigned long threshold, unsigned long most)
{
	struct lruvec_age *age = &lruvec->age;
	struct list_head *edge = NULL;
	unsigned long now = jiffies;
	unsigned long nr = 0;
	unsigned int i;

	if (!list_overdue(lruvec, lru, threshold))
		return 0;

	/* nothing was added since? */
	if (time_since(now, READ_ONCE(age->opened[lru])) >= threshold)
		return most;

	spin_lock_irq(&lruvec->lru_lock);
	for (i = age->tail[lru]; i <= age->last[lru]; i++) {
		if (!age->buckets[i].edge[lru])
			continue;
		if (time_since(now, age->buckets[i].last) < threshold)
			break;
		edge = age->buckets[i].edge[lru];
	}
	if (edge)
		nr = count_pages(&lruvec->lists[lru], edge, most);
	spin_unlock_irq(&lruvec->lru_lock);

	return nr;
}

/* Has everything at the oldest tail of a type had its time? */
static bool lruvec_type_overdue(struct lruvec *lruvec, int type,
				unsigned long threshold)
{
	unsigned long age;

	return type_age_min(lruvec, type, &age) && age >= threshold;
}

/**
 * lruvec_type_due - should reclaim look at anon or file memory first?
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 * @threshold: the promise, jiffies
 *
 * On the multi-gen LRU, that may be in order to find out what is overdue.
 *
 * Context: lockless.
 *
 * Return: true if it was not looked at for @threshold.
 */
bool lruvec_type_due(struct lruvec *lruvec, int type, unsigned long threshold)
{
	unsigned long age;

	return type_scan_age(lruvec, type, &age) && age >= threshold;
}

/**
 * lruvec_age_young - is reclaim from here breaking a promise?
 * @lruvec: the lruvec
 * @threshold: the promise, jiffies; 0 for none
 * @can_swap: can its anon memory be reclaimed at all?
 *
 * Return: true if it has memory and none is overdue. What can't be reclaimed
 * does not count as that, however old it is.
 */
bool lruvec_age_young(struct lruvec *lruvec, unsigned long threshold,
		      bool can_swap)
{
	int type;

	if (!threshold || !lruvec_has_tail(lruvec))
		return false;

	for (type = !can_swap; type < ANON_AND_FILE; type++)
		if (lruvec_type_overdue(lruvec, type, threshold))
			return false;
	return true;
}

/**
 * lruvec_age_note_kept - note whether reclaim keeps the promise to an lruvec
 * @lruvec: the lruvec
 * @kept: false if it is about to be reclaimed as if there was none
 *
 * Context: lockless; the last one counts.
 */
void lruvec_age_note_kept(struct lruvec *lruvec, bool kept)
{
	if (READ_ONCE(lruvec->age.kept) != kept)
		WRITE_ONCE(lruvec->age.kept, kept);
}

bool __lruvec_age_keeps(struct lruvec *lruvec)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);

	return memcg && READ_ONCE(memcg->ws_access.promised);
}

/******************************************************************************
 *                          the promise
 ******************************************************************************/

static bool recursive_protection(void)
{
	return cgrp_dfl_root.flags & CGRP_ROOT_MEMORY_RECURSIVE_PROT;
}

/* Rounded up, as timeouts are. 32 bits of ms may be more than jiffies hold. */
static unsigned long ws_access_to_jiffies(unsigned int ms)
{
	u64 t = div_u64((u64)ms * HZ + MSEC_PER_SEC - 1, MSEC_PER_SEC);

	return min_t(u64, t, MAX_JIFFY_OFFSET);
}

/*
 * The smallest knob from @memcg up to, and not including, @target. A cgroup
 * with no knob follows its parent, or breaks the chain; a child of the target
 * has nobody to follow.
 */
static unsigned int ws_access_ms(struct mem_cgroup *memcg,
				 struct mem_cgroup *target)
{
	unsigned int min_ms = UINT_MAX;
	unsigned int ms = 0;

	for (; memcg && memcg != target && !mem_cgroup_is_root(memcg);
	     memcg = parent_mem_cgroup(memcg)) {
		ms = READ_ONCE(memcg->ws_access.ms);
		if (ms)
			min_ms = min(min_ms, ms);
		else if (!recursive_protection())
			return 0;
	}

	return ms ? min_ms : 0;
}

/**
 * lruvec_ws_access - the promise that a reclaimer owes to an lruvec
 * @lruvec: the lruvec
 * @target: cgroup that is reclaimed, NULL for the root
 *
 * Dying cgroups are owed nothing.
 *
 * Context: the caller holds a reference to the cgroup, or rcu_read_lock().
 *
 * Return: the access interval, jiffies; 0 for no promise.
 */
unsigned long lruvec_ws_access(struct lruvec *lruvec, struct mem_cgroup *target)
{
	struct mem_cgroup *memcg;

	if (!memcg_ws_access_enabled())
		return 0;

	memcg = lruvec_memcg(lruvec);
	if (!memcg || !READ_ONCE(memcg->ws_access.promised))
		return 0;

	if (!target || mem_cgroup_is_root(target))
		return READ_ONCE(memcg->ws_access.effective);

	return ws_access_to_jiffies(ws_access_ms(memcg, target));
}

/* Could any target owe something to this cgroup? */
static bool ws_access_possible(struct mem_cgroup *memcg)
{
	do {
		if (memcg->ws_access.ms)
			return true;
		memcg = parent_mem_cgroup(memcg);
	} while (memcg && recursive_protection());

	return false;
}

static unsigned long promised_count_interval(unsigned long nr)
{
	return clamp(nr * HZ / LRUVEC_AGE_COUNT_RATE, LRUVEC_AGE_COUNT_MIN,
		     LRUVEC_AGE_COUNT_MAX);
}

static void update_promise(struct mem_cgroup *memcg)
{
	struct memcg_ws_access *ws = &memcg->ws_access;
	bool promised = ws->online && ws_access_possible(memcg);
	unsigned int ms = promised ? ws_access_ms(memcg, NULL) : 0;

	lockdep_assert_held(&ws_access_mutex);

	WRITE_ONCE(ws->effective, ws_access_to_jiffies(ms));

	if (promised == ws->promised)
		return;

	WRITE_ONCE(ws->promised, promised);
	if (promised) {
		list_add_tail_rcu(&ws->list, &promised_memcgs);
		nr_promised_memcgs++;
		static_branch_inc(&memcg_ws_access_key);
	} else {
		list_del_rcu(&ws->list);
		nr_promised_memcgs--;
		static_branch_dec(&memcg_ws_access_key);
	}
	WRITE_ONCE(count_interval, promised_count_interval(nr_promised_memcgs));
}

static void update_subtree(struct mem_cgroup *root)
{
	struct mem_cgroup *memcg;

	for (memcg = mem_cgroup_iter(root, NULL, NULL); memcg;
	     memcg = mem_cgroup_iter(root, memcg, NULL))
		update_promise(memcg);
}

static void set_ws_access(struct mem_cgroup *memcg, unsigned int ms)
{
	mutex_lock(&ws_access_mutex);
	if (ms != memcg->ws_access.ms) {
		WRITE_ONCE(memcg->ws_access.ms, ms);
		update_subtree(memcg);
	}
	mutex_unlock(&ws_access_mutex);
}

/**
 * memcg_ws_access_online - let a new cgroup inherit
 * @memcg: the cgroup
 *
 * Context: css_online(), once nothing can fail any more.
 */
void memcg_ws_access_online(struct mem_cgroup *memcg)
{
	mutex_lock(&ws_access_mutex);
	memcg->ws_access.online = true;
	update_promise(memcg);
	mutex_unlock(&ws_access_mutex);
}

/**
 * memcg_ws_access_offline - release a dying cgroup from all promises
 * @memcg: the cgroup
 *
 * Context: css_offline(): a grace period before the cgroup is freed.
 */
void memcg_ws_access_offline(struct mem_cgroup *memcg)
{
	mutex_lock(&ws_access_mutex);
	memcg->ws_access.online = false;
	update_promise(memcg);
	mutex_unlock(&ws_access_mutex);
}

/**
 * memcg_ws_access_reset - forget the knob of a cgroup
 * @memcg: the cgroup
 *
 * Context: css_reset().
 */
void memcg_ws_access_reset(struct mem_cgroup *memcg)
{
	set_ws_access(memcg, 0);
}

/**
 * memcg_ws_access_refresh - follow a change of memory_recursiveprot
 *
 * Context: (re)mount of cgroup2; may sleep.
 */
void memcg_ws_access_refresh(void)
{
	if (mem_cgroup_disabled() || !memcg_ws_access_enabled())
		return;

	mutex_lock(&ws_access_mutex);
	update_subtree(root_mem_cgroup);
	mutex_unlock(&ws_access_mutex);
}

/******************************************************************************
 *                          hints to reclaim
 ******************************************************************************/

/*
 * Is @time still to come? It has been set to @limit from then at most, so what
 * looks later is what jiffies have lapped.
 */
static bool time_pending(unsigned long time, unsigned long limit)
{
	return time - jiffies - 1 < limit;
}

/* A promise about nothing costs nothing, except for walking over it */
static bool memcg_empty(struct mem_cgroup *memcg)
{
	/* the root is not charged */
	return !mem_cgroup_is_root(memcg) && !page_counter_read(&memcg->memory);
}

static bool lruvec_put_off(struct lruvec *lruvec)
{
	return time_pending(READ_ONCE(lruvec->age.retry),
			    LRUVEC_AGE_COUNT_MAX);
}

/**
 * lruvec_age_quiet - has somebody just seen that nothing is overdue?
 * @target: cgroup that is reclaimed, NULL for the root
 * @pgdat: node that is reclaimed
 *
 * Return: true if it is too early to look again.
 */
bool lruvec_age_quiet(struct mem_cgroup *target, pg_data_t *pgdat)
{
	struct lruvec_age *hints = &mem_cgroup_lruvec(target, pgdat)->age;

	return time_pending(READ_ONCE(hints->quiet), LRUVEC_AGE_COUNT_MAX);
}

/**
 * lruvec_age_promises - may reclaim have to pass over somebody?
 * @target: cgroup that is reclaimed, NULL for the root
 * @pgdat: node that is reclaimed
 *
 * Return: true if somebody below the target had memory and a promise when
 * reclaim looked for the overdue last.
 */
bool lruvec_age_promises(struct mem_cgroup *target, pg_data_t *pgdat)
{
	return READ_ONCE(mem_cgroup_lruvec(target, pgdat)->age.promises);
}

/**
 * lruvec_age_next_overdue - find the lruvec to reclaim from first
 * @target: cgroup that is reclaimed, NULL for the root
 * @pgdat: node that is reclaimed
 * @can_swap: can anon memory be reclaimed at all?
 * @proven: only those whose last batch was worth it
 * @threshold: set to the promise to this lruvec, jiffies
 *
 * Return: the lruvec that is overdue for the longest time and not being put
 * off, with a reference to its cgroup that the caller has to drop; or NULL.
 */
struct lruvec *lruvec_age_next_overdue(struct mem_cgroup *target,
				       pg_data_t *pgdat, bool can_swap,
				       bool proven, unsigned long *threshold)
{
	struct lruvec_age *hints = &mem_cgroup_lruvec(target, pgdat)->age;
	struct lruvec *lruvec, *found = NULL;
	unsigned long interval = READ_ONCE(count_interval);
	unsigned long wait, longest = 0;
	struct mem_cgroup *memcg;
	bool promises = false;
	int type;

	rcu_read_lock();
	list_for_each_entry_rcu(memcg, &promised_memcgs, ws_access.list) {
		unsigned long promise, age;

		if (memcg_empty(memcg) ||
		    (target && !mem_cgroup_is_descendant(memcg, target)))
			continue;
		lruvec = mem_cgroup_lruvec(memcg, pgdat);
		promise = lruvec_ws_access(lruvec, target);
		if (!promise)
			continue;
		promises = true;
		if (lruvec_put_off(lruvec) ||
		    (proven && !READ_ONCE(lruvec->age.yields)))
			continue;

		wait = interval;
		for (type = !can_swap; type < ANON_AND_FILE; type++) {
			if (!type_scan_age(lruvec, type, &age))
				continue;
			if (age < promise) {
				wait = min(wait, promise - age);
				continue;
			}
			wait = 0;
			if (found && age - promise <= longest)
				continue;
			found = lruvec;
			longest = age - promise;
			*threshold = promise;
		}
		/* nothing can become due before */
		if (wait)
			WRITE_ONCE(lruvec->age.retry, jiffies + wait);
	}
	if (found && !css_tryget(&lruvec_memcg(found)->css))
		found = NULL;
	rcu_read_unlock();

	if (READ_ONCE(hints->promises) != promises)
		WRITE_ONCE(hints->promises, promises);
	if (!found && !proven)
		WRITE_ONCE(hints->quiet, jiffies + interval);

	return found;
}

/**
 * lruvec_age_note_yield - remember whether it is worth to look at an lruvec
 * @lruvec: the lruvec, overdue
 * @scanned: pages that the first pass has scanned
 * @reclaimed: those which it got
 */
void lruvec_age_note_yield(struct lruvec *lruvec, unsigned long scanned,
			   unsigned long reclaimed)
{
	if (scanned)
		WRITE_ONCE(lruvec->age.yields, reclaimed >= scanned / 2);
}

/**
 * lruvec_age_put_off - leave an lruvec alone that yields little
 * @lruvec: the lruvec
 *
 * It has been scanned for a batch without meeting the target. Let reclaimers
 * get on with the other cgroups before the next batch. No page is scanned
 * more than once per interval anyway, because scanning it makes it young.
 */
void lruvec_age_put_off(struct lruvec *lruvec)
{
	WRITE_ONCE(lruvec->age.retry, jiffies + 1);
}

/* Pages of a type that can be taken without breaking the promise */
static unsigned long lruvec_supply(struct lruvec *lruvec, int type,
				   unsigned long threshold)
{
	enum lru_list lru = type_list(type);
	unsigned long supply = 0;
	int active;

	if (!threshold)
		return lruvec_type_size(lruvec, type);

	/* it has just been found to be in use, or not to be due */
	if (lruvec_put_off(lruvec))
		return 0;

	if (lruvec_on_gens(lruvec))
		return lruvec_type_overdue(lruvec, type, threshold) ?
		       gens_size(lruvec, type) : 0;

	for (active = 0; active <= LRU_ACTIVE; active++)
		if (list_overdue(lruvec, lru + active, threshold))
			supply += list_size(lruvec, lru + active);

	return supply;
}

/* The node knows its sum, and those with a promise know each other */
static void count_node_supply(pg_data_t *pgdat, unsigned long *supply)
{
	struct mem_cgroup *memcg;
	int type;

	for (type = 0; type < ANON_AND_FILE; type++) {
		enum lru_list lru = type_list(type);

		supply[type] = node_page_state(pgdat, NR_LRU_BASE + lru) +
			node_page_state(pgdat, NR_LRU_BASE + lru + LRU_ACTIVE);
	}

	rcu_read_lock();
	list_for_each_entry_rcu(memcg, &promised_memcgs, ws_access.list) {
		struct lruvec *lruvec = mem_cgroup_lruvec(memcg, pgdat);
		unsigned long promise;

		if (memcg_empty(memcg))
			continue;
		promise = lruvec_ws_access(lruvec, NULL);
		if (!promise)
			continue;

		for (type = 0; type < ANON_AND_FILE; type++) {
			unsigned long size = lruvec_type_size(lruvec, type);
			unsigned long take = lruvec_supply(lruvec, type, promise);

			if (size > take)
				supply[type] -= min(supply[type], size - take);
		}
	}
	rcu_read_unlock();
}

/* Returns true if that is all, false if it has found enough of @type before */
static bool count_subtree_supply(struct mem_cgroup *target, pg_data_t *pgdat,
				 unsigned long *supply, int type,
				 unsigned long enough)
{
	struct mem_cgroup *memcg;
	int i;

	for (i = 0; i < ANON_AND_FILE; i++)
		supply[i] = 0;

	for (memcg = mem_cgroup_iter(target, NULL, NULL); memcg;
	     memcg = mem_cgroup_iter(target, memcg, NULL)) {
		struct lruvec *lruvec = mem_cgroup_lruvec(memcg, pgdat);
		unsigned long promise;

		if (memcg_empty(memcg))
			continue;
		promise = lruvec_ws_access(lruvec, target);
		for (i = 0; i < ANON_AND_FILE; i++)
			supply[i] += lruvec_supply(lruvec, i, promise);
		if (supply[type] >= enough) {
			mem_cgroup_iter_break(target, memcg);
			return false;
		}
	}
	return true;
}

/**
 * lruvec_age_supply - how much can be had without breaking a promise?
 * @target: cgroup that is reclaimed, NULL for the root
 * @pgdat: node that is reclaimed
 * @type: anon (0) or file (1)
 * @enough: no need to count further
 *
 * Context: process context.
 *
 * Return: number of pages, as of the last count; @enough or more instead of all.
 */
unsigned long lruvec_age_supply(struct mem_cgroup *target, pg_data_t *pgdat,
				int type, unsigned long enough)
{
	struct lruvec_age *hints = &mem_cgroup_lruvec(target, pgdat)->age;
	unsigned long known = READ_ONCE(hints->supply[type]);
	unsigned long interval = READ_ONCE(count_interval);
	unsigned long supply[ANON_AND_FILE];
	bool all = true;
	int i;

	/* no promise is broken for longer than it has to be */
	if (known < enough)
		interval = LRUVEC_AGE_COUNT_MIN;
	if (jiffies - READ_ONCE(hints->supply_time) < interval &&
	    (READ_ONCE(hints->supply_all) || known >= enough))
		return known;

	if (!target || mem_cgroup_is_root(target))
		count_node_supply(pgdat, supply);
	else
		all = count_subtree_supply(target, pgdat, supply, type, enough);

	for (i = 0; i < ANON_AND_FILE; i++)
		WRITE_ONCE(hints->supply[i], supply[i]);
	WRITE_ONCE(hints->supply_all, all);
	WRITE_ONCE(hints->supply_time, jiffies);

	return supply[type];
}

/******************************************************************************
 *                          tracing
 ******************************************************************************/

static u64 memcg_trace_id(struct mem_cgroup *memcg)
{
	return memcg ? cgroup_id(memcg->css.cgroup) : 0;
}

/**
 * lruvec_age_trace - trace what reclaim decides about an lruvec
 * @lruvec: the lruvec
 * @target: cgroup that is reclaimed, NULL for the root
 * @pass: which pass of reclaim has come to it
 * @verdict: what becomes of it
 *
 * One event for each type of memory that it has, with the age that the decision
 * goes by: that of the oldest tail, at least. The first pass is only about
 * those that are due.
 */
void lruvec_age_trace(struct lruvec *lruvec, struct mem_cgroup *target,
		      enum ws_access_pass pass, enum ws_access_verdict verdict)
{
	unsigned long threshold = lruvec_ws_access(lruvec, target);
	u64 id = memcg_trace_id(lruvec_memcg(lruvec));
	int nid = lruvec_pgdat(lruvec)->node_id;
	unsigned long age;
	int type;

	for (type = 0; type < ANON_AND_FILE; type++) {
		if (pass == WS_ACCESS_OVERDUE ?
		    !type_scan_age(lruvec, type, &age) || age < threshold :
		    !type_age_min(lruvec, type, &age))
			continue;
		trace_mm_vmscan_ws_access(id, nid, type, jiffies64_to_msecs(age),
					  jiffies64_to_msecs(threshold), pass,
					  verdict);
	}
}

/**
 * lruvec_age_trace_last_resort - trace that reclaim goes for the young
 * @target: cgroup that is reclaimed, NULL for the root
 * @scarce: because there is too little else to take, not after having tried
 */
void lruvec_age_trace_last_resort(struct mem_cgroup *target, bool scarce)
{
	trace_mm_vmscan_ws_access_last_resort(memcg_trace_id(target ?: root_mem_cgroup),
					      scarce);
}

/******************************************************************************
 *                          cgroup files
 ******************************************************************************/

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
	struct cgroup_subsys_state *css;
	int nid, type;

	rcu_read_lock();
	css_for_each_descendant_pre(css, &memcg->css) {
		struct mem_cgroup *iter = mem_cgroup_from_css(css);

		if (memcg_empty(iter))
			continue;
		for_each_node_state(nid, N_MEMORY) {
			struct lruvec *lruvec;

			lruvec = mem_cgroup_lruvec(iter, NODE_DATA(nid));
			for (type = 0; type < ANON_AND_FILE; type++)
				age[type] = max(age[type],
						lruvec_type_age(lruvec, type));
		}
	}
	rcu_read_unlock();

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
				   jiffies64_to_msecs(lruvec_type_age(lruvec, type)));
		}
		seq_putc(m, '\n');
	}
}

static int ws_access_ms_show(struct seq_file *m, void *v)
{
	struct mem_cgroup *memcg = mem_cgroup_from_seq(m);

	seq_printf(m, "%u\n", READ_ONCE(memcg->ws_access.ms));
	return 0;
}

/* kstrtouint() takes a sign, and what follows a NUL is nobody's number */
static int parse_ws_access_ms(const char *buf, size_t nbytes, unsigned int *ms)
{
	if (!isdigit(*buf) || strlen(buf) != nbytes)
		return -EINVAL;

	return kstrtouint(buf, 10, ms);
}

static ssize_t ws_access_ms_write(struct kernfs_open_file *of,
				  char *buf, size_t nbytes, loff_t off)
{
	struct mem_cgroup *memcg = mem_cgroup_from_css(of_css(of));
	unsigned int ms;
	int err;

	err = parse_ws_access_ms(buf, nbytes, &ms);
	if (err)
		return err;

	set_ws_access(memcg, ms);
	return nbytes;
}

static struct cftype ws_access_files[] = {
	{
		.name = "ws_access_ms",
		.flags = CFTYPE_NOT_ON_ROOT,
		.seq_show = ws_access_ms_show,
		.write = ws_access_ms_write,
	},
	{ }	/* terminate */
};

static int __init lruvec_age_files_init(void)
{
	if (mem_cgroup_disabled())
		return 0;

	WARN_ON(cgroup_add_dfl_cftypes(&memory_cgrp_subsys, ws_access_files));
	return 0;
}
subsys_initcall(lruvec_age_files_init);

#ifdef CONFIG_LRUVEC_AGE_KUNIT_TEST
#include "lruvec_age_kunit.h"
#endif
