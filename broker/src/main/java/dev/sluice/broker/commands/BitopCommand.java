package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.KeySpec.key;
import static dev.sluice.broker.command.KeySpec.keys;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** BITOP: strings combined bit by bit into another. */
final class BitopCommand {
    private static final int FIRST_SOURCE = 3;

    static final List<Command> TABLE =
            Group.BITMAP.rows(write("BITOP", -4, key(2, "OW", "update"), keys(3, -1, 1, "RO", "access"))
                    .since("2.6.0")
                    .flags(DENYOOM)
                    .complexity("O(N), N bytes of all the strings")
                    .says("Combines the bits of strings under keys, and stores the result under another.")
                    .changed("8.2.0", "Operations DIFF, DIFF1, ANDOR and ONE.")
                    .takes(string("operation"), key("destkey"), key("key", 1).multiple())
                    .runs(BitopCommand::bitop));

    private BitopCommand() {}

    private static Reply bitop(Call call) {
        Bitop.Operation operation = Bitop.Operation.parse(call.argument(1));
        int count = call.size() - FIRST_SOURCE;
        if (operation == Bitop.Operation.NOT && count != 1) {
            throw new CommandError("ERR BITOP NOT must be called with a single source key.");
        }
        if (operation.needsTwo() && count < 2) {
            throw new CommandError("ERR BITOP " + operation + " must be called with at least two source keys.");
        }
        Bitop result = new Bitop(operation, sources(call, count));
        int length = result.length();
        Bytes target = call.argument(2);
        if (length > 0) {
            call.database().setString(target, length, result);
            if (operation.compareTo(Bitop.Operation.NOT) > 0 && call.isJournalled()) {
                call.effect(Effects.set(target, stored(call, target))); // redis-server 7.0 does not know the operation
            }
            call.changed(target, Event.SET);
        } else if (call.database().delete(target)) {
            call.effect(Effects.del(target));
            call.changed(target, Event.DEL);
        }
        return Reply.integer(length);
    }

    private static Bytes stored(Call call, Bytes key) {
        StringValue value = call.database().string(key);
        return value == null ? Bytes.EMPTY : value.bytes();
    }

    /** What is read counts as a hit or a miss, although the command writes. */
    private static @Nullable StringValue[] sources(Call call, int count) {
        @Nullable StringValue[] sources = new @Nullable StringValue[count];
        call.keyspace().countHits(true);
        for (int i = 0; i < count; i++) {
            sources[i] = call.database().string(call.argument(FIRST_SOURCE + i));
        }
        call.keyspace().countHits(false);
        return sources;
    }
}
