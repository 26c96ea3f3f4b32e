/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LRUVEC_AGE_TYPES_H
#define _LINUX_LRUVEC_AGE_TYPES_H

#include <linux/types.h>

/*
 * State behind the age of an lruvec and behind memory.ws_access_ms.
 * See the top of mm/lruvec_age.c for the whole idea.
 */

#ifdef CONFIG_LRUVEC_AGE

/* The evictable lists of the classic LRU: {in,}active anon, {in,}active file */
#define LRUVEC_AGE_LISTS	4

/* Anon and file, as enum ANON_AND_FILE in mmzone.h */
#define LRUVEC_AGE_TYPES	2

/* MAX_NR_GENS of the multi-gen LRU */
#define LRUVEC_AGE_GENS		4

/*
 * Enough to keep the span of a bucket below a quarter of its age for lists
 * that grow steadily over minutes; the top of mm/lruvec_age.c says what
 * happens beyond that.
 */
#define LRUVEC_AGE_BUCKETS	64

/* Counters of edges by hash, two sets of them: few pages have both by chance */
#define LRUVEC_AGE_FILTER_BITS	9
#define LRUVEC_AGE_FILTER	(1 << LRUVEC_AGE_FILTER_BITS)

/**
 * struct lruvec_age_bucket - pages that were added within one span of time
 * @first: jiffies of the earliest addition
 * @last: jiffies of the latest addition
 * @edge: of the pages of each list that are from this span, the one nearest to
 *        the head; the list itself in its newest bucket, whose edge is the head,
 *        whichever page that is; NULL if the list has no pages of this span
 */
struct lruvec_age_bucket {
	unsigned long		first;
	unsigned long		last;
	struct list_head	*edge[LRUVEC_AGE_LISTS];
};

/**
 * struct lruvec_age - when the pages of an lruvec came to their lists
 * @head: index of the newest bucket
 * @tail: index of the bucket of each list's tail
 * @last: index of each list's newest bucket; there may be no page left of it
 * @slack: the span of a bucket in sixteenths of its age, at most
 * @hint: index of the bucket whose edge left last
 * @opened: jiffies of the latest addition to each list, which is when its newest
 *          bucket was opened
 * @boundary: the edge of the tail's bucket on each list
 * @tail_last: upper bound for when the tail of each list was added, jiffies;
 *             for lockless readers
 * @tail_mid: the best guess for the same
 * @added: latest addition to each generation of the multi-gen LRU
 * @busy: agings in a row which found that it is all in use
 * @retry: jiffies before which the first pass of reclaim leaves this lruvec
 *         alone, because the last batch yielded little or nothing is due
 * @yields: the last batch of the first pass of reclaim was worth it
 * @kept: reclaim came by, and did not have to ignore the promise
 * @promises: for the target of a reclaim: somebody below it has a promise
 * @quiet: for the target of a reclaim: nothing below it is overdue before
 * @supply: for the target of a reclaim: pages of each type that may be taken
 *          without breaking a promise
 * @supply_all: all of it was counted, not just enough for somebody
 * @supply_time: jiffies when @supply was counted
 * @edges: how many edges there are with each hash, for two hashes
 * @buckets: the history, oldest first
 *
 * Everything up to @added, @edges and @buckets are written under the lru_lock.
 * The rest are hints to reclaim, written without a lock.
 */
struct lruvec_age {
	unsigned char		head;
	unsigned char		tail[LRUVEC_AGE_LISTS];
	unsigned char		last[LRUVEC_AGE_LISTS];
	unsigned char		slack;
	unsigned char		hint;
	unsigned long		opened[LRUVEC_AGE_LISTS];
	struct list_head	*boundary[LRUVEC_AGE_LISTS];
	unsigned long		tail_last[LRUVEC_AGE_LISTS];
	unsigned long		tail_mid[LRUVEC_AGE_LISTS];
#ifdef CONFIG_LRU_GEN
	unsigned long		added[LRUVEC_AGE_GENS][LRUVEC_AGE_TYPES];
#endif
	unsigned char		busy;
	bool			yields;
	bool			kept;
	bool			promises;
	unsigned long		retry;
	unsigned long		quiet;
	bool			supply_all;
	unsigned long		supply[LRUVEC_AGE_TYPES];
	unsigned long		supply_time;
	unsigned char		edges[2][LRUVEC_AGE_FILTER];
	struct lruvec_age_bucket buckets[LRUVEC_AGE_BUCKETS];
};

/**
 * struct memcg_ws_access - the promise of memory.ws_access_ms
 * @ms: the knob
 * @effective: jiffies, what is left of it for reclaim from the root; 0 for
 *             no promise
 * @online: between css_online() and css_offline()
 * @promised: on the list of cgroups that some reclaim may owe a promise
 * @list: of these
 *
 * Written under a mutex, read without.
 */
struct memcg_ws_access {
	unsigned int		ms;
	unsigned long		effective;
	bool			online;
	bool			promised;
	struct list_head	list;
};

#endif /* CONFIG_LRUVEC_AGE */
#endif /* _LINUX_LRUVEC_AGE_TYPES_H */
