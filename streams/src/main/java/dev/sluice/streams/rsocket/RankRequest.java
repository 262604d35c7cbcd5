package dev.sluice.streams.rsocket;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.List;

/**
 * {@link Route#ZSET_RANK}: {@code {key*, member*, around, reverse}}.
 *
 * @param around neighbours on each side, 0 to {@link #AROUND_MAX}
 * @param reverse whether rank 0 has the highest score, not the lowest
 */
public record RankRequest(Bytes key, Bytes member, int around, boolean reverse) {
    public static final int AROUND_MAX = 100;

    public static RankRequest of(Fields fields) {
        RankRequest request = new RankRequest(
                fields.string("key"),
                fields.string("member"),
                fields.integer("around", 0, 0, AROUND_MAX),
                fields.bool("reverse", true));
        fields.end();
        return request;
    }

    /** The payload, for clients. */
    public Reply payload() {
        return Reply.map(
                Bytes.of("key"),
                key,
                Bytes.of("member"),
                member,
                Bytes.of("around"),
                Reply.integer(around),
                Bytes.of("reverse"),
                Reply.bool(reverse));
    }

    /**
     * An element of the answer: {@code {rank, score, before, after}}, rank and score null when the member is not there.
     *
     * @param before neighbours with lower ranks, in the order of ranks, each as {@link RangeRequest#ranked}
     */
    public static Reply standing(Reply rank, Reply score, List<Reply> before, List<Reply> after) {
        return new Reply.Map(List.of(
                Bytes.of("rank"),
                rank,
                Bytes.of("score"),
                score,
                Bytes.of("before"),
                new Reply.Array(before),
                Bytes.of("after"),
                new Reply.Array(after)));
    }
}
