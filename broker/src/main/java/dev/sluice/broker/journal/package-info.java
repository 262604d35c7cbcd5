/** What changed, in order of execution: the spine that persistence and replication read. */
@NullMarked
package dev.sluice.broker.journal;

import org.jspecify.annotations.NullMarked;
