package dev.sluice.broker.dispatch;

import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows by name, whatever the case, found without making a string: open addressing over the upper-cased bytes. */
public final class CommandIndex {
    private final List<Command> commands;
    private final List<Command> all = new ArrayList<>();
    private final @Nullable Command[] slots;
    private final byte[][] names;
    private final int mask;
    private final boolean renamed;

    /** Numbers the rows, subcommands after their container. Two rows of one name are a mistake in the table. */
    public CommandIndex(List<Command> commands) {
        this(byName(commands));
    }

    /** The rows, each by a name in upper case, which need not be its own. */
    public CommandIndex(Map<String, Command> byName) {
        this.commands = List.copyOf(byName.values());
        int size = Integer.highestOneBit(Math.max(8, commands.size() * 4));
        this.slots = new @Nullable Command[size];
        this.names = new byte[size][];
        this.mask = size - 1;
        this.renamed = byName.entrySet().stream()
                .anyMatch(each -> !each.getKey().equals(each.getValue().name()));
        byName.forEach((text, command) -> {
            number(command);
            Bytes name = Bytes.of(text);
            int slot = slot(name);
            slots[slot] = command;
            names[slot] = name.toArray();
        });
    }

    /** The rows by their own names, in their order. */
    public static Map<String, Command> byName(List<Command> commands) {
        Map<String, Command> byName = LinkedHashMap.newLinkedHashMap(commands.size());
        for (Command command : commands) {
            if (byName.put(command.name(), command) != null) {
                throw new IllegalArgumentException("two rows for " + command.name());
            }
        }
        return byName;
    }

    private void number(Command command) {
        command.index(all.size());
        all.add(command);
        command.subcommands().forEach(this::number);
    }

    /** Whether any row has another name than its own. */
    boolean isRenamed() {
        return renamed;
    }

    /** Every row, by its number. */
    public List<Command> all() {
        return all;
    }

    /** The rows without their subcommands, in the order of the table. */
    public List<Command> commands() {
        return commands;
    }

    /** The row that runs a transaction, whatever it is called; null if the settings have taken it away. */
    @Nullable
    Command ending() {
        for (Command command : all) {
            if (command.has(Flag.ENDS_TRANSACTION)) {
                return command;
            }
        }
        return null;
    }

    /** The row of a name; null if there is none. */
    public @Nullable Command find(Bytes name) {
        return slots[slot(name)];
    }

    /** The row of a request: of a container, that of the subcommand it names; null if there is none. */
    public @Nullable Command find(Request request) {
        Command command = find(request.name());
        if (command == null || request.size() < 2 || command.subcommands().isEmpty()) {
            return command;
        }
        return subcommand(command, request.argument(1));
    }

    private static @Nullable Command subcommand(Command command, Bytes word) {
        List<Command> subs = command.subcommands();
        for (int i = 0; i < subs.size(); i++) {
            if (word.is(subs.get(i).name())) {
                return subs.get(i);
            }
        }
        return null;
    }

    private int slot(Bytes name) {
        byte[] array = name.array();
        int hash = name.length();
        for (int i = name.offset(), end = i + name.length(); i < end; i++) {
            hash = hash * 31 + upper(array[i]);
        }
        hash ^= hash >>> 15;
        int slot = hash & mask;
        while (slots[slot] != null && !same(names[slot], name)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static boolean same(byte[] upper, Bytes name) {
        if (upper.length != name.length()) {
            return false;
        }
        byte[] array = name.array();
        int offset = name.offset();
        for (int i = 0; i < upper.length; i++) {
            if (upper[i] != upper(array[offset + i])) {
                return false;
            }
        }
        return true;
    }

    private static byte upper(byte b) {
        return b >= 'a' && b <= 'z' ? (byte) (b - 32) : b;
    }
}
