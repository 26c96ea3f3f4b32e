/* SPDX-License-Identifier: GPL-2.0 */
/* nopl 0x444c4548(%rax,%rax,1): it does nothing, and no other program has it; see held.c */
#define HELD_MARKER 0x0f, 0x1f, 0x84, 0x00, 0x48, 0x45, 0x4c, 0x44
