package dev.sluice.clients;

import java.util.List;

/**
 * Where a member of a sorted set stands.
 *
 * @param rank from 0; {@link #ABSENT} when the member is not there, and then the score is NaN
 * @param before neighbours with lower ranks, in the order of ranks
 * @param after those with higher ranks
 */
public record Standing(long rank, double score, List<Ranked> before, List<Ranked> after) {
    public static final long ABSENT = -1;
}
