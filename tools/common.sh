# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced by wstop and lruvec-age-textfile, in any POSIX shell: where cgroup2
# is, and whether the kernel has the ages.

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# find_cgroup2 ROOT MOUNTS: set top, and recursive to 1 if intervals are inherited
find_cgroup2() {
	recursive=0
	# mounted last counts; systemd's hybrid setup has it in /sys/fs/cgroup/unified
	mount=$(awk '$3 == "cgroup2" { line = $2 " " $4 } END { print line }' "$2" 2>/dev/null) || mount=
	case ",${mount##* }," in
	*,memory_recursiveprot,*) recursive=1 ;;
	esac
	top=$1
	[ -n "$top" ] || top=${mount%% *}
	[ -n "$top" ] || die "cgroup2 is not mounted: mount -t cgroup2 none /sys/fs/cgroup"
	[ -d "$top" ] || die "$top: not a directory"
	[ -e "$top/cgroup.controllers" ] || die "$top is not a cgroup2 file system"
	[ -r "$top/memory.stat" ] ||
		die "$top has no memory.stat: cgroup2 does not have the memory controller (is it in use by cgroup v1, or off by cgroup_disable=memory?)"
	grep -q '^lruvec_age_' "$top/memory.stat" ||
		die "this kernel has no memory.ws_access_ms: it needs the patches, and CONFIG_LRUVEC_AGE=y"
	export top recursive
}
