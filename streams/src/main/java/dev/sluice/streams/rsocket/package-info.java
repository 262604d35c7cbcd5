/**
 * The values that travel, as RSocket payloads: JSON, CBOR and RESP3, both directions, and the requests of the routes.
 * Invariant: a payload is read within its limits, and one that cannot be read is a {@link
 * dev.sluice.streams.message.CommandError} that says what is wrong with which field.
 */
@NullMarked
package dev.sluice.streams.rsocket;

import org.jspecify.annotations.NullMarked;
