# SPDX-License-Identifier: GPL-2.0
#
# What wsctl says about a cgroup: who reclaims it by which interval, and why.

# In the largest unit that is exact, so that "wsctl set" takes it
function span(ms) {
	if (!ms)
		return "none"
	if (ms % 1000)
		return ms "ms"
	if (ms % 60000)
		return ms / 1000 "s"
	if (ms % 3600000)
		return ms / 60000 "min"
	return ms / 3600000 "h"
}

# Nothing that a terminal would take for a command
function line(text) {
	gsub(/[[:cntrl:]]/, "?", text)
	print text
}

# What is to be done about something
function wrong(text) {
	line("! " text)
	status = 1
}

# The smallest interval from the cgroup i up to, and not including, target, as the kernel
# has it; why_not is whose that is, or who has none
function owed(i, target,    ms, least, whose) {
	ms = 0
	for (; i && i != target && interval[i] != ""; i = parent[i]) {
		ms = interval[i]
		if (ms && (!least || ms < least)) {
			least = ms
			whose = i
		}
		why_not = i
		if (!ms && !recursive)
			break
	}
	if (!ms)
		return 0
	why_not = whose
	return least
}

# The cgroups from the topmost to the one of that name; its number
function read_chain(target,    n, part, p, path) {
	count = 0
	split("anon file", types, " ")
	path = ENVIRON["top"]
	read_cgroup(path, ENVIRON["top"])
	n = split(substr(target, 2), part, "/")
	for (p = 1; p <= n; p++) {
		path = path "/" part[p]
		read_cgroup(path, ENVIRON["top"])
	}
	return count
}

# Why that is not what the cgroup i was given
function because(i, ms) {
	if (!ms)
		return (why_not == i ? "it" : name[why_not]) " has none"
	if (why_not == i)
		return ""
	return name[why_not] (interval[i] ? " takes the rest away" : " has that")
}

function show_level(from, i, ms,    reason) {
	reason = because(i, ms)
	line(sprintf("  %8s  reclaim from %s%s", span(ms), from, reason == "" ? "" : ": " reason))
}

function show_levels(i,    up, what) {
	line(name[i] ": " span(interval[i] + 0))
	# in a container, the topmost has one
	if (interval[1] != "")
		show_level("above", i, owed(i, 0))
	for (up = 1; up < i; up++)
		show_level(name[up], i, owed(i, up))
	if (effective[i] == "")
		return
	what = ""
	if (smallest[i] && !effective[i])
		what = ": given up"
	else if (effective[i] > smallest[i])
		what = ": learned"
	line(sprintf("  %8s  in effect%s", span(effective[i]), what))
}

# The interval that is in a file of wsctl's for systemd
function kept_ms(file,    text, ms) {
	ms = ""
	while (file != "" && (getline text < file) > 0)
		if (text ~ /^# interval: /)
			ms = substr(text, 13) + 0
	close(file)
	return ms
}

function check_interval(i, set,    ms, why) {
	ms = owed(i, interval[1] == "" ? 1 : 0)
	why = because(i, ms)
	if (!ms && why_not == i && parent[i] && interval[parent[i]])
		wrong(why ", and does not follow " name[parent[i]] ", as cgroup2 is mounted without memory_recursiveprot: " set " TIME")
	else if (!ms && why_not == i)
		wrong(why ": " set " TIME")
	else if (!ms)
		wrong(why ", so nothing below it has an interval: " set " " (interval[i] ? span(interval[i]) : "TIME") " --with-ancestors")
	else if (interval[i] && ms < interval[i])
		wrong(why ": of " span(interval[i]) " it leaves " span(ms))
	if (!ms || effective[i] == "")
		return ms
	if (effective[i] == 0)
		wrong("the kernel has given the interval up, as even 16 times " span(ms) \
		      " is too short for what this uses: set a longer one, or unset it")
	else if (effective[i] > ms)
		wrong(span(ms) " is too short: the kernel has learned " span(effective[i]) ". Set that, or half of it, for " name[why_not])
	return ms
}

function check_kept(i, set,    kept) {
	if (ENVIRON["kept"] == "")
		return
	kept = kept_ms(ENVIRON["kept"])
	if (kept != "" && kept != interval[i])
		wrong("systemd sets " span(kept) " when it starts anew: " set " TIME changes that, too")
	else if (kept != "")
		line("  kept by " ENVIRON["kept"])
	else if (interval[i])
		wrong("it is lost when " ENVIRON["unit"] " starts anew, unless somebody else sets it: " set " " span(interval[i]))
}

function check(i,    set, limits) {
	set = "wsctl set " (ENVIRON["unit"] == "" ? name[i] : ENVIRON["unit"])
	if (!check_interval(i, set))
		events[i] = 0
	check_kept(i, set)
	# Both are since the cgroup was made, so they are no news.
	if (events[i])
		line("  the last resort came " events[i] " times: if that grows, all intervals together keep more than there is memory")
	if (read_keys(ENVIRON["top"] name[i] "/memory.events.local") && (limits = value["high"] + value["max"]))
		line("  its own limit was reached " limits " times: for that limit, its own interval does not count")
}

# Who has one
function table(    i, unit, kept) {
	format = "%9s %9s %9s %9s  %s"
	read_cgroups(ENVIRON["top"])
	line(sprintf(format, "INTERVAL", "SMALLEST", "EFFECT", "KEPT", "CGROUP"))
	for (i = 1; i <= count; i++) {
		if (!interval[i])
			continue
		unit = name[i]
		sub(/.*\//, "", unit)
		kept = ""
		if (unit ~ /\.service$/)
			kept = kept_ms(ENVIRON["units"] "/" unit ".d/wsctl.conf")
		else if (sub(/\.slice$/, "", unit))
			kept = kept_ms(ENVIRON["units"] "/wsctl-" unit ".service")
		line(sprintf(format, span(interval[i]), span(smallest[i]), effective[i] == "" ? "-" : span(effective[i]),
			     kept == "" ? "-" : span(kept), name[i]))
	}
}

BEGIN {
	recursive = ENVIRON["recursive"] + 0
	status = 0
	if (ENVIRON["what"] == "table") {
		table()
		exit
	}
	me = read_chain(ENVIRON["cgroup"])
	show_levels(me)
	if (ENVIRON["what"] == "check")
		check(me)
	exit status
}
