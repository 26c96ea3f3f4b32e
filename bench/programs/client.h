/* SPDX-License-Identifier: GPL-2.0 */
/* What asks a server on a Unix socket. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <sys/socket.h>
#include <sys/un.h>
#include "common.h"

static inline int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("%s", path);
	return fd;
}

#endif
