// SPDX-License-Identifier: GPL-2.0
/*
 * Protection of working sets by their access interval: memory.ws_access_ms
 */

#include <linux/cgroup.h>
#include <linux/ctype.h>
#include <linux/lruvec_age.h>
#include <linux/math64.h>
#include <linux/memcontrol.h>
#include <linux/mm_inline.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#include <linux/swap.h>
#include <linux/ws_access.h>
#include <trace/events/vmscan.h>

/*
 *		The idea
 *
 * An administrator rarely knows the size of a working set. He often knows how
 * often it is used: every few seconds while the service is busy. A cgroup can
 * be promised, in memory.ws_access_ms, that what it used within the last N ms
 * is reclaimed only when nothing else is left. The other half of the bargain
 * is that what it did not use for N ms is reclaimed before everybody else's.
 *
 * Vladimir Davydov proposed that to linux-mm in January 2016, in the thread
 * "[LSF/MM TOPIC] VM containers": give each lruvec an age, which is the time
 * since its current tail page was added to the list or rotated, and scan the
 * lruvecs that are older than their access interval before the others. Pages
 * that are in use then have N ms to set their reference bits, and are all
 * rotated when they are scanned next. mm/lruvec_age.c has the age.
 *
 *		Order
 *
 * Reclaim goes over the tree below its target up to three times:
 *
 * 1. Overdue. Each lruvec with a promise is scanned down to it, and no further.
 *    An active list is scanned like an inactive one: what was not used for N has
 *    had its chance there. Any reference earns another N. A large set may be all
 *    in use, and then scanning only rotates it, once per N. That must not hold
 *    reclaim up: after as many pages in vain as are wanted, it goes on.
 *    The same walk counts what can be taken from cgroups without a promise.
 *
 * 2. Others. Reclaim as ever, which passes over lruvecs with a promise.
 *
 * 3. Last resort. If the others have too little, or did not yield what is wanted,
 *    reclaim does what it does without promises, so it can't do worse: in
 *    particular, it doesn't kill. That breaks promises, which is an event.
 *
 * memory.low gives way after that, memory.min never.
 *
 * A walk over a large tree costs. So its result is kept for the (target, node):
 * for this tick, and for one more per WALK_RATE cgroups that were visited. What
 * callers of another kind find, who may not swap or want another zone, is
 * another result.
 *
 *		Who is promised what
 *
 * The promise is the smallest knob on the way from the cgroup up to, and not
 * including, the target of reclaim. The one for reclaim from the root is kept
 * with each cgroup and changes with the knobs; other targets are few levels up.
 *
 *		What the promise is worth
 *
 * To go first is right for memory that nobody wants back. If an interval is too
 * short, it is what makes its owner lose all of a set before each use, which
 * might have survived without a promise. But then a refault says so, and by how
 * much: what was taken when it was not used for N, and is back t later, is used
 * N + t apart. So when an eighth of what was taken is wanted, the interval grows
 * to that and a quarter: once should be enough. It grows up to STRETCH intervals,
 * as nobody can grant itself more than in proportion to what it was given. If that
 * won't do, the cgroup is reclaimed as if it had no promise. What was learned is
 * halved when nothing was missed for PATIENCE times as long, and goes with a
 * change of the knobs.
 */

/* See "What the promise is worth". In scenario trap-short, each has its limit. */
#define STRETCH		16
#define PATIENCE	64
#define WANTED		8	/* one of so many */

/* Cgroups per tick, see "Order". Without it, scenario trap-crowd fails. */
#define WALK_RATE	64

/*
 * So many pages from others will do. With the 32 of one request instead, reclaim
 * would search for the last ones, and an allocation wait: scenario trap-pods.
 */
#define ENOUGH		1024UL

DEFINE_STATIC_KEY_FALSE(memcg_ws_access_key);
static DEFINE_MUTEX(ws_access_mutex);

/******************************************************************************
 *                          who is promised what
 ******************************************************************************/

static bool recursive_protection(void)
{
	return cgrp_dfl_root.flags & CGRP_ROOT_MEMORY_RECURSIVE_PROT;
}

