/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit tests of the arithmetic behind the age of LRU lists. Included at the
 * end of lruvec_age.c; time is a number here, nobody waits.
 */

#include <kunit/test.h>
#include <linux/prandom.h>

#define LIST	LRU_INACTIVE_FILE

static struct lruvec_age *new_age(struct kunit *test, unsigned long now)
{
	struct lruvec *lruvec = kunit_kzalloc(test, sizeof(*lruvec), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lruvec);
	lruvec_age_init(lruvec);
	lruvec->age.buckets[0].first = now;
	lruvec->age.buckets[0].last = now;
	return &lruvec->age;
}

static void add(struct lruvec_age *age, enum lru_list lru, unsigned int nr,
		unsigned long now)
{
	history_open(age, lru, now)->nr[lru] += nr;
	age->size[lru] += nr;
}

static void del_middle(struct lruvec_age *age, enum lru_list lru)
{
	age->size[lru]--;
	age->holes[lru]++;
	if (age->holes[lru] > LRUVEC_AGE_BUCKETS + age->size[lru] / 8)
		lruvec_age_settle(age, lru);
}

static unsigned long counted(struct lruvec_age *age, enum lru_list lru)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i <= age->head; i++)
		sum += age->buckets[i].nr[lru];
	return sum;
}

/* The books are in order: the pages, the tail, and the times */
static void check_books(struct kunit *test, struct lruvec_age *age)
{
	enum lru_list lru;
	int i;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		KUNIT_ASSERT_EQ(test, counted(age, lru),
				age->size[lru] + age->holes[lru]);
		if (!age->size[lru])
			continue;
		for (i = 0; i < age->tail[lru]; i++)
			KUNIT_ASSERT_EQ(test, age->buckets[i].nr[lru], 0);
		KUNIT_ASSERT_GT(test, age->buckets[age->tail[lru]].nr[lru], 0);
	}
	for (i = 0; i <= age->head; i++) {
		struct lruvec_age_bucket *bucket = &age->buckets[i];

		KUNIT_ASSERT_FALSE(test, time_before(bucket->last, bucket->first));
		if (i)
			KUNIT_ASSERT_TRUE(test, time_after(bucket->first,
							   bucket[-1].last));
	}
}

/* A few additions are remembered to the tick, whatever lies between them */
static void lruvec_age_test_exact(struct kunit *test)
{
	static const unsigned long times[] = { 10, 11, 500, 501, 90000, 7000000 };
	struct lruvec_age *age = new_age(test, 0);
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++)
		add(age, LIST, 100, times[i]);

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		KUNIT_EXPECT_EQ(test, age->tail_last[LIST], times[i]);
		KUNIT_EXPECT_EQ(test, age->tail_mid[LIST], times[i]);
		lruvec_age_del_tail(age, LIST, 99);
		KUNIT_EXPECT_EQ(test, age->tail_last[LIST], times[i]);
		lruvec_age_del_tail(age, LIST, 1);
		check_books(test, age);
	}
	KUNIT_EXPECT_EQ(test, age->size[LIST], 0);
}

/* One deletion may take pages of several times, as THPs and batches do */
static void lruvec_age_test_batch(struct kunit *test)
{
	struct lruvec_age *age = new_age(test, 0);
	int i;

	for (i = 1; i <= 10; i++)
		add(age, LIST, 10, i * 100);
	lruvec_age_del_tail(age, LIST, 35);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 400);
	KUNIT_EXPECT_EQ(test, age->size[LIST], 65);
	check_books(test, age);
}

/* An emptied list starts anew, and does not disturb the others */
static void lruvec_age_test_empty(struct kunit *test)
{
	struct lruvec_age *age = new_age(test, 0);

	add(age, LIST, 10, 100);
	add(age, LRU_ACTIVE_ANON, 5, 200);
	del_middle(age, LIST);
	lruvec_age_del_tail(age, LIST, 9);
	KUNIT_EXPECT_EQ(test, age->holes[LIST], 0);
	check_books(test, age);
	add(age, LIST, 1, 5000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 5000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LRU_ACTIVE_ANON], 200);
	check_books(test, age);
}

