package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.pattern;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets, one member or one set at a time. What is random, and what joins several sets, have tables of their own. */
final class SetCommands {
    private static final int MEMBER_BYTES_EXPECTED = 32;
    private static final int REPLY_BYTES_EXPECTED_MAX = 1 << 20;

    private static final Reply NOTHING_SCANNED = Reply.array(Bytes.of("0"), Reply.Array.EMPTY);

    static final List<Command> TABLE = Group.SET.rows(
            write("SADD", -3, key(1, "RW", "insert"))
                    .since("1.0.0")
                    .flags(DENYOOM, FAST)
                    .complexity("O(1) a member")
                    .says("Adds members to a set; creates it if it is missing.")
                    .changed("2.4.0", "Several members.")
                    .takes(key("key"), string("member").multiple())
                    .runs(SetCommands::sadd),
            write("SREM", -3, key(1, "RW", "delete"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(N), N members to remove")
                    .says("Removes members from a set, and the set with the last one.")
                    .changed("2.4.0", "Several members.")
                    .takes(key("key"), string("member").multiple())
                    .runs(SetCommands::srem),
            read("SISMEMBER", 3, key(1, "RO"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Whether a set has a member.")
                    .takes(key("key"), string("member"))
                    .runs(SetCommands::sismember),
            read("SMISMEMBER", -3, key(1, "RO", "access"))
                    .since("6.2.0")
                    .flags(FAST)
                    .complexity("O(N), N members asked for")
                    .says("Which of several members a set has.")
                    .takes(key("key"), string("member").multiple())
                    .runs(SetCommands::smismember),
            read("SCARD", 2, key(1, "RO"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Number of members of a set.")
                    .takes(key("key"))
                    .runs(SetCommands::scard),
            read("SMEMBERS", 2, key(1, "RO", "access"))
                    .since("1.0.0")
                    .tips("nondeterministic_output_order")
                    .complexity("O(N), N members of the set")
                    .says("All members of a set.")
                    .takes(key("key"))
                    .runs(SetCommands::smembers),
            write("SMOVE", 4, key(1, "RW", "access", "delete"), key(2, "RW", "insert"))
                    .since("1.0.0")
                    .flags(FAST)
                    .complexity("O(1)")
                    .says("Moves a member from one set to another, in one step.")
                    .takes(key("source"), key("destination", 1), string("member"))
                    .runs(SetCommands::smove),
            read("SSCAN", -3, key(1, "RO", "access"))
                    .since("2.8.0")
                    .tips("nondeterministic_output")
                    .complexity("O(1) a call, O(N) for all N members")
                    .says("Some members of a set, and the cursor with which the next call goes on.")
                    .takes(key("key"), integer("cursor"))
                    .takes(pattern("pattern").token("MATCH").optional())
                    .takes(integer("count").token("COUNT").optional())
                    .runs(SetCommands::sscan));

    private SetCommands() {}

    private static Reply sadd(Call call) {
        SetValue set = call.database().setOrNew(call.key());
        int added = 0;
        for (int i = 2; i < call.size(); i++) {
            added += set.add(call.argument(i)) ? 1 : 0;
        }
        if (added > 0) {
            call.changed(call.key(), Event.SADD);
        }
        return Reply.integer(added);
    }

    private static Reply srem(Call call) {
        SetValue set = call.database().set(call.key());
        if (set == null) {
            return Reply.integer(0);
        }
        int removed = 0;
        for (int i = 2; i < call.size(); i++) {
            removed += set.remove(call.argument(i)) ? 1 : 0;
        }
        if (removed > 0) {
            call.changed(call.key(), Event.SREM);
            removeIfEmpty(call, set);
        }
        return Reply.integer(removed);
    }

    /** Removes the key of a set that members were taken from. */
    static void removeIfEmpty(Call call, SetValue set) {
        if (set.size() == 0) {
            call.deleteIfEmpty(call.key());
        }
    }

    private static Reply sismember(Call call) {
        SetValue set = call.database().set(call.key());
        return Reply.integer(set != null && set.has(call.argument(2)) ? 1 : 0);
    }

    private static Reply smismember(Call call) {
        SetValue set = call.database().set(call.key());
        Packed answers = Packed.array(Math.min((call.size() - 2) * (1 + Long.BYTES), REPLY_BYTES_EXPECTED_MAX));
        for (int i = 2; i < call.size(); i++) {
            answers.addInteger(set != null && set.has(call.argument(i)) ? 1 : 0);
        }
        return answers;
    }

    private static Reply scard(Call call) {
        SetValue set = call.database().set(call.key());
        return Reply.integer(set == null ? 0 : set.size());
    }

    private static Reply smembers(Call call) {
        SetValue set = call.database().set(call.key());
        return set == null ? noMembers() : members(set, Packed.Kind.SET);
    }

    /** The reply for a set that is empty or missing. */
    static Reply noMembers() {
        return new Reply.Set(List.of());
    }

    static Packed members(SetValue set, Packed.Kind kind) {
        Packed members = replyOf(kind, set.size());
        set.forEach((array, member, length, value, valueLength) -> {
            members.add(array, member, length);
            return true;
        });
        return members;
    }

    /** An empty reply with room for so many members. */
    static Packed replyOf(Packed.Kind kind, long members) {
        return new Packed(kind, (int) Math.min(members * MEMBER_BYTES_EXPECTED, REPLY_BYTES_EXPECTED_MAX));
    }

    private static Reply smove(Call call) {
        Bytes from = call.argument(1);
        Bytes to = call.argument(2);
        Bytes member = call.argument(3);
        SetValue source = call.database().set(from);
        if (source == null) {
            return Reply.integer(0);
        }
        SetValue target = call.database().set(to);
        if (!source.has(member)) {
            return Reply.integer(0);
        }
        if (!from.equals(to)) {
            move(call, source, target, member);
        }
        return Reply.integer(1);
    }

    /** Adds first, which may be refused; who listens hears first of what was removed. */
    private static void move(Call call, SetValue source, @Nullable SetValue target, Bytes member) {
        Bytes to = call.argument(2);
        call.database().reserve(1, member.length() + (long) to.length());
        if (target != null) {
            boolean added = target.add(member);
            removeMoved(call, source, member);
            if (added) {
                call.changed(to, Event.SADD);
            }
            return;
        }
        try (Fresh<SetValue> made = call.database().freshSet(to)) {
            made.value().add(member);
            removeMoved(call, source, member);
            made.store();
        }
        call.changed(to, Event.SADD);
    }

    private static void removeMoved(Call call, SetValue source, Bytes member) {
        source.remove(member);
        call.changed(call.argument(1), Event.SREM);
        removeIfEmpty(call, source);
    }

    private static Reply sscan(Call call) {
        long cursor = ScanOptions.cursor(call.argument(2));
        SetValue set = call.database().set(call.key());
        if (set == null) {
            return NOTHING_SCANNED;
        }
        ScanOptions options = ScanOptions.ofMembers(call.args(3));
        Packed members = Packed.array(256);
        long next = set.scan(cursor, options.count(), (array, member, length, value, valueLength) -> {
            if (options.shows(Bytes.view(array, member, length))) {
                members.add(array, member, length);
            }
            return true;
        });
        return Reply.array(Bytes.of(Long.toUnsignedString(next)), members);
    }
}
