package dev.sluice.broker.command;

import dev.sluice.streams.message.Reply;

/** What a command does. Parses first, changes after; refuses by throwing {@code CommandError} before its first change. */
@FunctionalInterface
public interface Handler {
    Reply run(Call call);
}
