// SPDX-License-Identifier: GPL-2.0
/*
 * Protection of working sets by their access interval: memory.ws_access_ms
 */

#include <linux/ctype.h>
#include <linux/lruvec_age.h>
#include <linux/math64.h>
#include <linux/mm_inline.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
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
 *    reclaim up: after ENOUGH pages of a list in vain, or as many as somebody
 *    who waits wants, it goes on.
 *    The same walk counts what cgroups without a promise have.
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
 * is found for lower zones is another result.
 *
 *		Who is promised what
 *
 * The promise is the smallest interval on the way from the cgroup up to, and not
 * including, the target of reclaim. The one for reclaim from the root is kept
 * with each cgroup and changes with any of them; other targets are few levels up.
 *
 *		What the promise is worth
 *
 * To go first is right for memory that nobody wants back. If an interval is too
 * short, it is what makes its owner lose all of a set before each use, which
 * might have survived without a promise. But then a refault says so, and by how
 * much: what was taken when it was not used for N, and is back t later, is used
 * N + t apart, or more: when pressure began, its last use may have been long ago.
 * So when an eighth of what was taken is wanted, the interval grows to three times
 * that: once is mostly enough. It grows up to STRETCH intervals, as nobody can grant
 * itself more than in proportion to what it was given. If that won't do, with a
 * quarter to spare, the cgroup is reclaimed as if it had no promise. What was
 * learned is halved when nothing was missed for PATIENCE times as long. It is
 * forgotten when an interval changes. What refaults within one interval after that
 * comes back as active.
 *
 *		Asked for by age
 *
 * memory.reclaim can ask for what was not used for some time, min_age_ms. That is the
 * first pass and no other, for every cgroup below the target, with the age in place
 * of the promise if that is shorter. Nobody has looked at what is in use where there
 * is no pressure: the first request looks, and a later one takes. As long as a
 * cgroup is asked, pages go where they get an age, as under a promise.
 */

/* See "What the promise is worth". The scenarios short-* have the limits. */
#define STRETCH		16
#define PATIENCE	64
#define WANTED		8	/* one of so many */

/* Cgroups per tick, see "Order". Without it, scenario many fails. */
#define WALK_RATE	64

/*
 * So many pages from others will do. With the 32 of one request instead, reclaim
 * would search for the last ones, and an allocation wait: scenario pods.
 */
#define ENOUGH		1024UL

/* Twice the usual: to begin a batch costs as much as a few pages */
#define BATCH		(2 * SWAP_CLUSTER_MAX)

DEFINE_STATIC_KEY_FALSE(memcg_ws_access_key);
static DEFINE_MUTEX(ws_access_mutex);
static bool ws_access_trimmed;	/* was anybody asked for memory by age? */

/******************************************************************************
 *                          who is promised what
 ******************************************************************************/

/* Rounded up, as timeouts are. 32 bits of ms may be more than jiffies hold. */
static unsigned long ws_access_to_jiffies(unsigned int ms)
{
	u64 t = div_u64((u64)ms * HZ + MSEC_PER_SEC - 1, MSEC_PER_SEC);

	return min_t(u64, t, MAX_JIFFY_OFFSET / (2 * STRETCH));
}

/*
 * The smallest interval from @memcg up to, and not including, @target. A cgroup
 * with none follows its parent, or breaks the chain; a child of the target
 * has nobody to follow. With @any, what any target above would owe.
 */
static unsigned int ws_access_ms(struct mem_cgroup *memcg, struct mem_cgroup *target, bool any)
{
	unsigned int ms = 0, min_ms = UINT_MAX;

	for (; memcg && memcg != target && !mem_cgroup_is_root(memcg);
	     memcg = parent_mem_cgroup(memcg)) {
		ms = READ_ONCE(memcg->ws_access.ms);
		if (ms)
			min_ms = min(min_ms, ms);
		else if (!(cgrp_dfl_root.flags & CGRP_ROOT_MEMORY_RECURSIVE_PROT))
			break;
	}
	return (ms || any) && min_ms < UINT_MAX ? min_ms : 0;
}

