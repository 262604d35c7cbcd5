package dev.sluice.broker.commands;

/** A range of positions, both ends included, as LRANGE and ZRANGE take it: negative ones count from the end. */
record Span(long start, long stop) {
    static final Span EMPTY = new Span(0, -1);

    /** The part of {@code from} to {@code to} that exists in something of this size. */
    static Span of(long from, long to, long size) {
        long start = from < 0 ? Math.max(0, size + from) : from;
        long stop = to < 0 ? size + to : Math.min(to, size - 1);
        return new Span(start, stop);
    }

    boolean isEmpty() {
        return start > stop;
    }

    long size() {
        return isEmpty() ? 0 : stop - start + 1;
    }
}
