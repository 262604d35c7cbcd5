/**
 * The values that travel: byte strings, requests, replies. They know nothing of wires, keys or sockets, and have no
 * behaviour beyond themselves. Invariant: every value here is immutable once it is handed over, except that a
 * {@link dev.sluice.streams.message.Packed} reply must be released by whoever writes or drops it.
 */
@NullMarked
package dev.sluice.streams.message;

import org.jspecify.annotations.NullMarked;
