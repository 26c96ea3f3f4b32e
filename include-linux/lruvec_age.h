/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LRUVEC_AGE_H
#define _LINUX_LRUVEC_AGE_H

#include <linux/jiffies.h>
#include <linux/lruvec_age_base.h>
#include <linux/memcontrol.h>
#include <linux/mmzone.h>

struct seq_buf;

#ifdef CONFIG_LRUVEC_AGE

void lruvec_age_init(struct lruvec *lruvec);
void lruvec_age_set_finest(struct lruvec *lruvec, unsigned long spacing);
void __lruvec_age_mark(struct lruvec *lruvec, u32 now);
void lruvec_age_forget(struct lruvec *lruvec, struct folio *folio, bool freed);
#ifdef LRUVEC_AGE_HAS_REPARENTING
void lruvec_age_reparent(struct lruvec *child, struct lruvec *parent, enum lru_list lru);
void lruvec_age_reparent_gens(struct lruvec *child, struct lruvec *parent);
#endif
unsigned long lruvec_type_size(struct lruvec *lruvec, int type);
unsigned long lruvec_overdue(struct lruvec *lruvec, enum lru_list lru, unsigned long interval);
bool lruvec_harvest_due(struct lruvec *lruvec, enum lru_list lru, unsigned long interval);
unsigned long lruvec_type_age(struct lruvec *lruvec, int type);
void memcg_age_stat_format(struct mem_cgroup *memcg, struct seq_buf *s);
void memcg_age_numa_stat_show(struct mem_cgroup *memcg, struct seq_file *m);

/**
 * lruvec_age_add - account pages that come to the head of a classic LRU list
 * @lruvec: the lruvec
 * @lru: the list
 * @nr: pages
 *
 * Those that come to its tail do not count: whoever puts pages there wants them
 * gone, so they are as old as what was there before.
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_add(struct lruvec *lruvec, enum lru_list lru, unsigned long nr)
{
	struct lruvec_age *age = &lruvec->age;
	u32 now = jiffies;

	if (unlikely(now - age->marked >= age->spacing))
		__lruvec_age_mark(lruvec, now);
	WRITE_ONCE(age->adds[lru], age->adds[lru] + nr);
	WRITE_ONCE(age->last[lru], now);
}

/**
 * lruvec_age_add_gen - account pages that come to a generation
 * @lruvec: the lruvec
 * @gen: index of the generation
 * @type: anon (0) or file (1)
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_add_gen(struct lruvec *lruvec, int gen, int type)
{
	WRITE_ONCE(lruvec->age.added[gen][type], (u32)jiffies);
}

/**
 * lruvec_age_unwanted - account pages at the tail of an inactive list or the oldest generation
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 * @nr: pages that come; or -pages that were scanned or freed, unwanted ones first
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_unwanted(struct lruvec *lruvec, int type, long nr)
{
	u32 *unwanted = &lruvec->age.unwanted[type];

	if (nr > 0 || *unwanted)
		WRITE_ONCE(*unwanted, max((long)*unwanted + nr, 0L));
}

/**
 * lruvec_age_inc_gen - account a page that goes to the next generation
 * @lruvec: the lruvec
 * @old_gen: index of the one
 * @new_gen: index of the other
 * @type: anon (0) or file (1)
 *
 * It takes the time of its addition with it.
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_inc_gen(struct lruvec *lruvec, int old_gen, int new_gen, int type)
{
	u32 *added = &lruvec->age.added[new_gen][type];
	u32 time = lruvec->age.added[old_gen][type];

	if ((s32)(time - *added) > 0)
		WRITE_ONCE(*added, time);
}

#else /* !CONFIG_LRUVEC_AGE */

/*
 * Macros, because empty inline functions are not quite nothing: they shift what
 * the compiler inlines around them.
 */
#define lruvec_age_init(lruvec)				do { } while (0)
#define lruvec_age_add(lruvec, lru, nr)			do { } while (0)
#define lruvec_age_add_gen(lruvec, gen, type)		do { } while (0)
#define lruvec_age_unwanted(lruvec, type, nr)		do { } while (0)
#define lruvec_age_inc_gen(lruvec, old_gen, new_gen, type) do { } while (0)
#define lruvec_age_forget(lruvec, folio, freed)		do { } while (0)
#ifdef LRUVEC_AGE_HAS_REPARENTING
#define lruvec_age_reparent(child, parent, lru)		do { } while (0)
#define lruvec_age_reparent_gens(child, parent)		do { } while (0)
#endif
#define memcg_age_stat_format(memcg, s)			do { } while (0)
#define memcg_age_numa_stat_show(memcg, m)		do { } while (0)

#endif /* CONFIG_LRUVEC_AGE */
#endif /* _LINUX_LRUVEC_AGE_H */
