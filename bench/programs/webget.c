// SPDX-License-Identifier: GPL-2.0
/*
 * webget [options] - asks a web server for files as files.c names them, at fixed times,
 * and measures how long the whole answer takes, from when its question was due.
 *   -s SOCKET      of the server (/tmp/web)
 *   -n FILES       of so many (1000)
 *   -l BYTES       each has so many (65536)
 *   -z EXPONENT    the k-th most wanted is wanted 1/k^EXPONENT as often as the first (0.99)
 *   -p PERIOD_US   between two questions (1000)
 *   -t SECONDS     (10)
 *   -a             each of them once, one after the other, and no measurement
 *
 * HTTP/1.1 on one connection of a Unix socket.  Any other answer ends it with an error.
 */
#define _GNU_SOURCE
#include <math.h>
#include <unistd.h>
#include "client.h"
#include "common.h"
#include "hist.h"
#include "sequence.h"

#define LENGTH "Content-Length: "
#define SPREAD 7919		/* a prime: neighbours in rank lie in different directories */

/* In [0, 1), a fixed sequence: the same files in every run */
static double random_part(void)
{
	return (next_random() >> 11) / (double)(1ull << 53);
}

/* sums[k] is the share of the ranks 0 to k */
static double *make_zipf(unsigned int n, double exponent)
{
	double *sums = malloc(n * sizeof(*sums)), sum = 0;

	if (!sums)
		die("webget");
	for (unsigned int k = 0; k < n; k++)
		sums[k] = sum += pow(k + 1, -exponent);
	for (unsigned int k = 0; k < n; k++)
		sums[k] /= sum;
	return sums;
}

static unsigned int choose(const double *sums, unsigned int n)
{
	double part = random_part();
	unsigned int low = 0, high = n - 1;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (sums[middle] > part)
			high = middle;
		else
			low = middle + 1;
	}
	return (unsigned long)low * SPREAD % n;
}

static void __attribute__((noreturn)) refuse(const char *text)
{
	fprintf(stderr, "webget: not the answer: %.*s\n", (int)strcspn(text, "\r\n"), text);
	exit(1);
}

static void get(int fd, unsigned int file, size_t bytes)
{
	static char text[(1 << 17) + 1];
	size_t have = 0, left;
	const char *body = NULL, *length;
	ssize_t n;
	int len;

	len = snprintf(text, sizeof(text), "GET /%03u/%05u HTTP/1.1\r\nHost: web\r\n\r\n", file / 100, file);
	if (write(fd, text, len) != len)
		die("webget: asking");
	while (!body) {
		n = read(fd, text + have, sizeof(text) - 1 - have);
		if (n <= 0)
			die("webget: waiting for an answer");
		have += n;
		text[have] = '\0';
		body = strstr(text, "\r\n\r\n");
	}
	body += 4;
	length = strcasestr(text, "\r\n" LENGTH);
	if (strncmp(text, "HTTP/1.1 200 ", 13) || !length || length > body ||
	    strtoul(length + strlen("\r\n" LENGTH), NULL, 10) != bytes)
		refuse(text);
	if (have - (body - text) > bytes)
		refuse("it is too long");
	for (left = bytes - (have - (body - text)); left; left -= n) {
		n = read(fd, text, left < sizeof(text) ? left : sizeof(text));
		if (n <= 0)
			die("webget: waiting for the rest of an answer");
	}
}

int main(int argc, char **argv)
{
	unsigned int files = 1000, bytes = 65536;
	uint64_t period = 1000 * 1000, seconds = 10, due, end;
	const char *path = "/tmp/web";
	static struct hist hist;
	double exponent = 0.99;
	int opt, fd, all = 0;
	double *zipf;

	while ((opt = getopt(argc, argv, "s:n:l:z:p:t:a")) != -1) {
		switch (opt) {
		case 's': path = optarg; break;
		case 'n': files = atoi(optarg); break;
		case 'l': bytes = atoi(optarg); break;
		case 'z': exponent = atof(optarg); break;
		case 'p': period = atoi(optarg) * 1000ull; break;
		case 't': seconds = atoi(optarg); break;
		case 'a': all = 1; break;
		default:
			fprintf(stderr, "usage: webget [-s SOCKET] [-n FILES] [-l BYTES] [-z EXPONENT]\n"
				"              [-p PERIOD_US] [-t SECONDS] [-a]\n");
			return 1;
		}
	}
	if (!files || !period || files % SPREAD == 0) {
		fprintf(stderr, "webget: neither -n nor -p may be 0, nor -n a multiple of %u\n", SPREAD);
		return 1;
	}
	fd = connect_to(path);
	if (all) {
		for (unsigned int i = 0; i < files; i++)
			get(fd, i, bytes);
		return 0;
	}
	zipf = make_zipf(files, exponent);
	due = now_ns() + period;
	for (end = due + seconds * 1000 * MSEC; due < end; due += period) {
		sleep_until(due);
		get(fd, choose(zipf, files), bytes);
		hist_add(&hist, now_ns() - due);
	}
	hist_print(&hist, "latency");
	return 0;
}
