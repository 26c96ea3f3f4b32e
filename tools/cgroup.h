/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C programs of this folder have in common: paths of cgroups, text for
 * people and programs, options, signals.
 */
#ifndef _TOOLS_CGROUP_H
#define _TOOLS_CGROUP_H

#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define EXIT_USAGE	2

static volatile sig_atomic_t stop;	/* a signal said so */
static sigset_t stop_signals;

__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
	char *text;
	va_list args;

	va_start(args, form);
	if (vasprintf(&text, form, args) < 0)
		err(EXIT_FAILURE, NULL);
	va_end(args);
	return text;
}

static uint64_t clock_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * UINT64_C(1000) + ts.tv_nsec / 1000000;
}

static bool there(const char *path)
{
	return !access(path, F_OK);
}

/* The number behind a key at the start of a line; false and 0 if there is none */
static bool key_value(const char *text, const char *key, uint64_t *value)
{
	size_t len = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ' ') {
			*value = strtoull(line + len, NULL, 10);
			return true;
		}
	}
	*value = 0;
	return false;
}

static const char *shown(const char *path)
{
	static char name[PATH_MAX + 2];

	snprintf(name, sizeof(name), "/%s", strcmp(path, ".") ? path : "");
	return name;
}

/* JSON has to be UTF-8.  What is not becomes what Python makes of it in a file's name. */
static void put_json(const char *text)
{
	for (int len; *text; text += len) {
		unsigned char c = *text;
		int valid = mbrlen(text, MB_CUR_MAX, &(mbstate_t){ 0 });

		len = valid > 0 ? valid : 1;
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c == 0x7f || valid < 0)
			printf(valid < 0 ? "\\udc%02x" : "\\u%04x", c);
		else
			fwrite(text, 1, len, stdout);
	}
}

/* Nothing that a terminal would obey */
static void put_plain(const char *text)
{
	for (; *text; text++)
		putchar(iscntrl((unsigned char)*text) ? '?' : *text);
}

static double parse_number(const char *option, const char *text, double least, double most)
{
	char *end;
	double n = strtod(text, &end);

	if (!*text || text[strspn(text, "0123456789.")] || *end || n < least || n > most)
		errx(EXIT_USAGE, "--%s: %s is no number from %g to %.0f", option, text, least,
		     most);
	return n;
}

/* A path relative to the root, whichever way it was given */
static char *relative(char *path, const char *root)
{
	size_t len = strlen(root);
	char *given = path, *end;

	if (!strncmp(path, root, len) && (!path[len] || path[len] == '/'))
		path += len;
	while (*path == '/' || (path[0] == '.' && (!path[1] || path[1] == '/')))
		path++;
	for (end = path + strlen(path); end > path && end[-1] == '/'; )
		*--end = '\0';
	for (char *s = path; (s = strstr(s, "..")); s += 2)
		if ((s == path || s[-1] == '/') && (!s[2] || s[2] == '/'))
			errx(EXIT_USAGE, "%s: no .. in the path of a cgroup", given);
	return *path ? path : (char *)".";
}

static void on_stop(int sig)
{
	(void)sig;
	stop = 1;
}

/* Keep a signal until somebody waits for it; stop says that it came */
static void catch_signal(int sig)
{
	struct sigaction action = { .sa_handler = on_stop };

	sigaddset(&stop_signals, sig);
	sigprocmask(SIG_BLOCK, &stop_signals, NULL);
	sigaction(sig, &action, NULL);
}

#endif
