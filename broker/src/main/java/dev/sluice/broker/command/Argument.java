package dev.sluice.broker.command;

import java.util.ArrayList;
import java.util.List;

/**
 * An argument as COMMAND DOCS describes it, so that redis-cli and client generators can show and check it. Types are
 * Redis's: string, integer, double, key, pattern, unix-time, pure-token, oneof, block. Empty texts are not shown.
 */
public record Argument(
        String name,
        String type,
        int keySpec,
        String token,
        String since,
        String deprecatedSince,
        List<String> flags,
        List<Argument> parts) {
    private static final int NO_KEY = -1;
    private static final String PURE_TOKEN = "pure-token";
    private static final String ONE_OF = "oneof";

    public static Argument string(String name) {
        return of(name, "string");
    }

    public static Argument integer(String name) {
        return of(name, "integer");
    }

    /** A number that need not be whole. */
    public static Argument number(String name) {
        return of(name, "double");
    }

    public static Argument pattern(String name) {
        return of(name, "pattern");
    }

    public static Argument unixTime(String name) {
        return of(name, "unix-time");
    }

    /** The key, or keys, of the row's first key specification. */
    public static Argument key(String name) {
        return key(name, 0);
    }

    /** The key, or keys, of one of the row's key specifications, counted from 0. */
    public static Argument key(String name, int keySpec) {
        return new Argument(name, "key", keySpec, "", "", "", List.of(), List.of());
    }

    /** A word that stands for itself. */
    public static Argument word(String name, String token) {
        return of(name, PURE_TOKEN).token(token);
    }

    public static Argument oneOf(String name, Argument... parts) {
        return new Argument(name, ONE_OF, NO_KEY, "", "", "", List.of(), List.of(parts));
    }

    public static Argument block(String name, Argument... parts) {
        return new Argument(name, "block", NO_KEY, "", "", "", List.of(), List.of(parts));
    }

    private static Argument of(String name, String type) {
        return new Argument(name, type, NO_KEY, "", "", "", List.of(), List.of());
    }

    /** The word that goes before it. */
    public Argument token(String text) {
        return new Argument(name, type, keySpec, text, since, deprecatedSince, flags, parts);
    }

    public Argument since(String version) {
        return new Argument(name, type, keySpec, token, version, deprecatedSince, flags, parts);
    }

    public Argument deprecated(String version) {
        return new Argument(name, type, keySpec, token, since, version, flags, parts);
    }

    /** Makes keys in the way that a specification, counted from 0, describes, though it is none itself. */
    public Argument inKeySpec(int index) {
        return new Argument(name, type, index, token, since, deprecatedSince, flags, parts);
    }

    public Argument optional() {
        return flag("optional");
    }

    public Argument multiple() {
        return flag("multiple");
    }

    /** If there are several, the token goes before each of them. */
    public Argument multipleToken() {
        return flag("multiple_token");
    }

    public boolean hasKeySpec() {
        return keySpec != NO_KEY;
    }

    private Argument flag(String flag) {
        List<String> more = new ArrayList<>(flags);
        more.add(flag);
        return new Argument(name, type, keySpec, token, since, deprecatedSince, List.copyOf(more), parts);
    }

    /** How it is typed: {@code [EX seconds | PX milliseconds]}, {@code key [key ...]}. */
    public String usage() {
        boolean choice = type.equals(ONE_OF) && token.isEmpty();
        boolean optional = flags.contains("optional");
        String one = choice && !optional ? "<" + words() + ">" : words();
        String all = one;
        if (flags.contains("multiple")) {
            all = choice ? one + " ..." : one + " [" + again() + " ...]";
        }
        return optional ? "[" + all + "]" : all;
    }

    private String again() {
        return flags.contains("multiple_token") ? words() : parted();
    }

    private String words() {
        if (type.equals(PURE_TOKEN)) {
            return token;
        }
        String rest = parted();
        if (token.isEmpty()) {
            return rest;
        }
        return type.equals(ONE_OF) ? token + " <" + rest + ">" : token + " " + rest;
    }

    private String parted() {
        if (parts.isEmpty()) {
            return name;
        }
        StringBuilder text = new StringBuilder();
        for (Argument part : parts) {
            text.append(text.isEmpty() ? "" : type.equals(ONE_OF) ? " | " : " ").append(part.usage());
        }
        return text.toString();
    }
}