/* Rounded up, as timeouts are. 32 bits of ms may be more than jiffies hold. */
static unsigned long ws_access_to_jiffies(unsigned int ms)
{
	u64 t = div_u64((u64)ms * HZ + MSEC_PER_SEC - 1, MSEC_PER_SEC);

	return min_t(u64, t, MAX_JIFFY_OFFSET / (2 * STRETCH));
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

/* The smallest one that is owed for any target */
static unsigned int shortest_ws_access_ms(struct mem_cgroup *memcg)
{
	unsigned int ms, min_ms = UINT_MAX;

	for (; memcg; memcg = parent_mem_cgroup(memcg)) {
		ms = READ_ONCE(memcg->ws_access.ms);
		if (ms)
			min_ms = min(min_ms, ms);
		else if (!recursive_protection())
			break;
	}

	return min_ms < UINT_MAX ? min_ms : 0;
}

/* What is left of an interval after what was learned about it; 0 for nothing */
static unsigned long effective_interval(struct memcg_ws_access *ws,
					unsigned long interval)
{
	unsigned long learned = READ_ONCE(ws->learned);

	if (!learned || !interval)
		return interval;

	if ((jiffies - READ_ONCE(ws->missed)) / PATIENCE > learned) {
		learned /= 2;
		WRITE_ONCE(ws->learned, learned);
		WRITE_ONCE(ws->missed, jiffies);
	}
	return learned > STRETCH * interval ? 0 : max(interval, learned);
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
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);
	struct memcg_ws_access *ws = &memcg->ws_access;
	unsigned long interval;

	if (!memcg || !READ_ONCE(ws->shortest))
		return 0;

	if (!target || mem_cgroup_is_root(target))
		interval = READ_ONCE(ws->interval);
	else
		interval = ws_access_to_jiffies(ws_access_ms(memcg, target));
	return effective_interval(ws, interval);
}

bool __lruvec_keeps_promise(struct lruvec *lruvec)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);
	u32 broken = READ_ONCE(lruvec->ws_access.broken);
	unsigned long interval;

	if (!memcg)
		return false;
	interval = effective_interval(&memcg->ws_access,
				      READ_ONCE(memcg->ws_access.shortest));
	return interval && (!broken || (u32)jiffies - broken > interval);
}

static void update_promise(struct mem_cgroup *memcg)
{
	struct memcg_ws_access *ws = &memcg->ws_access;
	unsigned int ms = ws->online ? shortest_ws_access_ms(memcg) : 0;
	bool promised = ws->shortest;
	int nid;

	lockdep_assert_held(&ws_access_mutex);

	WRITE_ONCE(ws->shortest, ws_access_to_jiffies(ms));
	WRITE_ONCE(ws->interval,
		   ms ? ws_access_to_jiffies(ws_access_ms(memcg, NULL)) : 0);
	WRITE_ONCE(ws->learned, 0);
	atomic_long_set(&ws->taken, 0);
	atomic_long_set(&ws->refaulted, 0);

	if (!ms && !promised)
		return;
	for_each_node(nid)
		lruvec_age_set_finest(mem_cgroup_lruvec(memcg, NODE_DATA(nid)),
				      ws->shortest);
	if (ms && !promised)
		static_branch_inc(&memcg_ws_access_key);
	if (!ms && promised)
		static_branch_dec(&memcg_ws_access_key);
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

static void set_online(struct mem_cgroup *memcg, bool online)
{
	mutex_lock(&ws_access_mutex);
	memcg->ws_access.online = online;
	update_promise(memcg);
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
	set_online(memcg, true);
}

/**
 * memcg_ws_access_offline - release a dying cgroup from all promises
 * @memcg: the cgroup
 *
 * Context: css_offline(): a grace period before the cgroup is freed.
 */
void memcg_ws_access_offline(struct mem_cgroup *memcg)
{
	set_online(memcg, false);
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
 *                          what the promise is worth
 ******************************************************************************/

/* Pages of a cgroup were taken because they had not been used for @interval */
static void note_taken(struct memcg_ws_access *ws, unsigned long nr,
		       unsigned long interval)
{
	if ((jiffies - READ_ONCE(ws->used)) / STRETCH > interval) {
		atomic_long_set(&ws->taken, 0);
		atomic_long_set(&ws->refaulted, 0);
	}
	if (!atomic_long_read(&ws->taken))
		WRITE_ONCE(ws->used, jiffies - interval);
	atomic_long_add(nr, &ws->taken);
}

/* They are wanted: that much is known about when they are used */
static void learn(struct memcg_ws_access *ws, long taken)
{
	unsigned long limit = STRETCH * (READ_ONCE(ws->interval) ?: READ_ONCE(ws->shortest));
	unsigned long used = jiffies - READ_ONCE(ws->used);

	/* beyond the limit there is no promise for a while */
	if (used >= limit)
		limit *= 2;
	WRITE_ONCE(ws->learned, min(used + used / 4, limit));
	WRITE_ONCE(ws->missed, jiffies);

	/* the rest of them will be back, too: that is no news */
	atomic_long_sub(taken, &ws->refaulted);
	atomic_long_sub(taken, &ws->taken);
}

/* For lruvec_ws_access_refault() */
void __lruvec_ws_access_refault(struct lruvec *lruvec, unsigned long nr)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);
	struct memcg_ws_access *ws = &memcg->ws_access;
	long taken, refaulted;

	if (!memcg || !READ_ONCE(ws->shortest))
		return;
	taken = atomic_long_read(&ws->taken);
	refaulted = atomic_long_add_return(nr, &ws->refaulted);
	/* a few pages say nothing */
	if (taken >= 2 * SWAP_CLUSTER_MAX && refaulted >= taken / WANTED)
		learn(ws, taken);
}

