// SPDX-License-Identifier: GPL-2.0
/*
 * files DIR COUNT MIN [MAX] - makes a tree of small files, a hundred in a directory.
 *
 * File 1234 is DIR/012/01234.  Sizes are from MIN to MAX, from a fixed sequence.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"
#include "sequence.h"

#define PER_DIRECTORY	100

static void make_file(const char *path, size_t size)
{
	static char text[1 << 16];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	ssize_t n;

	if (fd < 0)
		die("%s", path);
	memset(text, 'x', sizeof(text));
	for (size_t done = 0; done < size; done += n) {
		n = write(fd, text, size - done < sizeof(text) ? size - done : sizeof(text));
		if (n <= 0)
			die("%s", path);
	}
	if (close(fd))
		die("%s", path);
}

int main(int argc, char **argv)
{
	unsigned int count;
	size_t min, max;
	char path[4096];

	if (argc < 4 || argc > 5 || atoi(argv[2]) < 1) {
		fprintf(stderr, "usage: files DIR COUNT MIN [MAX]\n");
		return 1;
	}
	count = atoi(argv[2]);
	min = parse_size(argv[3]);
	max = argc == 5 ? parse_size(argv[4]) : min;
	if (max < min) {
		fprintf(stderr, "files: %s is less than %s\n", argv[4], argv[3]);
		return 1;
	}
	for (unsigned int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%03u", argv[1], i / PER_DIRECTORY);
		if (i % PER_DIRECTORY == 0 && mkdir(path, 0755))
			die("%s", path);
		snprintf(path, sizeof(path), "%s/%03u/%05u", argv[1], i / PER_DIRECTORY, i);
		make_file(path, min + random_below(max - min + 1));
	}
	return 0;
}