/* What is left of an interval after what was learned about it; 0 for nothing */
static unsigned long effective_interval(struct memcg_ws_access *ws, unsigned long interval)
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

	interval = READ_ONCE(ws->interval);
	if (target && !mem_cgroup_is_root(target))
		interval = ws_access_to_jiffies(ws_access_ms(memcg, target, false));
	return effective_interval(ws, interval);
}

/* Without memory cgroups the key is off, so there is one */
bool __lruvec_keeps_promise(struct lruvec *lruvec)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);
	unsigned long trimmed = READ_ONCE(memcg->ws_access.trimmed);
	u32 broken = READ_ONCE(lruvec->ws_access.broken);
	unsigned long interval;

	interval = effective_interval(&memcg->ws_access, READ_ONCE(memcg->ws_access.shortest));
	/* or else it lies ahead again when half of what jiffies hold has gone by */
	if (trimmed && time_after_eq(jiffies, trimmed)) {
		trimmed = 0;
		WRITE_ONCE(memcg->ws_access.trimmed, 0);
	}
	return (interval && (!broken || (u32)jiffies - broken > interval)) || trimmed;
}

static void update_promise(struct mem_cgroup *memcg)
{
	struct memcg_ws_access *ws = &memcg->ws_access;
	unsigned int ms = ws->online ? ws_access_ms(memcg, NULL, true) : 0;
	bool promised = ws->shortest;
	int nid;

	lockdep_assert_held(&ws_access_mutex);

	WRITE_ONCE(ws->shortest, ws_access_to_jiffies(ms));
	WRITE_ONCE(ws->interval, ms ? ws_access_to_jiffies(ws_access_ms(memcg, NULL, false)) : 0);
	WRITE_ONCE(ws->learned, 0);
	atomic_long_set(&ws->taken, 0);
	atomic_long_set(&ws->refaulted, 0);

	for_each_node(nid)
		lruvec_age_set_finest(mem_cgroup_lruvec(memcg, NODE_DATA(nid)), ws->shortest);
	if (ms && !promised)
		static_branch_inc(&memcg_ws_access_key);
	else if (!ms && promised)
		static_branch_dec(&memcg_ws_access_key);
	cond_resched();
}

static void update_subtree(struct mem_cgroup *root)
{
	struct mem_cgroup *memcg = NULL;

	while ((memcg = mem_cgroup_iter(root, memcg, NULL)))
		update_promise(memcg);
}

/**
 * memcg_ws_access_set - set the interval of a cgroup
 * @memcg: the cgroup
 * @ms: milliseconds; 0 for none
 *
 * Context: write(), css_reset(); may sleep.
 */
void memcg_ws_access_set(struct mem_cgroup *memcg, unsigned int ms)
{
	mutex_lock(&ws_access_mutex);
	if (ms != memcg->ws_access.ms) {
		WRITE_ONCE(memcg->ws_access.ms, ms);
		update_subtree(memcg);
	}
	mutex_unlock(&ws_access_mutex);
}

/**
 * memcg_ws_access_online - let a new cgroup inherit, release a dying one
 * @memcg: the cgroup
 * @online: is it a new one?
 *
 * Context: css_online(), once nothing can fail any more; css_offline(), a grace
 * period before the cgroup is freed.
 */
void memcg_ws_access_online(struct mem_cgroup *memcg, bool online)
{
	mutex_lock(&ws_access_mutex);
	memcg->ws_access.online = online;
	update_promise(memcg);
	mutex_unlock(&ws_access_mutex);
}

/**
 * memcg_ws_access_refresh - follow a change of memory_recursiveprot
 *
 * Context: (re)mount of cgroup2; may sleep.
 */
void memcg_ws_access_refresh(void)
{
	mutex_lock(&ws_access_mutex);
	update_subtree(root_mem_cgroup);
	mutex_unlock(&ws_access_mutex);
}

/******************************************************************************
 *                          what the promise is worth
 ******************************************************************************/

/* Pages of a cgroup were taken because they had not been used for @interval */
static void note_taken(struct memcg_ws_access *ws, long nr, unsigned long interval)
{
	if ((jiffies - READ_ONCE(ws->used)) / 2 > interval) {
		atomic_long_set(&ws->taken, 0);
		atomic_long_set(&ws->refaulted, 0);
	}
	if (!atomic_long_read(&ws->taken))
		WRITE_ONCE(ws->used, jiffies - interval);
	atomic_long_add(nr, &ws->taken);
}