/******************************************************************************
 *                          tracing
 ******************************************************************************/

static u64 memcg_trace_id(struct mem_cgroup *memcg)
{
	return memcg ? cgroup_id(memcg->css.cgroup) : 0;
}

/*
 * Trace what this pass does about an lruvec: one event for each type of memory that
 * it has, with the age that the decision goes by, which is that of the oldest
 * tail, at least. The first pass is only about what is overdue.
 */
static void trace_lruvec(struct lruvec *lruvec, struct ws_access_scan *ws)
{
	u64 id = memcg_trace_id(lruvec_memcg(lruvec));
	int nid = lruvec_pgdat(lruvec)->node_id;
	enum ws_access_verdict verdict;
	unsigned long age;
	int type;

	for (type = 0; type < ANON_AND_FILE; type++) {
		if (!lruvec_age_min(lruvec, type, &age))
			continue;
		if (ws->pass == WS_ACCESS_OVERDUE && age < ws->interval)
			continue;
		if (ws->pass == WS_ACCESS_OTHERS && ws->interval)
			verdict = WS_ACCESS_SKIPPED;
		else if (age < ws->interval)
			verdict = WS_ACCESS_FORCED;
		else
			verdict = WS_ACCESS_SCANNED;
		trace_mm_vmscan_ws_access(id, nid, type, jiffies64_to_msecs(age),
					  jiffies64_to_msecs(ws->interval),
					  ws->pass, verdict);
	}
}

/* Reclaim goes for the young: because there is too little else, or in the end */
static void trace_last_resort(struct ws_access_scan *ws, bool scarce)
{
	trace_mm_vmscan_ws_access_last_resort(memcg_trace_id(ws->target ?: root_mem_cgroup),
					      scarce);
}

/******************************************************************************
 *                          what reclaim asks
 ******************************************************************************/

/* Is it known what a walk for this @caller would find? */
static bool walk_known(struct lruvec *target, u32 caller, struct ws_access_scan *ws)
{
	struct lruvec_ws_access *seen = &target->ws_access;

	if (READ_ONCE(seen->caller) != caller ||
	    READ_ONCE(seen->until) - (u32)jiffies - 1 >= HZ)
		return false;
	ws->others += READ_ONCE(seen->others);
	return true;
}

static void note_walk(struct lruvec *target, u32 caller, unsigned int visits,
		      unsigned long others)
{
	struct lruvec_ws_access *seen = &target->ws_access;

	WRITE_ONCE(seen->caller, caller);
	WRITE_ONCE(seen->others, others);
	WRITE_ONCE(seen->until, (u32)jiffies + min(1 + visits / WALK_RATE, HZ));
}

