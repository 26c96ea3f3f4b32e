/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_WS_ACCESS_H
#define _LINUX_WS_ACCESS_H

#include <linux/fs.h>
#include <linux/jump_label.h>
#include <linux/lruvec_age_base.h>
#include <linux/memcontrol.h>
#include <linux/swap.h>

struct seq_buf;

#ifdef CONFIG_LRUVEC_AGE

/* What reclaim is after */
enum ws_access_pass {
	WS_ACCESS_LAST_RESORT,	/* everybody, as if there were no promises */
	WS_ACCESS_OVERDUE,	/* what was not used within its access interval */
	WS_ACCESS_OTHERS,	/* cgroups without a promise */
};

/**
 * struct ws_access_scan - the part of struct scan_control that is about promises
 * @pass: which of them is under way
 * @young: what was isolated last is within its interval
 * @skipped: somebody was passed over
 * @forced: the target could not be met without breaking promises
 * @interval: promised to the lruvec at hand, jiffies; 0 for none
 * @others: pages that nobody was promised, as counted by the first pass
 * @wanted: pages that the first pass has still to reclaim
 * @in_vain: pages that it looked at and that were in use
 * @batch: pages that are wanted at once
 * @target: cgroup that is reclaimed, NULL for the root
 * @zone_idx: the highest zone that it may take from
 * @direct: somebody waits who has to reclaim for all
 * @low: memory.low does not count any more
 * @min_age: take what was not used for so long, and nothing else, jiffies; 0 for
 *           what promises ask for
 */
struct ws_access_scan {
	enum ws_access_pass	pass;
	bool			young;
	bool			skipped;
	bool			forced;
	unsigned long		interval;
	unsigned long		others;
	unsigned long		wanted;
	unsigned long		in_vain;
	unsigned long		batch;
	struct mem_cgroup	*target;
	s8			zone_idx;
	bool			direct;
	bool			low;
	unsigned long		min_age;
};

/* Cgroups with a promise, so that nobody else pays for them */
DECLARE_STATIC_KEY_FALSE(memcg_ws_access_key);

static inline bool memcg_ws_access_enabled(void)
{
	return static_branch_unlikely(&memcg_ws_access_key);
}

unsigned long lruvec_ws_access(struct lruvec *lruvec, struct mem_cgroup *target);
bool __lruvec_keeps_promise(struct lruvec *lruvec);
bool lruvec_ws_access_refault(struct lruvec *lruvec, unsigned long nr);
void ws_access_walk(pg_data_t *pgdat, struct ws_access_scan *ws);
bool ws_access_next_pass(struct ws_access_scan *ws);
bool ws_access_skip(struct lruvec *lruvec, struct mem_cgroup *target, struct ws_access_scan *ws);
bool ws_access_force(struct ws_access_scan *ws);
void ws_access_deactivate(struct list_head *folio_list);
unsigned long ws_access_isolate(struct lruvec *lruvec, enum lru_list lru,
				unsigned long nr, struct ws_access_scan *ws);
void ws_access_reclaimed(struct lruvec *lruvec, int type, long nr, struct ws_access_scan *ws);

int ws_access_parse_min_age(const char *key, unsigned long *min_age);
void ws_access_trim_begins(void);

/* What mm/vmscan.c has for the first pass */
int ws_access_trim(struct mem_cgroup *memcg, unsigned long nr, unsigned long min_age,
		   int *swappiness);
unsigned long ws_access_swap(struct lruvec *lruvec, struct ws_access_scan *ws);
unsigned long ws_access_shrink(struct lruvec *lruvec, enum lru_list lru,
			       struct ws_access_scan *ws, unsigned long *reclaimed);

void memcg_ws_access_online(struct mem_cgroup *memcg, bool online);
void memcg_ws_access_set(struct mem_cgroup *memcg, unsigned int ms);
void memcg_ws_access_refresh(void);
void memcg_ws_access_stat_format(struct mem_cgroup *memcg, struct seq_buf *s);

/**
 * lruvec_keeps_promise - does this lruvec owe its pages some time?
 * @lruvec: the lruvec
 *
 * If so, what comes in and what is found in use goes where it gets the time.
 *
 * Return: true if its cgroup has a promise that was not broken of late: where
 * nobody's can be kept, all is as without one.
 */
static inline bool lruvec_keeps_promise(struct lruvec *lruvec)
{
	return memcg_ws_access_enabled() && __lruvec_keeps_promise(lruvec);
}

/**
 * lruvec_sees_access - does an access through this mapping count as one?
 * @lruvec: lruvec of the page
 * @vma: the mapping, one that vma_has_recency() says has none
 *
 * MADV_RANDOM and MADV_SEQUENTIAL are hints about readahead that reclaim reads
 * as hints about reuse. Against a promise in terms of access intervals, an
 * access is an access; POSIX_FADV_NOREUSE still means what it says.
 *
 * Return: true if there is a promise to keep, and the mapping is not NOREUSE.
 */
static inline bool lruvec_sees_access(struct lruvec *lruvec, struct vm_area_struct *vma)
{
	return lruvec_keeps_promise(lruvec) &&
	       (!vma->vm_file || !(vma->vm_file->f_mode & FMODE_NOREUSE));
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
/**
 * folio_sees_access - the same for a folio whose cgroup may be about to go
 * @folio: the folio, locked, isolated or mapped under its page table lock
 * @vma: the mapping, one that vma_has_recency() says has none
 *
 * Return: as lruvec_sees_access().
 */
static inline bool folio_sees_access(struct folio *folio, struct vm_area_struct *vma)
{
	bool sees;

	if (!memcg_ws_access_enabled())
		return false;
	rcu_read_lock();
	sees = lruvec_sees_access(folio_lruvec(folio), vma);
	rcu_read_unlock();
	return sees;
}
#endif

static inline bool ws_access_overdue(struct ws_access_scan *ws)
{
	return ws->pass == WS_ACCESS_OVERDUE;
}

/* Is a little, taken from others, not worth to wait for? */
static inline bool ws_access_short(struct ws_access_scan *ws, unsigned long reclaimed)
{
	return ws->skipped && !ws->forced && reclaimed < min(ws->batch, SWAP_CLUSTER_MAX);
}

#else /* !CONFIG_LRUVEC_AGE */

/* Macros, for the same reason as in lruvec_age.h */
#define memcg_ws_access_enabled()			false
#define lruvec_keeps_promise(lruvec)			false
#define lruvec_sees_access(lruvec, vma)			false
#ifdef LRUVEC_AGE_HAS_REPARENTING
#define folio_sees_access(folio, vma)			false
#endif
#define ws_access_overdue(ws)				false
#define ws_access_short(ws, reclaimed)			false
#define ws_access_skip(lruvec, target, ws)		false
#define ws_access_force(ws)				false
#define ws_access_deactivate(folio_list)		do { } while (0)
#define ws_access_isolate(lruvec, lru, nr, ws)		(nr)
#define ws_access_reclaimed(lruvec, type, nr, ws)	do { } while (0)
#define lruvec_ws_access_refault(lruvec, nr)		false
#define ws_access_parse_min_age(key, min_age)		(-EINVAL)
#define ws_access_trim(memcg, nr, min_age, swappiness)	0

#define memcg_ws_access_online(memcg, online)		do { } while (0)
#define memcg_ws_access_set(memcg, ms)			do { } while (0)
#define memcg_ws_access_refresh()			do { } while (0)
#define memcg_ws_access_stat_format(memcg, s)		do { } while (0)

#endif /* CONFIG_LRUVEC_AGE */
#endif /* _LINUX_WS_ACCESS_H */
