/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit tests of how old lists are. Included at the end of lruvec_age.c. Nobody
 * waits: what lies in the past is put farther back instead.
 */

#include <kunit/test.h>
#include <linux/prandom.h>

#define LIST		LRU_INACTIVE_FILE
#define TEST_PAGES	4096

/* An lruvec, and when the pages on its lists came, as told by test_clock() */
struct age_test {
	struct mem_cgroup_per_node mz;
	u32 past;
	u32 start;
	u32 head[LRUVEC_AGE_LISTS], tail[LRUVEC_AGE_LISTS];
	u32 born[LRUVEC_AGE_LISTS][TEST_PAGES];
};

static u32 test_clock(struct age_test *t)
{
	return (u32)jiffies + t->past;
}

/* Time goes by: @ticks, and those that jiffies go on by themselves */
static void elapse(struct age_test *t, u32 ticks)
{
	struct lruvec_age *age = &t->mz.lruvec.age;
	int i, type;

	t->past += ticks;
	for (i = 0; i < LRUVEC_AGE_LISTS; i++)
		age->last[i] -= ticks;
	for (i = 0; i < age->nr; i++)
		age->marks[i].time -= ticks;
	age->marked -= ticks;
	age->scanned -= ticks;
	for (i = 0; i < LRUVEC_AGE_GENS; i++) {
		t->mz.lruvec.lrugen.timestamps[i] -= ticks;
		for (type = 0; type < LRUVEC_AGE_TYPES; type++)
			age->added[i][type] -= ticks;
	}
}

static struct age_test *new_test(struct kunit *test, unsigned long interval)
{
	struct age_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	spin_lock_init(&t->mz.lruvec.lru_lock);
	lruvec_age_init(&t->mz.lruvec);
	lruvec_age_set_finest(&t->mz.lruvec, interval);
	return t;
}

static u32 size_of(struct age_test *t, enum lru_list lru)
{
	return t->head[lru] - t->tail[lru];
}

/* The zones do not matter, so let there be pages in two */
static void set_size(struct age_test *t, enum lru_list lru)
{
	t->mz.lru_zone_size[0][lru] = size_of(t, lru) / 3;
	t->mz.lru_zone_size[1][lru] = size_of(t, lru) - size_of(t, lru) / 3;
}

/* As lruvec_add_folio() does */
static void add(struct age_test *t, enum lru_list lru, u32 nr)
{
	nr = min(nr, TEST_PAGES - size_of(t, lru));
	t->head[lru] += nr;
	set_size(t, lru);
	lruvec_age_add(&t->mz.lruvec, lru, nr);
	while (nr--)
		t->born[lru][(t->head[lru] - 1 - nr) % TEST_PAGES] =
			t->mz.lruvec.age.last[lru] + t->past;
}

/* As isolate_lru_folios() does */
static u32 isolate(struct age_test *t, enum lru_list lru, u32 nr)
{
	nr = min(nr, size_of(t, lru));
	t->tail[lru] += nr;
	set_size(t, lru);
	return nr;
}

/* The last that came are freed, or the first that came leave to come again */
static void forget(struct age_test *t, enum lru_list lru, u32 nr, bool freed)
{
	struct folio *folio = kzalloc(sizeof(*folio), GFP_KERNEL);

	if (!folio)
		return;
	if (lru < LRU_FILE)
		__folio_set_swapbacked(folio);
	for (nr = min(nr, size_of(t, lru)); nr; nr--) {
		lruvec_age_forget(&t->mz.lruvec, folio, freed);
		if (freed) {
			lruvec_age_unwanted(&t->mz.lruvec, is_file_lru(lru), -1);
			t->head[lru]--;
		} else {
			t->tail[lru]++;
		}
		set_size(t, lru);
	}
	kfree(folio);
}

static u32 tail_age(struct age_test *t, enum lru_list lru, u32 now)
{
	return now - t->born[lru][t->tail[lru] % TEST_PAGES];
}

