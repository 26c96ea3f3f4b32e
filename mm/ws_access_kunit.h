/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit tests of who is promised what, and what that is worth. Included at the
 * end of ws_access.c. The cgroups are nobody's, and nobody waits: what lies in
 * the past is put farther back instead.
 */

#include <kunit/test.h>

#define N_MS	4000
#define N	ws_access_to_jiffies(N_MS)

/* A cgroup, its child, and its grandchild */
enum { TOP, MID, LEAF, NR_TEST_MEMCGS };

struct ws_test {
	struct mem_cgroup *memcg[NR_TEST_MEMCGS];
	unsigned int root_flags;
};

static struct lruvec *lruvec_of(struct ws_test *t, int who)
{
	return mem_cgroup_lruvec(t->memcg[who], NODE_DATA(first_memory_node));
}

static void promise(struct ws_test *t, unsigned int top, unsigned int mid, unsigned int leaf)
{
	int i;

	mutex_lock(&ws_access_mutex);
	t->memcg[TOP]->ws_access.ms = top;
	t->memcg[MID]->ws_access.ms = mid;
	t->memcg[LEAF]->ws_access.ms = leaf;
	for (i = 0; i < NR_TEST_MEMCGS; i++)
		update_promise(t->memcg[i]);
	mutex_unlock(&ws_access_mutex);
}

static void recursive(bool on)
{
	cgrp_dfl_root.flags &= ~CGRP_ROOT_MEMORY_RECURSIVE_PROT;
	if (on)
		cgrp_dfl_root.flags |= CGRP_ROOT_MEMORY_RECURSIVE_PROT;
}

static int ws_access_test_init(struct kunit *test)
{
	struct ws_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i, nid;

	KUNIT_ASSERT_NOT_NULL(test, t);
	for (i = 0; i < NR_TEST_MEMCGS; i++) {
		struct mem_cgroup *memcg;

		memcg = kunit_kzalloc(test, struct_size(memcg, nodeinfo, nr_node_ids), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, memcg);
		for_each_node(nid) {
			struct mem_cgroup_per_node *mz;

			mz = kunit_kzalloc(test, sizeof(*mz), GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, mz);
			lruvec_init(&mz->lruvec);
			mz->memcg = memcg;
			memcg->nodeinfo[nid] = mz;
		}
		if (i)
			memcg->css.parent = &t->memcg[i - 1]->css;
		memcg->ws_access.online = true;
		t->memcg[i] = memcg;
	}
	t->root_flags = cgrp_dfl_root.flags;
	test->priv = t;
	return 0;
}

static void ws_access_test_exit(struct kunit *test)
{
	struct ws_test *t = test->priv;

	if (!t)
		return;
	promise(t, 0, 0, 0);
	cgrp_dfl_root.flags = t->root_flags;
}

/* It lasts at least as long as it says */
static void ws_access_test_jiffies(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ws_access_to_jiffies(0), 0);
	KUNIT_EXPECT_EQ(test, ws_access_to_jiffies(1), DIV_ROUND_UP(HZ, 1000));
	KUNIT_EXPECT_EQ(test, ws_access_to_jiffies(6000), 6 * HZ);
	KUNIT_EXPECT_GE(test, jiffies64_to_msecs(ws_access_to_jiffies(12345)), 12345);
	KUNIT_EXPECT_LE(test, 2 * STRETCH * ws_access_to_jiffies(UINT_MAX), MAX_JIFFY_OFFSET);
	KUNIT_EXPECT_GE(test, ws_access_to_jiffies(UINT_MAX), ws_access_to_jiffies(60000000));
}

