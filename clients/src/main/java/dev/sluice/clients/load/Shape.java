package dev.sluice.clients.load;

/**
 * What a load looks like: {@code connections} that each keep {@code pipeline} requests of the shape {@code line} (see
 * {@link Batch}) under way, with numbers below {@code keys}. The same {@code seed} repeats the same requests.
 */
record Shape(String line, int connections, int pipeline, long keys, long seed) {
    Shape {
        if (connections < 1 || pipeline < 1) {
            throw new IllegalArgumentException("connections and pipeline must be at least 1");
        }
    }

    Shape withLine(String other) {
        return new Shape(other, connections, pipeline, keys, seed);
    }
}
