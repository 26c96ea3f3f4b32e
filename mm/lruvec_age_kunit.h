/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit tests of the bookkeeping behind the age of LRU lists. Included at the
 * end of lruvec_age.c; time is a number here, nobody waits.
 */

#include <kunit/test.h>
#include <linux/prandom.h>

#define LIST	LRU_INACTIVE_FILE

/* Pages that know when they were added, in page->private */
struct age_test {
	struct lruvec lruvec;
	struct list_head free;
#ifdef LRUVEC_AGE_HAS_REPARENTING
	bool merged;		/* spans of buckets may overlap */
#endif
};

static struct age_test *new_lists(struct kunit *test, unsigned int nr_pages,
				  unsigned long now)
{
	struct age_test *lists = kunit_kzalloc(test, sizeof(*lists), GFP_KERNEL);
	struct page *pages = kunit_kcalloc(test, nr_pages, sizeof(*pages), GFP_KERNEL);
	enum lru_list lru;

	KUNIT_ASSERT_NOT_NULL(test, lists);
	KUNIT_ASSERT_NOT_NULL(test, pages);

	spin_lock_init(&lists->lruvec.lru_lock);
	for_each_lru(lru)
		INIT_LIST_HEAD(&lists->lruvec.lists[lru]);
	lruvec_age_init(&lists->lruvec);
	lists->lruvec.age.buckets[0].first = now;
	lists->lruvec.age.buckets[0].last = now;

	INIT_LIST_HEAD(&lists->free);
	while (nr_pages--)
		list_add(&pages[nr_pages].lru, &lists->free);
	return lists;
}

static bool list_is_empty(struct age_test *lists, enum lru_list lru)
{
	return list_empty(&lists->lruvec.lists[lru]);
}

static struct folio *tail_of(struct age_test *lists, enum lru_list lru)
{
	return lru_to_folio(&lists->lruvec.lists[lru]);
}

static unsigned long birth(struct folio *folio)
{
	return (unsigned long)folio->private;
}

/* lruvec_age_add() at another time */
static void account(struct age_test *lists, struct folio *folio,
		    enum lru_list lru, unsigned long now)
{
	folio->private = (void *)now;
	if (lists->lruvec.age.opened[lru] != now)
		history_open(&lists->lruvec, lru, now);
}

static void add(struct age_test *lists, enum lru_list lru, unsigned int nr,
		unsigned long now)
{
	while (nr-- && !list_empty(&lists->free)) {
		struct folio *folio = lru_to_folio(&lists->free);

		account(lists, folio, lru, now);
		list_move(&folio->lru, &lists->lruvec.lists[lru]);
	}
}

static void del(struct age_test *lists, struct folio *folio, enum lru_list lru)
{
	lruvec_age_del(&lists->lruvec, folio, lru);
	list_move(&folio->lru, &lists->free);
}

/* As isolate_lru_folios() does */
static void isolate(struct age_test *lists, enum lru_list lru, unsigned int nr)
{
	while (nr-- && !list_is_empty(lists, lru)) {
		struct folio *folio = tail_of(lists, lru);

		lruvec_age_del_tail(&lists->lruvec, folio, lru);
		list_move(&folio->lru, &lists->free);
	}
}

/* Reclaim can't have the tail just now */
static void rotate(struct age_test *lists, enum lru_list lru)
{
	struct lruvec_age *age = &lists->lruvec.age;
	struct folio *folio = tail_of(lists, lru);

	lruvec_age_del_tail(&lists->lruvec, folio, lru);
	folio->private = (void *)age->buckets[age->last[lru]].last;
	list_move(&folio->lru, &lists->lruvec.lists[lru]);
}

/* The @n-th page from the tail of a list, or its head */
static struct folio *nth(struct age_test *lists, enum lru_list lru, unsigned int n)
{
	struct list_head *list = &lists->lruvec.lists[lru];
	struct list_head *entry = list->prev;

	while (n-- && entry->prev != list)
		entry = entry->prev;
	return list_entry(entry, struct folio, lru);
}

