/** Values outside the Java heap: the arena and the structures in it. Invariant: only this package and keyspace know handles. */
@NullMarked
package dev.sluice.broker.data;

import org.jspecify.annotations.NullMarked;
