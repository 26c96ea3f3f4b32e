# SPDX-License-Identifier: GPL-2.0
#
# The metrics of lruvec-age-textfile, in the text format of Prometheus.

# A label's value: backslash and quote are escaped, there are no newlines
function label(text) {
	return replace(replace(text, "\\", "\\\\"), "\"", "\\\"")
}

function family(metric, kind, help) {
	print "# HELP " metric " " help
	print "# TYPE " metric " " kind
}

function by_type(metric, values, unit, form,    i, t) {
	for (i = 1; i <= count; i++)
		for (t = 1; t <= 2; t++)
			printf "%s{cgroup=\"%s\",type=\"%s\"} " form "\n", metric,
				label(name[i]), types[t], values[i, types[t]] / unit
}

# Only for the cgroups that have the files: not for the root
function by_cgroup(metric, values, unit, form,    i) {
	for (i = 1; i <= count; i++)
		if (knob[i] != "")
			printf "%s{cgroup=\"%s\"} " form "\n", metric,
				label(name[i]), values[i] / unit
}

BEGIN {
	recursive = ENVIRON["recursive"] + 0
	read_cgroups(ENVIRON["top"])

	family("lruvec_age_seconds", "gauge",
	       "Age of the oldest memory of this type in the subtree, 0 if there is none.")
	by_type("lruvec_age_seconds", age, 1000, "%.3f")

	family("lruvec_size_bytes", "gauge",
	       "Memory of this type on the LRU lists of the subtree.")
	by_type("lruvec_size_bytes", size, 1, "%.0f")

	family("lruvec_protected_bytes", "gauge",
	       "Memory of the subtree whose type is younger than the promise to its cgroup, at least.")
	by_cgroup("lruvec_protected_bytes", protected, 1, "%.0f")

	family("lruvec_ws_access_seconds", "gauge",
	       "The knob memory.ws_access_ms, 0 if it is off.")
	by_cgroup("lruvec_ws_access_seconds", knob, 1000, "%.3f")

	family("lruvec_ws_access_effective_seconds", "gauge",
	       "The promise that reclaim of the whole machine goes by, 0 for none.")
	by_cgroup("lruvec_ws_access_effective_seconds", effective, 1000, "%.3f")

	family("lruvec_ws_access_events_total", "counter",
	       "How often memory was reclaimed although it was younger than the promise.")
	by_cgroup("lruvec_ws_access_events_total", events, 1, "%.0f")
}
