/**
 * Sorted sets that are watched: ranges and ranks, computed when they can have changed and somebody waits for them, once
 * for all who want the same. Whoever writes pays O(1), whatever is watched by how many.
 */
@NullMarked
package dev.sluice.broker.ranking;

import org.jspecify.annotations.NullMarked;
