package dev.sluice.broker.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.rsocket.RangeRequest;
import dev.sluice.streams.rsocket.RankRequest;
import dev.sluice.streams.rsocket.SharedReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankingsTest {
    private final InMemoryBroker broker = new InMemoryBroker();
    private final Rankings rankings = broker.rankings;

    /** Takes all there is, as long as it may take more. */
    private final class Watcher {
        private final Ranking ranking;
        private final List<String> seen = new ArrayList<>();
        private int demand;

        Watcher(int demand, Function<Runnable, Ranking> watch) {
            this.demand = demand;
            this.ranking = watch.apply(this::go);
            go();
        }

        void request(int more) {
            demand += more;
            go();
        }

        private void go() {
            SharedReply next = demand > 0 ? ranking.take() : null;
            if (next != null) {
                seen.add(text(next.reply()));
                if (--demand > 0) {
                    ranking.await();
                }
            }
        }

        @Nullable
        String last() {
            return seen.isEmpty() ? null : seen.getLast();
        }
    }

    private static final int ALL = Integer.MAX_VALUE;

    private Watcher range(String key, long start, long stop, boolean reverse, int demand) {
        RangeRequest request = new RangeRequest(Bytes.of(key), start, stop, reverse);
        return new Watcher(demand, ready -> rankings.watch(0, request, ready));
    }

    private Watcher rank(String key, String member, int around, int demand) {
        RankRequest request = new RankRequest(Bytes.of(key), Bytes.of(member), around, true);
        return new Watcher(demand, ready -> rankings.watch(0, request, ready));
    }

    /** Members as {@code rank:member=score}. */
    private static String text(Reply value) {
        return switch (value) {
            case Reply.Array(var members) ->
                String.join(" ", members.stream().map(RankingsTest::text).toList());
            case Reply.Map(var pairs) when pairs.size() == 6 -> pairs.get(5) + ":" + pairs.get(1) + "=" + pairs.get(3);
            case Reply.Map(var pairs) ->
                number(pairs.get(1)) + "=" + number(pairs.get(3)) + " [" + text(pairs.get(5)) + "] ["
                        + text(pairs.get(7)) + "]";
            case Reply other -> number(other);
        };
    }

    private static String number(Reply number) {
        return number instanceof Reply.Null ? "null" : number.toString();
    }

    private void run(String line) {
        broker.run(line.split(" "));
    }

    private void turn(String... lines) {
        for (String line : lines) {
            run(line);
        }
        broker.endTurn();
    }

    @BeforeEach
    void fill() {
        turn("ZADD board 1 a 2 b 3 c 4 d 5 e");
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private static String shown(String members) {
        // scores and ranks as records print them
        return members.replaceAll("(\\d+):(\\w+)=(\\d+)", "Int[value=$1]:$2=Decimal[value=$3.0]");
    }

    @Test
    void theRangeNowAndOnChange() {
        Watcher top = range("board", 0, 1, true, ALL);
        assertThat(top.seen).isEmpty();
        broker.endTurn();
        assertThat(top.seen).containsExactly(shown("0:e=5 1:d=4"));
        turn("ZADD board 6 a");
        assertThat(top.seen).hasSize(2);
        assertThat(top.last()).isEqualTo(shown("0:a=6 1:e=5"));
        turn("ZADD board 6 a", "EXPIRE board 1000", "PERSIST board", "SET other x");
        assertThat(top.seen).hasSize(2);
    }

    @Test
    void aTurnIsOneChange() {
        Watcher top = range("board", 0, 0, true, ALL);
        broker.endTurn();
        long before = rankings.computed();
        turn("ZINCRBY board 10 a", "ZINCRBY board 20 a", "ZINCRBY board 30 a");
        assertThat(top.seen).containsExactly(shown("0:e=5"), shown("0:a=61"));
        assertThat(rankings.computed()).isEqualTo(before + 1);
    }

    @Test
    void thoseWhoWantTheSameShareOneComputation() {
        List<Watcher> watchers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            watchers.add(range("board", 0, 9, true, ALL));
        }
        assertThat(rankings.views()).isOne();
        broker.endTurn();
        assertThat(rankings.computed()).isOne();
        turn("ZADD board 9 x");
        assertThat(rankings.computed()).isEqualTo(2);
        assertThat(watchers).allMatch(watcher -> watcher.seen.size() == 2);
    }

    @Test
    void aChangeBehindTheRangeComputesNothing() {
        range("board", 0, 1, true, ALL);
        range("board", 0, 1, false, ALL);
        broker.endTurn();
        long before = rankings.computed();
        turn("ZADD board 2.5 b", "ZADD board 3.2 x", "ZINCRBY board 0.1 x", "ZREM board x", "ZREM board none");
        assertThat(rankings.computed()).as("behind both, but for b").isEqualTo(before + 1);
        before = rankings.computed();
        turn("ZADD board 3.2 x", "ZINCRBY board 0.1 x", "ZREM board x");
        assertThat(rankings.computed()).isEqualTo(before);
        turn("ZADD board 4.5 c");
        assertThat(rankings.computed()).as("above the second").isEqualTo(before + 1);
    }

    @Test
    void aChangeBeforeTheRangeComputesNothingIfNobodyComesOrGoes() {
        Watcher third = range("board", 3, 4, true, ALL);
        broker.endTurn();
        assertThat(third.last()).isEqualTo(shown("3:b=2 4:a=1"));
        long before = rankings.computed();
        turn("ZADD board 7 d", "ZINCRBY board 1 e");
        assertThat(rankings.computed()).isEqualTo(before);
        turn("ZADD board 9 x");
        assertThat(third.last()).isEqualTo(shown("3:c=3 4:b=2"));
    }

    @Test
    void withoutDemandNothingIsComputedAndTheNewestComes() {
        Watcher one = range("board", 0, 0, true, 1);
        broker.endTurn();
        long before = rankings.computed();
        for (int i = 10; i < 20; i++) {
            turn("ZADD board " + i + " a");
        }
        assertThat(rankings.computed()).isEqualTo(before);
        assertThat(one.seen).containsExactly(shown("0:e=5"));
        one.request(1);
        broker.endTurn();
        assertThat(one.seen).containsExactly(shown("0:e=5"), shown("0:a=19"));
        one.request(1);
        broker.endTurn();
        assertThat(one.seen).hasSize(2);
        turn("ZADD board 30 a");
        assertThat(one.last()).isEqualTo(shown("0:a=30"));
    }

    @Test
    void whoComesLaterSeesWhatThereIsNow() {
        range("board", 0, 0, true, ALL);
        broker.endTurn();
        run("ZADD board 30 a");
        Watcher late = range("board", 0, 0, true, 1);
        broker.endTurn();
        assertThat(late.seen).containsExactly(shown("0:a=30"));
        Watcher current = range("board", 0, 0, true, 1);
        assertThat(current.seen).as("at once, as it is known").containsExactly(shown("0:a=30"));
    }

    @Test
    void theRankOfAMemberAndItsNeighbours() {
        Watcher plain = rank("board", "c", 0, ALL);
        Watcher around = rank("board", "c", 1, ALL);
        Watcher nobody = rank("board", "x", 3, ALL);
        broker.endTurn();
        assertThat(plain.last()).isEqualTo("Int[value=2]=Decimal[value=3.0] [] []");
        assertThat(around.last())
                .isEqualTo("Int[value=2]=Decimal[value=3.0] [" + shown("1:d=4") + "] [" + shown("3:b=2") + "]");
        assertThat(nobody.last()).isEqualTo("null=null [] []");
        long before = rankings.computed();
        turn("ZINCRBY board 1 e", "ZINCRBY board -1 a");
        assertThat(rankings.computed())
                .as("on both sides: cannot be told apart from across")
                .isGreaterThan(before);
        before = rankings.computed();
        turn("ZINCRBY board 1 e");
        assertThat(rankings.computed()).isEqualTo(before);
        turn("ZADD board 9 x");
        assertThat(plain.last()).startsWith("Int[value=3]=");
        assertThat(nobody.last()).isEqualTo("Int[value=0]=Decimal[value=9.0] [] [" + shown("1:e=7 2:d=4 3:c=3") + "]");
        turn("ZREM board x");
        assertThat(nobody.last()).isEqualTo("null=null [] []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DEL board",
                "UNLINK board",
                "FLUSHALL",
                "FLUSHDB",
                "RENAME board other",
                "MOVE board 1",
                "SWAPDB 0 1",
                "PEXPIREAT board 1",
                "ZREM board a b c d e",
                "ZPOPMAX board 5",
                "ZREMRANGEBYRANK board 0 -1",
                "ZINTERSTORE board 2 board none"
            })
    void whateverEmptiesTheKeyIsAChange(String line) {
        Watcher top = range("board", 0, 9, true, ALL);
        Watcher rank = rank("board", "c", 0, ALL);
        broker.endTurn();
        turn(line);
        assertThat(top.seen).hasSize(2);
        assertThat(top.last()).isEmpty();
        assertThat(rank.last()).isEqualTo("null=null [] []");
        turn("ZADD board 1 c");
        assertThat(top.last()).isEqualTo(shown("0:c=1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ZADD board 9 a",
                "ZINCRBY board 8 a",
                "GEOADD board 13.361389 38.115556 a",
                "ZREM board e",
                "ZPOPMAX board",
                "ZPOPMIN board",
                "ZREMRANGEBYSCORE board 4 4",
                "ZRANGESTORE board board 0 2",
                "ZUNIONSTORE board 1 board WEIGHTS 2",
                "RENAME source board",
                "COPY source board REPLACE",
                "ZPEXPIREAT board 1 MEMBERS 1 b",
                "SORT none STORE board"
            })
    void whateverChangesTheKeyIsAChange(String line) {
        turn("ZADD source 1 a");
        Watcher all = range("board", 0, -1, false, ALL);
        broker.endTurn();
        String before = all.last();
        turn(line);
        assertThat(all.seen).hasSize(2);
        assertThat(all.last()).isNotEqualTo(before);
    }

    @Test
    void whatExpiresChanges() {
        Watcher all = range("board", 0, -1, false, ALL);
        turn("ZPEXPIRE board 10 MEMBERS 1 a", "PEXPIRE board 100");
        broker.pass(50);
        turn("ZCARD board");
        assertThat(all.last()).isEqualTo(shown("0:b=2 1:c=3 2:d=4 3:e=5"));
        broker.pass(100);
        turn("ZCARD board");
        assertThat(all.last()).isEmpty();
    }

    @Test
    void anotherTypeEndsTheWatching() {
        Watcher top = range("board", 0, 9, true, ALL);
        broker.endTurn();
        run("SET board text");
        assertThatThrownBy(broker::endTurn)
                .isInstanceOf(CommandError.class)
                .hasMessage("WRONGTYPE Operation against a key holding the wrong kind of value");
        top.ranking.close();
        assertThat(rankings.watchers()).isZero();
    }

    @Test
    void aRangeThatIsTooLongIsRefused() {
        String[] zadd = new String[2 + 2 * 1001];
        zadd[0] = "ZADD";
        zadd[1] = "long";
        for (int i = 0; i < 1001; i++) {
            zadd[2 + 2 * i] = "" + i;
            zadd[3 + 2 * i] = "m" + i;
        }
        broker.run(zadd).is(1001);
        range("long", 0, -1, true, ALL);
        assertThatThrownBy(broker::endTurn).hasMessage("ERR the range has more than 1000 members");
    }

    @Test
    void whoLeavesIsForgotten() {
        List<Watcher> watchers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            watchers.add(range("board", i, 20, true, i % 2 == 0 ? ALL : 1));
            watchers.add(rank("board" + i, "a", i, i % 3));
        }
        assertThat(rankings.watchers()).isEqualTo(20);
        assertThat(rankings.views()).isEqualTo(20);
        run("ZADD board 7 a");
        watchers.subList(0, 5).forEach(watcher -> watcher.ranking.close());
        broker.endTurn();
        run("ZADD board 8 a");
        watchers.forEach(watcher -> watcher.ranking.close());
        watchers.forEach(watcher -> watcher.ranking.close());
        assertThat(rankings.watchers()).isZero();
        assertThat(rankings.views()).isZero();
        assertThat(broker.changes.isFollowed()).isFalse();
        long before = rankings.computed();
        turn("ZADD board 9 a");
        assertThat(rankings.computed()).isEqualTo(before);
        Watcher again = range("board", 0, 0, true, 1);
        broker.endTurn();
        assertThat(again.last()).isEqualTo(shown("0:a=9"));
    }

    /** Whatever changes, whoever has demand has in the end what a fresh look would show, and never the same twice. */
    @Test
    void whatIsSeenIsWhatThereIs() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        String hint = "-Dsluice.seed=" + seed;
        List<Function<Integer, Watcher>> kinds = List.of(
                demand -> range("board", 0, 2, true, demand),
                demand -> range("board", 2, 4, false, demand),
                demand -> range("board", 1, -2, true, demand),
                demand -> range("board", -3, -1, false, demand),
                demand -> range("board", 8, 9, true, demand),
                demand -> rank("board", "m3", 0, demand),
                demand -> rank("board", "m5", 2, demand));
        List<Watcher> always = new ArrayList<>();
        List<Watcher> sometimes = new ArrayList<>();
        for (Function<Integer, Watcher> kind : kinds) {
            always.add(kind.apply(ALL));
            sometimes.add(kind.apply(1));
        }
        broker.endTurn();
        for (int i = 2000 * Integer.getInteger("sluice.scale", 1); i > 0; i--) {
            for (int n = random.nextInt(3); n >= 0; n--) {
                run(change(random));
            }
            if (random.nextInt(4) == 0) {
                sometimes.get(random.nextInt(sometimes.size())).request(1);
            }
            broker.endTurn();
            for (int kind = 0; kind < kinds.size(); kind++) {
                Watcher fresh = kinds.get(kind).apply(1);
                broker.endTurn();
                assertThat(always.get(kind).last()).as(hint).isEqualTo(fresh.last());
                fresh.ranking.close();
            }
        }
        for (int kind = 0; kind < kinds.size(); kind++) {
            sometimes.get(kind).request(1);
            broker.endTurn();
            assertThat(sometimes.get(kind).last())
                    .as(hint)
                    .isEqualTo(always.get(kind).last());
            assertThat(sometimes.get(kind).seen).as(hint).satisfies(RankingsTest::neverTheSameTwice);
            assertThat(always.get(kind).seen).as(hint).satisfies(RankingsTest::neverTheSameTwice);
        }
    }

    private static String change(Random random) {
        String member = "m" + random.nextInt(10);
        return switch (random.nextInt(40)) {
            case 0 -> "DEL board";
            case 1 -> "ZPOPMIN board 2";
            case 2 -> "ZREMRANGEBYRANK board 1 2";
            case 3, 4, 5, 6 -> "ZREM board " + member;
            case 7, 8, 9, 10, 11 ->
                "ZADD board " + random.nextInt(20) + " " + member + " " + random.nextInt(20) + " m3";
            default -> "ZINCRBY board " + (random.nextInt(9) - 4) + " " + member;
        };
    }

    private static void neverTheSameTwice(List<? extends String> seen) {
        for (int i = 1; i < seen.size(); i++) {
            assertThat(seen.get(i)).isNotEqualTo(seen.get(i - 1));
        }
    }
}
