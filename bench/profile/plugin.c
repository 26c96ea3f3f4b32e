// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU that counts the instructions of each block of code, those between
 * two addresses apart from the rest: from the entry of a function to where its caller
 * goes on, with all that it calls and all that interrupts it.  One CPU.
 *
 *	-plugin plugin.so,enter=0x...,leave=0x...,to=FILE
 *
 * FILE gets a line for each block: address, instructions within, instructions elsewhere.
 *
 * What is declared here is version 1 of the interface, QEMU's docs/devel/tcg-plugins.rst;
 * Debian 12 has no header of it.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
enum { CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*cb)(unsigned int cpu, void *data),
					  int flags, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*cb)(uint64_t id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

struct block {
	uint64_t address, size, within, elsewhere;
	struct block *next;
};

static struct block *blocks;
static uint64_t enter, leave;
static int within;
static FILE *to;

static void executed(unsigned int cpu, void *data)
{
	struct block *block = data;

	(void)cpu;
	if (block->address == enter)
		within = 1;
	else if (block->address == leave)
		within = 0;
	*(within ? &block->within : &block->elsewhere) += block->size;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));

	(void)id;
	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->size = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, CB_NO_REGS, block);
}

static void done(uint64_t id, void *data)
{
	(void)id;
	(void)data;
	for (struct block *block = blocks; block; block = block->next)
		fprintf(to, "%" PRIx64 " %" PRIu64 " %" PRIu64 "\n", block->address, block->within,
			block->elsewhere);
	if (fclose(to))
		perror("profile");
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			continue;
		*value++ = '\0';
		if (!strcmp(argv[i], "enter"))
			enter = strtoull(value, NULL, 16);
		else if (!strcmp(argv[i], "leave"))
			leave = strtoull(value, NULL, 16);
		else if (!strcmp(argv[i], "to"))
			to = fopen(value, "w");
	}
	if (!enter || !leave || !to) {
		fprintf(stderr, "profile: wants enter=, leave= and to=, a file that can be written\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, done, NULL);
	return 0;
}
