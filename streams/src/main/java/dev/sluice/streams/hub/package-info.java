/**
 * Who hears what is published: channels, patterns and shard channels. Invariant: everything in it runs on one thread,
 * and all subscribers of a channel see one order.
 */
@NullMarked
package dev.sluice.streams.hub;

import org.jspecify.annotations.NullMarked;
