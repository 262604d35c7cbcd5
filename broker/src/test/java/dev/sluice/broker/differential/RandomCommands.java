package dev.sluice.broker.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Commands of all families over a few keys, so that types meet, with weights, options, and now and then an argument too
 * many, too few or of the wrong kind. What depends on the clock is kept from mattering: times to live are far apart and
 * long, or already over.
 */
final class RandomCommands {
    private static final String[] SPOILS = {
        "",
        "abc",
        "-1",
        "0",
        "1",
        " 1",
        "1 ",
        "+1",
        "01",
        "1.5",
        "-0",
        "0x10",
        "1e3",
        "nan",
        "inf",
        "-inf",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "18446744073709551616",
        "NX",
        "XX",
        "(1",
        "\r\n\u00ff"
    };

    /**
     * With a spoilt timeout they might wait for ever, with a spoilt count answer without end or leave other members to each
     * server; a cursor other than 0 means something else to each.
     */
    private static final Set<String> UNSPOILT = Set.of(
            "BLPOP",
            "BRPOP",
            "BLMOVE",
            "BRPOPLPUSH",
            "BLMPOP",
            "SCAN",
            "SSCAN",
            "SPOP",
            "SRANDMEMBER",
            "HSCAN",
            "HRANDFIELD",
            "BZPOPMIN",
            "BZPOPMAX",
            "BZMPOP",
            "ZSCAN",
            "ZRANDMEMBER",
            "SLOWLOG",
            "LATENCY");

    /** With a 1 they would set a time that is over for the one server and not yet for the other. */
    private static final Set<String> TIMED = Set.of("EXPIRE", "PEXPIRE", "SET", "SETEX", "PSETEX", "GETEX", "MSETEX");

    private final Random random;
    private final RandomWords words;
    private final List<RandomFamily.Row> rows;
    private final List<Command> queued = new ArrayList<>();
    private int weights;

    /** Absent commands are those that the subject does not know. */
    RandomCommands(Random random, Set<String> absent, Set<Family> families) {
        this.random = random;
        this.words = new RandomWords(random);
        this.rows = rows(families, random)
                .filter(row -> !absent.contains(row.name()))
                .toList();
        rows.forEach(row -> weights += row.weight());
    }

    /** Commands that belong together, and the encodings that their values go through. */
    enum Family {
        STRINGS(RandomStrings::new, "int", "embstr", "raw"),
        BITS(RandomBits::new),
        HYPERLOGLOGS(RandomHyperLogLogs::new),
        KEYS(RandomKeys::new),
        LISTS(RandomLists::new),
        SETS(RandomSets::new, "intset", "hashtable"),
        HASHES(RandomHashes::new, "listpack", "hashtable"),
        SORTED_SETS(RandomSortedSets::new, "listpack", "skiplist"),
        PLACES(RandomPlaces::new),
        OTHERS(RandomOthers::new);

        private final Function<Random, RandomFamily> rows;
        private final List<String> encodings;

        Family(Function<Random, RandomFamily> rows, String... encodings) {
            this.rows = rows;
            this.encodings = List.of(encodings);
        }

        List<String> encodings() {
            return encodings;
        }
    }

    private static Stream<RandomFamily.Row> rows(Set<Family> families, Random random) {
        return families.stream().flatMap(family -> family.rows.apply(random).rows().stream());
    }

    /** A command and how its replies compare. */
    record Command(List<byte[]> words, Comparison comparison) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (byte[] word : words) {
                String shown = Resp.show(word);
                boolean plain = word.length > 0 && !shown.contains("\\") && !shown.contains(" ");
                text.append(text.isEmpty() ? "" : " ")
                        .append(plain ? shown : '"' + (word.length == 0 ? "" : shown) + '"');
            }
            return text.toString();
        }

        boolean is(String name) {
            return new String(words.get(0), StandardCharsets.ISO_8859_1).equalsIgnoreCase(name);
        }
    }

    /** Names of all commands that may come. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>();
        rows(EnumSet.allOf(Family.class), new Random(0)).forEach(row -> names.add(row.name()));
        names.addAll(Set.of("MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"));
        return names;
    }

    Command next() {
        if (queued.isEmpty() && random.nextInt(60) == 0) {
            transaction();
        }
        return queued.isEmpty() ? any() : queued.removeFirst();
    }

    private void transaction() {
        if (random.nextInt(3) == 0) {
            queued.add(command(Comparison.BYTES, "WATCH", words.key()));
            if (random.nextBoolean()) {
                queued.add(any());
            }
            if (random.nextInt(4) == 0) {
                queued.add(command(Comparison.BYTES, "UNWATCH"));
            }
        }
        queued.add(command(Comparison.BYTES, "MULTI"));
        for (int left = random.nextInt(6); left > 0; left--) {
            Command inside = any();
            // The reply of EXEC is compared as a whole.
            if (inside.comparison().equals(Comparison.BYTES)) {
                queued.add(inside);
            }
        }
        queued.add(command(Comparison.BYTES, random.nextInt(6) == 0 ? "DISCARD" : "EXEC"));
    }

    private Command any() {
        int at = random.nextInt(weights);
        for (RandomFamily.Row row : rows) {
            at -= row.weight();
            if (at < 0) {
                List<String> request = new ArrayList<>(row.arguments().get());
                request.addFirst(row.name());
                if (random.nextInt(30) == 0 && row.mayBeSpoilt() && !UNSPOILT.contains(row.name())) {
                    spoil(request);
                }
                if (random.nextInt(20) == 0) {
                    request.set(0, request.get(0).toLowerCase(Locale.ROOT));
                }
                return command(row.comparison(), request.toArray(String[]::new));
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private void spoil(List<String> request) {
        // A cursor other than 0 means something to the server alone that gave it.
        int first = request.getFirst().equals("SCAN") ? 2 : 1;
        int at = first + random.nextInt(request.size() + 1 - first);
        switch (random.nextInt(4)) {
            case 0 -> request.add(at, spoilFor(request.getFirst()));
            case 1 -> {
                if (at < request.size()) {
                    request.remove(at);
                }
            }
            default -> {
                // A key is left alone most of the time: what comes after it is more telling.
                if (at < request.size() && (at > 1 || random.nextInt(5) == 0)) {
                    request.set(at, spoilFor(request.getFirst()));
                }
            }
        }
    }

    private String spoilFor(String name) {
        String spoil = words.any(SPOILS);
        return spoil.equals("1") && TIMED.contains(name) ? "0" : spoil;
    }

    private static Command command(Comparison comparison, String... words) {
        List<byte[]> bytes = new ArrayList<>();
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.ISO_8859_1));
        }
        return new Command(bytes, comparison);
    }
}