static void ws_access_test_parse(struct kunit *test)
{
	static const struct {
		const char *buf;
		size_t extra;
		int err;
		unsigned int ms;
	} cases[] = {
		{ "0",			0, 0,		0 },
		{ "6000",		0, 0,		6000 },
		{ "6000\n",		0, 0,		6000 },
		{ "4294967295",		0, 0,		UINT_MAX },
		{ "4294967296",		0, -ERANGE },
		{ "99999999999999999999", 0, -ERANGE },
		{ "",			0, -EINVAL },
		{ "\n",			0, -EINVAL },
		{ "-1",			0, -EINVAL },
		{ "+1",			0, -EINVAL },
		{ " 1",			0, -EINVAL },
		{ "1s",			0, -EINVAL },
		{ "0x10",		0, -EINVAL },
		{ "1 2",		0, -EINVAL },
		{ "max",		0, -EINVAL },
		{ "5\0" "5",		2, -EINVAL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *buf = cases[i].buf;
		unsigned int ms = 0;

		KUNIT_EXPECT_EQ_MSG(test, cases[i].err,
				    parse_ws_access_ms(buf, strlen(buf) + cases[i].extra, &ms),
				    "\"%s\"", buf);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].ms, ms, "\"%s\"", buf);
	}
}

/*
 * The key of memory.reclaim: a bad value is an error, and so is another key. There may
 * be one behind it, so it takes more than a good value to change anything.
 */
static void ws_access_test_parse_min_age(struct kunit *test)
{
	static const struct {
		const char *key;
		int err;
		unsigned int ms;
	} cases[] = {
		{ "min_age_ms=0",	0,	0 },
		{ "min_age_ms=60000",	0,	60000 },
		{ "min_age_ms=4294967296", -ERANGE },
		{ "min_age_ms=",	-EINVAL },
		{ "min_age_ms=-1",	-EINVAL },
		{ "min_age_ms=1s",	-EINVAL },
		{ "min_age_ms",		-EINVAL },
		{ "swappiness=60",	-EINVAL },
		{ "xmin_age_ms=5",	-EINVAL },
	};
	bool trimmed = xchg(&ws_access_trimmed, false), enabled = memcg_ws_access_enabled();
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long min_age = 0;

		KUNIT_EXPECT_EQ_MSG(test, cases[i].err,
				    ws_access_parse_min_age(cases[i].key, &min_age),
				    "\"%s\"", cases[i].key);
		KUNIT_EXPECT_EQ_MSG(test, ws_access_to_jiffies(cases[i].ms), min_age,
				    "\"%s\"", cases[i].key);
		KUNIT_EXPECT_FALSE(test, ws_access_trimmed);
		KUNIT_EXPECT_EQ(test, memcg_ws_access_enabled(), enabled);
	}
	for (i = 0; i < 2; i++) {
		ws_access_trim_begins();
		KUNIT_EXPECT_TRUE(test, ws_access_trimmed);
		KUNIT_EXPECT_TRUE(test, memcg_ws_access_enabled());
	}
	static_branch_dec(&memcg_ws_access_key);
	KUNIT_EXPECT_EQ(test, memcg_ws_access_enabled(), enabled);
	ws_access_trimmed = trimmed;
}