/* A list as long as @ticks, with additions in every one of them */
static void steady(struct kunit *test, unsigned long start, unsigned long ticks)
{
	struct lruvec_age *age = new_age(test, start);
	unsigned long t;

	for (t = 0; t < 2 * ticks; t++) {
		unsigned long now = start + t, birth, last, mid;

		add(age, LIST, 3, now);
		if (t < ticks)
			continue;
		/* what is left was added in the last @ticks, this one included */
		lruvec_age_del_tail(age, LIST, 3);
		birth = now - ticks + 1;
		last = age->tail_last[LIST];
		mid = age->tail_mid[LIST];

		/* the young end: never older than it is */
		KUNIT_ASSERT_FALSE(test, time_before(last, birth));
		/* the estimate: within an eighth, or a tick */
		KUNIT_ASSERT_LE(test, abs((long)(mid - birth)),
				max(ticks / 8, 1UL));
	}
	check_books(test, age);
}

static void lruvec_age_test_steady(struct kunit *test)
{
	steady(test, 1000, 1);
	steady(test, 1000, 10);
	steady(test, 1000, 300);
	steady(test, 1000, 5000);
	steady(test, 1000, 15000);
}

/* The kernel starts five minutes before its clock wraps around */
static void lruvec_age_test_wrap(struct kunit *test)
{
	steady(test, -2500UL, 5000);
}

/* History stays bounded and useful when insertion goes on for days */
static void lruvec_age_test_long(struct kunit *test)
{
	struct lruvec_age *age = new_age(test, 0);
	unsigned long now;

	add(age, LIST, 1, 1);
	for (now = 2; now < 2000000; now += 1 + now / 4096)
		add(age, LIST, 1, now);
	KUNIT_EXPECT_LT(test, age->head, LRUVEC_AGE_BUCKETS);
	/* a page added at tick 1 is not taken for one that is half as old */
	KUNIT_EXPECT_LT(test, age->tail_last[LIST], now / 2);
	check_books(test, age);
}

/*
 * Second accesses and truncation remove pages anywhere. If that is random, the
 * tail keeps its age until reclaim gets there, however few pages are left.
 */
static void lruvec_age_test_holes(struct kunit *test)
{
	struct lruvec_age *age = new_age(test, 0);
	unsigned long now;
	int i;

	for (now = 1; now <= 1000; now++)
		add(age, LIST, 10, now);
	for (i = 0; i < 9000; i++)
		del_middle(age, LIST);
	KUNIT_EXPECT_LT(test, age->tail_mid[LIST], 70);
	lruvec_age_settle(age, LIST);
	check_books(test, age);

	/* half of what is left: the tail should be in the middle of it now */
	lruvec_age_del_tail(age, LIST, 500);
	KUNIT_EXPECT_LT(test, abs((long)age->tail_mid[LIST] - 500), 1000 / 8);
	check_books(test, age);
}

/* Any order of anything keeps the books in order */
static void lruvec_age_test_random(struct kunit *test)
{
	struct lruvec_age *age = new_age(test, 0);
	struct rnd_state rnd;
	unsigned long now = 1;
	int i;

	prandom_seed_state(&rnd, 2016);
	for (i = 0; i < 20000; i++) {
		u32 r = prandom_u32_state(&rnd);
		enum lru_list lru = r % LRUVEC_AGE_LISTS;
		unsigned int nr = 1 + (r >> 8) % 64;

		switch ((r >> 4) % 4) {
		case 0:
		case 1:
			add(age, lru, nr, now);
			break;
		case 2:
			if (age->size[lru])
				lruvec_age_del_tail(age, lru,
						    min(nr, age->size[lru]));
			break;
		case 3:
			if (age->size[lru] > 1)
				del_middle(age, lru);
			break;
		}
		if (!((r >> 16) % 8))
			now += (r >> 20) % 64;
		check_books(test, age);
	}
}

/* The promise lasts at least as long as it says */
static void lruvec_age_test_jiffies(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, ws_access_to_jiffies(0), 0);
	KUNIT_EXPECT_EQ(test, ws_access_to_jiffies(1), 1);
	KUNIT_EXPECT_EQ(test, ws_access_to_jiffies(6000), 6 * HZ);
	KUNIT_EXPECT_GE(test, jiffies64_to_msecs(ws_access_to_jiffies(12345)), 12345);
	KUNIT_EXPECT_LE(test, ws_access_to_jiffies(UINT_MAX), MAX_JIFFY_OFFSET);
	KUNIT_EXPECT_GT(test, ws_access_to_jiffies(UINT_MAX),
			ws_access_to_jiffies(INT_MAX));
}

