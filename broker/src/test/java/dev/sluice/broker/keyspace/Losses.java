package dev.sluice.broker.keyspace;

import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Notes what happened to keys beside commands: keys that expired or were evicted, and {@code "hash key member"} and {@code "emptied key"} of collections. */
class Losses implements Keyspace.Listener {
    final List<Bytes> keys = new ArrayList<>();
    final List<Bytes> evicted = new ArrayList<>();
    final List<Bytes> added = new ArrayList<>();
    final List<Bytes> missed = new ArrayList<>();
    final List<String> members = new ArrayList<>();

    @Override
    public void expired(Database database, Bytes key) {
        keys.add(key.detached());
    }

    @Override
    public void evicted(Database database, Bytes key) {
        evicted.add(key.detached());
    }

    @Override
    public void added(Database database, Bytes key) {
        added.add(key.detached());
    }

    @Override
    public void missed(Database database, Bytes key) {
        missed.add(key.detached());
    }

    @Override
    public void memberExpired(Database database, Bytes key, Value.Type type, Bytes member) {
        members.add(type.text() + " " + key + " " + member);
    }

    @Override
    public void emptied(Database database, Bytes key) {
        members.add("emptied " + key);
    }
}
