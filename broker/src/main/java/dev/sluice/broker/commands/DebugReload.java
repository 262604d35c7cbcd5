package dev.sluice.broker.commands;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;

/** DEBUG RELOAD and LOADAOF: data goes from its files into memory again; and what is not verified then. */
final class DebugReload {
    private static final Reply NOT_LOADED = Reply.error("ERR Error trying to load the RDB dump");

    private final Persistence persistence;

    DebugReload(Persistence persistence) {
        this.persistence = persistence;
    }

    Reply reload(Call call) {
        boolean merges = false;
        boolean flushes = true;
        boolean saves = true;
        for (Args args = call.args(2); args.hasNext(); ) {
            if (args.skip("MERGE")) {
                merges = true;
            } else if (args.skip("NOFLUSH")) {
                flushes = false;
            } else if (args.skip("NOSAVE")) {
                saves = false;
            } else {
                throw new CommandError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
            }
        }
        return Reply.later(persistence.reload(saves, flushes, merges).map(DebugReload::outcome));
    }

    Reply skipChecksums(Call call) {
        persistence.verifyChecksums(!call.argument(2).is("1"));
        return Reply.Status.OK;
    }

    Reply loadAppendLog(Call call) {
        return Reply.later(persistence.reloadAppendLog().map(DebugReload::outcome));
    }

    Reply slowDown(Call call) {
        persistence.slowDownAppending(Args.toLong(call.argument(2)));
        return Reply.Status.OK;
    }

    private static Reply outcome(Persistence.Reloaded reloaded) {
        return switch (reloaded) {
            case DONE -> Reply.Status.OK;
            case NOT_SAVED -> PersistenceCommands.FAILED;
            case NOT_LOADED -> NOT_LOADED;
        };
    }
}
