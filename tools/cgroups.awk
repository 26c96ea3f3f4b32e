# SPDX-License-Identifier: GPL-2.0
#
# What the kernel says about each cgroup, for wstop and lruvec-age-textfile.
# Works in busybox's awk, mawk and gawk.
#
# read_cgroups() fills, for the cgroups 1..count, parents before their children:
#   name[i]          path below the mount point; the topmost is "/"
#   parent[i]        number of the parent, 0 for the topmost
#   interval[i]      memory.ws_access_ms; "" where there is none (the root)
#   smallest[i]      the smallest interval on the way up, ms; 0 is none
#   effective[i]     ws_access_effective_ms: what the kernel has learned that it takes
#                    to keep it; 0: nothing is kept; "" where the kernel does not say
#   age[i, type]     lruvec_age_TYPE_ms, type is "anon" or "file"; of the subtree
#   size[i, type]    bytes on the LRU lists of the subtree
#   protected[i]     see protect()
#   events[i]        ws_access of memory.events; "" where there is none
# A cgroup without memory.stat has no memory of its own: its parent is charged.

# The keys of a flat file to value[]; false if the file is gone
function read_keys(file,    line, field, status) {
	delete_all(value)
	while ((status = (getline line < file)) > 0) {
		split(line, field, " ")
		value[field[1]] = field[2] + 0
	}
	close(file)
	return status == 0
}

# "delete array" is not in POSIX; split() of nothing empties it everywhere
function delete_all(array) {
	split("", array)
}

# The number that a file starts with, "" without the file
function read_number(file,    line, status) {
	status = (getline line < file)
	close(file)
	return status > 0 ? line + 0 : ""
}

# Not gsub(): how many backslashes its replacement takes depends on the awk
function replace(text, what, with,    at, out) {
	while ((at = index(text, what)) > 0) {
		out = out substr(text, 1, at - 1) with
		text = substr(text, at + length(what))
	}
	return out text
}

function shell_quote(text) {
	return "'" replace(text, "'", "'\\''") "'"
}

# The smallest interval on the way up; without one, the parent's if cgroup2 is
# mounted with memory_recursiveprot, and none otherwise.  The root has
# none.  In a container, the topmost that is seen has one: what is above it is
# not known, so that this is an upper bound there.
function smallest_ms(i,    up) {
	if (interval[i] == "")
		return 0
	up = parent[i]
	if (!up || interval[up] == "")
		return interval[i]
	if (!smallest[up])
		return 0
	if (interval[i] == 0)
		return recursive ? smallest[up] : 0
	return interval[i] < smallest[up] ? interval[i] : smallest[up]
}

# What reclaim from the root goes by
function interval_ms(i) {
	return effective[i] == "" ? smallest[i] : effective[i]
}

function read_cgroup(path, top,    up, type, t) {
	if (!read_keys(path "/memory.stat"))
		return
	count++
	name[count] = path == top ? "/" : substr(path, length(top) + 1)
	up = path
	sub("/[^/]*$", "", up)
	parent[count] = path == top ? 0 : number[up]
	number[path] = count

	age[count, "anon"] = value["lruvec_age_anon_ms"]
	age[count, "file"] = value["lruvec_age_file_ms"]
	size[count, "anon"] = value["active_anon"] + value["inactive_anon"]
	size[count, "file"] = value["active_file"] + value["inactive_file"]
	for (t = 1; t <= 2; t++) {
		type = types[t]
		rest[count, type] = size[count, type]
		if (parent[count])
			rest[parent[count], type] -= size[count, type]
	}

	effective[count] = ""
	if ("ws_access_effective_ms" in value)
		effective[count] = value["ws_access_effective_ms"]

	interval[count] = read_number(path "/memory.ws_access_ms")
	smallest[count] = smallest_ms(count)

	events[count] = ""
	if (read_keys(path "/memory.events") && "ws_access" in value)
		events[count] = value["ws_access"]
}

# Bytes that reclaim passes over: anonymous memory or page cache of cgroups with an
# interval, if even the oldest of it is younger.  If it is not, some of it may
# be taken.  Nobody knows how much, so none of it is counted: this is a lower
# bound.
function protect(    i, t, type) {
	for (i = count; i > 0; i--) {
		for (t = 1; t <= 2; t++) {
			type = types[t]
			# what the children do not have is the cgroup's own
			if (rest[i, type] > 0 && age[i, type] < interval_ms(i))
				protected[i] += rest[i, type]
		}
		protected[i] += 0
		if (parent[i])
			protected[parent[i]] += protected[i]
	}
}

# Everything below top.  A cgroup that goes away meanwhile is nobody's error.  One
# path a line will do: the kernel refuses names with a newline.
function read_cgroups(top,    find, path) {
	find = "find " shell_quote(top) " -type d 2>/dev/null"
	split("anon file", types, " ")
	delete_all(number)
	delete_all(rest)
	delete_all(protected)
	count = 0
	while ((find | getline path) > 0)
		read_cgroup(path, top)
	close(find)
	protect()
}