/* The smallest on the way up to the target, whoever that is: two may owe different ones */
static void ws_access_test_smallest(struct kunit *test)
{
	static const struct {
		bool recursive;
		unsigned int top, mid, leaf;
		unsigned int by_root, by_top, by_mid, shortest;
	} cases[] = {
		{ false, 9000, 2000, 5000,	2000, 2000, 5000, 2000 },
		{ false, 1000, 2000, 5000,	1000, 2000, 5000, 1000 },
		{ false,    0,    0, 5000,	   0,    0, 5000, 5000 },
		{ false,    0, 7000, 5000,	   0, 5000, 5000, 5000 },
		{ false, 3000,    0, 5000,	   0,    0, 5000, 5000 },
		{ false, 3000, 4000,    0,	   0,    0,    0,    0 },
		{ true,  3000, 4000,    0,	3000, 4000,    0, 3000 },
		{ true,  3000,    0,    0,	3000,    0,    0, 3000 },
		{ true,  3000,    0, 5000,	3000,    0, 5000, 3000 },
		{ true,     0,    0, 5000,	   0,    0, 5000, 5000 },
		{ true,     0, 6000, 5000,	   0, 5000, 5000, 5000 },
	};
	struct ws_test *t = test->priv;
	struct lruvec *leaf = lruvec_of(t, LEAF);
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		recursive(cases[i].recursive);
		promise(t, cases[i].top, cases[i].mid, cases[i].leaf);
		KUNIT_EXPECT_EQ_MSG(test, lruvec_ws_access(leaf, NULL),
				    ws_access_to_jiffies(cases[i].by_root), "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, lruvec_ws_access(leaf, root_mem_cgroup),
				    ws_access_to_jiffies(cases[i].by_root), "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, lruvec_ws_access(leaf, t->memcg[TOP]),
				    ws_access_to_jiffies(cases[i].by_top), "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, lruvec_ws_access(leaf, t->memcg[MID]),
				    ws_access_to_jiffies(cases[i].by_mid), "case %d", i);
		/* its own does not count */
		KUNIT_EXPECT_EQ_MSG(test, lruvec_ws_access(leaf, t->memcg[LEAF]), 0, "case %d", i);
		KUNIT_EXPECT_EQ_MSG(test, t->memcg[LEAF]->ws_access.shortest,
				    ws_access_to_jiffies(cases[i].shortest), "case %d", i);
	}

	/* what dies is owed nothing */
	promise(t, N_MS, N_MS, N_MS);
	t->memcg[LEAF]->ws_access.online = false;
	promise(t, N_MS, N_MS, N_MS);
	KUNIT_EXPECT_EQ(test, lruvec_ws_access(leaf, NULL), 0);
	KUNIT_EXPECT_EQ(test, lruvec_ws_access(leaf, t->memcg[MID]), 0);
	KUNIT_EXPECT_FALSE(test, __lruvec_keeps_promise(leaf));
}

/* Only those pay for the key that are promised something */
static void ws_access_test_key(struct kunit *test)
{
	struct ws_test *t = test->priv;

	recursive(false);
	KUNIT_EXPECT_FALSE(test, memcg_ws_access_enabled());
	promise(t, 0, 0, N_MS);
	KUNIT_EXPECT_TRUE(test, memcg_ws_access_enabled());
	promise(t, 0, 0, N_MS);
	promise(t, N_MS, 0, N_MS);
	promise(t, N_MS, 0, 0);
	promise(t, 0, 0, 0);
	KUNIT_EXPECT_FALSE(test, memcg_ws_access_enabled());
}

/* Time goes by for a cgroup of the test */
static void later(struct ws_test *t, int who, unsigned long ticks)
{
	struct memcg_ws_access *ws = &t->memcg[who]->ws_access;
	struct lruvec *lruvec = lruvec_of(t, who);
	struct lruvec_age *age = &lruvec->age;
	int i;

	ws->missed -= ticks;
	ws->used -= ticks;
	if (lruvec->ws_access.broken)
		lruvec->ws_access.broken -= ticks;
	for (i = 0; i < LRUVEC_AGE_LISTS; i++)
		age->last[i] -= ticks;
	for (i = 0; i < age->nr; i++)
		age->marks[i].time -= ticks;
	age->marked -= ticks;
}

/* The first pass takes @nr pages */
static void take(struct ws_test *t, int who, unsigned long nr)
{
	struct lruvec *lruvec = lruvec_of(t, who);
	struct ws_access_scan ws = {
		.pass = WS_ACCESS_OVERDUE,
		.interval = lruvec_ws_access(lruvec, NULL),
	};

	ws_access_reclaimed(lruvec, WORKINGSET_FILE, nr, &ws);
}

