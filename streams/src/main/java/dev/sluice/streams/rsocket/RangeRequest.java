package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.List;

/**
 * {@link Route#ZSET_WATCH}: {@code {key*, start, stop, reverse}}; the ten highest unless it is said.
 *
 * @param start rank of the first member, from 0; negative ones count from the end
 * @param stop rank of the last one, which is included; at most {@link #MEMBERS_MAX} members in all
 * @param reverse whether rank 0 has the highest score, not the lowest
 */
public record RangeRequest(Bytes key, long start, long stop, boolean reverse) {
    /** Members that a range may have. */
    public static final int MEMBERS_MAX = 1000;

    private static final long STOP_DEFAULT = 9;

    public static RangeRequest of(Fields fields) {
        RangeRequest request = new RangeRequest(
                fields.string("key"),
                fields.integer("start", 0, Long.MIN_VALUE, Long.MAX_VALUE),
                fields.integer("stop", STOP_DEFAULT, Long.MIN_VALUE, Long.MAX_VALUE),
                fields.bool("reverse", true));
        fields.end();
        boolean known = request.start < 0 == request.stop < 0;
        if (known && request.stop - request.start >= MEMBERS_MAX) {
            throw Fields.error("stop", "must be less than " + MEMBERS_MAX + " after start");
        }
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("key"),
                key,
                Bytes.of("start"),
                Reply.integer(start),
                Bytes.of("stop"),
                Reply.integer(stop),
                Bytes.of("reverse"),
                Reply.bool(reverse));
    }

    /** A member in the answers of this route and of {@link Route#ZSET_RANK}: {@code {member, score, rank}}. */
    public static Reply ranked(Bytes member, double score, long rank) {
        return new Reply.Map(List.of(
                Bytes.of("member"),
                member,
                Bytes.of("score"),
                Reply.decimal(score),
                Bytes.of("rank"),
                Reply.integer(rank)));
    }
}
