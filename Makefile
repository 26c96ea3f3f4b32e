# SPDX-License-Identifier: GPL-2.0
#
# A table of contents: what there is to do is in scripts/, vm/, bench/ and
# selftests/.

BASE ?= 6.12
VARIANT ?= patched
export BASE

CACHE := $(shell LRUVEC_AGE_CACHE='$(LRUVEC_AGE_CACHE)' scripts/cache-path)
KERNEL_TREE = $(CACHE)/$(BASE)/$(VARIANT)
KERNEL_IMAGE = $(KERNEL_TREE)/arch/x86/boot/bzImage

help:
	@echo 'make run      show what it does: install what is needed, build the kernel,'
	@echo '              run the same load without an interval and with one, compare'
	@echo 'make run-guest  what a virtual machine gives back to its host, with and without it'
	@echo 'make test     all tests; ends with "N passed, N failed"'
	@echo 'make test-short   of these, what takes no vanilla kernel'
	@echo 'make mutants  prove that the tests catch faults: build each one and see it found'
	@echo 'make stress   random lives of cgroups, intervals, workloads and machine settings, on kernels'
	@echo '              with KASAN, lockdep, KCSAN and others; takes hours'
	@echo 'make scale    10,000 cgroups, 100,000 that come and go, four CPUs that are all in reclaim'
	@echo 'make shell    a shell in a virtual machine with the patched kernel'
	@echo 'make kernel   only build the kernel'
	@echo 'make results  measure everything that bench/results/README.md shows anew'
	@echo 'make bench    the laboratory: the scenarios of bench/scenarios on everything that claims'
	@echo '              to do this; SCENARIO=name runs one of them and says how it meets the goals'
	@echo 'make bench-quick  some of it, which says whether the goals are still met'
	@echo 'make test-tools  test what comes with the patches: tools, documents, packages, runtimes'
	@echo 'make check    every checker of the kernel (sparse, coccinelle, checkpatch...) and every'
	@echo '              configuration, with gcc and clang; what is new since the base fails,'
	@echo '              and so do more lines and bytes than scripts/check-size allows.'
	@echo '              STEP=name runs one of them; make check-quick those that take little time'
	@echo 'make series   the patches as mails, with a cover letter: for git am, git send-email'
	@echo 'make deb      Debian packages of the patched kernel and of the tools; CONFIG=path of its'
	@echo '              .config, default: that of the running kernel'
	@echo 'make tools-deb  the package of the tools alone, in seconds; it needs no kernel of ours'
	@echo 'make install-tools  the tools, their manuals and completion, without a package;'
	@echo '              DESTDIR, PREFIX=/usr/local'
	@echo 'make clean    remove the build tree and all outputs, keep the source and ccache'
	@echo 'make -s print-KERNEL_IMAGE   its path; so for any variable'
	@echo
	@echo 'BASE=$(BASE)        base version: patches/BASE, or the newest before it'
	@echo 'VARIANT=$(VARIANT)  patched, or vanilla: the same base and configuration without our files'
	@echo 'Everything that is built is in $(CACHE)'
	@echo '(LRUVEC_AGE_CACHE changes it).'

run: override VARIANT = patched
run: kernel
	bench/build-workloads
	bench/run-demo

run-guest: override VARIANT = patched
run-guest: kernel
	bench/run-guest

test: source
	scripts/test $(BASE)

test-short: source
	scripts/test $(BASE) --short

mutants: source
	scripts/build-kernel $(BASE) vanilla
	scripts/build-kernel $(BASE) patched
	selftests/run-mutants --keep

stress: source
	selftests/make-stress

scale: source
	selftests/make-scale

test-tools: source
	scripts/build-kernel $(BASE) vanilla
	scripts/build-kernel $(BASE) patched
	scripts/test-tools $(BASE)

check: source
	scripts/check-static $(BASE) $(or $(STEP),--keep)

check-quick: STEP = --quick
check-quick: check

series: source
	scripts/make-series $(BASE)

deb: source
	scripts/make-deb $(BASE) $(CONFIG)

tools-deb:
	scripts/make-tools-deb

install-tools:
	@PREFIX='$(or $(PREFIX),/usr/local)' DESTDIR='$(DESTDIR)' scripts/install-tools

test-deb: source
	scripts/check-deb $(BASE)

test-install: source
	scripts/check-install $(BASE) --build $(or $(CONFIG),vm)

# Everything in bench/results and its tables anew, from both kernels
results: source
	scripts/build-kernel $(BASE) vanilla
	scripts/build-kernel $(BASE) patched
	bench/make-results

bench: source
	bench/make-bench $(SCENARIO)

bench-quick: SCENARIO = --quick
bench-quick: bench

shell: kernel
	vm/shell $(KERNEL_IMAGE)

kernel: source
	scripts/build-kernel $(BASE) $(VARIANT)

# Packages, disk space, the unpacked source
source: check-free
	scripts/fetch-source $(BASE)

check-free: deps
	scripts/check-free $(BASE)

deps:
	scripts/install-deps

clean:
	scripts/clean $(BASE) $(VARIANT)

print-%:
	@echo '$($*)'

.PHONY: help run run-guest test test-short test-tools mutants stress scale results bench bench-quick shell kernel check check-quick series \
	deb test-deb test-install tools-deb install-tools source check-free deps clean
