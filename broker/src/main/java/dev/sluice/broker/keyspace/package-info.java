/** Databases of keys: lookup, expiry, waiting and watching. Invariant: one thread, the keyspace loop, owns everything here. */
@NullMarked
package dev.sluice.broker.keyspace;

import org.jspecify.annotations.NullMarked;
