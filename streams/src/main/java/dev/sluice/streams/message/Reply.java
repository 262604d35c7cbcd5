package dev.sluice.streams.message;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * What a command answers, whoever asked. Each wire has one exhaustive switch that writes it; RESP2 writes the kinds it
 * lacks as the ones it has (maps and sets as arrays, doubles as bulk strings, booleans as 0 and 1).
 */
public sealed interface Reply
        permits Bytes,
                Packed,
                Reply.Int,
                Reply.Status,
                Reply.Failure,
                Reply.Null,
                Reply.Array,
                Reply.Map,
                Reply.Set,
                Reply.Push,
                Reply.Decimal,
                Reply.Bool,
                Reply.BigNumber,
                Reply.Verbatim,
                Reply.Attributed,
                Reply.Sequence,
                Reply.None,
                Reply.Later {
    /** A 64-bit signed integer. */
    record Int(long value) implements Reply {
        private static final Int[] SMALL = new Int[1024];

        static {
            for (int i = 0; i < SMALL.length; i++) {
                SMALL[i] = new Int(i);
            }
        }
    }

    /** A short line of text. Wires replace CR and LF by spaces. */
    record Status(String text) implements Reply {
        public static final Status OK = new Status("OK");
        public static final Status QUEUED = new Status("QUEUED");
        public static final Status PONG = new Status("PONG");
    }

    /** A refusal; the message begins with its code: {@code ERR …}. Wires replace CR and LF by spaces. */
    record Failure(String message) implements Reply {
        /** The code that clients match and INFO errorstats counts: the message up to the first space. */
        public String code() {
            int space = message.indexOf(' ');
            return space < 0 ? message : message.substring(0, space);
        }
    }

    /** Nothing there. RESP2 distinguishes the absent string from the absent array. */
    enum Null implements Reply {
        STRING,
        ARRAY
    }

    record Array(List<Reply> items) implements Reply {
        public static final Array EMPTY = new Array(List.of());

        @Override
        public void release() {
            items.forEach(Reply::release);
        }
    }

    /** Keys and values in turn: {@code pairs.size()} is even. */
    record Map(List<Reply> pairs) implements Reply {
        @Override
        public void release() {
            pairs.forEach(Reply::release);
        }
    }

    record Set(List<Reply> items) implements Reply {
        @Override
        public void release() {
            items.forEach(Reply::release);
        }
    }

    /** Out of band data: a message, an invalidation. An array on RESP2. */
    record Push(List<Reply> items) implements Reply {}

    record Decimal(double value) implements Reply {}

    record Bool(boolean value) implements Reply {}

    record BigNumber(String digits) implements Reply {}

    /** Text with a format of three characters ({@code txt}, {@code mkd}); a bulk string on RESP2. */
    record Verbatim(String format, Bytes text) implements Reply {}

    /**
     * A reply and what there is to say about it: keys and values in turn, out of band on RESP3, left out where a wire has
     * no place for it.
     */
    record Attributed(List<Reply> attributes, Reply reply) implements Reply {
        @Override
        public void release() {
            attributes.forEach(Reply::release);
            reply.release();
        }
    }

    /** Several replies in a row, each by itself: SUBSCRIBE to three channels confirms three times. */
    record Sequence(List<Reply> replies) implements Reply {
        @Override
        public void release() {
            replies.forEach(Reply::release);
        }
    }

    /** Nothing is written: what the command had to say left through the connection's queue, or must not be said. */
    enum None implements Reply {
        NONE
    }

    /**
     * Not there yet: the command waits. Only the caller of the dispatcher sees it, subscribes, and writes what comes;
     * cancelling the subscription takes the waiter back. Never part of another reply, and never written itself.
     */
    record Later(Mono<Reply> reply) implements Reply {}

    static Reply ok() {
        return Status.OK;
    }

    static Reply integer(long value) {
        return value >= 0 && value < Int.SMALL.length ? Int.SMALL[(int) value] : new Int(value);
    }

    static Reply decimal(double value) {
        return new Decimal(value);
    }

    static Reply bool(boolean value) {
        return new Bool(value);
    }

    static Reply array(Reply... items) {
        return new Array(List.of(items));
    }

    static Reply array(List<Reply> items) {
        return new Array(items);
    }

    static Reply map(Reply... pairs) {
        return new Map(List.of(pairs));
    }

    static Reply error(String message) {
        return new Failure(message);
    }

    static Reply later(Mono<Reply> reply) {
        return new Later(reply);
    }

    /** Gives pooled memory back; to be called once by whoever wrote or dropped the reply. */
    default void release() {}
}
