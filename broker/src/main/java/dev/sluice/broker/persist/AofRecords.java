package dev.sluice.broker.persist;

import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;

/** Makes commands of keys and values; a command is never in two chunks. */
final class AofRecords implements SnapshotForm.Records {
    private final RdbOutput out;
    private final AofCommands commands;

    AofRecords(SnapshotForm.Chunks chunks) {
        out = RdbOutput.drained(chunks);
        commands = new AofCommands(out);
    }

    @Override
    public void entry(int database, Bytes key, Value value, long expireAtMs, int mark) {
        commands.select(database);
        commands.value(key, value);
        commands.expiry(key, expireAtMs);
    }

    @Override
    public void attributes(int database, long expireAtMs, int mark) {
        commands.select(database);
    }

    @Override
    public void last() {}

    @Override
    public void flush() {
        out.flush();
    }
}
