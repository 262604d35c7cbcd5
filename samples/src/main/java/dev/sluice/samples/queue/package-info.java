/** A queue of jobs that survives its workers. */
@NullMarked
package dev.sluice.samples.queue;

import org.jspecify.annotations.NullMarked;
