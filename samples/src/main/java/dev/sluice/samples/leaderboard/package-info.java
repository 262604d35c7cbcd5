/**
 * A web page that follows a sorted set and a channel. What the browser runs is in {@code src/main/web}; it talks to the
 * broker itself, and this package only serves its files.
 */
@NullMarked
package dev.sluice.samples.leaderboard;

import org.jspecify.annotations.NullMarked;
