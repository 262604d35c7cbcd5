/**
 * The bounded queue between a publisher and one subscriber, driven by that subscriber's demand. Invariant: the only
 * hand-written Publisher of the project is here, and nothing in it grows without a named limit.
 */
@NullMarked
package dev.sluice.streams.flow;

import org.jspecify.annotations.NullMarked;
