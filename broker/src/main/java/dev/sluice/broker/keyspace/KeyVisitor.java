package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Value;

/** Sees one key; {@code array} is valid only during the call, in which no key may be added, changed or removed. */
public interface KeyVisitor {
    void key(byte[] array, int offset, int length, Value.Type type);
}
