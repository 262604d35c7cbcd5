package dev.sluice.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With {@link SortedFilling}: what is filled at once is what would have been added one by one. */
class FieldFillingTest {
    private static final Bytes ONE = Bytes.of("one by one");
    private static final Bytes ALL = Bytes.of("at once");

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");
    private final Database database = broker.keyspace.database(0);
    private final FieldFilling fields = new FieldFilling();

    @AfterEach
    void close() {
        broker.close();
    }

    private List<Bytes> members() {
        List<Bytes> members = new ArrayList<>();
        int kind = random.nextInt(4);
        int size = random.nextInt(1 << random.nextInt(11));
        for (int i = 0; i < size; i++) {
            int number = random.nextInt(2 * size);
            String text = kind == 0 ? Integer.toString(number) : "member" + number;
            members.add(Bytes.of(kind == 1 && random.nextInt(100) == 0 ? text.repeat(10) : text));
        }
        return members;
    }

    private void same(Fresh<?> filled, String about) {
        boolean isEmpty = broker.run("EXISTS", ONE.toString()).text().equals("0");
        if (isEmpty) {
            filled.close();
            return;
        }
        filled.store();
        assertThat(broker.run("OBJECT", "ENCODING", ALL.toString()).text())
                .as(about)
                .isEqualTo(broker.run("OBJECT", "ENCODING", ONE.toString()).text());
        assertThat(broker.run("DEBUG", "DIGEST-VALUE", ALL.toString()).text())
                .as(about)
                .isEqualTo(broker.run("DEBUG", "DIGEST-VALUE", ONE.toString()).text());
        broker.run("DEL", ALL.toString(), ONE.toString()).is(2);
    }

    @Test
    void hashes() {
        for (int round = 0; round < 100 * Seeds.scale(); round++) {
            Fresh<HashValue> fresh = database.freshHash(ALL);
            fields.begin(fresh.value());
            for (Bytes field : members()) {
                Bytes value = Bytes.of("v".repeat(random.nextInt(random.nextInt(50) == 0 ? 200 : 60)));
                HashValue one = database.hashOrNew(ONE);
                boolean isNew = !one.has(field);
                assertThat(fields.add(field, value)).isEqualTo(isNew);
                if (isNew) {
                    one.put(field, value);
                } else if (fresh.value().size() > 0) { // then it is no longer put together, and was changed
                    one.put(field, value);
                }
            }
            fields.end();
            same(fresh, "sluice.seed=%d round %d".formatted(seed, round));
        }
    }

    @Test
    void sets() {
        for (int round = 0; round < 100 * Seeds.scale(); round++) {
            Fresh<SetValue> fresh = database.freshSet(ALL);
            List<Bytes> members = members();
            fields.begin(fresh.value(), members.isEmpty() ? Bytes.EMPTY : members.getFirst());
            for (Bytes member : members) {
                assertThat(fields.add(member, Bytes.EMPTY))
                        .isEqualTo(database.setOrNew(ONE).add(member));
            }
            fields.end();
            same(fresh, "sluice.seed=%d round %d".formatted(seed, round));
        }
    }

    @Test
    void sortedSets() {
        for (int round = 0; round < 100 * Seeds.scale(); round++) {
            Fresh<SortedSet> fresh = database.freshSortedSet(ALL);
            SortedFilling filling = new SortedFilling(fresh.value());
            double score = -5;
            for (Bytes member : members()) {
                score += random.nextInt(200) == 0 ? -1 : random.nextInt(2) * 0.5;
                SortedSet one = database.sortedSetOrNew(ONE);
                if (!one.has(member)) {
                    one.put(member, score);
                    assertThat(filling.add(member, score)).isTrue();
                } else if (random.nextBoolean()) {
                    double same = one.score(member);
                    assertThat(filling.add(member, same)).isFalse();
                }
            }
            filling.end();
            same(fresh, "sluice.seed=%d round %d".formatted(seed, round));
        }
    }

    @Test
    void zerosLoseTheirSignsWhileTheyArePacked() {
        Fresh<SortedSet> fresh = database.freshSortedSet(ALL);
        SortedFilling filling = new SortedFilling(fresh.value());
        assertThat(filling.add(Bytes.of("a"), -0.0)).isTrue();
        assertThat(filling.add(Bytes.of("b"), 0.0)).isTrue();
        filling.end();
        fresh.store();
        broker.run("ZRANGE", ALL.toString(), "0", "-1", "WITHSCORES").is("[a, 0, b, 0]");
    }
}
