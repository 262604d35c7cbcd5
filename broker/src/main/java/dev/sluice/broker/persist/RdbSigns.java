package dev.sluice.broker.persist;

import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.broker.keyspace.Keyspace;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Numbers;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the fields of a file that say what is no key, see {@link RdbAux}. */
final class RdbSigns {
    private static final Logger LOG = LoggerFactory.getLogger(RdbSigns.class);

    private final Keyspace keyspace;
    private final boolean keepsExpired;

    RdbSigns(Keyspace keyspace, boolean keepsExpired) {
        this.keyspace = keyspace;
        this.keepsExpired = keepsExpired;
    }

    void read(Bytes name, Bytes value) {
        String text = name.toLatin1();
        if (text.startsWith("%")) {
            LOG.info("RDB '{}': {}", text, value.toLatin1());
            return;
        }
        switch (text.toLowerCase(Locale.ROOT)) {
            case RdbAux.REDIS_VERSION -> LOG.info("Loading RDB produced by version {}", value.toLatin1());
            case RdbAux.CREATED -> LOG.info("RDB age {} seconds", Math.max(0, keyspace.now() / 1000 - number(value)));
            case RdbAux.USED_MEMORY ->
                LOG.info("RDB memory usage when created {} Mb", "%.2f".formatted(number(value) / 1048576.0));
            case RdbAux.AOF_PREAMBLE -> sayIf(value, "RDB has an AOF tail");
            case RdbAux.AOF_BASE -> sayIf(value, "RDB is base AOF");
            case RdbAux.LAST_TOKEN -> keyspace.tokenGiven(number(value));
            case RdbAux.MEMBER_EXPIRY -> expiries(new RdbInput(value));
            case RdbAux.REDIS_BITS, RdbAux.SLUICE_VERSION, "lua", "repl-stream-db", "repl-id", "repl-offset" -> {}
            default -> LOG.trace("Unrecognized RDB AUX field: '{}'", text);
        }
    }

    private static void sayIf(Bytes value, String sentence) {
        if (number(value) != 0) {
            LOG.info(sentence);
        }
    }

    private static long number(Bytes value) {
        return Numbers.isLong(value) ? Numbers.toLong(value) : 0;
    }

    private void expiries(RdbInput in) {
        long index = in.readLength();
        Bytes key = in.readString();
        if (index >= keyspace.databases().size()) {
            return; // then a key was refused, or is not kept
        }
        Database database = keyspace.database((int) index);
        Value value = database.inspect(key);
        boolean changed = false;
        while (in.remaining() > 0) {
            Bytes member = in.readString();
            long at = in.readLength();
            if (value instanceof Members members && members.has(member)) {
                expire(members, member, at);
                changed = true;
            }
        }
        if (changed && value instanceof Members members) {
            database.membersExpire(key, members);
            database.deleteIfEmpty(key);
        }
    }

    /** A key that is gone, as its time had come, has no members either: then there is nothing to do. */
    private void expire(Members members, Bytes member, long atMs) {
        if (!keepsExpired && atMs < keyspace.now()) {
            members.remove(member);
        } else if (atMs > Members.EXPIRE_AT_MS_MAX) {
            throw new CorruptRdbException("a time of expiry is out of range");
        } else {
            members.expireMemberAt(member, atMs);
        }
    }
}
