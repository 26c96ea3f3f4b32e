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

function by_type(metric, help, values, unit, form,    i, t) {
	family(metric, "gauge", help)
	for (i = 1; i <= count; i++)
		for (t = 1; t <= 2; t++)
			printf "%s{cgroup=\"%s\",type=\"%s\"} " form "\n", metric,
				label(name[i]), types[t], values[i, types[t]] / unit
}

# Only for the cgroups that have the files: not for the root; and only what the
# kernel says
function by_cgroup(metric, kind, help, values, unit, form,    i, said) {
	for (i = 1; i <= count; i++)
		if (interval[i] != "" && values[i] != "") {
			if (!said++)
				family(metric, kind, help)
			printf "%s{cgroup=\"%s\"} " form "\n", metric,
				label(name[i]), values[i] / unit
		}
}

BEGIN {
	recursive = ENVIRON["recursive"] + 0
	read_cgroups(ENVIRON["top"])

	by_type("lruvec_age_seconds",
		"Age of the oldest memory of this type in the subtree, 0 if there is none.",
		age, 1000, "%.3f")
	by_type("lruvec_size_bytes",
		"Memory of this type on the LRU lists of the subtree.",
		size, 1, "%.0f")
	by_cgroup("lruvec_protected_bytes", "gauge",
		  "Memory of the subtree that reclaim passes over, at least: of types that are younger than the effective interval.",
		  protected, 1, "%.0f")
	by_cgroup("lruvec_ws_access_seconds", "gauge",
		  "The interval, memory.ws_access_ms; 0 if there is none.",
		  interval, 1000, "%.3f")
	by_cgroup("lruvec_ws_access_smallest_seconds", "gauge",
		  "The smallest interval on the way up, which counts for reclaim of the whole machine; 0 if there is none.",
		  smallest, 1000, "%.3f")
	by_cgroup("lruvec_ws_access_effective_seconds", "gauge",
		  "The effective interval, which includes what the kernel has learned; 0 if there is none, or it was given up.",
		  effective, 1000, "%.3f")
	by_cgroup("lruvec_ws_access_events_total", "counter",
		  "How often young memory was reclaimed.",
		  events, 1, "%.0f")
}