/* Pages that came at least @interval ago, which is what lruvec_overdue() should say */
static u32 truth(struct age_test *t, enum lru_list lru, u32 now, u32 interval)
{
	u32 i;

	for (i = t->tail[lru]; i != t->head[lru]; i++)
		if (now - t->born[lru][i % TEST_PAGES] < interval)
			break;
	return i - t->tail[lru];
}

/* What it says, and when; in one tick */
static u32 overdue(struct age_test *t, enum lru_list lru, u32 interval, u32 *now)
{
	u32 nr;

	do {
		*now = test_clock(t);
		nr = lruvec_overdue(&t->mz.lruvec, lru, interval);
	} while (test_clock(t) != *now);
	return nr;
}

/* Never early, and no more than @late too late */
static void check_overdue(struct kunit *test, struct age_test *t,
			  enum lru_list lru, u32 interval, u32 late)
{
	u32 now, nr = overdue(t, lru, interval, &now);

	cond_resched();
	KUNIT_ASSERT_LE(test, nr, truth(t, lru, now, interval));
	KUNIT_ASSERT_GE(test, nr, truth(t, lru, now, interval + late));
}

/* How old the older tail of a type is said to be, and when */
static u32 type_age(struct age_test *t, int type, u32 *now)
{
	u32 age;

	do {
		*now = test_clock(t);
		age = lruvec_type_age(&t->mz.lruvec, type);
	} while (test_clock(t) != *now);
	return age;
}

/* Not older than it is, and no more than @late younger */
static void check_age(struct kunit *test, struct age_test *t, int type, u32 late)
{
	enum lru_list lru = type * LRU_FILE;
	u32 now, age = type_age(t, type, &now), is = 0;

	if (size_of(t, lru))
		is = tail_age(t, lru, now);
	if (size_of(t, lru + LRU_ACTIVE))
		is = max(is, tail_age(t, lru + LRU_ACTIVE, now));
	KUNIT_ASSERT_LE(test, age, is);
	KUNIT_ASSERT_GE(test, age, is - min(is, late));
}

#define INTERVAL	64

/* How late it may be about that, which is what is asked for */
#define LATE		(INTERVAL / 4)

/* Something comes and something goes in every tick: the tail is 16 intervals old */
static void lruvec_age_test_steady(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	int i, longer;

	for (i = 0; i < 64 * INTERVAL; i++) {
		add(t, LIST, 1);
		if (i < 16 * INTERVAL)
			continue;
		isolate(t, LIST, 1);
		elapse(t, 1);
		check_overdue(test, t, LIST, INTERVAL, LATE);
		/* marks are farther apart there */
		for (longer = 2 * INTERVAL; longer < 16 * INTERVAL; longer *= 2)
			check_overdue(test, t, LIST, longer, longer);
		check_age(test, t, WORKINGSET_FILE, tail_age(t, LIST, test_clock(t)) / 2 + 2);
	}
}

/* Any order of anything, at any pace */
static void lruvec_age_test_random(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, 2016);
	for (i = 0; i < 20000; i++) {
		u32 r = prandom_u32_state(&rnd);
		enum lru_list lru = r % LRUVEC_AGE_LISTS;
		u32 nr = 1 + (r >> 8) % 64;

		switch ((r >> 4) % 4) {
		case 0:
		case 1:
			add(t, lru, nr);
			break;
		case 2:
			isolate(t, lru, nr);
			break;
		case 3:	/* rotate */
			add(t, lru, isolate(t, lru, nr));
			break;
		}
		if (!((r >> 16) % 4))
			elapse(t, (r >> 20) % 8);
		if (!((r >> 16) % 512))
			elapse(t, (r >> 20) % 4096);
		check_overdue(test, t, lru, 1, INTERVAL);
		check_overdue(test, t, lru, INTERVAL, LATE);
		check_overdue(test, t, lru, INTERVAL << r % 8, INTERVAL << r % 8);
		check_age(test, t, lru / LRU_FILE, U32_MAX);
	}
}

/* A page that comes after a long pause does not hide that the others are old */
static void lruvec_age_test_pause(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	u32 now;

	add(t, LIST, 100);
	elapse(t, 10 * INTERVAL);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 100);
	add(t, LIST, 1);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 100);
}

