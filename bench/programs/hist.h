/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A log-linear histogram of times: 32 buckets for every power of two, so that a
 * percentile read from it is at most 3 % too low, and the largest time is exact.
 */
#ifndef LABORATORY_HIST_H
#define LABORATORY_HIST_H

#include <stdint.h>
#include <stdio.h>

#define HIST_BITS 5
#define HIST_SUB (1u << HIST_BITS)

struct hist {
	uint32_t count[(64 - HIST_BITS + 1) << HIST_BITS];
	uint64_t max;
};

static inline unsigned int hist_bucket(uint64_t ns)
{
	unsigned int shift;

	if (ns < HIST_SUB)
		return ns;
	shift = 63 - __builtin_clzll(ns) - HIST_BITS;
	return (shift + 1) * HIST_SUB + (ns >> shift) - HIST_SUB;
}

/* The smallest time that falls into a bucket */
static inline uint64_t hist_low(unsigned int bucket)
{
	unsigned int shift = bucket >> HIST_BITS;

	if (!shift)
		return bucket;
	return (uint64_t)(HIST_SUB + bucket % HIST_SUB) << (shift - 1);
}

static inline void hist_add(struct hist *h, uint64_t ns)
{
	h->count[hist_bucket(ns)]++;
	if (ns > h->max)
		h->max = ns;
}

/* Lines "NAME BUCKET_LOW_NS COUNT", then "NAME_max_ns NS" */
static inline void hist_print(const struct hist *h, const char *name)
{
	for (unsigned int i = 0; i < sizeof(h->count) / sizeof(h->count[0]); i++)
		if (h->count[i])
			printf("%s %llu %u\n", name, (unsigned long long)hist_low(i), h->count[i]);
	printf("%s_max_ns %llu\n", name, (unsigned long long)h->max);
}

#endif