/* Every page of a list is in a bucket that covers its addition */
static void check_list(struct kunit *test, struct age_test *lists, enum lru_list lru)
{
	struct lruvec_age *age = &lists->lruvec.age;
	struct list_head *list = &lists->lruvec.lists[lru];
	unsigned int i = age->tail[lru];
	struct list_head *entry;

	/* never used */
	if (!age->boundary[lru])
		return;

	KUNIT_ASSERT_EQ(test, i, next_bucket(age, lru, 0));
	KUNIT_ASSERT_EQ(test, age->last[lru], prev_bucket(age, lru, age->head + 1));
	KUNIT_ASSERT_PTR_EQ(test, age->buckets[age->last[lru]].edge[lru], list);
	KUNIT_ASSERT_PTR_EQ(test, age->buckets[i].edge[lru], age->boundary[lru]);
	KUNIT_ASSERT_EQ(test, age->tail_last[lru], age->buckets[i].last);

	list_for_each_prev(entry, list) {
		unsigned long time = birth(list_entry(entry, struct folio, lru));

#ifdef LRUVEC_AGE_HAS_REPARENTING
		if (!lists->merged)
			KUNIT_ASSERT_FALSE(test, time_before(time, age->buckets[i].first));
#else
		KUNIT_ASSERT_FALSE(test, time_before(time, age->buckets[i].first));
#endif
		KUNIT_ASSERT_FALSE(test, time_after(time, age->buckets[i].last));
		if (entry == age->buckets[i].edge[lru])
			i = next_bucket(age, lru, i + 1);
	}
	KUNIT_ASSERT_EQ(test, i, age->last[lru]);
}

/* The books are in order: the pages, the times, and the counters of edges */
static void check_books(struct kunit *test, struct age_test *lists)
{
	struct lruvec_age *age = &lists->lruvec.age;
	unsigned int edges = 0, counted[2] = { 0 };
	enum lru_list lru;
	int i;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		check_list(test, lists, lru);

	for (i = 0; i <= age->head; i++) {
		struct lruvec_age_bucket *bucket = &age->buckets[i];

		KUNIT_ASSERT_FALSE(test, time_before(bucket->last, bucket->first));
#ifdef LRUVEC_AGE_HAS_REPARENTING
		if (i && lists->merged)
			KUNIT_ASSERT_FALSE(test, time_before(bucket->last,
							     bucket[-1].last));
		else if (i)
			KUNIT_ASSERT_TRUE(test, time_after(bucket->first,
							   bucket[-1].last));
#else
		if (i)
			KUNIT_ASSERT_TRUE(test, time_after(bucket->first,
							   bucket[-1].last));
#endif
		for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
			struct list_head *edge = bucket->edge[lru];

			if (!edge || edge == &lists->lruvec.lists[lru])
				continue;
			edges++;
			KUNIT_ASSERT_GT(test, age->edges[0][lruvec_age_hash(edge)], 0);
			KUNIT_ASSERT_GT(test, *second_counter(age, edge), 0);
		}
	}
	for (i = 0; i < LRUVEC_AGE_FILTER; i++)
		for (int set = 0; set < 2; set++)
			counted[set] += age->edges[set][i];
	KUNIT_ASSERT_EQ(test, edges, counted[0]);
	KUNIT_ASSERT_EQ(test, edges, counted[1]);
}

/* A few additions are remembered to the tick, whatever lies between them */
static void lruvec_age_test_exact(struct kunit *test)
{
	static const unsigned long times[] = { 10, 11, 500, 501, 90000, 7000000 };
	struct age_test *lists = new_lists(test, 600, 0);
	struct lruvec_age *age = &lists->lruvec.age;
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++)
		add(lists, LIST, 100, times[i]);

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		KUNIT_EXPECT_EQ(test, age->tail_last[LIST], times[i]);
		KUNIT_EXPECT_EQ(test, age->tail_mid[LIST], times[i]);
		isolate(lists, LIST, 99);
		KUNIT_EXPECT_EQ(test, age->tail_last[LIST], times[i]);
		isolate(lists, LIST, 1);
		check_books(test, lists);
	}
	KUNIT_EXPECT_TRUE(test, list_is_empty(lists, LIST));
}

