package dev.sluice.streams.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Published.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HubTest {
    private final Hub hub = new Hub();

    /** A listener that notes what it hears, and then does what the test wants. */
    private final class Ear implements Listener {
        final List<String> heard = new ArrayList<>();
        final Subscriptions subscriptions = hub.join(this);
        Consumer<Published> then = message -> {};

        Ear channels(String... names) {
            return add(Kind.CHANNEL, names);
        }

        Ear patterns(String... names) {
            return add(Kind.PATTERN, names);
        }

        Ear shards(String... names) {
            return add(Kind.SHARD, names);
        }

        private Ear add(Kind kind, String... names) {
            for (String name : names) {
                assertThat(subscriptions.add(kind, bytes(name))).isTrue();
            }
            return this;
        }

        @Override
        public void deliver(Published message) {
            heard.add(message.toString());
            then.accept(message);
        }
    }

    private static Bytes bytes(String text) {
        return Bytes.of(text);
    }

    private long publish(String channel, String message) {
        return hub.publish(bytes(channel), bytes(message));
    }

    @Test
    void aMessageReachesWhoIsSubscribedToItsChannel() {
        Ear one = new Ear().channels("a");
        Ear two = new Ear().channels("a", "b");
        assertThat(publish("a", "1")).isEqualTo(2);
        assertThat(publish("b", "2")).isEqualTo(1);
        assertThat(publish("c", "3")).isZero();
        assertThat(one.heard).containsExactly("message a 1");
        assertThat(two.heard).containsExactly("message a 1", "message b 2");
    }

    @Test
    void eachMatchingSubscriptionCounts() {
        Ear ear = new Ear().channels("news.1").patterns("news.*", "*");
        Ear other = new Ear().patterns("news.*");
        assertThat(publish("news.1", "x")).isEqualTo(4);
        assertThat(ear.heard).containsExactly("message news.1 x", "pmessage news.* news.1 x", "pmessage * news.1 x");
        assertThat(other.heard).containsExactly("pmessage news.* news.1 x");
        assertThat(publish("weather", "y")).isEqualTo(1);
    }

    @Test
    void shardChannelsAreAWorldOfTheirOwn() {
        Ear ear = new Ear().shards("a").patterns("*");
        assertThat(hub.publishToShard(bytes("a"), bytes("1"))).isEqualTo(1);
        assertThat(publish("a", "2")).isEqualTo(1);
        assertThat(ear.heard).containsExactly("smessage a 1", "pmessage * a 2");
    }

    @Test
    void subscribingTwiceCountsOnce() {
        Ear ear = new Ear().channels("a").patterns("a*").shards("a");
        for (Kind kind : Kind.values()) {
            assertThat(ear.subscriptions.add(kind, bytes(kind == Kind.PATTERN ? "a*" : "a")))
                    .isFalse();
            assertThat(ear.subscriptions.count(kind)).isEqualTo(1);
        }
        assertThat(ear.subscriptions.count()).isEqualTo(2);
        assertThat(publish("a", "1")).isEqualTo(2);
        assertThat(ear.heard).containsExactly("message a 1", "pmessage a* a 1");
    }

    @Test
    void nothingArrivesAfterUnsubscribing() {
        Ear ear = new Ear().channels("a", "b").patterns("a*");
        assertThat(ear.subscriptions.remove(Kind.CHANNEL, bytes("a"))).isTrue();
        assertThat(ear.subscriptions.remove(Kind.CHANNEL, bytes("a"))).isFalse();
        assertThat(ear.subscriptions.remove(Kind.PATTERN, bytes("a*"))).isTrue();
        assertThat(ear.subscriptions.remove(Kind.SHARD, bytes("b"))).isFalse();
        assertThat(publish("a", "1")).isZero();
        assertThat(ear.subscriptions.contains(Kind.CHANNEL, bytes("a"))).isFalse();
        assertThat(ear.subscriptions.contains(Kind.CHANNEL, bytes("b"))).isTrue();
        assertThat(ear.subscriptions.list(Kind.CHANNEL)).containsExactly(bytes("b"));
        assertThat(ear.heard).isEmpty();
    }

    @Test
    void introspectionKnowsOnlyWhatIsSubscribedTo() {
        Ear one = new Ear().channels("a", "ab", "b").patterns("x*").shards("s");
        Ear two = new Ear().channels("a").patterns("x*", "y*");
        assertThat(hub.names(Kind.CHANNEL, null)).containsExactlyInAnyOrder(bytes("a"), bytes("ab"), bytes("b"));
        assertThat(hub.names(Kind.CHANNEL, bytes("a*"))).containsExactlyInAnyOrder(bytes("a"), bytes("ab"));
        assertThat(hub.names(Kind.SHARD, null)).containsExactly(bytes("s"));
        assertThat(hub.subscribers(Kind.CHANNEL, bytes("a"))).isEqualTo(2);
        assertThat(hub.subscribers(Kind.CHANNEL, bytes("nobody"))).isZero();
        assertThat(hub.subscribers(Kind.SHARD, bytes("s"))).isEqualTo(1);
        assertThat(hub.count(Kind.PATTERN)).isEqualTo(2);
        two.subscriptions.close();
        assertThat(hub.count(Kind.PATTERN)).isEqualTo(1);
        assertThat(hub.subscribers(Kind.CHANNEL, bytes("a"))).isEqualTo(1);
        one.subscriptions.close();
        for (Kind kind : Kind.values()) {
            assertThat(hub.count(kind)).isZero();
            assertThat(hub.names(kind, null)).isEmpty();
        }
    }

    @Test
    void whoHasLeftCanComeBack() {
        Ear ear = new Ear().channels("a").patterns("*").shards("a");
        ear.subscriptions.close();
        ear.subscriptions.close();
        assertThat(ear.subscriptions.isEmpty()).isTrue();
        assertThat(publish("a", "1")).isZero();
        ear.channels("a");
        assertThat(publish("a", "2")).isEqualTo(1);
        assertThat(ear.heard).containsExactly("message a 2");
    }

    @Test
    void namesAndMessagesAreCopiedOutOfTheInboundBuffer() {
        byte[] inbound = "xxaxx1xx".getBytes();
        Ear ear = new Ear();
        Published[] kept = new Published[2];
        ear.then = message -> kept[message.kind().ordinal()] = message;
        ear.subscriptions.add(Kind.CHANNEL, Bytes.view(inbound, 2, 1));
        ear.subscriptions.add(Kind.PATTERN, bytes("*"));
        hub.publish(Bytes.view(inbound, 2, 1), Bytes.view(inbound, 5, 1));
        java.util.Arrays.fill(inbound, (byte) '?');
        assertThat(kept[0]).hasToString("message a 1");
        assertThat(kept[1]).hasToString("pmessage * a 1");
        assertThat(publish("a", "2")).isEqualTo(2);
    }

    @Test
    void oneMessageIsSharedByAllAndEncodedOnce() {
        List<Bytes> forms = new ArrayList<>();
        int[] encoded = {0};
        for (int i = 0; i < 500; i++) {
            Ear ear = new Ear().channels("a");
            ear.then = message -> forms.add(message.encoded(Published.Form.RESP2, published -> {
                encoded[0]++;
                return bytes("form of " + published.message());
            }));
        }
        assertThat(publish("a", "1")).isEqualTo(500);
        assertThat(encoded[0]).isEqualTo(1);
        assertThat(forms).hasSize(500).allMatch(form -> form == forms.get(0));
    }

    @Test
    void unsubscribingFromWithinADeliveryHoldsAtOnce() {
        Ear first = new Ear().channels("a");
        Ear second = new Ear().channels("a").patterns("*");
        Ear third = new Ear().channels("a");
        first.then = message -> {
            second.subscriptions.close();
            first.subscriptions.remove(Kind.CHANNEL, bytes("a"));
        };
        assertThat(publish("a", "1")).isEqualTo(2);
        assertThat(publish("a", "2")).isEqualTo(1);
        assertThat(first.heard).containsExactly("message a 1");
        assertThat(second.heard).isEmpty();
        assertThat(third.heard).containsExactly("message a 1", "message a 2");
    }

    @Test
    void theLastOneMayLeaveAndComeBackWithinADelivery() {
        Ear ear = new Ear().channels("a").patterns("*");
        ear.then = message -> {
            ear.subscriptions.close();
            ear.channels("a").patterns("*");
        };
        assertThat(publish("a", "1")).isEqualTo(1);
        ear.then = message -> {};
        assertThat(publish("a", "2")).isEqualTo(2);
        assertThat(ear.heard).containsExactly("message a 1", "message a 2", "pmessage * a 2");
    }

    @Test
    void subscribingFromWithinADeliveryIsForTheNextMessage() {
        Ear late = new Ear();
        Ear ear = new Ear().channels("a");
        ear.then = message -> {
            ear.then = again -> {};
            late.channels("a").patterns("*", "a");
        };
        assertThat(publish("a", "1")).isEqualTo(1);
        assertThat(publish("a", "2")).isEqualTo(4);
        assertThat(late.heard).containsExactly("message a 2", "pmessage * a 2", "pmessage a a 2");
    }

    @Test
    void whatIsPublishedFromWithinADeliveryComesAfterItForEverybody() {
        Ear first = new Ear().channels("a");
        Ear second = new Ear().channels("a").patterns("b");
        List<Long> receivers = new ArrayList<>();
        first.then = message -> {
            first.then = again -> {};
            receivers.add(publish("a", "2"));
            receivers.add(publish("b", "3"));
            receivers.add(publish("nobody", "4"));
            receivers.add(hub.publishToShard(bytes("a"), bytes("5")));
        };
        assertThat(publish("a", "1")).isEqualTo(2);
        assertThat(receivers).containsExactly(2L, 1L, 0L, 0L);
        assertThat(first.heard).containsExactly("message a 1", "message a 2");
        assertThat(second.heard).containsExactly("message a 1", "message a 2", "pmessage b b 3");
    }

    @Test
    void manyLeaveInAnyOrderAndTheRestStayInTheirs() {
        List<Ear> ears = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            Ear ear = new Ear().channels("a");
            ear.then = message -> order.add(number);
            ears.add(ear);
        }
        Random random = new Random(7);
        Set<Integer> here = new LinkedHashSet<>();
        for (int i = 0; i < 1000; i++) {
            here.add(i);
        }
        while (!here.isEmpty()) {
            order.clear();
            assertThat(publish("a", "x")).isEqualTo(here.size());
            assertThat(order).containsExactlyElementsOf(here);
            for (int i = 0; i < 100; i++) {
                int leaves = random.nextInt(1000);
                ears.get(leaves).subscriptions.close();
                here.remove(leaves);
            }
            if (here.size() < 20) {
                here.forEach(number -> ears.get(number).subscriptions.close());
                here.clear();
            }
        }
        assertThat(hub.count(Kind.CHANNEL)).isZero();
    }

    /** Against a model of plain sets, with listeners that come and go from within deliveries too. */
    @Test
    void randomComingAndGoingAgreesWithAModel() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        String[] names = {"a", "b", "ab", "abc", "a*", "*", "?", "*c"};
        Map<Ear, Set<String>> model = new HashMap<>();
        List<Ear> ears = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Ear ear = new Ear();
            ears.add(ear);
            model.put(ear, new LinkedHashSet<>());
        }
        for (int step = 0; step < 20_000; step++) {
            Ear ear = ears.get(random.nextInt(ears.size()));
            Kind kind = Kind.values()[random.nextInt(3)];
            String name = names[random.nextInt(names.length)];
            switch (random.nextInt(8)) {
                case 0, 1, 2 ->
                    assertThat(ear.subscriptions.add(kind, bytes(name)))
                            .as("seed %d", seed)
                            .isEqualTo(model.get(ear).add(kind + name));
                case 3, 4 ->
                    assertThat(ear.subscriptions.remove(kind, bytes(name)))
                            .as("seed %d", seed)
                            .isEqualTo(model.get(ear).remove(kind + name));
                case 5 -> {
                    if (random.nextInt(10) == 0) {
                        ear.subscriptions.close();
                        model.get(ear).clear();
                    }
                }
                default -> {
                    String channel = names[random.nextInt(4)];
                    long expected = 0;
                    for (Set<String> held : model.values()) {
                        expected += held.contains(Kind.CHANNEL + channel) ? 1 : 0;
                        for (String pattern : names) {
                            boolean matches =
                                    channel.matches(pattern.replace("*", ".*").replace("?", "."));
                            expected += matches && held.contains(Kind.PATTERN + pattern) ? 1 : 0;
                        }
                    }
                    Ear leaving = ears.get(random.nextInt(ears.size()));
                    boolean leaves = random.nextInt(20) == 0;
                    if (leaves) {
                        ear.then = message -> leaving.subscriptions.close();
                    }
                    int before = ear.heard.size();
                    long receivers = publish(channel, "x");
                    if (leaves && ear.heard.size() > before) {
                        model.get(leaving).clear();
                        assertThat(receivers).as("seed %d", seed).isLessThanOrEqualTo(expected);
                    } else {
                        assertThat(receivers).as("seed %d", seed).isEqualTo(expected);
                    }
                    ear.then = message -> {};
                }
            }
            for (Kind each : Kind.values()) {
                long held = model.get(ear).stream()
                        .filter(known -> known.startsWith(each.name()))
                        .count();
                assertThat(ear.subscriptions.count(each)).as("seed %d", seed).isEqualTo((int) held);
            }
        }
    }
}
