/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LRUVEC_AGE_H
#define _LINUX_LRUVEC_AGE_H

#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/lruvec_age_base.h>
#include <linux/memcontrol.h>
#include <linux/mmzone.h>

struct seq_buf;
struct seq_file;

#ifdef CONFIG_LRUVEC_AGE

/* For tracepoints: which of the passes of reclaim has come to an lruvec... */
enum ws_access_pass {
	WS_ACCESS_OVERDUE,	/* what was not used for its access interval */
	WS_ACCESS_OTHERS,	/* lruvecs without a promise */
	WS_ACCESS_LAST_RESORT,	/* everybody */
};

/* ...and what it decided */
enum ws_access_verdict {
	WS_ACCESS_SCANNED,
	WS_ACCESS_SKIPPED,
	WS_ACCESS_FORCED,	/* scanned, although that breaks a promise */
};

void lruvec_age_init(struct lruvec *lruvec);
void lruvec_age_open(struct lruvec *lruvec, enum lru_list lru);
void lruvec_age_next_bucket(struct lruvec *lruvec, enum lru_list lru);
void lruvec_age_del_edge(struct lruvec *lruvec, enum lru_list lru,
			 struct list_head *entry);
#ifdef LRUVEC_AGE_HAS_REPARENTING
void lruvec_age_reparent(struct lruvec *child, struct lruvec *parent);
void lruvec_age_reparent_gens(struct lruvec *child, struct lruvec *parent);
#endif

/* The first of two hashes, which has to be cheap */
static inline unsigned int lruvec_age_hash(const struct list_head *entry)
{
	return (unsigned long)entry / sizeof(struct page) % LRUVEC_AGE_FILTER;
}

/**
 * lruvec_age_add - account folios that are about to be added to the head of a classic LRU list
 * @lruvec: the lruvec
 * @lru: the list
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_add(struct lruvec *lruvec, enum lru_list lru)
{
	if (unlikely(lruvec->age.opened[lru] != jiffies))
		lruvec_age_open(lruvec, lru);
}

/**
 * lruvec_age_add_tail - account a folio that is added to the tail of a classic LRU list
 * @lruvec: the lruvec
 * @lru: the list
 *
 * Whoever puts pages there wants them gone: they do not make the tail younger.
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_add_tail(struct lruvec *lruvec, enum lru_list lru)
{
	if (list_empty(&lruvec->lists[lru]))
		lruvec_age_add(lruvec, lru);
}

/**
 * lruvec_age_del_tail - account a folio that leaves the tail of a classic LRU list
 * @lruvec: the lruvec
 * @folio: the folio, still at the tail
 * @lru: the list
 *
 * One that goes to the head of the same list because reclaim can't have it just
 * now belongs to what came there last. It was not used since, either.
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_del_tail(struct lruvec *lruvec,
				       struct folio *folio, enum lru_list lru)
{
	if (unlikely(&folio->lru == lruvec->age.boundary[lru]))
		lruvec_age_next_bucket(lruvec, lru);
}

/**
 * lruvec_age_del - account a folio that leaves a classic LRU list
 * @lruvec: the lruvec
 * @folio: the folio, still on the list
 * @lru: the list
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_del(struct lruvec *lruvec, struct folio *folio,
				  enum lru_list lru)
{
	if (folio->lru.next == &lruvec->lists[lru])
		lruvec_age_del_tail(lruvec, folio, lru);
	else if (unlikely(lruvec->age.edges[0][lruvec_age_hash(&folio->lru)]))
		lruvec_age_del_edge(lruvec, lru, &folio->lru);
}

#ifdef CONFIG_LRU_GEN
/**
 * lruvec_age_inc_gen - account pages moved from one generation to the next
 * @lruvec: the lruvec
 * @old_gen: index of the one
 * @new_gen: index of the other
 * @type: LRU_GEN_ANON or LRU_GEN_FILE
 *
 * They take their additions with them.
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_inc_gen(struct lruvec *lruvec, int old_gen,
				      int new_gen, int type)
{
	struct lruvec_age *age = &lruvec->age;

	if (time_after(age->added[old_gen][type], age->added[new_gen][type]))
		WRITE_ONCE(age->added[new_gen][type], age->added[old_gen][type]);
}
#endif

bool __lruvec_age_keeps(struct lruvec *lruvec);

/* Cgroups with a knob set, so that nobody else pays for them */
DECLARE_STATIC_KEY_FALSE(memcg_ws_access_key);

static inline bool memcg_ws_access_enabled(void)
{
	return static_branch_unlikely(&memcg_ws_access_key);
}

/**
 * lruvec_age_keeps - does this lruvec owe its pages some time?
 * @lruvec: the lruvec
 *
 * If so, what comes in and what is found in use goes where it gets the time.
 *
 * Return: true if its cgroup has been given a promise which reclaim was able to
 * keep when it came by last.
 */
static inline bool lruvec_age_keeps(struct lruvec *lruvec)
{
	return memcg_ws_access_enabled() && READ_ONCE(lruvec->age.kept) &&
	       __lruvec_age_keeps(lruvec);
}

#ifdef CONFIG_LRU_GEN
/**
 * lruvec_age_add_gen - account an addition to a generation
 * @lruvec: the lruvec
 * @gen: index of the generation
 * @type: LRU_GEN_ANON or LRU_GEN_FILE
 *
 * If there is a promise to keep, what comes and what is in use goes to the two
 * youngest generations. Anything else that still gets to an older one, such as
 * a page that was put back, does not make all of it younger.
 *
 * Context: lru_lock held.
 */