/* An emptied list starts anew, in the same tick too, and leaves others alone */
static void lruvec_age_test_empty(struct kunit *test)
{
	struct age_test *lists = new_lists(test, 100, 0);
	struct lruvec_age *age = &lists->lruvec.age;

	add(lists, LIST, 10, 100);
	add(lists, LRU_ACTIVE_ANON, 5, 200);
	add(lists, LIST, 1, 5000);
	del(lists, nth(lists, LIST, 3), LIST);
	isolate(lists, LIST, 10);
	check_books(test, lists);
	KUNIT_EXPECT_TRUE(test, list_is_empty(lists, LIST));
	add(lists, LIST, 1, 5000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 5000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LRU_ACTIVE_ANON], 200);
	check_books(test, lists);
}

/* A list as long as @ticks, with an addition in every one of them */
static void steady(struct kunit *test, unsigned long start, unsigned long ticks)
{
	struct age_test *lists = new_lists(test, ticks + 1, start);
	struct lruvec_age *age = &lists->lruvec.age;
	unsigned long t;

	for (t = 0; t < 2 * ticks; t++) {
		unsigned long born, last, mid;

		add(lists, LIST, 1, start + t);
		if (t < ticks)
			continue;
		isolate(lists, LIST, 1);
		born = birth(tail_of(lists, LIST));
		last = age->tail_last[LIST];
		mid = age->tail_mid[LIST];

		/* the young end: never older than it is */
		KUNIT_ASSERT_FALSE(test, time_before(last, born));
		/* the estimate: within an eighth, or a tick */
		KUNIT_ASSERT_LE(test, abs((long)(mid - born)),
				max(ticks / 8, 1UL));
	}
	check_books(test, lists);
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
	struct age_test *lists = new_lists(test, 10000, 0);
	struct lruvec_age *age = &lists->lruvec.age;
	unsigned long now;

	for (now = 1; now < 2000000; now += 1 + now / 1024)
		add(lists, LIST, 1, now);
	KUNIT_EXPECT_LT(test, age->head, LRUVEC_AGE_BUCKETS);
	/* a page added at tick 1 is not taken for one that is half as old */
	KUNIT_EXPECT_LT(test, age->tail_last[LIST], now / 2);
	check_books(test, lists);
}

/* Second accesses remove pages anywhere: the tail keeps its age */
static void lruvec_age_test_middle(struct kunit *test)
{
	struct age_test *lists = new_lists(test, 1000, 0);
	struct lruvec_age *age = &lists->lruvec.age;
	struct rnd_state rnd;
	unsigned long born, now;
	int left;

	prandom_seed_state(&rnd, 2016);
	for (now = 1; now <= 1000; now++)
		add(lists, LIST, 1, now);
	for (left = 1000; left > 100; left--) {
		unsigned int n = prandom_u32_state(&rnd) % (left - 1);

		del(lists, nth(lists, LIST, n + 1), LIST);
		if (!(left % 16))
			check_books(test, lists);
	}
	KUNIT_EXPECT_LT(test, age->tail_mid[LIST], 1000 / 8);

	for (; left > 1; left--) {
		isolate(lists, LIST, 1);
		check_books(test, lists);
		born = birth(tail_of(lists, LIST));
		KUNIT_EXPECT_LE(test, abs((long)(age->tail_mid[LIST] - born)),
				max((now - born) / 8, 1UL));
	}
}

/* A file that is truncated takes its buckets with it, in either order */
static void truncate_piece(struct kunit *test, bool from_head)
{
	struct age_test *lists = new_lists(test, 3000, 0);
	struct lruvec_age *age = &lists->lruvec.age;
	unsigned long now;
	int i;

	for (now = 1; now <= 300; now++)
		add(lists, LIST, 10, 100 * now);
	for (i = 0; i < 2000; i++) {
		del(lists, nth(lists, LIST, from_head ? 2499 - i : 500), LIST);
		if (!(i % 16))
			check_books(test, lists);
	}
	isolate(lists, LIST, 499);
	KUNIT_EXPECT_GE(test, age->tail_last[LIST], 100 * 50);
	KUNIT_EXPECT_LT(test, age->tail_mid[LIST], 100 * 80);
	isolate(lists, LIST, 1);
	KUNIT_EXPECT_GE(test, age->tail_last[LIST], 100 * 251);
	KUNIT_EXPECT_LT(test, age->tail_mid[LIST], 100 * 260);
	check_books(test, lists);
}

