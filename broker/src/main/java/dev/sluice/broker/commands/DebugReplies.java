package dev.sluice.broker.commands;

import dev.sluice.broker.command.Call;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import java.util.List;
import java.util.Locale;

/** DEBUG PROTOCOL: a reply of each type that there is, for authors of clients. Redis's own examples. */
final class DebugReplies {
    private DebugReplies() {}

    static Reply reply(Call call) {
        return switch (call.argument(2).toLatin1().toLowerCase(Locale.ROOT)) {
            case "string" -> Bytes.of("Hello World");
            case "integer" -> Reply.integer(12345);
            case "double" -> Reply.decimal(3.141);
            case "bignum" -> new Reply.BigNumber("1234567999999999999999999999999999999");
            case "null" -> Reply.Null.STRING;
            case "array" -> Reply.array(Reply.integer(0), Reply.integer(1), Reply.integer(2));
            case "set" -> new Reply.Set(List.of(Reply.integer(0), Reply.integer(1), Reply.integer(2)));
            case "map" ->
                Reply.map(
                        Reply.integer(0),
                        Reply.bool(false),
                        Reply.integer(1),
                        Reply.bool(true),
                        Reply.integer(2),
                        Reply.bool(false));
            case "attrib" -> attributed();
            case "push" -> pushed(call);
            case "verbatim" -> new Reply.Verbatim("txt", Bytes.of("This is a verbatim\nstring"));
            case "true" -> Reply.bool(true);
            case "false" -> Reply.bool(false);
            default ->
                throw new CommandError(
                        "ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null"
                                + "|array|set|map|attrib|push|verbatim|true|false");
        };
    }

    private static Reply attributed() {
        return new Reply.Attributed(
                List.of(Bytes.of("key-popularity"), Reply.array(Bytes.of("key:123"), Reply.integer(90))),
                Bytes.of("Some real reply following the attribute"));
    }

    /** A push is nobody's answer, so one follows. */
    private static Reply pushed(Call call) {
        if (!call.resp3()) {
            throw new CommandError("ERR RESP2 is not supported by this command");
        }
        return new Reply.Sequence(List.of(
                new Reply.Push(List.of(Bytes.of("server-cpu-usage"), Reply.integer(42))),
                Bytes.of("Some real reply following the push reply")));
    }
}
