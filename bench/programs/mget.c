// SPDX-License-Identifier: GPL-2.0
/*
 * mget - a client of Redis: asks for random keys at a steady rate.
 *
 *   mget -s SOCKET -n KEYS -l VALUE_BYTES -k KEYS_PER_QUERY -p PERIOD_US -t SECONDS
 *
 * The keys are key:0 to key:KEYS-1 as "DEBUG POPULATE KEYS key VALUE_BYTES" makes them.
 * A latency is counted from the time at which the query was due, so that one that takes
 * long makes those behind it late, as users would see it.  At the end: their histogram.
 */
#include <unistd.h>
#include "client.h"
#include "common.h"
#include "hist.h"
#include "sequence.h"

static void ask(int fd, unsigned int keys, unsigned int wanted)
{
	static char text[1 << 16];
	char key[32];
	size_t len, done;
	ssize_t n;

	len = sprintf(text, "*%u\r\n$4\r\nMGET\r\n", wanted + 1);
	for (unsigned int i = 0; i < wanted; i++) {
		int key_len = sprintf(key, "key:%u", (unsigned int)random_below(keys));

		len += snprintf(text + len, sizeof(text) - len, "$%d\r\n%s\r\n", key_len, key);
		if (len >= sizeof(text)) {
			fprintf(stderr, "mget: too many keys in a query\n");
			exit(1);
		}
	}
	for (done = 0; done < len; done += n) {
		n = write(fd, text + done, len - done);
		if (n < 0)
			die("asking");
	}
}

/* All values are of one size, so it is known how much comes, and how it begins */
static void get_answer(int fd, unsigned int wanted, unsigned int value_bytes)
{
	static char text[1 << 16];
	char begin[64], header[32];
	size_t begin_len, len, have = 0;
	ssize_t n;

	snprintf(header, sizeof(header), "$%u\r\n", value_bytes);
	begin_len = sprintf(begin, "*%u\r\n%s", wanted, header);
	len = begin_len - strlen(header) + wanted * (strlen(header) + value_bytes + 2);
	while (have < len) {
		n = read(fd, text, sizeof(text));
		if (n <= 0)
			die("waiting for the answer");
		if (!have && ((size_t)n < begin_len || memcmp(text, begin, begin_len))) {
			fprintf(stderr, "mget: not an answer: %.*s\n", (int)n, text);
			exit(1);
		}
		have += n;
	}
}

int main(int argc, char **argv)
{
	unsigned int keys = 30000, value_bytes = 1000, wanted = 100;
	uint64_t period = 20 * MSEC, seconds = 10, due, end;
	const char *path = "/tmp/redis";
	static struct hist hist;
	int opt, fd;

	while ((opt = getopt(argc, argv, "s:n:l:k:p:t:")) != -1) {
		switch (opt) {
		case 's': path = optarg; break;
		case 'n': keys = atoi(optarg); break;
		case 'l': value_bytes = atoi(optarg); break;
		case 'k': wanted = atoi(optarg); break;
		case 'p': period = atoi(optarg) * 1000ull; break;
		case 't': seconds = atoi(optarg); break;
		default:
			fprintf(stderr, "usage: mget [-s SOCKET] [-n KEYS] [-l VALUE_BYTES] [-k KEYS_PER_QUERY]\n"
				"            [-p PERIOD_US] [-t SECONDS]\n");
			return 1;
		}
	}
	fd = connect_to(path);
	due = now_ns() + period;
	for (end = due + seconds * 1000 * MSEC; due < end; due += period) {
		sleep_until(due);
		ask(fd, keys, wanted);
		get_answer(fd, wanted, value_bytes);
		hist_add(&hist, now_ns() - due);
	}
	hist_print(&hist, "latency");
	return 0;
}