/* The interval now, but for the few ticks that a test takes */
#define EXPECT_INTERVAL(test, t, ticks)							\
	do {										\
		unsigned long __is = lruvec_ws_access(lruvec_of(t, LEAF), NULL);	\
											\
		KUNIT_EXPECT_GE(test, __is, (ticks));					\
		KUNIT_EXPECT_LE(test, __is, (ticks) + (ticks) / 50);			\
	} while (0)

static void want(struct ws_test *t, unsigned long nr)
{
	lruvec_ws_access_refault(lruvec_of(t, LEAF), nr);
}

/* A refault says how long the interval should have been; once is enough */
static void ws_access_test_learn(struct kunit *test)
{
	struct ws_test *t = test->priv;

	promise(t, N_MS, N_MS, N_MS);
	EXPECT_INTERVAL(test, t, N);

	/* what comes back was not used for N, and for half of that since: three times as much */
	take(t, LEAF, 800);
	later(t, LEAF, N / 2);
	want(t, 99);
	EXPECT_INTERVAL(test, t, N);
	want(t, 1);
	EXPECT_INTERVAL(test, t, 9 * N / 2);
	/* in the same measure for another target */
	KUNIT_EXPECT_GE(test, lruvec_ws_access(lruvec_of(t, LEAF), t->memcg[TOP]), 9 * N / 2);
	/* and only for who has missed something */
	KUNIT_EXPECT_EQ(test, lruvec_ws_access(lruvec_of(t, MID), NULL), N);

	/* the rest of them comes back, too, however late, which is no news */
	later(t, LEAF, 2 * N);
	want(t, 700);
	EXPECT_INTERVAL(test, t, 9 * N / 2);

	/* until more is taken, and that is missed as well */
	take(t, LEAF, 800);
	later(t, LEAF, N / 2);
	want(t, 99);
	EXPECT_INTERVAL(test, t, 9 * N / 2);
	want(t, 1);
	EXPECT_INTERVAL(test, t, 15 * N);

	/* another interval begins anew */
	promise(t, N_MS, N_MS, 2 * N_MS);
	EXPECT_INTERVAL(test, t, N);
}

/* A few pages say nothing, nor does what was taken long ago or from others */
static void ws_access_test_window(struct kunit *test)
{
	struct ws_test *t = test->priv;

	promise(t, N_MS, N_MS, N_MS);
	want(t, 1000);
	take(t, MID, 800);
	later(t, LEAF, N);
	EXPECT_INTERVAL(test, t, N);

	promise(t, N_MS, N_MS, N_MS);
	take(t, LEAF, 20);
	want(t, 20);
	EXPECT_INTERVAL(test, t, N);

	/* many that were not missed do not hide that those taken later are */
	promise(t, N_MS, N_MS, N_MS);
	take(t, LEAF, 8000);
	later(t, LEAF, 16 * N);
	take(t, LEAF, 160);
	later(t, LEAF, N);
	want(t, 20);
	EXPECT_INTERVAL(test, t, 6 * N);
}