/* Nor do those that are freed before they are old: issue 17, churn */
static void lruvec_age_test_freed(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	enum lru_list lru;
	u32 now;
	int i;

	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru += LRU_FILE) {
		add(t, lru, 100);
		for (i = 0; i < 2 * INTERVAL; i++) {
			elapse(t, 1);
			add(t, lru, 300);
			forget(t, lru, 300, true);
		}
		add(t, lru, 1);
		KUNIT_EXPECT_EQ(test, overdue(t, lru, INTERVAL, &now), 100);
		/* who frees more than came makes nothing that comes any older */
		forget(t, lru, 60, true);
		KUNIT_EXPECT_EQ(test, overdue(t, lru, INTERVAL, &now), 41);
		add(t, lru, 30);
		KUNIT_EXPECT_LE(test, overdue(t, lru, INTERVAL, &now), 41);
	}
}

/* What is put at the tail is wanted by nobody: overdue, however young all of it is */
static void lruvec_age_test_tail(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	u32 now;

	t->mz.lru_zone_size[0][LIST] = 50;
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 50);
	t->mz.lru_zone_size[0][LIST] += 100;
	lruvec_age_add(&t->mz.lruvec, LIST, 100);
	elapse(t, 2);
	t->mz.lru_zone_size[0][LIST] += 7;
	lruvec_age_add(&t->mz.lruvec, LIST, 7);
	t->mz.lru_zone_size[0][LIST] += 30;
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 80);
}

/* Nor does it matter when they came: what is put there goes first, as much as it is */
static void lruvec_age_test_tail_young(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	u32 now;

	add(t, LIST, 100);
	add(t, LIST + LRU_ACTIVE, 100);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 0);
	lruvec_age_unwanted(&t->mz.lruvec, LRU_GEN_FILE, 30);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 30);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST + LRU_ACTIVE, INTERVAL, &now), 0);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_ANON, INTERVAL, &now), 0);
	isolate(t, LIST, 10);
	lruvec_age_unwanted(&t->mz.lruvec, LRU_GEN_FILE, -10);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 20);
	isolate(t, LIST, 85);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 5);
}

/* What is freed may have come to the tail, which was not counted */
static void lruvec_age_test_tail_freed(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	u32 now;

	add(t, LIST, 100);
	t->tail[LIST] -= 30;
	set_size(t, LIST);
	lruvec_age_unwanted(&t->mz.lruvec, LRU_GEN_FILE, 30);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 30);
	forget(t, LIST, 30, true);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 0);
}

/* What compaction moves comes again, and is no younger: two batches at most are */
static void lruvec_age_test_moved(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	u32 now;
	int i;

	add(t, LIST, 1000);
	for (i = 0; i < INTERVAL; i++) {
		elapse(t, 1);
		forget(t, LIST, 32, false);
		add(t, LIST, 32);
	}
	elapse(t, 1);
	KUNIT_EXPECT_GE(test, overdue(t, LIST, INTERVAL, &now), 1000 - 2 * 32);

	/* some are looked at, and what moves comes after those */
	t->mz.lruvec.age.scanned = jiffies;
	add(t, LIST, isolate(t, LIST, 500));
	forget(t, LIST, 200, false);
	add(t, LIST, 200);
	KUNIT_EXPECT_LE(test, overdue(t, LIST, INTERVAL, &now), 300);
}

/* Each list has its own age, and an empty one has none */
static void lruvec_age_test_lists(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	enum lru_list lru;
	u32 now;

	KUNIT_EXPECT_EQ(test, type_age(t, WORKINGSET_FILE, &now), 0);
	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		add(t, lru, 10 + lru);
		elapse(t, INTERVAL);
	}
	for (lru = 0; lru < LRUVEC_AGE_LISTS; lru++) {
		u32 since = (LRUVEC_AGE_LISTS - lru) * INTERVAL;

		KUNIT_EXPECT_EQ(test, overdue(t, lru, since, &now), 10 + lru);
		KUNIT_EXPECT_EQ(test, overdue(t, lru, since + 10, &now), 0);
	}
	KUNIT_EXPECT_EQ(test, lruvec_type_size(&t->mz.lruvec, WORKINGSET_FILE), 25);
	isolate(t, LRU_INACTIVE_ANON, 10);
	isolate(t, LRU_ACTIVE_ANON, 11);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_ANON, 1, &now), 0);
	KUNIT_EXPECT_EQ(test, type_age(t, WORKINGSET_ANON, &now), 0);
}

