/**
 * RESP2 and RESP3, both directions: bytes in, values out, and back. Invariant: nothing that a peer announces (a length,
 * a count, a depth) takes memory before the bytes are there, and every way of splitting the same bytes reads the same.
 */
@NullMarked
package dev.sluice.streams.resp;

import org.jspecify.annotations.NullMarked;
