/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LRUVEC_AGE_TYPES_H
#define _LINUX_LRUVEC_AGE_TYPES_H

#include <linux/types.h>

#ifdef CONFIG_LRUVEC_AGE

/* The evictable lists of the classic LRU: {in,}active anon, {in,}active file */
#define LRUVEC_AGE_LISTS	4

/* Anon and file, as enum ANON_AND_FILE in mmzone.h */
#define LRUVEC_AGE_TYPES	2

/* MAX_NR_GENS of the multi-gen LRU */
#define LRUVEC_AGE_GENS		4

/* What fits into 512 bytes; mm/lruvec_age.c says what it is good for */
#define LRUVEC_AGE_MARKS	19

/**
 * struct lruvec_age_mark - how much had been added to the lists at some time
 * @time: of the latest addition until then, jiffies
 * @adds: pages that had been added to the head of each list
 */
struct lruvec_age_mark {
	u32			time;
	u32			adds[LRUVEC_AGE_LISTS];
};

/**
 * struct lruvec_age - what tells how old the lists of an lruvec are
 * @adds: pages that were ever added to the head of each list
 * @last: latest addition to each list, jiffies
 * @marked: when the newest mark was made, jiffies
 * @spacing: the next one is made so long after that, jiffies
 * @finest: the spacing at most, jiffies
 * @scanned: latest look at a list under a promise, jiffies
 * @nr: marks in use
 * @marks: the newest one first
 * @added: latest addition to each generation of the multi-gen LRU, jiffies
 * @unwanted: pages that were put to the tail of an inactive list or the oldest
 *            generation
 *
 * All of it is written under the lru_lock. Times and counts are 32 bits of
 * what they stand for: they are only ever subtracted.
 */
struct lruvec_age {
	u32			adds[LRUVEC_AGE_LISTS];
	u32			last[LRUVEC_AGE_LISTS];
	u32			marked;
	u32			spacing;
	u32			finest;
	u32			scanned;
	u32			nr;
	struct lruvec_age_mark	marks[LRUVEC_AGE_MARKS];
	u32			added[LRUVEC_AGE_GENS][LRUVEC_AGE_TYPES];
	u32			unwanted[LRUVEC_AGE_TYPES];
};

#endif /* CONFIG_LRUVEC_AGE */
#endif /* _LINUX_LRUVEC_AGE_TYPES_H */