/* Idle for 30 days at HZ=1000, in 32 bits: more than half of them */
static void lruvec_age_test_idle(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	const u32 days = 30U * 24 * 60 * 60 * 1000;
	u32 now;

	add(t, LIST, 100);
	elapse(t, days);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, INTERVAL, &now), 100);
	KUNIT_EXPECT_EQ(test, overdue(t, LIST, days, &now), 100);
	check_age(test, t, WORKINGSET_FILE, 0);
	/* what comes then does not make the others any younger */
	add(t, LIST, 1);
	check_overdue(test, t, LIST, INTERVAL, INTERVAL);
	check_age(test, t, WORKINGSET_FILE, INTERVAL);
	elapse(t, INTERVAL);
	add(t, LIST, 1);
	check_overdue(test, t, LIST, INTERVAL, INTERVAL);
	check_age(test, t, WORKINGSET_FILE, 2 * INTERVAL);
	/* nor are those old because there is nothing on another list for so long */
	isolate(t, LIST, 100);
	elapse(t, INTERVAL / 8);
	add(t, LIST, 1);
	elapse(t, INTERVAL / 8);
	add(t, LIST, 1);
	check_overdue(test, t, LIST, INTERVAL, INTERVAL);
	check_age(test, t, WORKINGSET_FILE, INTERVAL);
}

/* Clocks and counts wrap */
static void lruvec_age_test_wrap(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	struct lruvec_age *age = &t->mz.lruvec.age;
	u32 time = -20 * INTERVAL;
	int i;

	KUNIT_EXPECT_EQ(test, time_since(5, -10U), 15);
	KUNIT_EXPECT_EQ(test, time_since(-2U * HZ, 5), -2U * HZ - 5);
	/* written by another CPU */
	KUNIT_EXPECT_EQ(test, time_since(-1U, 0), 0);

	age->nr = 1;
	age->marks[0].time = time;
	age->marked = time;
	for (i = 0; i < LRUVEC_AGE_LISTS; i++)
		age->last[i] = time;
	t->mz.lru_zone_size[0][LIST] = 1 << 30;
	for (i = 0; i < 40 * INTERVAL; i++, time++) {
		age->adds[LIST]++;
		age->last[LIST] = time;
		if (time - age->marked >= age->spacing)
			__lruvec_age_mark(&t->mz.lruvec, time);
		KUNIT_ASSERT_LE(test, age->spacing, INTERVAL / 8);
		KUNIT_ASSERT_LT(test, time - age->marks[0].time, INTERVAL / 8);
		KUNIT_ASSERT_EQ(test, age->marks[age->nr - 1].time, -20U * INTERVAL);
	}
	KUNIT_EXPECT_EQ(test, age->nr, LRUVEC_AGE_MARKS);

	/* the count of pages passes 2^32 */
	t = new_test(test, INTERVAL);
	for (i = 0; i < LRUVEC_AGE_LISTS; i++)
		t->mz.lruvec.age.adds[i] = -300U;
	memcpy(t->mz.lruvec.age.marks[0].adds, t->mz.lruvec.age.adds,
	       sizeof(t->mz.lruvec.age.adds));
	for (i = 0; i < 4 * INTERVAL; i++) {
		add(t, LIST, 7);
		elapse(t, 1);
		check_overdue(test, t, LIST, INTERVAL, LATE);
	}
	/* nothing is old because nearly 2^32 others have come since, and one elsewhere has not */
	t = new_test(test, INTERVAL);
	add(t, LIST + LRU_ACTIVE, 1);
	elapse(t, INTERVAL / 8);
	for (i = 0; i < 4; i++) {
		elapse(t, INTERVAL / 8);
		lruvec_age_add(&t->mz.lruvec, LIST, (1U << 30) - 5);
	}
	elapse(t, INTERVAL / 8);
	add(t, LIST, 100);
	check_overdue(test, t, LIST, INTERVAL / 8 * 5, 2 * INTERVAL);
}

