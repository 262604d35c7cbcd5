package dev.sluice.broker.ranking;

import dev.sluice.broker.data.SortedSet;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.HeapRoom;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.RangeRequest;
import dev.sluice.streams.rsocket.RankRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody wants to see of a sorted set. Equal ones see the same. */
sealed interface Window {
    /** What it shows of a set, which is null when there is none. Throws {@link CommandError} if that is too much. */
    Cut of(@Nullable SortedSet set);

    /** Members by rank. */
    record Range(long start, long stop, boolean reverse) implements Window {
        private static final String TOO_LONG = "ERR the range has more than " + RangeRequest.MEMBERS_MAX + " members";

        @Override
        public Cut of(@Nullable SortedSet set) {
            long size = set == null ? 0 : set.size();
            long from = start < 0 ? Math.max(0, size + start) : start;
            long to = stop < 0 ? size + stop : Math.min(stop, size - 1);
            Ranked ranked = new Ranked(from);
            if (set != null && from <= to) {
                if (to - from >= RangeRequest.MEMBERS_MAX) {
                    throw new CommandError(TOO_LONG);
                }
                set.range(from, to, reverse, ranked);
            }
            boolean full = start >= 0 && stop >= 0 && to == stop;
            return new Cut(new Reply.Array(ranked.members), ranked.first, ranked.last, full, reverse);
        }
    }

    /** A member and its neighbours. */
    record Around(Bytes member, int neighbours, boolean reverse) implements Window {
        private static final Cut NOBODY = new Cut(
                RankRequest.standing(Reply.Null.STRING, Reply.Null.STRING, List.of(), List.of()),
                null,
                null,
                false,
                false);

        @Override
        public Cut of(@Nullable SortedSet set) {
            long fromLow = set == null ? -1 : set.rank(member);
            if (set == null || fromLow < 0) {
                return NOBODY;
            }
            long rank = reverse ? set.size() - 1 - fromLow : fromLow;
            long from = Math.max(0, rank - neighbours);
            long to = Math.min(rank + neighbours, set.size() - 1);
            Ranked ranked = new Ranked(from);
            set.range(from, to, reverse, ranked);
            int at = (int) (rank - from);
            Reply value = RankRequest.standing(
                    Reply.integer(rank),
                    Reply.decimal(set.score(member)),
                    ranked.members.subList(0, at),
                    ranked.members.subList(at + 1, ranked.members.size()));
            return new Cut(value, ranked.first, ranked.last, to == rank + neighbours, reverse);
        }
    }

    /** Gathers the members of a range, which it counts from a rank on. */
    final class Ranked implements SortedSet.Visitor {
        private static final int OVERHEAD_BYTES = 256;

        private final List<Reply> members = new ArrayList<>();
        private final HeapRoom.Meter room = new HeapRoom.Meter();
        private final long from;
        private @Nullable Place first;
        private @Nullable Place last;

        private Ranked(long from) {
            this.from = from;
        }

        @Override
        public boolean member(byte[] array, int offset, int length, double score) {
            room.take(OVERHEAD_BYTES + (long) length);
            Bytes member = Bytes.view(array, offset, length).detached();
            last = new Place(score, member);
            first = first == null ? last : first;
            members.add(RangeRequest.ranked(member, score, from + members.size()));
            return true;
        }
    }
}
