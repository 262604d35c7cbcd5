package dev.sluice.broker.command;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A command: one row of its family's table. Everything that knows a command reads this row: look-up, arity, keys, ACL,
 * COMMAND and COMMAND DOCS, metrics. Rows are built once, at start, with the methods that return {@code this}.
 */
public final class Command implements Session.Named {
    /** A change in the command's history, as COMMAND DOCS lists it. */
    public record Change(String version, String what) {}

    private final String name;
    private final int arity;
    private final List<KeySpec> keySpecs;
    private final EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    private final KeyRange keyRange;
    private final EnumSet<Category> categories = EnumSet.noneOf(Category.class);
    private final List<String> tips = new ArrayList<>();
    private final List<Change> history = new ArrayList<>();
    private final List<Argument> arguments = new ArrayList<>();
    private final List<Command> subcommands = new ArrayList<>();
    private @Nullable Group group;
    private String since = "1.0.0";
    private String summary = "";
    private String complexity = "";
    private String deprecatedSince = "";
    private String replacedBy = "";
    private String insteadRoute = "";
    private @Nullable Command parent;
    private @Nullable Handler handler;
    private @Nullable Secrets secrets;
    private @Nullable Function<Request, List<String>> keyFlags;
    private int index = -1;

    private Command(String name, int arity, KeySpec... keySpecs) {
        this.name = name;
        this.arity = arity;
        this.keySpecs = List.of(keySpecs);
        this.keyRange = KeyRange.of(this.keySpecs);
        if (!keyRange.whole()) {
            flags.add(Flag.MOVABLEKEYS);
        }
    }

    /** A command that may change data. {@code arity} counts the name; negative: at least that many. */
    public static Command write(String name, int arity, KeySpec... keySpecs) {
        return new Command(name, arity, keySpecs).flags(Flag.WRITE);
    }

    /** A command that only reads data. */
    public static Command read(String name, int arity, KeySpec... keySpecs) {
        return new Command(name, arity, keySpecs).flags(Flag.READONLY);
    }

    /** A command that touches no data, though it may name keys. */
    public static Command control(String name, int arity, KeySpec... keySpecs) {
        return new Command(name, arity, keySpecs);
    }

    public Command runs(Handler what) {
        handler = what;
        return this;
    }

    /** Where it is another than the one of the family's table, or of the container. */
    public Command group(Group of) {
        group = of;
        return this;
    }

    void groupUnlessGiven(Group of) {
        group = group == null ? of : group;
    }

    public Command flags(Flag... more) {
        Collections.addAll(flags, more);
        return this;
    }

    /** ACL categories in place of the one that the group implies; those that follow from flags come on top. */
    public Command categories(Category... more) {
        Collections.addAll(categories, more);
        return this;
    }

    public Command tips(String... more) {
        Collections.addAll(tips, more);
        return this;
    }

    public Command since(String version) {
        since = version;
        return this;
    }

    public Command changed(String version, String what) {
        history.add(new Change(version, what));
        return this;
    }

    public Command takes(Argument... more) {
        Collections.addAll(arguments, more);
        return this;
    }

    public Command says(String text) {
        summary = text;
        return this;
    }

    public Command complexity(String text) {
        complexity = text;
        return this;
    }

    public Command deprecated(String version, String replacement) {
        deprecatedSince = version;
        replacedBy = replacement;
        return this;
    }

    /** The RSocket route that does what this command does for a RESP connection. */
    public Command onRSocket(String route) {
        insteadRoute = route;
        return this;
    }

    public Command subcommands(List<Command> more) {
        for (Command sub : more) {
            sub.parent = this;
            subcommands.add(sub);
        }
        return this;
    }

    /** Which of the arguments of a row with {@link Flag#SECRET} hold one; without this, all of them. */
    public Command hides(Secrets which) {
        secrets = which;
        return this;
    }

    /** What a request does to the command's keys, where the flags of the specification say that it depends. */
    public Command keyFlags(Function<Request, List<String>> of) {
        keyFlags = of;
        return this;
    }

    List<String> keyFlags(KeySpec spec, Request request) {
        return keyFlags == null ? spec.flags() : keyFlags.apply(request);
    }

    /** Set by the table: a number from 0 that names the row among all, subcommands included. */
    public void index(int number) {
        index = number;
    }

    public int index() {
        return index;
    }

    /** Upper case; of a subcommand its own word alone. */
    public String name() {
        return name;
    }

    /** Lower case, as clients and INFO see it: {@code client|list}. */
    @Override
    public String fullName() {
        String own = name.toLowerCase(Locale.ROOT);
        return parent == null ? own : parent.fullName() + '|' + own;
    }

    public int arity() {
        return arity;
    }

    public boolean arityAllows(int size) {
        return arity >= 0 ? size == arity : size >= -arity;
    }

    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    public boolean isWrite() {
        return flags.contains(Flag.WRITE);
    }

    public Set<Flag> flags() {
        return flags;
    }

    public List<KeySpec> keySpecs() {
        return keySpecs;
    }

    /** What of a request must not be shown. */
    public Secrets secrets() {
        return secrets != null ? secrets : has(Flag.SECRET) ? Secrets.from(parent == null ? 1 : 2) : Secrets.NONE;
    }

    /** First key, last key and step, for clients that do not read key specifications. */
    public KeyRange keyRange() {
        return keyRange;
    }

    public Group group() {
        return group != null ? group : parent != null ? parent.group() : Group.GENERIC;
    }

    /** ACL categories: the row's own, or its group's, and those that follow from its flags. */
    public Set<Category> categories() {
        EnumSet<Category> all = EnumSet.copyOf(categories);
        Category implied = group().category();
        if (all.isEmpty() && implied != null && handler != null) {
            all.add(implied);
        }
        addIf(Flag.WRITE, Category.WRITE, all);
        if (has(Flag.READONLY) && !all.contains(Category.SCRIPTING)) {
            all.add(Category.READ);
        }
        addIf(Flag.ADMIN, Category.ADMIN, all);
        addIf(Flag.ADMIN, Category.DANGEROUS, all);
        addIf(Flag.PUBSUB, Category.PUBSUB, all);
        addIf(Flag.BLOCKING, Category.BLOCKING, all);
        all.add(has(Flag.FAST) ? Category.FAST : Category.SLOW);
        return all;
    }

    private void addIf(Flag flag, Category category, Set<Category> all) {
        if (has(flag)) {
            all.add(category);
        }
    }

    public List<String> tips() {
        return tips;
    }

    public List<Change> history() {
        return history;
    }

    public List<Argument> arguments() {
        return arguments;
    }

    public List<Command> subcommands() {
        return subcommands;
    }

    public String since() {
        return since;
    }

    public String summary() {
        return summary;
    }

    public String complexity() {
        return complexity;
    }

    public String deprecatedSince() {
        return deprecatedSince;
    }

    public String replacedBy() {
        return replacedBy;
    }

    public String insteadRoute() {
        return insteadRoute;
    }

    public @Nullable Command parent() {
        return parent;
    }

    /** The function; a container without one answers through its subcommands only. */
    public Handler handler() {
        if (handler == null) {
            throw new IllegalStateException(fullName() + " has no handler");
        }
        return handler;
    }

    public boolean hasHandler() {
        return handler != null;
    }

    @Override
    public String toString() {
        return fullName();
    }
}