/* It grows to 16 N and no further, and comes back */
static void ws_access_test_limit(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct lruvec *lruvec = lruvec_of(t, LEAF);
	int times;

	promise(t, N_MS, N_MS, N_MS);
	take(t, LEAF, 800);
	later(t, LEAF, 11 * N);
	want(t, 800);
	EXPECT_INTERVAL(test, t, 16 * N);
	KUNIT_EXPECT_TRUE(test, __lruvec_keeps_promise(lruvec));

	/* nothing is missed: half of it, as long as that is more than N */
	later(t, LEAF, 63 * 16 * N);
	EXPECT_INTERVAL(test, t, 16 * N);
	later(t, LEAF, 2 * 16 * N);
	for (times = 2; times <= 8; times *= 2) {
		EXPECT_INTERVAL(test, t, 16 * N / times);
		later(t, LEAF, 66 * 16 * N / times);
	}
	EXPECT_INTERVAL(test, t, N);
	later(t, LEAF, 66 * N);
	EXPECT_INTERVAL(test, t, N);

	/* used less often than that: as if there was no promise, for a while */
	promise(t, N_MS, N_MS, N_MS);
	take(t, LEAF, 800);
	later(t, LEAF, 16 * N);
	want(t, 100);
	KUNIT_EXPECT_EQ(test, lruvec_ws_access(lruvec, NULL), 0);
	KUNIT_EXPECT_EQ(test, lruvec_ws_access(lruvec, t->memcg[MID]), 0);
	KUNIT_EXPECT_FALSE(test, __lruvec_keeps_promise(lruvec));
	later(t, LEAF, 64 * N);
	KUNIT_EXPECT_EQ(test, lruvec_ws_access(lruvec, NULL), 0);
	later(t, LEAF, 64 * 32 * N);
	KUNIT_EXPECT_GE(test, lruvec_ws_access(lruvec, NULL), 8 * N);
	KUNIT_EXPECT_LE(test, lruvec_ws_access(lruvec, NULL), 16 * N);
	KUNIT_EXPECT_TRUE(test, __lruvec_keeps_promise(lruvec));
}

/* @nr pages of a type, all of which came @ticks ago */
static void fill(struct ws_test *t, enum lru_list lru, unsigned long nr, unsigned long ticks)
{
	struct lruvec *lruvec = lruvec_of(t, LEAF);

	container_of(lruvec, struct mem_cgroup_per_node, lruvec)->lru_zone_size[0][lru] = nr;
	lruvec->age.last[lru] = jiffies - ticks;
	lruvec->age.adds[lru] += nr;
	atomic_long_set(&t->memcg[LEAF]->memory.usage, nr);
}

/* What the last resort takes from a list that was isolated under the lock */
static void force(struct ws_test *t, enum lru_list lru, unsigned long nr,
		  struct ws_access_scan *ws)
{
	ws_access_isolate(lruvec_of(t, LEAF), lru, nr, ws);
	ws_access_reclaimed(lruvec_of(t, LEAF), is_file_lru(lru), nr, ws);
}

static long events(struct ws_test *t, int who)
{
	return atomic_long_read(&t->memcg[who]->memory_events_local[MEMCG_WS_ACCESS]);
}

/* A promise is broken by type, whatever the other one is like, and not by what was overdue */
static void ws_access_test_broken(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct lruvec *lruvec = lruvec_of(t, LEAF);
	struct ws_access_scan ws = { .pass = WS_ACCESS_LAST_RESORT };

	promise(t, N_MS, N_MS, N_MS);
	lruvec->lrugen.enabled = false;
	fill(t, LRU_INACTIVE_ANON, 100, 2 * N);
	fill(t, LRU_INACTIVE_FILE, 100, 0);
	KUNIT_EXPECT_FALSE(test, ws_access_skip(lruvec, NULL, &ws));
	KUNIT_EXPECT_TRUE(test, __lruvec_keeps_promise(lruvec));
	force(t, LRU_INACTIVE_ANON, 32, &ws);
	KUNIT_EXPECT_EQ(test, events(t, LEAF), 0);
	force(t, LRU_INACTIVE_FILE, 32, &ws);
	KUNIT_EXPECT_EQ(test, events(t, LEAF), 1);
	KUNIT_EXPECT_FALSE(test, __lruvec_keeps_promise(lruvec));
	fill(t, LRU_INACTIVE_ANON, 100, 0);
	force(t, LRU_INACTIVE_ANON, 32, &ws);
	KUNIT_EXPECT_EQ(test, events(t, LEAF), 2);
	KUNIT_EXPECT_EQ(test, events(t, MID), 0);

	/* the next interval is another promise */
	later(t, LEAF, N + 10);
	KUNIT_EXPECT_TRUE(test, __lruvec_keeps_promise(lruvec));

	/* who has no promise has none that is broken */
	promise(t, 0, 0, 0);
	ws_access_skip(lruvec, NULL, &ws);
	force(t, LRU_INACTIVE_FILE, 32, &ws);
	KUNIT_EXPECT_EQ(test, events(t, LEAF), 2);
}

