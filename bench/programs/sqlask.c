// SPDX-License-Identifier: GPL-2.0
/*
 * sqlask [options] - asks a sqlite3 that reads one FIFO and answers by another for rows of
 * the table that guest/sqlite makes, at fixed times, and measures how long an answer takes,
 * from when its question was due.  Of 20 questions, one changes a row instead.
 *   -d DIR         has the FIFOs "ask" and "answer" (/tmp)
 *   -n ROWS        the table has so many (40000)
 *   -l BYTES       in the text of each (500)
 *   -k ROWS        a question is for so many, chosen at random (50)
 *   -p PERIOD_US   between two questions (10000)
 *   -t SECONDS     (10)
 *   -a             all rows in one question, and no measurement
 *
 * Any answer but the right one ends it with an error.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>
#include "common.h"
#include "hist.h"
#include "sequence.h"

#define WRITES	20

static int asking, answering;

static int open_fifo(const char *dir, const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags);
	if (fd < 0)
		die("%s", path);
	return fd;
}

static void ask(const char *question, const char *wanted)
{
	size_t len = strlen(question), have = 0;
	char text[256];
	ssize_t n;

	if (write(asking, question, len) != (ssize_t)len)
		die("sqlask: asking");
	do {
		n = read(answering, text + have, sizeof(text) - 1 - have);
		if (n <= 0)
			die("sqlask: waiting for an answer");
		have += n;
		text[have] = '\0';
	} while (!strchr(text, '\n') && have < sizeof(text) - 1);
	if (strcmp(text, wanted)) {
		fprintf(stderr, "sqlask: the answer is %s\ninstead of %s", text, wanted);
		exit(1);
	}
}

static void ask_for(unsigned int rows, unsigned int wanted, unsigned int bytes)
{
	static char text[1 << 14];
	char answer[64];
	size_t len;

	len = sprintf(text, "SELECT count(*), sum(length(text)) FROM list WHERE id IN (");
	for (unsigned int i = 0; i < wanted; i++) {
		/* each from a part of the table of its own, so none comes twice */
		unsigned int id = 1 + i * (rows / wanted) + random_below(rows / wanted);

		len += snprintf(text + len, sizeof(text) - len, "%s%u", i ? ", " : "", id);
		if (len >= sizeof(text) - 4) {
			fprintf(stderr, "sqlask: too many rows in a question\n");
			exit(1);
		}
	}
	strcpy(text + len, ");\n");
	snprintf(answer, sizeof(answer), "%u|%lu\n", wanted, (unsigned long)wanted * bytes);
	ask(text, answer);
}

int main(int argc, char **argv)
{
	unsigned int rows = 40000, bytes = 500, wanted = 50, number = 0;
	uint64_t period = 10 * MSEC, seconds = 10, due, end;
	const char *dir = "/tmp";
	static struct hist hist;
	char text[128], answer[64];
	int opt, all = 0;

	while ((opt = getopt(argc, argv, "d:n:l:k:p:t:a")) != -1) {
		switch (opt) {
		case 'd': dir = optarg; break;
		case 'n': rows = atoi(optarg); break;
		case 'l': bytes = atoi(optarg); break;
		case 'k': wanted = atoi(optarg); break;
		case 'p': period = atoi(optarg) * 1000ull; break;
		case 't': seconds = atoi(optarg); break;
		case 'a': all = 1; break;
		default:
			fprintf(stderr, "usage: sqlask [-d DIR] [-n ROWS] [-l BYTES] [-k ROWS_PER_QUESTION]\n"
				"              [-p PERIOD_US] [-t SECONDS] [-a]\n");
			return 1;
		}
	}
	if (!wanted || rows < wanted || !period) {
		fprintf(stderr, "sqlask: -k is from 1 to -n, and -p is not 0\n");
		return 1;
	}
	asking = open_fifo(dir, "ask", O_WRONLY);
	answering = open_fifo(dir, "answer", O_RDONLY);
	if (all) {
		snprintf(answer, sizeof(answer), "%u|%lu\n", rows, (unsigned long)rows * bytes);
		ask("SELECT count(*), sum(length(text)) FROM list;\n", answer);
		return 0;
	}
	due = now_ns() + period;
	for (end = due + seconds * 1000 * MSEC; due < end; due += period) {
		sleep_until(due);
		if (++number % WRITES) {
			ask_for(rows, wanted, bytes);
		} else {
			snprintf(text, sizeof(text), "UPDATE list SET number = number + 1 WHERE id = %u; "
				 "SELECT changes();\n", (unsigned int)random_below(rows) + 1);
			ask(text, "1\n");
		}
		hist_add(&hist, now_ns() - due);
	}
	hist_print(&hist, "latency");
	return 0;
}