/* Marks thin out, and the oldest that tells something stays, also if the pace changes */
static void lruvec_age_test_marks(struct kunit *test)
{
	static const u32 intervals[] = { 0, INTERVAL, 10000, INTERVAL, 0 };
	struct age_test *t = new_test(test, 0);
	u32 now, age;
	int i, k;

	add(t, LIST, 3);
	elapse(t, 1);
	isolate(t, LIST, 2);
	for (k = 0; k < ARRAY_SIZE(intervals); k++) {
		lruvec_age_set_finest(&t->mz.lruvec, intervals[k]);
		for (i = 0; i < 50 * INTERVAL; i++) {
			add(t, LIST, !(i % 5));
			isolate(t, LRU_ACTIVE_FILE, 1);
			add(t, LRU_ACTIVE_FILE, 1);
			elapse(t, 1);
		}
		age = type_age(t, WORKINGSET_FILE, &now);
		/* all of it but the first ticks */
		KUNIT_EXPECT_GE(test, age, (k + 1) * 50 * INTERVAL - 2);
		KUNIT_EXPECT_LE(test, age, tail_age(t, LIST, now) + 1);
		KUNIT_EXPECT_LE(test, t->mz.lruvec.age.spacing,
				intervals[k] ? max(intervals[k] / 8, 1U) : MAX_SPACING);
	}
}


/* Generations 4 to 7, of 100 pages each that came 10 ticks before the next one did */
static struct age_test *new_gens(struct kunit *test)
{
	struct age_test *t = new_test(test, INTERVAL);
	struct lru_gen_folio *lrugen = &t->mz.lruvec.lrugen;
	unsigned long seq;

	lrugen->enabled = true;
	lrugen->min_seq[LRU_GEN_ANON] = 4;
	lrugen->min_seq[LRU_GEN_FILE] = 4;
	for (seq = 4; seq < 8; seq++) {
		int gen = lru_gen_from_seq(seq);

		lrugen->max_seq = seq;
		lrugen->timestamps[gen] = jiffies;
		elapse(t, 90);
		lruvec_age_add_gen(&t->mz.lruvec, gen, LRU_GEN_FILE);
		lrugen->nr_pages[gen][LRU_GEN_FILE][0] = 60;
		lrugen->nr_pages[gen][LRU_GEN_FILE][1] = 40;
		elapse(t, 10);
	}
	return t;
}

/* A tick may pass while it is read */
#define EXPECT_SINCE(test, since, ticks)				\
	KUNIT_EXPECT_LE(test, abs((int)((since) - (ticks))), 2)

/* A generation is as old as its closing, or what came to it later */
static void lruvec_age_test_gens(struct kunit *test)
{
	struct age_test *t = new_gens(test);
	struct lruvec *lruvec = &t->mz.lruvec;
	u32 now;

	EXPECT_SINCE(test, type_age(t, WORKINGSET_FILE, &now), 300);
	KUNIT_EXPECT_EQ(test, type_age(t, WORKINGSET_ANON, &now), 0);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 290, &now), 100);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 310, &now), 0);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_ACTIVE_FILE, 1, &now), 0);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_ANON, 1, &now), 0);
	KUNIT_EXPECT_EQ(test, lruvec_type_size(lruvec, WORKINGSET_FILE), 400);

	/* read() adds to the oldest one */
	lruvec_age_add_gen(lruvec, lru_gen_from_seq(4), LRU_GEN_FILE);
	elapse(t, 50);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 60, &now), 0);
	EXPECT_SINCE(test, type_age(t, WORKINGSET_FILE, &now), 50);

	/* what moves up takes its time with it, but makes nothing older */
	lruvec_age_inc_gen(lruvec, lru_gen_from_seq(4), lru_gen_from_seq(5), LRU_GEN_FILE);
	memset(lruvec->lrugen.nr_pages[lru_gen_from_seq(4)], 0,
	       sizeof(lruvec->lrugen.nr_pages[0]));
	EXPECT_SINCE(test, type_age(t, WORKINGSET_FILE, &now), 50);
	elapse(t, 1000);
	lruvec_age_add_gen(lruvec, lru_gen_from_seq(6), LRU_GEN_FILE);
	lruvec_age_inc_gen(lruvec, lru_gen_from_seq(5), lru_gen_from_seq(6), LRU_GEN_FILE);
	memset(lruvec->lrugen.nr_pages[lru_gen_from_seq(5)], 0,
	       sizeof(lruvec->lrugen.nr_pages[0]));
	EXPECT_SINCE(test, type_age(t, WORKINGSET_FILE, &now), 0);

	/* the two youngest can't be evicted from, however old */
	elapse(t, 1000);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 10, &now), 0);
}