static void lruvec_age_test_truncate(struct kunit *test)
{
	truncate_piece(test, false);
	truncate_piece(test, true);
}

/* What reclaim rotates is as old as what came last, and no older than it was */
static void lruvec_age_test_rotate(struct kunit *test)
{
	struct age_test *lists = new_lists(test, 100, 0);
	struct lruvec_age *age = &lists->lruvec.age;
	int i;

	add(lists, LIST, 1, 100);
	rotate(lists, LIST);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 100);
	check_books(test, lists);

	add(lists, LIST, 9, 300);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 100);
	for (i = 0; i < 10; i++) {
		rotate(lists, LIST);
		KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 300);
		check_books(test, lists);
	}
}

/* Reclaim is told how far it may go, and not to cross the promise */
static void lruvec_age_test_overdue(struct kunit *test)
{
	struct age_test *lists = new_lists(test, 100, jiffies - 1000 * HZ);
	unsigned long now = jiffies;

	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, HZ, 32), 0);
	add(lists, LIST, 5, now - 300 * HZ);
	add(lists, LIST, 5, now - 200 * HZ);
	add(lists, LIST, 50, now - 100 * HZ);
	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, 400 * HZ, 32), 0);
	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, 250 * HZ, 32), 5);
	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, 150 * HZ, 32), 10);
	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, 150 * HZ, 8), 8);
	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, 50 * HZ, 32), 32);
	isolate(lists, LIST, 60);
	KUNIT_EXPECT_EQ(test, lruvec_list_overdue(&lists->lruvec, LIST, HZ, 32), 0);
}

/* Any order of anything keeps the books in order */
static void lruvec_age_test_random(struct kunit *test)
{
	struct age_test *lists = new_lists(test, 2000, 0);
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
			add(lists, lru, nr, now);
			break;
		case 1:
			isolate(lists, lru, nr / 2);
			break;
		case 2:
			if (!list_is_empty(lists, lru))
				del(lists, nth(lists, lru, nr), lru);
			break;
		case 3:
			if (!list_is_empty(lists, lru))
				rotate(lists, lru);
			break;
		}
		if (!((r >> 16) % 8))
			now += (r >> 20) % 64;
		if (!(i % 8))
			check_books(test, lists);
	}
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
static void reparent(struct age_test *child, struct age_test *parent,
		     unsigned long now)
{
	enum lru_list lru;

	history_reparent(&child->lruvec, &parent->lruvec, now);
	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++)
		list_splice_tail_init(&child->lruvec.lists[lru],
				      &parent->lruvec.lists[lru]);
	parent->merged = true;
}

/* As check_books(), with each counter, and that what comes next fits where it goes */
static void check_reparented(struct kunit *test, struct age_test *lists)
{
	struct lruvec_age *age = &lists->lruvec.age;
	static unsigned char count[2][LRUVEC_AGE_FILTER];
	enum lru_list lru;
	unsigned int i;

	check_books(test, lists);
	memset(count, 0, sizeof(count));

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		struct list_head *list = &lists->lruvec.lists[lru];

		if (!list_empty(list))
			KUNIT_ASSERT_FALSE(test, time_before(age->buckets[age->last[lru]].last,
							     age->opened[lru]));
		for (i = 0; i <= age->head; i++) {
			struct list_head *edge = age->buckets[i].edge[lru];

			if (!edge || edge == list)
				continue;
			count[0][lruvec_age_hash(edge)]++;
			count[1][hash_ptr(edge, LRUVEC_AGE_FILTER_BITS)]++;
		}
	}
	KUNIT_ASSERT_MEMEQ(test, count, age->edges, sizeof(count));
}

