/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's /usr/include/linux/types.h: the test kernels come without BTF and
 * without headers, and these are the types that bpftrace needs from there.
 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

typedef unsigned char u8, __u8;
typedef unsigned short u16, __u16;
typedef int s32, __s32;
typedef unsigned int u32, __u32;
typedef long long s64, __s64;
typedef unsigned long long u64, __u64;

#endif
