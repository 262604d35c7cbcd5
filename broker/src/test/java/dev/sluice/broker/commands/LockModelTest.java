package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import dev.sluice.broker.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random clients that lock, renew, wait, leave, and are paused, beside a model that says what each of them is answered and
 * when: who holds a lock, with which token, and who is next. Ten seeds; {@code -Dsluice.scale=100} makes it a thousand.
 */
class LockModelTest {
    private static final int SEEDS = 10;
    private static final int STEPS = 400;
    private static final int OWNERS = 6;
    private static final int KEYS = 2;
    private static final int MS_MAX = 30;
    private static final int NO_WAIT = -1;
    private static final int FOR_EVER = 0;
    private static final String NOTHING = "(nil)";
    private static final String WAITS = "(waits)";

    @Test
    void eachAnswerIsWhatTheModelSays() {
        long first = Seeds.next();
        for (long seed = first; seed < first + (long) SEEDS * Seeds.scale(); seed++) {
            new Run(seed).run();
        }
    }

    /** What somebody asked, what the model says to it by now, and what the broker does. */
    private static final class Asked {
        private final String line;
        private final InMemoryBroker.Answer answer;
        private String expected = WAITS;

        Asked(String line, InMemoryBroker.Answer answer) {
            this.line = line;
            this.answer = answer;
        }
    }

    private record Waiter(Asked asked, String owner, long leaseMs, long untilMs) {}

    /** A key: a lock if its owner is not empty. */
    private static final class State {
        private String owner = "";
        private long token;
        private long untilMs;
        private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
        private boolean looksAgain; // at its queue, when a call ends
    }

    private static final class Model {
        private final Map<String, State> keys = new TreeMap<>();
        private final ArrayDeque<Runnable> held = new ArrayDeque<>();
        private long nowMs;
        private long pausedUntilMs;
        private long lastToken;
        private @Nullable State begun;

        Model(long nowMs) {
            this.nowMs = nowMs;
        }

        private State key(String name) {
            return keys.computeIfAbsent(name, k -> new State());
        }

        boolean isPaused() {
            return pausedUntilMs > nowMs;
        }

        private boolean isHeld(State key) {
            return !key.owner.isEmpty() && key.untilMs >= nowMs;
        }

        private boolean isHeldBy(State key, String owner) {
            return isHeld(key) && key.owner.equals(owner);
        }

        void lock(Asked asked, String name, String owner, long leaseMs, int waitMs) {
            State key = key(name);
            if (isHeldBy(key, owner)) {
                key.untilMs = nowMs + leaseMs;
                asked.expected = Long.toString(key.token);
            } else if (!isHeld(key) && key.queue.isEmpty()) {
                take(key, asked, owner, leaseMs);
            } else if (waitMs == NO_WAIT) {
                asked.expected = NOTHING;
            } else {
                long untilMs = waitMs == FOR_EVER ? Long.MAX_VALUE : nowMs + waitMs;
                key.queue.add(new Waiter(asked, owner, leaseMs, untilMs));
                begun = key;
            }
            key.looksAgain = true;
        }

        private void take(State key, Asked asked, String owner, long leaseMs) {
            lastToken = Math.max(lastToken + 1, nowMs * 1000);
            key.owner = owner;
            key.token = lastToken;
            key.untilMs = nowMs + leaseMs;
            asked.expected = Long.toString(lastToken);
        }

        /** A lease that is over is noticed when somebody looks. */
        private void serve(State key) {
            while (!isPaused() && !isHeld(key) && !key.queue.isEmpty()) {
                Waiter next = key.queue.remove();
                take(key, next.asked, next.owner, next.leaseMs);
            }
        }

        void relock(Asked asked, String name, String owner, long leaseMs) {
            State key = key(name);
            boolean held = isHeldBy(key, owner);
            key.untilMs = held ? nowMs + leaseMs : key.untilMs;
            asked.expected = held ? Long.toString(key.token) : NOTHING;
            key.looksAgain = true;
        }

        void unlock(Asked asked, String name, String owner) {
            State key = key(name);
            gone(key, isHeldBy(key, owner), asked);
        }

        void delete(Asked asked, String name) {
            State key = key(name);
            gone(key, isHeld(key), asked);
        }

        private void gone(State key, boolean was, Asked asked) {
            key.owner = was ? "" : key.owner;
            asked.expected = was ? "1" : "0";
            key.looksAgain = true;
        }

        void expire(Asked asked, String name, long ms) {
            State key = key(name);
            boolean held = isHeld(key);
            key.untilMs = held ? nowMs + ms : key.untilMs;
            asked.expected = held ? "1" : "0";
            key.looksAgain = true;
        }

        void info(Asked asked, String name) {
            State key = key(name);
            asked.expected = isHeld(key)
                    ? "[owner, %s, token, %d, lease-ms, %d, waiting, %d]"
                            .formatted(key.owner, key.token, key.untilMs - nowMs, key.queue.size())
                    : NOTHING;
            key.looksAgain = true;
        }

        void leaves(Asked asked) {
            keys.values().forEach(key -> key.queue.removeIf(waiter -> waiter.asked == asked));
        }

