package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What must be under a key before a command changes it. The operand of {@link Kind#NX} and {@link Kind#XX} is empty. */
record StringCondition(Kind kind, Bytes operand) {
    private static final StringCondition MISSING = new StringCondition(Kind.NX, Bytes.EMPTY);
    private static final StringCondition PRESENT = new StringCondition(Kind.XX, Bytes.EMPTY);

    /** Those that compare the string, or its digest, with an operand. */
    private static final List<Kind> COMPARISONS = List.of(Kind.IFEQ, Kind.IFNE, Kind.IFDEQ, Kind.IFDNE);

    enum Kind {
        NX,
        XX,
        IFEQ,
        IFNE,
        IFDEQ,
        IFDNE
    }

    /** The comparisons as COMMAND DOCS lists them, each from {@code since} on. */
    static List<Argument> arguments(String since) {
        return COMPARISONS.stream()
                .map(kind -> {
                    String word = kind.name().toLowerCase(Locale.ROOT);
                    boolean digest = kind == Kind.IFDEQ || kind == Kind.IFDNE;
                    return Argument.string(word + (digest ? "-digest" : "-value"))
                            .token(kind.name())
                            .since(since);
                })
                .toList();
    }

    /** The condition that comes next, if it does not contradict the one before; else null, and nothing is taken. */
    static @Nullable StringCondition next(Args args, @Nullable StringCondition before) {
        StringCondition existence = nextExistence(args, before);
        return existence == null ? nextComparison(args, before) : existence;
    }

    /** NX or XX if that comes next, likewise. */
    static @Nullable StringCondition nextExistence(Args args, @Nullable StringCondition before) {
        if (is(before, Kind.NX) && args.skip("NX")) {
            return MISSING;
        }
        return is(before, Kind.XX) && args.skip("XX") ? PRESENT : null;
    }

    /** The comparison that comes next, likewise. */
    static @Nullable StringCondition nextComparison(Args args, @Nullable StringCondition before) {
        for (Kind kind : COMPARISONS) {
            if (is(before, kind) && args.skip(kind.name())) {
                return new StringCondition(kind, args.next());
            }
        }
        return null;
    }

    private static boolean is(@Nullable StringCondition before, Kind kind) {
        return before == null || before.kind == kind;
    }

    /** Whether it holds for a key. A comparison refuses other types than strings. */
    boolean holds(Database database, Bytes key) {
        return switch (kind) {
            case NX -> !database.exists(key);
            case XX -> database.exists(key);
            case IFEQ, IFDEQ -> {
                StringValue value = database.string(key);
                yield value != null && compares(value);
            }
            case IFNE, IFDNE -> {
                StringValue value = database.string(key);
                yield value == null || compares(value);
            }
        };
    }

    /** Whether it holds for a string that is there. */
    boolean compares(StringValue value) {
        return switch (kind) {
            case NX -> false;
            case XX -> true;
            case IFEQ -> value.contentEquals(operand);
            case IFNE -> !value.contentEquals(operand);
            case IFDEQ -> hasDigest(value);
            case IFDNE -> !hasDigest(value);
        };
    }

    /** The operand is looked at only where there is something to compare it with, as by Redis. */
    private boolean hasDigest(StringValue value) {
        if (operand.length() != StringDigest.DIGITS) {
            throw new CommandError("ERR must be exactly " + StringDigest.DIGITS + " hexadecimal characters");
        }
        return StringDigest.of(value).toLatin1().equalsIgnoreCase(operand.toLatin1());
    }
}