/* Pages that may be taken from an lruvec without a promise */
static unsigned long lruvec_supply(struct lruvec *lruvec, struct ws_access_scan *ws)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);
	unsigned long supply, min, low, usage;

	supply = lruvec_type_size(lruvec, WORKINGSET_FILE, ws->zone_idx);
	/* swap that is about to be full is shared by all */
	if (ws_access_swap(lruvec, ws) >= ENOUGH)
		supply += lruvec_type_size(lruvec, WORKINGSET_ANON, ws->zone_idx);

	mem_cgroup_protection(ws->target, memcg, &min, &low);
	if (!ws->low)
		min = max(min, low);
	if (!min)
		return supply;
	usage = page_counter_read(&memcg->memory);
	return min(supply, usage - min(usage, min));
}

/* Size protection is the stronger promise */
static bool size_protected(struct mem_cgroup *memcg, struct ws_access_scan *ws)
{
	return mem_cgroup_below_min(ws->target, memcg) ||
	       (mem_cgroup_below_low(ws->target, memcg) && !ws->low);
}

/* Shrink a list down to the promise, or until it has kept others waiting */
static void shrink_overdue_list(struct lruvec *lruvec, enum lru_list lru,
				struct ws_access_scan *ws)
{
	unsigned long scanned, reclaimed, in_vain = 0;

	/* the size may come to what is protected on the way */
	while (ws->wanted && in_vain < ws->batch &&
	       !size_protected(lruvec_memcg(lruvec), ws)) {
		scanned = ws_access_shrink(lruvec, lru, ws, &reclaimed);
		if (!scanned)
			break;
		ws->wanted -= min(ws->wanted, reclaimed);
		in_vain += scanned - min(scanned, reclaimed);
		cond_resched();
	}
	ws->in_vain += in_vain;
}

static void shrink_overdue_lruvec(struct lruvec *lruvec, struct ws_access_scan *ws)
{
	/* file first, as that is cheaper to bring back */
	static const enum lru_list order[] = {
		LRU_INACTIVE_FILE, LRU_ACTIVE_FILE,
		LRU_INACTIVE_ANON, LRU_ACTIVE_ANON,
	};
	int i;

	if (trace_mm_vmscan_ws_access_enabled())
		trace_lruvec(lruvec, ws);

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		/* generations are not told apart as active and inactive */
		if (is_active_lru(order[i]) && lru_gen_enabled())
			continue;
		if (is_file_lru(order[i]) || ws_access_swap(lruvec, ws))
			shrink_overdue_list(lruvec, order[i], ws);
	}
}

/**
 * ws_access_walk - the first pass, on one node
 * @pgdat: the node
 * @ws: what to do; gets what was done
 *
 * Takes what was not used within its access interval, wherever below the target
 * that is, and counts how much there is that nobody was promised.
 *
 * Context: process context, reclaim.
 */
void ws_access_walk(pg_data_t *pgdat, struct ws_access_scan *ws)
{
	struct lruvec *lruvec, *target = mem_cgroup_lruvec(ws->target, pgdat);
	u32 caller = 1 + ws->direct + 2 * ws->low +
		     4 * !!ws_access_swap(target, ws) + 8 * ws->zone_idx;
	struct mem_cgroup *memcg = NULL;
	unsigned int visits = 0;
	unsigned long others = 0;

	if (!ws->wanted || walk_known(target, caller, ws))
		return;

	while ((memcg = mem_cgroup_iter(ws->target, memcg, NULL))) {
		visits++;
		cond_resched();
		mem_cgroup_calculate_protection(ws->target, memcg);
		if (size_protected(memcg, ws))
			continue;

		lruvec = mem_cgroup_lruvec(memcg, pgdat);
		ws->interval = lruvec_ws_access(lruvec, ws->target);
		if (!ws->interval) {
			if (others < ENOUGH)
				others += lruvec_supply(lruvec, ws);
			continue;
		}
		/* one batch in vain is enough for somebody who waits */
		if (ws->direct && ws->in_vain >= ws->batch)
			continue;
		shrink_overdue_lruvec(lruvec, ws);
		if (!ws->wanted) {
			mem_cgroup_iter_break(ws->target, memcg);
			return;
		}
	}
	note_walk(target, caller, visits, others);
	ws->others += min(others, ULONG_MAX - ws->others);
}

/**
 * ws_access_next_pass - which pass is to follow the first one?
 * @ws: gets the pass
 *
 * Return: true if none is needed.
 */