#ifdef LRUVEC_AGE_HAS_REPARENTING
/* What a dying child leaves is as young as what is added, but makes nothing else young */
static void lruvec_age_test_reparent(struct kunit *test)
{
	struct age_test *child = new_test(test, 800), *parent = new_test(test, 800);
	u32 now;

	INIT_LIST_HEAD(&child->mz.lruvec.lists[LIST]);
	INIT_LIST_HEAD(&parent->mz.lruvec.lists[LIST]);
	add(parent, LIST, 100);
	add(child, LIST, 50);
	elapse(child, 1000);
	elapse(parent, 1000);
	lruvec_age_reparent(&child->mz.lruvec, &parent->mz.lruvec, LIST);
	parent->head[LIST] += 50;
	set_size(parent, LIST);
	KUNIT_EXPECT_EQ(test, overdue(parent, LIST, 800, &now), 100);

	isolate(child, LIST, 50);
	elapse(parent, 600);
	lruvec_age_reparent(&child->mz.lruvec, &parent->mz.lruvec, LIST);
	elapse(parent, 600);
	KUNIT_EXPECT_EQ(test, overdue(parent, LIST, 800, &now), 150);
}

/* By index. A few pages do not make a generation young that has more of its own. */
static void lruvec_age_test_reparent_gens(struct kunit *test)
{
	struct age_test *child = new_gens(test), *parent = new_gens(test);
	u32 now;

	elapse(parent, 1000);
	child->mz.lruvec.lrugen.nr_pages[0][LRU_GEN_FILE][0]--;
	lruvec_age_reparent_gens(&child->mz.lruvec, &parent->mz.lruvec);
	EXPECT_SINCE(test, type_age(parent, WORKINGSET_FILE, &now), 1300);

	child->mz.lruvec.lrugen.nr_pages[0][LRU_GEN_FILE][0] += 2;
	lruvec_age_reparent_gens(&child->mz.lruvec, &parent->mz.lruvec);
	EXPECT_SINCE(test, type_age(parent, WORKINGSET_FILE, &now), 0);
}
#endif

/* What nobody wants goes at once, as much as there is of it, and nothing else */
static void lruvec_age_test_unwanted(struct kunit *test)
{
	struct age_test *t = new_gens(test);
	struct lruvec *lruvec = &t->mz.lruvec;
	u32 now;

	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 1000, &now), 0);
	lruvec_age_unwanted(lruvec, LRU_GEN_FILE, 30);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 1000, &now), 30);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 100, &now), 100);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_ANON, 1000, &now), 0);
	lruvec_age_unwanted(lruvec, LRU_GEN_FILE, -10);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 1000, &now), 20);
	lruvec_age_unwanted(lruvec, LRU_GEN_FILE, -64);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 1000, &now), 0);
	lruvec_age_unwanted(lruvec, LRU_GEN_FILE, 500);
	KUNIT_EXPECT_EQ(test, overdue(t, LRU_INACTIVE_FILE, 1000, &now), 100);
}

