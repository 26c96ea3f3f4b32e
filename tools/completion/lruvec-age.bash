# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion for wsctl, wstop, wstrim and wsprobe, in bash, with or without bash-completion.

# _lruvec_age_root: the cgroup file system
_lruvec_age_root() {
	local word previous=
	for word in "${COMP_WORDS[@]}"; do
		[[ $previous != --root ]] || { printf '%s\n' "${word%/}"; return; }
		previous=$word
	done
	awk '$3 == "cgroup2" { where = $2 } END { print where }' /proc/mounts
}

# _lruvec_age_lines: lines of stdin that begin with the word
_lruvec_age_lines() {
	local line
	while IFS= read -r line; do
		[[ $line != "$word"* ]] || COMPREPLY+=("$(printf %q "$line")")
	done
}

# _lruvec_age_cgroups [WITHOUT]: paths, absolute ones with the mount point or, WITHOUT, none
_lruvec_age_cgroups() {
	local root path base
	root=$(_lruvec_age_root)
	[[ -n $root ]] || return 0
	base=$root/
	[[ $word != "$root"/* ]] || base=
	[[ $base == '' || $word != /* ]] || base=$root
	while IFS= read -r path; do
		COMPREPLY+=("$(printf %q "${path#"$base"}")/")
	done < <(compgen -d -- "$base$word")
	compopt -o nospace 2>/dev/null || true
}

_lruvec_age_units() {
	_lruvec_age_lines < <(systemctl list-units --all --plain --no-legend --full \
		--type=service,slice,scope 2>/dev/null | awk '$2 == "loaded" { print $1 }')
}

_lruvec_age_containers() {
	_lruvec_age_lines < <(podman ps --format '{{.Names}}' 2>/dev/null)
	_lruvec_age_lines < <(docker ps --format '{{.Names}}' 2>/dev/null)
}

# _lruvec_age_words WORD...
_lruvec_age_words() {
	local candidate
	for candidate; do
		[[ $candidate != "$word"* ]] || COMPREPLY+=("$candidate")
	done
}

_lruvec_age_times() {
	case $word in
	'' | *[!0-9]*) ;;
	*) _lruvec_age_words "$word"{ms,s,min,h} ;;
	esac
}

_lruvec_age_files() {
	compopt -o filenames 2>/dev/null || true
	mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

# _lruvec_age_value: that of an option of any of them; false if the word before is none
_lruvec_age_value() {
	case ${COMP_WORDS[0]##*/}${COMP_WORDS[COMP_CWORD - 1]} in
	*--root | *--units)
		compopt -o filenames 2>/dev/null || true
		mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	*--mounts | *--state | *--textfile) _lruvec_age_files ;;
	wstop--interval) ;;
	*--floor | *--ceiling | *--interval | *--time) _lruvec_age_times ;;
	*--below) _lruvec_age_cgroups ;;
	*--source) _lruvec_age_words page_idle damon lru_gen smaps ;;
	*--budget | *--tolerance | *--max-pressure | *--sample) ;;
	*) return 1 ;;
	esac
}

_lruvec_age_wsctl() {
	local word=${COMP_WORDS[COMP_CWORD]} command='' previous='' i target=0
	COMPREPLY=()
	! _lruvec_age_value || return 0
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		set | unset | show | check) [[ -n $command ]] && target=1 || command=${COMP_WORDS[i]} ;;
		--root | --mounts | --units | --state) i=$((i + 1)) ;;
		-*) ;;
		*) target=1 ;;
		esac
	done
	case $word in
	-*)
		_lruvec_age_words --root --mounts --units --state --help
		[[ $command != set ]] || _lruvec_age_words --with-ancestors --runtime ;;
	*)
		if [[ -z $command ]]; then
			_lruvec_age_words set unset show check
		elif [[ $command == set && $target == 1 ]]; then
			_lruvec_age_times
		elif [[ $command != unset || $target == 0 ]]; then
			_lruvec_age_cgroups
			_lruvec_age_units
			_lruvec_age_containers
		fi ;;
	esac
}

_lruvec_age_wstop() {
	local word=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	_lruvec_age_value || _lruvec_age_words --once --raw --interval --root --mounts --help
}

_lruvec_age_wstrim() {
	local word=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	! _lruvec_age_value || return 0
	case $word in
	-*) _lruvec_age_words --below --floor --ceiling --interval --tolerance --max-pressure --budget \
		--plain --report --state --once --dry-run --verbose --json --textfile --suggest --set-interval \
		--root --help ;;
	*) _lruvec_age_cgroups ;;
	esac
}

_lruvec_age_wsprobe() {
	local word=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	! _lruvec_age_value || return 0
	case $word in
	-*) _lruvec_age_words --time --budget --sample --source --all --json --root --help ;;
	*)
		_lruvec_age_cgroups
		_lruvec_age_units ;;
	esac
}

complete -F _lruvec_age_wsctl wsctl
complete -F _lruvec_age_wstop wstop
complete -F _lruvec_age_wstrim wstrim
complete -F _lruvec_age_wsprobe wsprobe
