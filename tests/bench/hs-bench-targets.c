/* SPDX-License-Identifier: MIT */
#include "hs-bench-targets.h"

#define TEN_MILLION 10500000

const HsBenchTarget hs_bench_targets[] = {
    {"Load", "load-plain", "64 KiB buffers", 30e6, TRUE, 0},
    {NULL, "load-plain-1mib", "1 MiB buffers", 30e6, TRUE, 0},
    {NULL, "load-xpress", "XPRESS", 15e6, TRUE, 0},
    {NULL, "load-stacks", "a stack of ten frames with every allocation", 15e6, TRUE, 0},
    {NULL, "cli-summary", "heapscope-cli summary, from start to end", 0, FALSE, 0},
    {"Memory", "memory-resident-plain", "resident, beyond the mapped file", 32, FALSE, 0},
    {NULL, "memory-resident-xpress", "the same, XPRESS", 32, FALSE, 0},
    {NULL, "memory-resident-stacks", "the same, with stacks", 40, FALSE, 0},
    {NULL, "memory-account-plain", "by the program's account", 32, FALSE, 0},
    {NULL, "memory-most-plain", "at most, while it loads", 0, FALSE, 0},
    {"Window", "start-to-window", "from start to the first picture", 300, FALSE, TEN_MILLION},
    {NULL, "start-to-trace", "from start to the first picture of the trace", 0, FALSE, 0},
    {NULL, "window-ready", "from opening to all panes ready", 0, FALSE, 0},
    {NULL, "load-main-loop-gap-max", "longest gap in the main loop while it loads", 16, FALSE, 0},
    {NULL, "load-drawn-main-loop-gap-max", "the same after the window's first frame", 16, FALSE, 0},
    {NULL, "load-drawn-main-thread-work-max", "the main thread's work in the longest of these", 16, FALSE, 0},
    {NULL, "load-in-use-drawn-main-loop-gap-max", "longest gap after it, zoomed and filtered meanwhile", 16, FALSE, 0},
    {NULL, "load-in-use-drawn-main-thread-work-max", "the main thread's work in the longest of these", 16, FALSE, 0},
    {NULL, "typing-main-loop-gap-max", "longest gap while a filter is typed", 16, FALSE, 0},
    {"Filter and sort", "filter-to-rows-*", "any expression, to its rows", 50, FALSE, TEN_MILLION},
    {NULL, "filter-to-chart-*", "any expression, to its chart", 100, FALSE, TEN_MILLION},
    {NULL, "filter-stop-worst", "a filter that is superseded stops after", 0, FALSE, 0},
    {NULL, "sort-events-*", "events by any column", 500, FALSE, TEN_MILLION},
    {NULL, "sort-blocks-*", "allocations by any column", 500, FALSE, TEN_MILLION},
    {"Charts and maps", "chart-first-bytes-*", "outstanding bytes, the first time", 0, FALSE, 0},
    {NULL, "chart-first-rate-events-*", "rate, the first time", 0, FALSE, 0},
    {NULL, "chart-step-*", "any chart, when the view moves", 0, FALSE, 0},
    {NULL, "map-axis-all", "the map's axis", 0, FALSE, 0},
    {NULL, "map-picture-*", "exact picture of the map, 1920 × 1080, any view", 0, FALSE, 0},
    {NULL, "map-hit-*", "the block under a point", 0, FALSE, 0},
    {NULL, "instant-order", "blocks in order for the map of an instant", 0, FALSE, 0},
    {NULL, "instant-step-pixel", "the instant a pixel on", 0, FALSE, 0},
    {NULL, "instant-step-anywhere", "the instant anywhere", 0, FALSE, 0},
    {NULL, "histogram-whole-*", "histograms", 0, FALSE, 0},
    {NULL, "biography", "biography of an address", 0, FALSE, 0},
    {NULL, "comparison", "two moments compared", 0, FALSE, 0},
    {"Frames", "frame-p99", "pan and zoom, p99 of a frame", 8, FALSE, 0},
    {NULL, "frame-cpu-p99", "the same in processor time", 8, FALSE, 0},
    {NULL, "exact-picture-max", "last input to exact pictures", 100, FALSE, TEN_MILLION},
    {NULL, "exact-picture-max", "last input to exact pictures", 500, FALSE, 0},
    {NULL, "table-attach-*s", "all rows into a table", 1, FALSE, 0},
    {NULL, "table-scroll-*-p99", "scrolling, p99 of a frame", 2, FALSE, 0},
    {NULL, "table-scroll-*-cpu-*-p99", "the same in processor time", 2, FALSE, 0},
    {"Export", "export-*-csv", "CSV", 2e6, TRUE, 0},
    {NULL, "export-*-ndjson", "ndjson", 0, TRUE, 0},
    {NULL, "export-sqlite", "SQLite, events and allocations", 0.5e6, TRUE, 0},
};
const guint hs_bench_n_targets = G_N_ELEMENTS(hs_bench_targets);

const HsBenchGrowth hs_bench_growths[] = {
    {"load-time-plain", "time to load", FALSE, 11},
    {"load-time-xpress", "time to load, XPRESS", FALSE, 11},
    {"load-time-stacks", "time to load, with stacks", FALSE, 11},
    {"memory-resident-plain", "resident memory", TRUE, 10.5},
    {"memory-account-plain", "memory by the account", TRUE, 10.5},
};
const guint hs_bench_n_growths = G_N_ELEMENTS(hs_bench_growths);