/* Pages are where they would be had they been added to the parent */
static void lruvec_age_test_reparent(struct kunit *test)
{
	struct age_test *parent = new_lists(test, 100, 0);
	struct age_test *child = new_lists(test, 100, 0);
	struct lruvec_age *age = &parent->lruvec.age;

	add(parent, LIST, 10, 1000);
	add(child, LIST, 3, 2000);
	add(child, LRU_ACTIVE_FILE, 4, 2500);
	add(child, LIST, 2, 3000);
	add(parent, LIST, 5, 5000);
	add(parent, LRU_ACTIVE_ANON, 1, 6000);
	reparent(child, parent, 9000);
	check_reparented(test, parent);
	check_reparented(test, child);

	/* each list by itself: the other may have none */
	KUNIT_EXPECT_EQ(test, age->tail_last[LRU_ACTIVE_FILE], 2500);
	KUNIT_EXPECT_EQ(test, age->tail_last[LRU_ACTIVE_ANON], 6000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 1000);
	isolate(parent, LIST, 10);
	KUNIT_EXPECT_EQ(test, birth(tail_of(parent, LIST)), 2000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 2000);
	isolate(parent, LIST, 3);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 3000);
	isolate(parent, LIST, 2);
	KUNIT_EXPECT_EQ(test, birth(tail_of(parent, LIST)), 5000);
	KUNIT_EXPECT_EQ(test, age->tail_last[LIST], 5000);
	check_reparented(test, parent);
}

/* Children that come and go do not make the tail any younger */
static void lruvec_age_test_reparent_many(struct kunit *test)
{
	struct age_test *parent = new_lists(test, 0, 0);
	struct age_test *child = new_lists(test, 2000, 0);
	unsigned long now;

	for (now = 100; now < 2100; now++) {
		add(child, LIST, 1, now);
		reparent(child, parent, now);
		child->merged = false;
		check_reparented(test, child);
		KUNIT_ASSERT_EQ(test, birth(tail_of(parent, LIST)), 100);
	}
	check_reparented(test, parent);
	KUNIT_EXPECT_LT(test, parent->lruvec.age.tail_last[LIST], 1000);
}

/* An empty list is given what it gets, and it is not its latest addition that counts */
static void lruvec_age_test_reparent_empty(struct kunit *test)
{
	struct age_test *parent = new_lists(test, 100, 0);
	struct age_test *child = new_lists(test, 100, 0);

	add(child, LIST, 1, 1000);
	add(parent, LIST, 1, 2000);
	isolate(parent, LIST, 1);
	reparent(child, parent, 2000);
	KUNIT_EXPECT_EQ(test, parent->lruvec.age.tail_last[LIST], 1000);
	add(parent, LIST, 1, 2000);
	check_reparented(test, parent);
	isolate(parent, LIST, 1);
	KUNIT_EXPECT_EQ(test, parent->lruvec.age.tail_last[LIST], 2000);

	/* nothing to hand on */
	reparent(child, parent, 3000);
	KUNIT_EXPECT_EQ(test, parent->lruvec.age.tail_last[LIST], 2000);
	check_reparented(test, parent);
}

/* Two long histories make one, which does not forget how old the tail is */
static void lruvec_age_test_reparent_long(struct kunit *test)
{
	struct age_test *parent = new_lists(test, 10000, 0);
	struct age_test *child = new_lists(test, 10000, 0);
	struct lruvec_age *age = &parent->lruvec.age;
	unsigned long now;

	for (now = 1; now <= 5000; now++) {
		add(now % 3 ? parent : child, LIST, 1, now);
		add(now % 2 ? parent : child, LRU_ACTIVE_ANON, 1, now);
	}
	reparent(child, parent, now);
	check_reparented(test, parent);
	KUNIT_EXPECT_LT(test, age->tail_last[LIST], now / 3);
	KUNIT_EXPECT_LT(test, age->tail_last[LRU_ACTIVE_ANON], now / 3);
	for (; now <= 10000; now++) {
		add(parent, LIST, 1, now);
		isolate(parent, LIST, 1);
		isolate(parent, LRU_ACTIVE_ANON, 1);
		check_reparented(test, parent);
	}
}