bool ws_access_next_pass(struct ws_access_scan *ws)
{
	ws->interval = 0;
	ws->pass = WS_ACCESS_OTHERS;
	if (ws->wanted && ws->others < max(ENOUGH, ws->batch)) {
		ws->pass = WS_ACCESS_LAST_RESORT;
		trace_last_resort(ws, true);
	}
	return !ws->wanted;
}

/**
 * ws_access_force - does the last resort have to follow the second pass?
 * @ws: gets the pass
 *
 * Return: true if the second pass was in vain because somebody was passed over.
 */
bool ws_access_force(struct ws_access_scan *ws)
{
	if (!ws->skipped || ws->forced)
		return false;

	ws->forced = true;
	ws->pass = WS_ACCESS_LAST_RESORT;
	trace_last_resort(ws, false);
	return true;
}

/* For ws_access_skip() */
bool __ws_access_skip(struct lruvec *lruvec, struct mem_cgroup *target,
		      struct ws_access_scan *ws)
{
	bool skip;

	ws->interval = lruvec_ws_access(lruvec, target);
	ws->broken = 0;
	/* a promise about nothing is not kept at somebody's cost */
	skip = ws->interval && ws->pass == WS_ACCESS_OTHERS &&
	       (lruvec_type_size(lruvec, WORKINGSET_ANON, MAX_NR_ZONES - 1) ||
		lruvec_type_size(lruvec, WORKINGSET_FILE, MAX_NR_ZONES - 1));
	ws->skipped |= skip;
	if (trace_mm_vmscan_ws_access_enabled())
		trace_lruvec(lruvec, ws);
	return skip;
}

/**
 * ws_access_deactivate - make folios from an active list fit to be reclaimed
 * @folio_list: the folios, isolated because they are overdue
 */
void ws_access_deactivate(struct list_head *folio_list)
{
	struct folio *folio;

	list_for_each_entry(folio, folio_list, lru) {
		folio_clear_active(folio);
		folio_set_workingset(folio);
	}
}

/* For ws_access_isolate() */
unsigned long __ws_access_isolate(struct lruvec *lruvec, enum lru_list lru,
				  unsigned long nr, struct ws_access_scan *ws)
{
	unsigned long overdue = lruvec_overdue(lruvec, lru, ws->interval);

	if (ws->pass == WS_ACCESS_OVERDUE)
		return min(nr, overdue);
	ws->young = overdue < nr &&
		    overdue < lruvec_type_size(lruvec, is_file_lru(lru), MAX_NR_ZONES - 1);
	return nr;
}

/* For ws_access_reclaimed() */
void __ws_access_reclaimed(struct lruvec *lruvec, int type, unsigned long nr,
			   struct ws_access_scan *ws)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);

	if (ws->pass == WS_ACCESS_OVERDUE) {
		note_taken(&memcg->ws_access, nr, ws->interval);
	} else if (ws->young) {
		/* to want these back says nothing about the interval */
		atomic_long_sub(nr, &memcg->ws_access.refaulted);
		WRITE_ONCE(lruvec->ws_access.broken, (u32)jiffies ?: 1);
		if (ws->broken & BIT(type))
			return;
		ws->broken |= BIT(type);
		memcg_memory_event(memcg, MEMCG_WS_ACCESS);
	}
}

/******************************************************************************
 *                          cgroup files
 ******************************************************************************/

/**
 * memcg_ws_access_stat_format - print what the promise is worth for memory.stat
 * @memcg: the cgroup
 * @s: where to
 *
 * That is for reclaim from the root, and of this cgroup alone.
 */
void memcg_ws_access_stat_format(struct mem_cgroup *memcg, struct seq_buf *s)
{
	struct memcg_ws_access *ws = &memcg->ws_access;
	unsigned long interval = effective_interval(ws, READ_ONCE(ws->interval));

	seq_buf_printf(s, "ws_access_effective_ms %llu\n", jiffies64_to_msecs(interval));
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

static int __init ws_access_files_init(void)
{
	if (mem_cgroup_disabled())
		return 0;

	WARN_ON(cgroup_add_dfl_cftypes(&memory_cgrp_subsys, ws_access_files));
	return 0;
}
subsys_initcall(ws_access_files_init);

#ifdef CONFIG_LRUVEC_AGE_KUNIT_TEST
#include "ws_access_kunit.h"
#endif