static void lruvec_age_test_parse(struct kunit *test)
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

#ifdef CONFIG_LRU_GEN
/* Pages that are moved to the next generation do not make it older */
static void lruvec_age_test_inc_gen(struct kunit *test)
{
	struct lruvec *lruvec = kunit_kzalloc(test, sizeof(*lruvec), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lruvec);
	lruvec->age.added[0][LRU_GEN_FILE] = 500;
	lruvec->age.added[1][LRU_GEN_FILE] = 400;
	lruvec_age_inc_gen(lruvec, 0, 1, LRU_GEN_FILE);
	KUNIT_EXPECT_EQ(test, lruvec->age.added[1][LRU_GEN_FILE], 500);
	lruvec->age.added[2][LRU_GEN_FILE] = 600;
	lruvec_age_inc_gen(lruvec, 1, 2, LRU_GEN_FILE);
	KUNIT_EXPECT_EQ(test, lruvec->age.added[2][LRU_GEN_FILE], 600);
	KUNIT_EXPECT_EQ(test, lruvec->age.added[1][LRU_GEN_ANON], 0);
}

/* The tail of a type is in its oldest populated generation, no older than
 * that one's last addition, nor than the harvest that closed it
 */
static void lruvec_age_test_gens(struct kunit *test)
{
	struct lruvec *lruvec = kunit_kzalloc(test, sizeof(*lruvec), GFP_KERNEL);
	struct lru_gen_folio *lrugen;
	unsigned long time;

	KUNIT_ASSERT_NOT_NULL(test, lruvec);
	lrugen = &lruvec->lrugen;
	lrugen->max_seq = 7;
	lrugen->min_seq[LRU_GEN_FILE] = 4;
	lrugen->timestamps[lru_gen_from_seq(6)] = 600;
	lrugen->timestamps[lru_gen_from_seq(7)] = 700;
	lruvec->age.added[lru_gen_from_seq(5)][LRU_GEN_FILE] = 550;
	lruvec->age.added[lru_gen_from_seq(7)][LRU_GEN_FILE] = 720;

	KUNIT_EXPECT_FALSE(test, gens_tail_time(lruvec, LRU_GEN_FILE, &time));

	lrugen->nr_pages[lru_gen_from_seq(7)][LRU_GEN_FILE][0] = 1;
	KUNIT_EXPECT_TRUE(test, gens_tail_time(lruvec, LRU_GEN_FILE, &time));
	KUNIT_EXPECT_EQ(test, time, 720);

	lrugen->nr_pages[lru_gen_from_seq(5)][LRU_GEN_FILE][0] = 1;
	KUNIT_EXPECT_TRUE(test, gens_tail_time(lruvec, LRU_GEN_FILE, &time));
	KUNIT_EXPECT_EQ(test, time, 600);

	lruvec->age.added[lru_gen_from_seq(5)][LRU_GEN_FILE] = 650;
	KUNIT_EXPECT_TRUE(test, gens_tail_time(lruvec, LRU_GEN_FILE, &time));
	KUNIT_EXPECT_EQ(test, time, 650);

	KUNIT_EXPECT_FALSE(test, gens_tail_time(lruvec, LRU_GEN_ANON, &time));
}
#endif

static struct kunit_case lruvec_age_test_cases[] = {
	KUNIT_CASE(lruvec_age_test_exact),
	KUNIT_CASE(lruvec_age_test_batch),
	KUNIT_CASE(lruvec_age_test_empty),
	KUNIT_CASE(lruvec_age_test_steady),
	KUNIT_CASE(lruvec_age_test_wrap),
	KUNIT_CASE(lruvec_age_test_long),
	KUNIT_CASE(lruvec_age_test_holes),
	KUNIT_CASE(lruvec_age_test_random),
	KUNIT_CASE(lruvec_age_test_jiffies),
	KUNIT_CASE(lruvec_age_test_parse),
#ifdef CONFIG_LRU_GEN
	KUNIT_CASE(lruvec_age_test_inc_gen),
	KUNIT_CASE(lruvec_age_test_gens),
#endif
	{ }
};

static struct kunit_suite lruvec_age_test_suite = {
	.name = "lruvec_age",
	.test_cases = lruvec_age_test_cases,
};
kunit_test_suite(lruvec_age_test_suite);