/* Any order of anything, with children and grandchildren that come and go */
static void lruvec_age_test_reparent_random(struct kunit *test)
{
	struct age_test *lists[4];
	struct rnd_state rnd;
	unsigned long now = -2000UL;
	int i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		lists[i] = new_lists(test, 1000, now);

	prandom_seed_state(&rnd, 2016);
	for (i = 0; i < 20000; i++) {
		u32 r = prandom_u32_state(&rnd);
		unsigned int which = r % ARRAY_SIZE(lists);
		struct age_test *some = lists[which];
		enum lru_list lru = (r >> 2) % LRUVEC_AGE_LISTS;
		unsigned int nr = 1 + (r >> 8) % 32;

		switch ((r >> 4) % 4) {
		case 0:
		case 1:
			add(some, lru, nr, now);
			break;
		case 2:
			isolate(some, lru, nr);
			break;
		case 3:
			if (!list_is_empty(some, lru))
				del(some, nth(some, lru, nr), lru);
			break;
		}
		if (which && !((r >> 13) % 256)) {
			reparent(some, lists[which - 1], now);
			list_splice_init(&lists[which - 1]->free, &some->free);
			check_reparented(test, lists[which - 1]);
		}
		if (!((r >> 16) % 8))
			now += (r >> 20) % 64;
		if (!(i % 8))
			check_reparented(test, some);
	}
}
#endif /* LRUVEC_AGE_HAS_REPARENTING */

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

/* As many cgroups in a second, however many there are, and a fresh count */
static void lruvec_age_test_count(struct kunit *test)
{
	unsigned long nr;

	KUNIT_EXPECT_EQ(test, promised_count_interval(0), LRUVEC_AGE_COUNT_MIN);
	KUNIT_EXPECT_EQ(test, promised_count_interval(200), LRUVEC_AGE_COUNT_MIN);
	KUNIT_EXPECT_LE(test, promised_count_interval(USHRT_MAX), HZ);
	for (nr = LRUVEC_AGE_COUNT_RATE / HZ; nr <= LRUVEC_AGE_COUNT_RATE; nr *= 2)
		KUNIT_EXPECT_LE(test, nr * HZ,
				(promised_count_interval(nr) + 1) *
				LRUVEC_AGE_COUNT_RATE);
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

#ifdef LRUVEC_AGE_HAS_REPARENTING
/* Generations go by their index, and no page gets older in another one */
static void lruvec_age_test_reparent_gens(struct kunit *test)
{
	struct lruvec *parent = kunit_kzalloc(test, sizeof(*parent), GFP_KERNEL);
	struct lruvec *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);
	unsigned long now = jiffies;
	struct lru_gen_folio *lrugen;
	int gen;

	KUNIT_ASSERT_NOT_NULL(test, parent);
	KUNIT_ASSERT_NOT_NULL(test, child);
	for (gen = 0; gen < MAX_NR_GENS; gen++) {
		parent->age.added[gen][LRU_GEN_FILE] = now - 500;
		parent->age.added[gen][LRU_GEN_ANON] = now - 500;
		child->age.added[gen][LRU_GEN_FILE] = now - 300 - gen;
		child->age.added[gen][LRU_GEN_ANON] = now - 600;
	}
	lrugen = &child->lrugen;
	lrugen->max_seq = 7;
	lrugen->min_seq[LRU_GEN_ANON] = 4;
	lrugen->min_seq[LRU_GEN_FILE] = 4;
	lrugen->timestamps[lru_gen_from_seq(5)] = now - 900;
	lrugen->timestamps[lru_gen_from_seq(6)] = now - 200;
	lrugen->timestamps[lru_gen_from_seq(7)] = now - 100;
	lrugen->nr_pages[lru_gen_from_seq(4)][LRU_GEN_ANON][0] = 1;
	lrugen->nr_pages[lru_gen_from_seq(4)][LRU_GEN_FILE][0] = 1;
	lrugen->nr_pages[lru_gen_from_seq(5)][LRU_GEN_FILE][0] = 1;
	lrugen->nr_pages[lru_gen_from_seq(7)][LRU_GEN_FILE][0] = 1;
	lrugen->nr_pages[lru_gen_from_seq(7)][LRU_GEN_ANON][0] = 1;
	parent->lrugen.nr_pages[lru_gen_from_seq(7)][LRU_GEN_FILE][0] = 1;
	parent->lrugen.nr_pages[lru_gen_from_seq(7)][LRU_GEN_ANON][0] = 2;
	lruvec_age_reparent_gens(child, parent);

	/* what the parent has may be younger than what comes */
	KUNIT_EXPECT_EQ(test, parent->age.added[0][LRU_GEN_ANON], now - 500);
	/* the latest addition, or the harvest that closed it */
	KUNIT_EXPECT_EQ(test, parent->age.added[0][LRU_GEN_FILE], now - 300);
	KUNIT_EXPECT_EQ(test, parent->age.added[1][LRU_GEN_FILE], now - 200);
	/* nothing comes */
	KUNIT_EXPECT_EQ(test, parent->age.added[2][LRU_GEN_FILE], now - 500);
	/* the youngest is open to what is found in use */
	KUNIT_EXPECT_FALSE(test, time_before(parent->age.added[3][LRU_GEN_FILE], now));
	/* but a few pages among more of the parent's do not count */
	KUNIT_EXPECT_EQ(test, parent->age.added[3][LRU_GEN_ANON], now - 500);
}
#endif
#endif /* CONFIG_LRU_GEN */

