package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.block;
import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Argument.key;
import static dev.sluice.broker.command.Argument.string;
import static dev.sluice.broker.command.Argument.unixTime;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Command.write;
import static dev.sluice.broker.command.Flag.DENYOOM;
import static dev.sluice.broker.command.Flag.FAST;
import static dev.sluice.broker.command.KeySpec.key;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.keyspace.Event;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When members of a collection go by themselves: HEXPIRE and its kin as Redis 7.4 has them for the fields of hashes, and
 * the same for the members of sets (SEXPIRE …) and sorted sets (ZEXPIRE …), which only Sluice has.
 */
final class MemberExpiryCommands {
    private static final String SINCE = "7.4.0";
    private static final String COMPLEXITY = "O(N log M), N members named, M members that expire";

    private static final long NO_MEMBER = -2;
    private static final long NO_EXPIRY = -1;
    private static final long NOT_SET = 0;
    private static final long SET = 1;
    private static final long REMOVED = 2;

    static final List<Command> TABLE = Stream.of(Kind.values())
            .flatMap(kind -> new MemberExpiryCommands(kind).table().stream())
            .toList();

    /** The three families. */
    private enum Kind {
        HASH(Group.HASH, "H", "field", "HDEL", Event.HEXPIRE, Event.HPERSIST, Event.HDEL),
        SET(Group.SET, "S", "member", "SREM", Event.SEXPIRE, Event.SPERSIST, Event.SREM),
        SORTED_SET(Group.SORTED_SET, "Z", "member", "ZREM", Event.ZEXPIRE, Event.ZPERSIST, Event.ZREM);

        private final Group group;
        private final String letter;
        private final String member;
        private final Bytes remove;
        private final Event expire;
        private final Event persist;
        private final Event removed;

        Kind(Group group, String letter, String member, String remove, Event expire, Event persist, Event removed) {
            this.group = group;
            this.letter = letter;
            this.member = member;
            this.remove = Bytes.of(remove);
            this.expire = expire;
            this.persist = persist;
            this.removed = removed;
        }

        /** The word before the members: FIELDS or MEMBERS. */
        String word() {
            return member.toUpperCase(Locale.ROOT) + "S";
        }
    }

    private final Kind kind;
    private final Bytes expireAtCommand;
    private final CommandError noWord;
    private final CommandError countDiffers;
    private final String countRefused;

    private MemberExpiryCommands(Kind kind) {
        this.kind = kind;
        this.expireAtCommand = Bytes.of(kind.letter + "PEXPIREAT");
        this.noWord =
                new CommandError("ERR Mandatory argument " + kind.word() + " is missing or not at the right position");
        this.countDiffers =
                new CommandError("ERR The `num" + kind.member + "s` parameter must match the number of arguments");
        this.countRefused = "ERR Parameter `num" + Character.toUpperCase(kind.member.charAt(0))
                + kind.member.substring(1) + "s` should be greater than 0";
    }

    private List<Command> table() {
        return kind.group.rows(
                expiring("EXPIRE", integer("seconds"))
                        .says("Gives " + kind.member + "s a time to live in seconds.")
                        .runs(call -> expire(call, true, true)),
                expiring("PEXPIRE", integer("milliseconds"))
                        .says("Gives " + kind.member + "s a time to live in milliseconds.")
                        .runs(call -> expire(call, false, true)),
                expiring("EXPIREAT", unixTime("unix-time-seconds"))
                        .says("Lets " + kind.member + "s live until a time, in seconds of Unix time.")
                        .runs(call -> expire(call, true, false)),
                expiring("PEXPIREAT", unixTime("unix-time-milliseconds"))
                        .says("Lets " + kind.member + "s live until a time, in milliseconds of Unix time.")
                        .runs(call -> expire(call, false, false)),
                asking("TTL")
                        .tips("nondeterministic_output")
                        .says("How many seconds " + kind.member + "s have to live.")
                        .runs(call -> times(call, at -> (at + 999 - call.now()) / 1000)),
                asking("PTTL")
                        .tips("nondeterministic_output")
                        .says("How many milliseconds " + kind.member + "s have to live.")
                        .runs(call -> times(call, at -> at - call.now())),
                asking("EXPIRETIME")
                        .says("Until when " + kind.member + "s live, in seconds of Unix time.")
                        .runs(call -> times(call, at -> (at + 999) / 1000)),
                asking("PEXPIRETIME")
                        .says("Until when " + kind.member + "s live, in milliseconds of Unix time.")
                        .runs(call -> times(call, at -> at)),
                write(kind.letter + "PERSIST", -5, key(1, "RW", "update"))
                        .since(SINCE)
                        .flags(FAST)
                        .complexity(COMPLEXITY)
                        .says("Lets " + kind.member + "s live for ever.")
                        .takes(key("key"), names())
                        .runs(this::persist));
    }

    private Command expiring(String name, Argument time) {
        return write(kind.letter + name, -6, key(1, "RW", "update"))
                .since(SINCE)
                .flags(DENYOOM, FAST)
                .complexity(COMPLEXITY)
                .takes(key("key"), time, ExpiryCondition.ARGUMENT, names());
    }

    private Command asking(String name) {
        return read(kind.letter + name, -5, key(1, "RO", "access"))
                .since(SINCE)
                .flags(FAST)
                .complexity(COMPLEXITY)
                .takes(key("key"), names());
    }

    private Argument names() {
        return block(
                        kind.member + "s",
                        integer("num" + kind.member + "s"),
                        string(kind.member).multiple())
                .token(kind.word());
    }