/* Nor by a list that is shorter than a batch, all of it overdue, beside one that is young */
static void ws_access_test_broken_short(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct ws_access_scan ws = { .pass = WS_ACCESS_LAST_RESORT };

	promise(t, N_MS, N_MS, N_MS);
	lruvec_of(t, LEAF)->lrugen.enabled = false;
	ws_access_skip(lruvec_of(t, LEAF), NULL, &ws);
	fill(t, LRU_INACTIVE_FILE, 10, 2 * N);
	fill(t, LRU_ACTIVE_FILE, 100, 0);
	force(t, LRU_INACTIVE_FILE, 32, &ws);
	KUNIT_EXPECT_EQ(test, events(t, LEAF), 0);
}

/* To want back what a broken promise took says nothing about the interval */
static void ws_access_test_broken_refaults(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct lruvec *lruvec = lruvec_of(t, LEAF);
	struct ws_access_scan ws = { .pass = WS_ACCESS_LAST_RESORT };

	promise(t, N_MS, N_MS, N_MS);
	lruvec->lrugen.enabled = false;
	take(t, LEAF, 800);
	later(t, LEAF, N);
	fill(t, LRU_INACTIVE_FILE, 1000, 0);
	ws_access_skip(lruvec, NULL, &ws);
	force(t, LRU_INACTIVE_FILE, 500, &ws);
	want(t, 500);
	EXPECT_INTERVAL(test, t, N);
	want(t, 99);
	EXPECT_INTERVAL(test, t, N);
	want(t, 1);
	EXPECT_INTERVAL(test, t, 6 * N);
}

/* The first pass gets what is overdue, counted where it is isolated, and no more */
static void ws_access_test_isolate(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct lruvec *lruvec = lruvec_of(t, LEAF);
	struct ws_access_scan ws = { .pass = WS_ACCESS_OVERDUE };

	lruvec->lrugen.enabled = false;
	promise(t, N_MS, N_MS, N_MS);
	ws.interval = lruvec_ws_access(lruvec, NULL);
	fill(t, LRU_INACTIVE_FILE, 20, 2 * N);
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 32, &ws), 20);
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 8, &ws), 8);
	fill(t, LRU_INACTIVE_FILE, 20, 0);
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 32, &ws), 0);
	ws.pass = WS_ACCESS_OTHERS;
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 32, &ws), 32);
}

/* Who is asked for memory by age gives no more than that, and it says nothing of a promise */
static void ws_access_test_min_age(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct lruvec *lruvec = lruvec_of(t, LEAF);
	struct memcg_ws_access *leaf = &t->memcg[LEAF]->ws_access;
	struct ws_access_scan ws = {
		.pass = WS_ACCESS_OVERDUE,
		.interval = 8 * N,
		.min_age = 8 * N,
		.wanted = 5,
	};

	lruvec->lrugen.enabled = false;
	promise(t, N_MS, N_MS, N_MS);
	fill(t, LRU_INACTIVE_FILE, 100, 9 * N);
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 32, &ws), 5);
	ws.wanted = 1000;
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 32, &ws), 32);
	fill(t, LRU_INACTIVE_FILE, 100, 7 * N);
	KUNIT_EXPECT_EQ(test, ws_access_isolate(lruvec, LRU_INACTIVE_FILE, 32, &ws), 0);

	/* beside it, the promise is worth what it is */
	take(t, LEAF, 800);
	ws_access_reclaimed(lruvec, WORKINGSET_FILE, 8000, &ws);
	later(t, LEAF, N);
	want(t, 8000);
	EXPECT_INTERVAL(test, t, N);
	want(t, 99);
	EXPECT_INTERVAL(test, t, N);
	want(t, 1);
	EXPECT_INTERVAL(test, t, 6 * N);
	KUNIT_EXPECT_EQ(test, events(t, LEAF), 0);

	/* for as long as that, what comes is treated as under a promise */
	promise(t, 0, 0, 0);
	KUNIT_EXPECT_FALSE(test, __lruvec_keeps_promise(lruvec));
	leaf->trimmed = jiffies + N;
	KUNIT_EXPECT_TRUE(test, __lruvec_keeps_promise(lruvec));
	leaf->trimmed = jiffies;
	KUNIT_EXPECT_FALSE(test, __lruvec_keeps_promise(lruvec));
	KUNIT_EXPECT_EQ(test, leaf->trimmed, 0);
}