/**
 * lruvec_ws_access_refault - pages that were reclaimed are back
 * @lruvec: the lruvec
 * @nr: pages
 *
 * Context: the caller holds a reference to the cgroup, or rcu_read_lock().
 *
 * Return: true if it was learned of late that what had been taken as overdue is
 * wanted. The rest of it comes back as active, as it would be by now.
 */
bool lruvec_ws_access_refault(struct lruvec *lruvec, unsigned long nr)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);
	struct memcg_ws_access *ws = &memcg->ws_access;
	unsigned long limit, used;
	long taken, refaulted;

	if (!memcg_ws_access_enabled() || !memcg || !READ_ONCE(ws->shortest))
		return false;
	taken = atomic_long_read(&ws->taken);
	refaulted = atomic_long_add_return(nr, &ws->refaulted);
	/* a few pages say nothing */
	if (taken >= (long)BATCH && refaulted >= taken / WANTED) {
		used = jiffies - READ_ONCE(ws->used);
		/* it may be more; beyond the limit there is no promise for a while */
		limit = STRETCH * (READ_ONCE(ws->interval) ?: READ_ONCE(ws->shortest));
		WRITE_ONCE(ws->learned, used + used / 4 > limit ? 2 * limit : min(3 * used, limit));
		WRITE_ONCE(ws->missed, jiffies);
		/* the rest of them will be back, too: that is no news */
		atomic_long_sub(taken, &ws->refaulted);
		atomic_long_sub(taken, &ws->taken);
	}
	return jiffies - READ_ONCE(ws->missed) < READ_ONCE(ws->learned);
}

/******************************************************************************
 *                          what reclaim asks
 ******************************************************************************/

/* One event for each type of memory */
static void trace_lruvec(struct lruvec *lruvec, struct ws_access_scan *ws)
{
	trace_mm_vmscan_ws_access(lruvec, WORKINGSET_ANON, ws);
	trace_mm_vmscan_ws_access(lruvec, WORKINGSET_FILE, ws);
}

/*
 * Pages of an lruvec without a promise. What size protection or the zone keeps may
 * be among them: the second pass finds that out at once.
 */
static unsigned long lruvec_supply(struct lruvec *lruvec, struct ws_access_scan *ws)
{
	unsigned long supply = lruvec_type_size(lruvec, WORKINGSET_FILE);

	/* swap that is about to be full is shared by all */
	if (ws_access_swap(lruvec, ws) >= ENOUGH)
		supply += lruvec_type_size(lruvec, WORKINGSET_ANON);
	return supply;
}

/* Size protection is the stronger promise */
static bool size_protected(struct mem_cgroup *memcg, struct ws_access_scan *ws)
{
	return mem_cgroup_below_min(ws->target, memcg) ||
	       (mem_cgroup_below_low(ws->target, memcg) && !ws->low);
}