        /** One millisecond later: whose time is over goes before what was paused. */
        void pass() {
            nowMs++;
            for (State key : keys.values()) {
                key.queue.removeIf(waiter -> {
                    boolean over = waiter.untilMs <= nowMs;
                    waiter.asked.expected = over ? NOTHING : WAITS;
                    return over;
                });
            }
            while (!isPaused() && !held.isEmpty()) {
                call(held.remove());
            }
        }

        /** A call; at its end somebody looks at the keys that it touched, or that others had begun to wait for. */
        void call(Runnable what) {
            what.run();
            serveAll(keys.values().stream().filter(key -> key.looksAgain).toList());
            keys.values().forEach(key -> key.looksAgain = key == begun);
            begun = null;
        }

        void housekeeping() {
            call(() -> keys.values().forEach(key -> key.looksAgain = true));
        }

        /** Of several keys any may be first: the one that was. */
        private void serveAll(List<State> some) {
            some.stream()
                    .filter(key -> !isHeld(key) && !key.queue.isEmpty())
                    .sorted(Comparator.comparing(
                            key -> key.queue.element().asked.answer.now()))
                    .toList()
                    .forEach(this::serve);
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final InMemoryBroker broker = new InMemoryBroker();
        private final Model model = new Model(InMemoryBroker.START_MS);
        private final List<Asked> open = new ArrayList<>();
        private final List<String> history = new ArrayList<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            try (broker) {
                for (int i = 0; i < STEPS; i++) {
                    step();
                    compare();
                }
                pass(MS_MAX, true); // no pause is longer
                compare();
                List.copyOf(open).forEach(this::leave);
                assertThat(broker.run("INFO", "clients").text())
                        .as("-Dsluice.seed=%d", seed)
                        .contains("blocked_clients:0");
            }
        }

        private void step() {
            String key = "k" + random.nextInt(KEYS);
            String owner = "o" + random.nextInt(OWNERS);
            int ms = 1 + random.nextInt(MS_MAX);
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> lock(key, owner, ms, NO_WAIT, "");
                case 4, 5, 6 -> lock(key, owner, ms, FOR_EVER, " WAIT 0");
                case 7, 8, 9 -> lock(key, owner, ms, MS_MAX, " WAIT " + MS_MAX);
                case 10, 11, 12 -> write("UNLOCK " + key + " " + owner, asked -> model.unlock(asked, key, owner));
                case 13, 14 ->
                    write("RELOCK " + key + " " + owner + " LEASE " + ms, asked -> model.relock(asked, key, owner, ms));
                case 15 -> write("PEXPIRE " + key + " " + ms, asked -> model.expire(asked, key, ms));
                case 16 -> write("DEL " + key, asked -> model.delete(asked, key));
                case 17 -> {
                    Asked asked = ask("LOCKINFO " + key);
                    model.call(() -> model.info(asked, key));
                }
                case 18 -> pause(ms);
                case 19 ->
                    open.stream()
                            .filter(asked -> !model.isPaused() && asked.expected.equals(WAITS))
                            .findFirst()
                            .ifPresent(this::leave);
                case 20, 21 -> pass(random.nextInt(10), false);
                default -> pass(random.nextInt(10), true);
            }
        }

        private void lock(String key, String owner, int leaseMs, int waitMs, String wait) {
            write(
                    "LOCK " + key + " " + owner + " LEASE " + leaseMs + wait,
                    asked -> model.lock(asked, key, owner, leaseMs, waitMs));
        }

        /** Each from a connection of its own. */
        private Asked ask(String line) {
            history.add(line);
            Asked asked = new Asked(line, broker.client().run(line.split(" ")));
            open.add(asked);
            return asked;
        }

        private void write(String line, Consumer<Asked> inTheModel) {
            Asked asked = ask(line);
            if (model.isPaused()) {
                model.held.add(() -> inTheModel.accept(asked));
            } else {
                model.call(() -> inTheModel.accept(asked));
            }
        }

        private void pause(int ms) {
            if (!model.isPaused()) {
                ask("CLIENT PAUSE " + ms + " WRITE").expected = "OK";
                model.pausedUntilMs = model.nowMs + ms;
                model.call(() -> {});
            }
        }

        private void leave(Asked asked) {
            history.add("leaves: " + asked.line);
            asked.answer.cancel();
            model.leaves(asked);
            open.remove(asked);
        }

        private void pass(int ms, boolean watched) {
            history.add(ms + " ms" + (watched ? ", watched" : ""));
            for (int i = 0; i < ms; i++) {
                broker.pass(1);
                model.pass();
            }
            if (watched) {
                broker.dispatcher.housekeeping(() -> {});
                model.housekeeping();
            }
        }

        private void compare() {
            for (Asked asked : open) {
                assertThat(asked.answer.now())
                        .as(
                                "-Dsluice.seed=%d: %s, after %s",
                                seed, asked.line, history.subList(Math.max(0, history.size() - 30), history.size()))
                        .isEqualTo(asked.expected);
            }
            open.removeIf(asked -> !asked.expected.equals(WAITS));
        }
    }
}