    private @Nullable Members members(Call call, Bytes key) {
        return switch (kind) {
            case HASH -> call.database().hash(key);
            case SET -> call.database().set(key);
            case SORTED_SET -> call.database().sortedSet(key);
        };
    }

    /** Reads FIELDS, or MEMBERS, and the count; what is left then are the names. */
    private void count(Args args, String refusal) {
        if (!args.skip(kind.word())) {
            throw noWord;
        }
        Bytes text = args.next();
        long count = Args.toLong(text, refusal);
        if (count < 1) {
            throw new CommandError(refusal);
        }
        if (count != args.remaining()) {
            throw countDiffers;
        }
    }

    private Reply expire(Call call, boolean seconds, boolean relative) {
        Members members = members(call, call.key());
        long atMs = expireAt(call, call.argument(2), seconds, relative);
        Args args = call.args(3);
        ExpiryCondition condition = ExpiryCondition.parseOne(args);
        count(args, countRefused);
        if (members == null) {
            return all(args, NO_MEMBER);
        }
        call.database().reserve(2 * args.remaining(), bytes(call, args.position()));
        List<Bytes> changed = new ArrayList<>();
        List<Reply> replies = new ArrayList<>();
        while (args.hasNext()) {
            Bytes member = args.next();
            long done = expire(call, members, member, atMs, condition);
            replies.add(Reply.integer(done));
            if (done == SET || done == REMOVED) {
                changed.add(member);
            }
        }
        if (!changed.isEmpty()) {
            changed(call, members, changed, atMs);
        }
        return Reply.array(replies);
    }

    /** When that is, in ms since 1970; {@code text} is as the client wrote it. */
    static long expireAt(Call call, Bytes text, boolean seconds, boolean relative) {
        long time = Args.toLong(text);
        if (time < 0) {
            throw new CommandError("ERR invalid expire time, must be >= 0");
        }
        long start = relative ? call.now() : 0;
        if (time > Members.EXPIRE_AT_MS_MAX / (seconds ? 1000 : 1)
                || (seconds ? time * 1000 : time) > Members.EXPIRE_AT_MS_MAX - start) {
            throw new CommandError(
                    "ERR invalid expire time in '" + call.command().fullName() + "' command");
        }
        return start + (seconds ? time * 1000 : time);
    }

    private static long bytes(Call call, int from) {
        long sum = 0;
        for (int i = from; i < call.size(); i++) {
            sum += call.argument(i).length();
        }
        return sum;
    }

    private static long expire(Call call, Members members, Bytes member, long atMs, ExpiryCondition condition) {
        if (!members.has(member)) {
            return NO_MEMBER;
        }
        if (!condition.allows(members.memberExpireAt(member), atMs)) {
            return NOT_SET;
        }
        if (call.isPast(atMs)) {
            members.remove(member);
            return REMOVED;
        }
        members.expireMemberAt(member, atMs);
        return SET;
    }

    /** One time for all: either all of them expire then, or it has come and all are removed. */
    private void changed(Call call, Members members, List<Bytes> changed, long atMs) {
        Bytes key = call.key();
        List<Bytes> effect = new ArrayList<>();
        if (!call.isPast(atMs)) {
            call.database().membersExpire(key, members);
            effect.addAll(
                    List.of(expireAtCommand, key, Bytes.of(atMs), Bytes.of(kind.word()), Bytes.of(changed.size())));
            effect.addAll(changed);
            call.effect(new Request(effect.toArray(Bytes[]::new)));
            call.changed(key, kind.expire);
            return;
        }
        effect.addAll(List.of(kind.remove, key));
        effect.addAll(changed);
        call.effect(new Request(effect.toArray(Bytes[]::new)));
        call.changed(key, kind.removed);
        if (members.size() == 0) {
            call.deleteIfEmpty(key);
        }
    }

    private Reply times(Call call, LongUnaryOperator shown) {
        Members members = members(call, call.key());
        Args args = call.args(2);
        count(args, "ERR Number of " + kind.member + "s must be a positive integer");
        if (members == null) {
            return all(args, NO_MEMBER);
        }
        List<Reply> replies = new ArrayList<>();
        while (args.hasNext()) {
            Bytes member = args.next();
            long at = members.memberExpireAt(member);
            if (at != Members.NO_EXPIRY) {
                replies.add(Reply.integer(shown.applyAsLong(at)));
            } else {
                replies.add(Reply.integer(members.has(member) ? NO_EXPIRY : NO_MEMBER));
            }
        }
        return Reply.array(replies);
    }

    private Reply persist(Call call) {
        Members members = members(call, call.key());
        Args args = call.args(2);
        count(args, "ERR Number of " + kind.member + "s must be a positive integer");
        if (members == null) {
            return all(args, NO_MEMBER);
        }
        List<Reply> replies = new ArrayList<>();
        boolean any = false;
        while (args.hasNext()) {
            Bytes member = args.next();
            boolean persisted = members.persistMember(member);
            any |= persisted;
            replies.add(Reply.integer(persisted ? SET : members.has(member) ? NO_EXPIRY : NO_MEMBER));
        }
        if (any) {
            call.database().membersExpire(call.key(), members);
            call.changed(call.key(), kind.persist);
        }
        return Reply.array(replies);
    }

    private static Reply all(Args args, long answer) {
        List<Reply> replies = new ArrayList<>();
        for (int left = args.remaining(); left > 0; left--) {
            replies.add(Reply.integer(answer));
        }
        return Reply.array(replies);
    }
}
