package dev.sluice.broker.command;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Groups of COMMAND DOCS, and the ACL category that the commands of a group are in unless their rows say otherwise. */
public enum Group {
    BITMAP(Category.BITMAP),
    CLUSTER(null),
    CONNECTION(Category.CONNECTION),
    GENERIC(Category.KEYSPACE),
    GEO(Category.GEO),
    HASH(Category.HASH),
    HYPERLOGLOG(Category.HYPERLOGLOG),
    LIST(Category.LIST),
    PUBSUB(null),
    SCRIPTING(Category.SCRIPTING),
    SERVER(null),
    SET(Category.SET),
    SORTED_SET(Category.SORTEDSET),
    STREAM(Category.STREAM),
    STRING(Category.STRING),
    TRANSACTIONS(Category.TRANSACTION);

    private final @Nullable Category category;

    Group(@Nullable Category category) {
        this.category = category;
    }

    /** The table of a family: rows that belong to this group unless they name another. */
    public List<Command> rows(Command... rows) {
        for (Command row : rows) {
            row.groupUnlessGiven(this);
        }
        return List.of(rows);
    }

    public @Nullable Category category() {
        return category;
    }

    /** As COMMAND DOCS prints it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
