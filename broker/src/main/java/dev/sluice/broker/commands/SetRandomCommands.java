package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.FieldVisitor;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Sample;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.broker.keyspace.Fresh;
import dev.sluice.broker.seam.Randomness;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sets: members by chance. */
final class SetRandomCommands {
    /** Members of one SREM in the journal. */
    private static final int EFFECT_MEMBERS_MAX = 1024;

    /** From so many times what stays on, what stays is copied instead of taking out the others one by one. */
    private static final int COPIED_PART = 5;

    private static final Bytes SREM = Bytes.of("SREM");

    static final List<Command> TABLE = Group.SET.rows(
            write("SPOP", -2, key(1, "RW", "access", "delete"))
                    .since("1.0.0")
                    .flags(FAST)
                    .tips("nondeterministic_output")
                    .complexity("O(1); with a count O(N), N members taken")
                    .says("Takes any members from a set; removes it with the last one.")
                    .changed("3.2.0", "Several members, by a count.")
                    .takes(key("key"), integer("count").since("3.2.0").optional())
                    .runs(SetRandomCommands::spop),
            read("SRANDMEMBER", -2, key(1, "RO", "access"))
                    .since("1.0.0")
                    .tips("nondeterministic_output")
                    .complexity("O(1); with a count O(N), N members answered")
                    .says("Any members of a set; with a negative count perhaps the same more than once.")
                    .changed("2.6.0", "Several members, by a count.")
                    .takes(key("key"), integer("count").since("2.6.0").optional())
                    .runs(SetRandomCommands::srandmember));

    private SetRandomCommands() {}

    private static Reply spop(Call call) {
        if (call.size() > 3) {
            throw CommandError.syntax();
        }
        if (call.size() == 3) {
            return popSeveral(call);
        }
        SetValue set = call.database().set(call.key());
        if (set == null) {
            return Reply.Null.STRING;
        }
        Bytes member = set.take(call.keyspace().randomness());
        call.changed(call.key(), Event.SPOP);
        SetCommands.removeIfEmpty(call, set);
        if (call.isJournalled()) {
            call.effect(new Request(SREM, call.key(), member));
        }
        return member;
    }

    private static Reply popSeveral(Call call) {
        String refusal = "ERR value is out of range, must be positive";
        long count = Args.toLong(call.argument(2), refusal);
        if (count < 0) {
            throw new CommandError(refusal);
        }
        SetValue set = call.database().set(call.key());
        if (set == null || count == 0) {
            return SetCommands.noMembers();
        }
        if (count >= set.size()) {
            return popAll(call, set);
        }
        Packed taken = takes(call, set, count);
        call.changed(call.key(), Event.SPOP);
        if (call.isJournalled()) {
            journal(call, taken);
        }
        return taken;
    }

    private static Reply popAll(Call call, SetValue set) {
        Packed all = SetCommands.members(set, Packed.Kind.SET);
        call.database().delete(call.key());
        call.changed(call.key(), Event.SPOP);
        call.followed(call.key(), Event.DEL);
        call.effect(Effects.del(call.key()));
        return all;
    }

    /** Takes fewer members than there are. */
    private static Packed takes(Call call, SetValue set, long count) {
        boolean copies = (set.size() - count) * COPIED_PART <= count && set.earliestExpiry() == Members.NO_EXPIRY;
        if (copies) {
            try {
                return takesAllBut(call, set, set.size() - count);
            } catch (CommandError full) {
                // it can be done without memory
            }
        }
        Packed taken = SetCommands.replyOf(Packed.Kind.SET, count);
        for (long left = count; left > 0; left--) {
            taken.add(set.take(call.keyspace().randomness()));
        }
        return taken;
    }

    /** What stays is then of the form of a new set, as with Redis: perhaps of integers only. */
    private static Packed takesAllBut(Call call, SetValue set, long kept) {
        Packed taken = SetCommands.replyOf(Packed.Kind.SET, set.size() - kept);
        Sample sample = new Sample(call.keyspace().randomness(), set.size(), kept);
        try (Fresh<SetValue> fresh = call.database().freshSet(call.key())) {
            set.forEach((array, member, length, value, valueLength) -> {
                if (sample.takesNext()) {
                    fresh.value().add(Bytes.view(array, member, length));
                } else {
                    taken.add(array, member, length);
                }
                return true;
            });
            set.free();
            fresh.refill();
            return taken;
        } catch (CommandError full) {
            taken.release();
            throw full;
        }
    }

    private static void journal(Call call, Packed taken) {
        List<Bytes> words = new ArrayList<>();
        for (Packed.Cursor member = taken.cursor(); member.next(); ) {
            if (words.isEmpty()) {
                words.add(SREM);
                words.add(call.key());
            }
            words.add(member.string());
            if (words.size() == EFFECT_MEMBERS_MAX) {
                call.effect(Request.of(words));
                words.clear();
            }
        }
        if (!words.isEmpty()) {
            call.effect(Request.of(words));
        }
    }

    private static Reply srandmember(Call call) {
        if (call.size() > 3) {
            throw CommandError.syntax();
        }
        if (call.size() == 3) {
            return several(call);
        }
        SetValue set = call.database().set(call.key());
        if (set == null) {
            return Reply.Null.STRING;
        }
        Bytes[] member = {Bytes.EMPTY};
        set.random(call.keyspace().randomness(), (array, at, length, value, valueLength) -> {
            member[0] = Bytes.of(Arrays.copyOfRange(array, at, at + length));
            return true;
        });
        return member[0];
    }

    private static Reply several(Call call) {
        long count = Draw.count(call);
        SetValue set = call.database().set(call.key());
        if (set == null || count == 0) {
            return Reply.Array.EMPTY;
        }
        if (count >= set.size()) {
            return SetCommands.members(set, Packed.Kind.ARRAY);
        }
        Packed reply = SetCommands.replyOf(Packed.Kind.ARRAY, Math.min(Math.abs(count), set.size()));
        FieldVisitor into = (array, member, length, value, valueLength) -> {
            reply.add(array, member, length);
            return true;
        };
        Randomness randomness = call.keyspace().randomness();
        if (count < 0) {
            return Draw.repeat(call, -count, reply, () -> set.random(randomness, into));
        }
        set.sample(randomness, count, into);
        return reply;
    }
}