/* Accessed bits are harvested once per interval, and only if that tells something */
static void lruvec_age_test_harvest(struct kunit *test)
{
	struct age_test *t = new_gens(test);
	struct lruvec *lruvec = &t->mz.lruvec;

	/* the last one was 100 ticks ago, and the oldest generation is 300 */
	KUNIT_EXPECT_FALSE(test, lruvec_harvest_due(lruvec, LIST, 1000));
	KUNIT_EXPECT_FALSE(test, lruvec_harvest_due(lruvec, LIST, 200));
	KUNIT_EXPECT_FALSE(test, lruvec_harvest_due(lruvec, LRU_INACTIVE_ANON, 50));
	elapse(t, 1);
	lruvec_age_add_gen(lruvec, lru_gen_from_seq(4), LRU_GEN_FILE);
	KUNIT_EXPECT_FALSE(test, lruvec_harvest_due(lruvec, LIST, 110));
	KUNIT_EXPECT_TRUE(test, lruvec_harvest_due(lruvec, LIST, 90));

	/* what is unwanted, but in a generation that can't be evicted from */
	lruvec->lrugen.min_seq[LRU_GEN_FILE] = 6;
	lruvec_age_unwanted(lruvec, LRU_GEN_FILE, 1);
	KUNIT_EXPECT_TRUE(test, lruvec_harvest_due(lruvec, LIST, 1000));
}


#ifdef CONFIG_KCSAN
#include <linux/kthread.h>

/* Ages are read while lists change. Returns how many can't be right. */
static int lruvec_age_test_reader(void *data)
{
	struct age_test *t = data;
	int wrong = 0;

	while (!kthread_should_stop()) {
		u32 start = READ_ONCE(t->start);

		if (lruvec_type_age(&t->mz.lruvec, WORKINGSET_FILE) >
		    (u32)jiffies - start)
			wrong++;
		wrong += lruvec_overdue(&t->mz.lruvec, LIST, 1) > TEST_PAGES;
		wrong += lruvec_harvest_due(&t->mz.lruvec, LIST, U32_MAX);
		wrong += lruvec_type_size(&t->mz.lruvec, WORKINGSET_FILE) > 2 * TEST_PAGES;
		cond_resched();
	}
	return wrong;
}

/* For KCSAN, which says on the console what is read as if nobody wrote to it */
static void lruvec_age_test_race(struct kunit *test)
{
	struct age_test *t = new_test(test, 8);
	struct task_struct *reader;
	int i;

	t->start = jiffies;
	reader = kthread_run(lruvec_age_test_reader, t, "lruvec_age_test");
	KUNIT_ASSERT_FALSE(test, IS_ERR(reader));

	for (i = 0; i < 20000; i++) {
		enum lru_list lru = i % 3 ? LIST : LIST + LRU_ACTIVE;

		spin_lock_irq(&t->mz.lruvec.lru_lock);
		add(t, lru, 2);
		isolate(t, lru, i % 2 ? 1 : 3);
		spin_unlock_irq(&t->mz.lruvec.lru_lock);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, kthread_stop(reader), 0);
}
#endif

static struct kunit_case lruvec_age_test_cases[] = {
	KUNIT_CASE(lruvec_age_test_steady),
	KUNIT_CASE(lruvec_age_test_random),
	KUNIT_CASE(lruvec_age_test_pause),
	KUNIT_CASE(lruvec_age_test_freed),
	KUNIT_CASE(lruvec_age_test_tail),
	KUNIT_CASE(lruvec_age_test_tail_young),
	KUNIT_CASE(lruvec_age_test_tail_freed),
	KUNIT_CASE(lruvec_age_test_moved),
	KUNIT_CASE(lruvec_age_test_lists),
	KUNIT_CASE(lruvec_age_test_idle),
	KUNIT_CASE(lruvec_age_test_wrap),
	KUNIT_CASE(lruvec_age_test_marks),
	KUNIT_CASE(lruvec_age_test_gens),
#ifdef LRUVEC_AGE_HAS_REPARENTING
	KUNIT_CASE(lruvec_age_test_reparent),
	KUNIT_CASE(lruvec_age_test_reparent_gens),
#endif
	KUNIT_CASE(lruvec_age_test_unwanted),
	KUNIT_CASE(lruvec_age_test_harvest),
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