/* The second pass leaves who has a promise alone, and the last one follows it once */
static void ws_access_test_order(struct kunit *test)
{
	struct ws_test *t = test->priv;
	struct lruvec *lruvec = lruvec_of(t, LEAF);
	struct ws_access_scan ws = { .pass = WS_ACCESS_OVERDUE, .batch = 32, .wanted = 0 };

	promise(t, N_MS, N_MS, N_MS);
	lruvec->lrugen.enabled = false;
	KUNIT_EXPECT_TRUE(test, ws_access_next_pass(&ws));
	ws.wanted = 32;
	ws.others = ENOUGH;
	KUNIT_EXPECT_FALSE(test, ws_access_next_pass(&ws));
	KUNIT_EXPECT_EQ(test, ws.pass, WS_ACCESS_OTHERS);
	ws.others = ENOUGH - 1;
	ws_access_next_pass(&ws);
	KUNIT_EXPECT_EQ(test, ws.pass, WS_ACCESS_LAST_RESORT);

	ws.pass = WS_ACCESS_OTHERS;
	/* a promise about nothing */
	KUNIT_EXPECT_FALSE(test, ws_access_skip(lruvec, NULL, &ws));
	KUNIT_EXPECT_FALSE(test, ws_access_force(&ws));
	fill(t, LRU_ACTIVE_ANON, 1, 0);
	KUNIT_EXPECT_FALSE(test, ws_access_skip(lruvec, t->memcg[LEAF], &ws));
	KUNIT_EXPECT_FALSE(test, ws_access_force(&ws));
	KUNIT_EXPECT_TRUE(test, ws_access_skip(lruvec, NULL, &ws));
	KUNIT_EXPECT_TRUE(test, ws_access_force(&ws));
	KUNIT_EXPECT_EQ(test, ws.pass, WS_ACCESS_LAST_RESORT);
	KUNIT_EXPECT_FALSE(test, ws_access_skip(lruvec, NULL, &ws));
	KUNIT_EXPECT_FALSE(test, ws_access_force(&ws));
}

static struct kunit_case ws_access_test_cases[] = {
	KUNIT_CASE(ws_access_test_jiffies),
	KUNIT_CASE(ws_access_test_parse),
	KUNIT_CASE(ws_access_test_parse_min_age),
	KUNIT_CASE(ws_access_test_smallest),
	KUNIT_CASE(ws_access_test_key),
	KUNIT_CASE(ws_access_test_learn),
	KUNIT_CASE(ws_access_test_window),
	KUNIT_CASE(ws_access_test_limit),
	KUNIT_CASE(ws_access_test_broken),
	KUNIT_CASE(ws_access_test_broken_short),
	KUNIT_CASE(ws_access_test_broken_refaults),
	KUNIT_CASE(ws_access_test_isolate),
	KUNIT_CASE(ws_access_test_min_age),
	KUNIT_CASE(ws_access_test_order),
	{ }
};

static struct kunit_suite ws_access_test_suite = {
	.name = "ws_access",
	.init = ws_access_test_init,
	.exit = ws_access_test_exit,
	.test_cases = ws_access_test_cases,
};
kunit_test_suite(ws_access_test_suite);
