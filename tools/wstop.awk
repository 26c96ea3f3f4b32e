# SPDX-License-Identifier: GPL-2.0
#
# The loop and the table of wstop.

function seconds(ms) {
	if (ms < 1000)
		return ms "ms"
	if (ms < 100000)
		return sprintf("%.1fs", ms / 1000)
	if (ms < 6000000)
		return sprintf("%dm", ms / 60000)
	return sprintf("%dh", ms / 3600000)
}

function human(bytes,    unit) {
	for (unit = 1; bytes >= 1024 && unit < 5; unit++)
		bytes /= 1024
	return sprintf(unit > 1 ? "%.1f%s" : "%d%s", bytes, substr("BKMGT", unit, 1))
}

function show_ms(ms) {
	return raw ? ms : seconds(ms)
}

function show_interval(ms) {
	if (raw)
		return ms + 0
	return ms + 0 ? seconds(ms) : "-"
}

# What the kernel has learned, and that may be to keep nothing
function show_effective(i) {
	if (effective[i] == "")
		return "-"
	if (!raw && smallest[i] && !effective[i])
		return "none"
	return show_interval(effective[i])
}

function show_bytes(bytes) {
	return raw ? sprintf("%.0f", bytes) : human(bytes)
}

function uptime() {
	return read_number("/proc/uptime")
}

function oldest(i) {
	return age[i, "anon"] > age[i, "file"] ? age[i, "anon"] : age[i, "file"]
}

# order[1..count]: the oldest first; the order of the tree among equals
function sort_by_age(    i, j) {
	for (i = 1; i <= count; i++) {
		for (j = i; j > 1 && oldest(order[j - 1]) < oldest(i); j--)
			order[j] = order[j - 1]
		order[j] = i
	}
}

# For a terminal: as much as fits, and nothing that it would take for a command
function row(text) {
	gsub(/[[:cntrl:]]/, "?", text)
	if (!place) {
		print text
		return
	}
	if (++shown < lines)
		printf "%s\033[K\n", substr(text, 1, columns)
}

function show(elapsed,    i, n, rate) {
	if (place) {
		lines = 24
		columns = 80
		if (("stty size 2>/dev/null </dev/tty" | getline screen) > 0) {
			split(screen, field, " ")
			if (field[1] > 0 && field[2] > 0) {
				lines = field[1]
				columns = field[2]
			}
		}
		close("stty size 2>/dev/null </dev/tty")
		shown = 0
		printf "\033[H"
	}

	row(sprintf(format, "ANON", "FILE", "INTERVAL", "SMALLEST", "EFFECT", "SIZE",
		    "PROTECTED", "EVENTS/s", "CGROUP"))
	sort_by_age()
	for (n = 1; n <= count; n++) {
		i = order[n]
		rate = 0
		if (name[i] in last && events[i] > last[name[i]] && elapsed > 0)
			rate = (events[i] - last[name[i]]) / elapsed
		row(sprintf(format, show_ms(age[i, "anon"]), show_ms(age[i, "file"]),
			    show_interval(interval[i]), show_interval(smallest[i]), show_effective(i),
			    show_bytes(size[i, "anon"] + size[i, "file"]),
			    show_bytes(protected[i]), sprintf("%.1f", rate), name[i]))
	}
	if (place)
		printf "\033[J"
	else if (!once)
		print ""
	fflush()
}

BEGIN {
	raw = ENVIRON["raw"] + 0
	once = ENVIRON["once"] + 0
	place = ENVIRON["place"] + 0
	recursive = ENVIRON["recursive"] + 0
	format = raw ? "%s %s %s %s %s %s %s %s %s" : "%6s %6s %8s %8s %6s %7s %9s %8s %s"
	nap = "sleep " ENVIRON["interval"]

	for (frame = 0; ; frame++) {
		before = now
		now = uptime()
		read_cgroups(ENVIRON["top"])
		# the first one has no rate yet, which --once waits for
		if (frame || !once)
			show(now - before)
		if (frame && once)
			exit
		delete_all(last)
		for (i = 1; i <= count; i++)
			if (events[i] != "")
				last[name[i]] = events[i]
		if (system(nap) != 0)
			exit 1
	}
}