#ifdef CONFIG_KCSAN
#include <linux/kthread.h>

struct age_race {
	struct age_test *lists;
	unsigned long start;
};

/* Ages are read while lists change. Returns how many can't be right. */
static int lruvec_age_test_reader(void *data)
{
	struct age_race *race = data;
	struct lruvec *lruvec = &race->lists->lruvec;
	unsigned long age, shown;
	int wrong = 0;

	while (!kthread_should_stop()) {
		age = 0;
		type_age_min(lruvec, WORKINGSET_FILE, &age);
		shown = lruvec_type_age(lruvec, WORKINGSET_FILE);
		if (max(age, shown) > time_since(jiffies, race->start))
			wrong++;
		cond_resched();
	}
	return wrong;
}

/* For KCSAN, which says on the console what is read as if nobody wrote to it */
static void lruvec_age_test_race(struct kunit *test)
{
	const int ticks = 5000;
	unsigned long start = jiffies - ticks;
	struct age_test *lists = new_lists(test, 100, start);
	struct age_race race = { lists, start };
	struct task_struct *reader;
	enum lru_list lru;
	int i;

	reader = kthread_run(lruvec_age_test_reader, &race, "lruvec_age_test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(reader));

	for (i = 0; i < ticks; i++) {
		lru = i % 3 ? LIST : LIST + LRU_ACTIVE;
		spin_lock_irq(&lists->lruvec.lru_lock);
		add(lists, lru, 2, start + i);
		isolate(lists, lru, i % 2 ? 1 : 3);
		spin_unlock_irq(&lists->lruvec.lru_lock);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(reader), 0);
	check_books(test, lists);
}
#endif

static struct kunit_case lruvec_age_test_cases[] = {
	KUNIT_CASE(lruvec_age_test_exact),
	KUNIT_CASE(lruvec_age_test_empty),
	KUNIT_CASE(lruvec_age_test_steady),
	KUNIT_CASE(lruvec_age_test_wrap),
	KUNIT_CASE(lruvec_age_test_long),
	KUNIT_CASE(lruvec_age_test_middle),
	KUNIT_CASE(lruvec_age_test_truncate),
	KUNIT_CASE(lruvec_age_test_rotate),
	KUNIT_CASE(lruvec_age_test_overdue),
	KUNIT_CASE(lruvec_age_test_random),
#ifdef LRUVEC_AGE_HAS_REPARENTING
	KUNIT_CASE(lruvec_age_test_reparent),
	KUNIT_CASE(lruvec_age_test_reparent_many),
	KUNIT_CASE(lruvec_age_test_reparent_empty),
	KUNIT_CASE(lruvec_age_test_reparent_long),
	KUNIT_CASE(lruvec_age_test_reparent_random),
#endif
	KUNIT_CASE(lruvec_age_test_jiffies),
	KUNIT_CASE(lruvec_age_test_count),
	KUNIT_CASE(lruvec_age_test_parse),
#ifdef CONFIG_LRU_GEN
	KUNIT_CASE(lruvec_age_test_inc_gen),
	KUNIT_CASE(lruvec_age_test_gens),
#ifdef LRUVEC_AGE_HAS_REPARENTING
	KUNIT_CASE(lruvec_age_test_reparent_gens),
#endif
#endif
#ifdef CONFIG_KCSAN
	KUNIT_CASE(lruvec_age_test_race),
#endif
	{ }
};

static struct kunit_suite lruvec_age_test_suite = {
	.name = "lruvec_age",
	.test_cases = lruvec_age_test_cases,
};
kunit_test_suite(lruvec_age_test_suite);