static inline void lruvec_age_add_gen(struct lruvec *lruvec, int gen, int type)
{
	unsigned long max_seq = lruvec->lrugen.max_seq;

	if (memcg_ws_access_enabled() &&
	    gen != max_seq % MAX_NR_GENS && gen != (max_seq - 1) % MAX_NR_GENS &&
	    lruvec_age_keeps(lruvec))
		return;

	WRITE_ONCE(lruvec->age.added[gen][type], jiffies);
}
#endif

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
static inline bool lruvec_sees_access(struct lruvec *lruvec,
				      struct vm_area_struct *vma)
{
	return lruvec_age_keeps(lruvec) &&
	       (!vma->vm_file || !(vma->vm_file->f_mode & FMODE_NOREUSE));
}

/**
 * folio_sees_access - does an access to a folio through this mapping count?
 * @folio: the folio, locked, isolated or mapped under its page table lock
 * @vma: the mapping
 *
 * Return: as lruvec_sees_access()
 */
static inline bool folio_sees_access(struct folio *folio,
				     struct vm_area_struct *vma)
{
#ifdef LRUVEC_AGE_HAS_REPARENTING
	bool sees;

	if (!memcg_ws_access_enabled())
		return false;

	rcu_read_lock();
	sees = lruvec_sees_access(folio_lruvec(folio), vma);
	rcu_read_unlock();
	return sees;
#else
	return memcg_ws_access_enabled() &&
	       lruvec_sees_access(folio_lruvec(folio), vma);
#endif
}

/* For lru_gen_evictable(): below that it is left to rest, or to kswapd */
#define LRU_GEN_EVICTABLE_SHARE		64
#define LRU_GEN_EVICTABLE_SHARE_DIRECT	2

unsigned long lruvec_ws_access(struct lruvec *lruvec,
			       struct mem_cgroup *target);
unsigned long lruvec_list_overdue(struct lruvec *lruvec, enum lru_list lru,
				  unsigned long threshold, unsigned long most);
bool lruvec_type_due(struct lruvec *lruvec, int type, unsigned long threshold);
bool lruvec_has_tail(struct lruvec *lruvec);
bool lruvec_age_young(struct lruvec *lruvec, unsigned long threshold,
		      bool can_swap);
bool lru_gen_evictable(struct lruvec *lruvec, int type, int share);
void lru_gen_age_harvested(struct lruvec *lruvec, int type);
bool lruvec_age_promises(struct mem_cgroup *target, pg_data_t *pgdat);
bool lruvec_age_quiet(struct mem_cgroup *target, pg_data_t *pgdat);
struct lruvec *lruvec_age_next_overdue(struct mem_cgroup *target,
				       pg_data_t *pgdat, bool can_swap,
				       bool proven, unsigned long *threshold);
void lruvec_age_note_yield(struct lruvec *lruvec, unsigned long scanned,
			   unsigned long reclaimed);
void lruvec_age_put_off(struct lruvec *lruvec);
void lruvec_age_note_kept(struct lruvec *lruvec, bool kept);
unsigned long lruvec_age_supply(struct mem_cgroup *target, pg_data_t *pgdat,
				int type, unsigned long enough);
void lruvec_age_trace(struct lruvec *lruvec, struct mem_cgroup *target,
		      enum ws_access_pass pass, enum ws_access_verdict verdict);
void lruvec_age_trace_last_resort(struct mem_cgroup *target, bool scarce);

void memcg_ws_access_online(struct mem_cgroup *memcg);
void memcg_ws_access_offline(struct mem_cgroup *memcg);
void memcg_ws_access_reset(struct mem_cgroup *memcg);
void memcg_ws_access_refresh(void);
void memcg_age_stat_format(struct mem_cgroup *memcg, struct seq_buf *s);
void memcg_age_numa_stat_show(struct mem_cgroup *memcg, struct seq_file *m);

#else /* !CONFIG_LRUVEC_AGE */

/*
 * Macros, because empty inline functions are not quite nothing: they shift what
 * the compiler inlines around them.
 */
#define lruvec_age_init(lruvec)				do { } while (0)
#define lruvec_age_add(lruvec, lru)			do { } while (0)
#define lruvec_age_add_tail(lruvec, lru)		do { } while (0)
#define lruvec_age_del_tail(lruvec, folio, lru)		do { } while (0)
#define lruvec_age_del(lruvec, folio, lru)		do { } while (0)
#ifdef LRUVEC_AGE_HAS_REPARENTING
#define lruvec_age_reparent(child, parent)		do { } while (0)
#define lruvec_age_reparent_gens(child, parent)		do { } while (0)
#endif
#define lruvec_age_add_gen(lruvec, gen, type)		do { } while (0)
#define lruvec_age_inc_gen(lruvec, old_gen, new_gen, type) do { } while (0)
#define lruvec_age_keeps(lruvec)			false
#define memcg_ws_access_enabled()			false
#define lruvec_sees_access(lruvec, vma)			false
#define folio_sees_access(folio, vma)			false

#define memcg_ws_access_online(memcg)			do { } while (0)
#define memcg_ws_access_offline(memcg)			do { } while (0)
#define memcg_ws_access_reset(memcg)			do { } while (0)
#define memcg_ws_access_refresh()			do { } while (0)
#define memcg_age_stat_format(memcg, s)			do { } while (0)
#define memcg_age_numa_stat_show(memcg, m)		do { } while (0)

#endif /* CONFIG_LRUVEC_AGE */
#endif /* _LINUX_LRUVEC_AGE_H */
