package dev.sluice.broker.command;

import java.util.List;

/**
 * An argument as COMMAND DOCS describes it, so that redis-cli and client generators can show and check it. Types are
 * Redis's: string, integer, double, key, pattern, unix-time, pure-token, oneof, block. Empty texts are not shown.
 */
public record Argument(
        String name, String type, int keySpec, String token, String since, List<String> flags, List<Argument> parts) {
    private static final int NO_KEY = -1;

    public static Argument of(String name, String type) {
        return new Argument(name, type, NO_KEY, "", "", List.of(), List.of());
    }

    public static Argument key(String name, int keySpec) {
        return new Argument(name, "key", keySpec, "", "", List.of(), List.of());
    }

    /** A word that stands for itself. */
    public static Argument word(String name, String token) {
        return of(name, "pure-token").token(token);
    }

    public static Argument oneOf(String name, Argument... parts) {
        return new Argument(name, "oneof", NO_KEY, "", "", List.of(), List.of(parts));
    }

    public static Argument block(String name, Argument... parts) {
        return new Argument(name, "block", NO_KEY, "", "", List.of(), List.of(parts));
    }

    public Argument token(String text) {
        return new Argument(name, type, keySpec, text, since, flags, parts);
    }

    public Argument since(String version) {
        return new Argument(name, type, keySpec, token, version, flags, parts);
    }

    public Argument optional() {
        return flag("optional");
    }

    public Argument multiple() {
        return flag("multiple");
    }

    public Argument multipleToken() {
        return flag("multiple_token");
    }

    public boolean hasKeySpec() {
        return keySpec != NO_KEY;
    }

    private Argument flag(String flag) {
        List<String> more = new java.util.ArrayList<>(flags);
        more.add(flag);
        return new Argument(name, type, keySpec, token, since, List.copyOf(more), parts);
    }
}
