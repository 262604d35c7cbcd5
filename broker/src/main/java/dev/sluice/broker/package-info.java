/** The composition root: the only place that builds parts, reads the real clock, and opens the real disk. */
@NullMarked
package dev.sluice.broker;

import org.jspecify.annotations.NullMarked;