/* Shrink an lruvec down to the promise, or until that has kept others waiting */
static void shrink_overdue_lruvec(struct lruvec *lruvec, struct ws_access_scan *ws)
{
	unsigned long budget = ws->min_age ? ULONG_MAX : ws->direct ? ws->batch : ENOUGH;
	unsigned long scanned, reclaimed, in_vain;
	enum lru_list i, lru;

	trace_lruvec(lruvec, ws);
	for (i = 0; i < LRU_UNEVICTABLE; i++) {
		/* file first, as that is cheaper to bring back */
		lru = i ^ LRU_FILE;
		/* generations are not told apart as active and inactive */
		if ((is_active_lru(lru) && lru_gen_enabled()) ||
		    (!is_file_lru(lru) && !ws_access_swap(lruvec, ws)))
			continue;
		/* the size may come to what is protected on the way */
		in_vain = 0;
		while (ws->wanted && in_vain < budget &&
		       !(ws->min_age && signal_pending(current)) &&
		       !size_protected(lruvec_memcg(lruvec), ws)) {
			scanned = ws_access_shrink(lruvec, lru, ws, &reclaimed);
			ws->wanted -= min(ws->wanted, reclaimed);
			if (!scanned)
				break;
			in_vain += scanned - min(scanned, reclaimed);
			cond_resched();
		}
		ws->in_vain += in_vain;
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
	struct lruvec_ws_access *seen = &target->ws_access;
	struct mem_cgroup *memcg = NULL;
	unsigned long others = 0, visits = 0;

	while (ws->zone_idx && !managed_zone(pgdat->node_zones + ws->zone_idx))
		ws->zone_idx--;
	if (!ws->wanted)
		return;
	if (!ws->min_age && READ_ONCE(seen->zone_idx) == ws->zone_idx &&
	    READ_ONCE(seen->until) - (u32)jiffies - 1 < HZ) {
		ws->others += READ_ONCE(seen->others);
		return;
	}

	while ((memcg = mem_cgroup_iter(ws->target, memcg, NULL))) {
		visits++;
		cond_resched();
		mem_cgroup_calculate_protection(ws->target, memcg);
		if (size_protected(memcg, ws))
			continue;

		lruvec = mem_cgroup_lruvec(memcg, pgdat);
		ws->interval = max(lruvec_ws_access(lruvec, ws->target), ws->min_age);
		if (ws->min_age)
			WRITE_ONCE(memcg->ws_access.trimmed, jiffies + ws->min_age);
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
	ws->others += others;
	/* somebody who waits has not looked as well as kswapd will */
	if (ws->direct || ws->min_age)
		return;
	WRITE_ONCE(seen->zone_idx, ws->zone_idx);
	WRITE_ONCE(seen->others, others);
	WRITE_ONCE(seen->until, (u32)jiffies + min(1 + visits / WALK_RATE, HZ));
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
	if (ws->wanted && ws->others < ENOUGH) {
		ws->pass = WS_ACCESS_LAST_RESORT;
		trace_mm_vmscan_ws_access_last_resort(ws->target, true);
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
	trace_mm_vmscan_ws_access_last_resort(ws->target, false);
	return true;
}

/**
 * ws_access_skip - does reclaim pass over an lruvec?
 * @lruvec: the lruvec
 * @target: cgroup that is reclaimed, NULL for the root
 * @ws: the pass; gets the promise to this lruvec
 *
 * Context: as lruvec_ws_access().
 *
 * Return: true in the second pass, if there is a promise: what is overdue was
 * taken before.
 */
bool ws_access_skip(struct lruvec *lruvec, struct mem_cgroup *target, struct ws_access_scan *ws)
{
	bool skip;

	if (!memcg_ws_access_enabled())
		return false;
	ws->interval = lruvec_ws_access(lruvec, target);
	/* a promise about nothing is not kept at somebody's cost */
	skip = ws->interval && ws->pass == WS_ACCESS_OTHERS &&
	       page_counter_read(&lruvec_memcg(lruvec)->memory);
	ws->skipped |= skip;
	trace_lruvec(lruvec, ws);
	return skip;
}

/**
 * ws_access_deactivate - make folios from an active list inactive ones
 * @folio_list: the folios, isolated because they are overdue
 *
 * And those that were in use again, if they are page cache: what is in use changes
 * lists, so that neither of them gets empty.
 */
void ws_access_deactivate(struct list_head *folio_list)
{
	struct folio *folio;

	list_for_each_entry(folio, folio_list, lru) {
		folio_clear_active(folio);
		folio_set_workingset(folio);
	}
}

/**
 * ws_access_isolate - what may be isolated from the tail of a list?
 * @lruvec: the lruvec
 * @lru: the list; on the multi-gen LRU, an inactive one stands for its type
 * @nr: pages that are wanted
 * @ws: the pass, and the promise to this lruvec
 *
 * Context: under the lru_lock that is held until they are isolated, so that
 * nobody else takes what was counted as overdue.
 *
 * Return: @nr, or less of it in the first pass.
 */
unsigned long ws_access_isolate(struct lruvec *lruvec, enum lru_list lru,
				unsigned long nr, struct ws_access_scan *ws)
{
	unsigned long overdue;

	if (!ws->interval)
		return nr;
	WRITE_ONCE(lruvec->age.scanned, (u32)jiffies);
	if (ws->min_age)
		nr = min(nr, ws->wanted);
	overdue = lruvec_overdue(lruvec, lru, ws->interval);
	/* on the multi-gen LRU, what was in use has to be sorted out on the way */
	if (ws->pass == WS_ACCESS_OVERDUE)
		return !lru_gen_enabled() || overdue < BATCH ? min(nr, overdue) :
							       ws->direct ? 2 * BATCH : nr;
	/* all of a list is older than nothing */
	ws->young = lru_gen_enabled() ? lruvec_type_age(lruvec, is_file_lru(lru)) < ws->interval :
					overdue < min(nr, lruvec_overdue(lruvec, lru, 0));
	return nr;
}

/**
 * ws_access_reclaimed - what was isolated has been reclaimed
 * @lruvec: the lruvec
 * @type: anon (0) or file (1)
 * @nr: pages
 * @ws: the pass, and the promise to this lruvec
 */
void ws_access_reclaimed(struct lruvec *lruvec, int type, long nr, struct ws_access_scan *ws)
{
	struct mem_cgroup *memcg = lruvec_memcg(lruvec);

	if (!ws->interval || !nr)
		return;
	if (ws->pass == WS_ACCESS_OVERDUE && !ws->min_age) {
		note_taken(&memcg->ws_access, nr, ws->interval);
		return;
	}
	/* to want these back says nothing about the interval */
	if (ws->min_age || ws->young)
		atomic_long_sub(nr, &memcg->ws_access.refaulted);
	if (ws->young) {
		WRITE_ONCE(lruvec->ws_access.broken, (u32)jiffies ?: 1);
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
	unsigned long interval = READ_ONCE(memcg->ws_access.interval);

	seq_buf_printf(s, "ws_access_effective_ms %llu\n",
		       jiffies64_to_msecs(effective_interval(&memcg->ws_access, interval)));
}

static int ws_access_ms_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%u\n", READ_ONCE(mem_cgroup_from_seq(m)->ws_access.ms));
	return 0;
}

/* kstrtouint() takes a sign, and what follows a NUL is nobody's number */
static int parse_ws_access_ms(const char *buf, size_t nbytes, unsigned int *ms)
{
	return isdigit(*buf) && strlen(buf) == nbytes ? kstrtouint(buf, 10, ms) : -EINVAL;
}

/**
 * ws_access_parse_min_age - parse a key of memory.reclaim
 * @key: a word
 * @min_age: the age, jiffies
 *
 * Return: 0, -EINVAL for another key or a bad value, -ERANGE for one over 32 bits.
 */
int ws_access_parse_min_age(const char *key, unsigned long *min_age)
{
	size_t len = str_has_prefix(key, "min_age_ms=");
	unsigned int ms;
	int err = len ? parse_ws_access_ms(key + len, strlen(key + len), &ms) : -EINVAL;

	*min_age = err ? 0 : ws_access_to_jiffies(ms);
	return err;
}

/**
 * ws_access_trim_begins - somebody asks for memory by its age
 *
 * From now on it matters to all where pages go, and which accesses count.
 *
 * Context: write(); may sleep.
 */
void ws_access_trim_begins(void)
{
	if (!xchg(&ws_access_trimmed, true))
		static_branch_inc(&memcg_ws_access_key);
}

static ssize_t ws_access_ms_write(struct kernfs_open_file *of, char *buf, size_t nbytes, loff_t off)
{
	unsigned int ms;
	int err = parse_ws_access_ms(buf, nbytes, &ms);

	if (!err)
		memcg_ws_access_set(mem_cgroup_from_css(of_css(of)), ms);
	return err ?: nbytes;
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
	if (!mem_cgroup_disabled())
		WARN_ON(cgroup_add_dfl_cftypes(&memory_cgrp_subsys, ws_access_files));
	return 0;
}
subsys_initcall(ws_access_files_init);

#ifdef CONFIG_LRUVEC_AGE_KUNIT_TEST
#include "ws_access_kunit.h"
#endif
