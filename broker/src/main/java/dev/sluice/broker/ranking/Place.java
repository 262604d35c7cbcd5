package dev.sluice.broker.ranking;

import dev.sluice.streams.message.Bytes;

/** Where a member stands in the ascending order of a sorted set: by score, then by bytes. */
record Place(double score, Bytes member) {
    boolean isBefore(Place other) {
        return isBefore(other.score, other.member);
    }

    boolean isBefore(double otherScore, Bytes otherMember) {
        return score < otherScore || score == otherScore && member.compareTo(otherMember) < 0;
    }

    boolean isAfter(double otherScore, Bytes otherMember) {
        return score > otherScore || score == otherScore && member.compareTo(otherMember) > 0;
    }
}
