/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LRUVEC_AGE_BASE_H
#define _LINUX_LRUVEC_AGE_BASE_H

#include <linux/version.h>

/*
 * What our files need to know about the kernel that they are in, by feature and
 * with the first of the bases that has it. It is left to none of the trees that
 * scripts/assemble and scripts/make-series make: resolve() in scripts/common
 * leaves each with its own side of the conditions, and without this file.
 */

/*
 * A dying cgroup hands its LRU lists, with the pages on them, to its parent,
 * see lru_reparent_memcg() and lru_gen_reparent_memcg(). Their age has to follow.
 * Hence only rcu_read_lock() keeps the lruvec of a folio from being freed.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define LRUVEC_AGE_HAS_REPARENTING
#endif

#endif /* _LINUX_LRUVEC_AGE_BASE_H */
