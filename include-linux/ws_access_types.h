/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_WS_ACCESS_TYPES_H
#define _LINUX_WS_ACCESS_TYPES_H

#include <linux/atomic.h>
#include <linux/types.h>

#ifdef CONFIG_LRUVEC_AGE

/**
 * struct memcg_ws_access - the promise of memory.ws_access_ms
 * @ms: the interval that was set
 * @online: between css_online() and css_offline()
 * @interval: the promise for reclaim from the root, jiffies; 0 for none
 * @shortest: the shortest promise that any reclaim may owe, jiffies; 0 for none
 * @learned: what refaults have shown the promise to be worth, jiffies; 0 if it
 *           will do
 * @missed: when they did so last, or @learned was halved
 * @used: what is in @taken was used at about this time, for the last time
 * @taken: pages that were taken as overdue since
 * @refaulted: how many of them were wanted back
 * @trimmed: until then memory is asked for by its age, jiffies
 *
 * Up to @shortest, it is written under ws_access_mutex. The rest is what
 * reclaim and refaults have seen, and may lose an update to a race.
 */
struct memcg_ws_access {
	unsigned int		ms;
	bool			online;
	unsigned long		interval;
	unsigned long		shortest;
	unsigned long		learned;
	unsigned long		missed;
	unsigned long		used;
	atomic_long_t		taken;
	atomic_long_t		refaulted;
	unsigned long		trimmed;
};

/**
 * struct lruvec_ws_access - what the last walks of reclaim have seen
 * @broken: when a promise to this lruvec was broken last, jiffies; 0 for never
 * @until: for the target of a reclaim: nothing below it is worth a walk before
 * @zone_idx: the highest zone that this is about
 * @others: and how much it found that nobody was promised, pages
 *
 * Hints, written without a lock.
 */
struct lruvec_ws_access {
	u32			broken;
	u32			until;
	s8			zone_idx;
	u32			others;
};

#endif /* CONFIG_LRUVEC_AGE */
#endif /* _LINUX_WS_ACCESS_TYPES_H */
