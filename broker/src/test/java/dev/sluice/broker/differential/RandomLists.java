package dev.sluice.broker.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Lists, and waits for elements that end soon. */
final class RandomLists extends RandomFamily {
    RandomLists(Random random) {
        super(random);
        row(8, "LPUSH", () -> with(List.of(listKey()), many(1 + random.nextInt(4), this::element)));
        row(8, "RPUSH", () -> with(List.of(listKey()), many(1 + random.nextInt(4), this::element)));
        row(1, "RPUSH", () -> with(List.of(listKey()), many(200, this::element)));
        row(6, "LPOP", () -> with(List.of(listKey()), random.nextBoolean() ? List.of() : List.of(number(12))));
        row(6, "RPOP", () -> with(List.of(listKey()), random.nextBoolean() ? List.of() : List.of(number(12))));
        row(4, "LLEN", () -> List.of(listKey()));
        row(8, "LRANGE", () -> List.of(listKey(), index(), index()));
        row(1, "RPUSH", () -> with(List.of(listKey()), many(60, () -> binary(random.nextInt(600)))));
        row(2, "LPUSHX", () -> with(List.of(listKey()), many(1 + random.nextInt(2), this::element)));
        row(2, "RPUSHX", () -> with(List.of(listKey()), many(1 + random.nextInt(2), this::element)));
        row(3, "LINDEX", () -> List.of(listKey(), index()));
        row(4, "LSET", () -> List.of(listKey(), index(), element()));
        row(4, "LINSERT", () -> List.of(listKey(), any("BEFORE", "AFTER"), element(), element()));
        row(3, "LREM", () -> List.of(listKey(), any("", "-") + number(5), element()));
        row(2, "LTRIM", () -> List.of(listKey(), index(), index()));
        row(2, "LTRIM", () -> List.of(listKey(), number(3), "-" + (1 + random.nextInt(3))));
        row(3, "LPOS", () -> with(List.of(listKey(), element()), lposOptions()));
        row(3, "LMOVE", () -> List.of(listKey(), listKey(), side(), side()));
        row(2, "RPOPLPUSH", () -> List.of(listKey(), listKey()));
        row(2, "LMPOP", () -> with(listsAndSide(), random.nextBoolean() ? List.of() : List.of("COUNT", number(12))));
        // As long as nothing else pushes meanwhile, these end at once or soon.
        row(1, "BLPOP", () -> with(many(1 + random.nextInt(3), this::listKey), List.of("0.001")));
        row(1, "BRPOP", () -> with(many(1 + random.nextInt(3), this::listKey), List.of("0.001")));
        row(2, "BLMOVE", () -> List.of(listKey(), listKey(), side(), side(), "0.001"));
        row(1, "BRPOPLPUSH", () -> List.of(listKey(), listKey(), "0.001"));
        row(2, "BLMPOP", () -> with(with(List.of("0.001"), listsAndSide()), List.of("COUNT", "1" + number(9))));
    }

    private String side() {
        return any("LEFT", "RIGHT");
    }

    private List<String> listsAndSide() {
        int keys = 1 + random.nextInt(3);
        return with(with(List.of(Integer.toString(keys)), many(keys, this::listKey)), List.of(side()));
    }

    private List<String> lposOptions() {
        List<String> options = new ArrayList<>();
        if (random.nextBoolean()) {
            options.addAll(List.of("RANK", any("1", "2", "-1", "-2")));
        }
        if (random.nextBoolean()) {
            options.addAll(List.of("COUNT", number(4)));
        }
        if (random.nextInt(3) == 0) {
            options.addAll(List.of("MAXLEN", number(20)));
        }
        return options;
    }
}
