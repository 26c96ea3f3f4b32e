// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU that says what the guest holds on the host, at the very instruction
 * at which the guest asks for it: the blocks of the memfd that its memory is.
 *
 *	-plugin held.so,to=FILE
 *
 * FILE gets a line for each time, in bytes.  What the guest executes to ask is a nop
 * (bench/laboratory/programs/held.c), so without the plugin nothing happens, and with it
 * nothing changes in the guest, not even its clock.
 *
 * What is declared here is version 1 of the interface, QEMU's docs/devel/tcg-plugins.rst;
 * Debian 12 has no header of it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "held.h"

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int cpu, void *data), int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t n);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

static const unsigned char marker[] = { HELD_MARKER };
static FILE *to;

/* The descriptor of -object memory-backend-memfd; QEMU opens it after its plugins */
static int memory(void)
{
	DIR *fds = opendir("/proc/self/fd");
	char target[64];
	struct dirent *entry;
	int found = -1;

	while (fds && (entry = readdir(fds))) {
		ssize_t n = readlinkat(dirfd(fds), entry->d_name, target, sizeof(target));

		if (n > 0 && !strncmp(target, "/memfd:memory-backend-memfd", 27))
			found = atoi(entry->d_name);
	}
	if (fds)
		closedir(fds);
	return found;
}

static void executed(unsigned int cpu, void *data)
{
	static int fd = -1;
	struct stat st;

	(void)cpu;
	(void)data;
	if (fd < 0)
		fd = memory();
	if (fstat(fd, &st)) {
		perror("held: no memfd");
		abort();
	}
	fprintf(to, "%llu\n", (unsigned long long)st.st_blocks * 512);
	fflush(to);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_size(insn) == sizeof(marker) &&
		    !memcmp(qemu_plugin_insn_data(insn), marker, sizeof(marker)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, CB_NO_REGS, NULL);
	}
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc == 1 && !strncmp(argv[0], "to=", 3))
		to = fopen(argv[0] + 3, "w");
	if (!to) {
		fprintf(stderr, "held: wants to=, a file that can be written\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
