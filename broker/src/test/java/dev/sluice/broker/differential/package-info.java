/**
 * Compares servers by the bytes that they answer: transcripts and seeded random commands against redis-server 7.0.15 and
 * a subject. How to add a transcript: {@link dev.sluice.broker.differential.Transcript}. What may differ, and why:
 * {@code deviations.tsv} among the broker's resources.
 */
@NullMarked
package dev.sluice.broker.differential;

import org.jspecify.annotations.NullMarked;
