package dev.sluice.broker.persist;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.Members;
import dev.sluice.broker.data.SetValue;
import dev.sluice.broker.data.SortedSet;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Request;
import java.util.function.Consumer;

/** The commands that give members of a collection their times of expiry. */
public final class MemberTimes {
    private static final Bytes FIELDS = Bytes.of("FIELDS");
    private static final Bytes MEMBERS = Bytes.of("MEMBERS");

    private MemberTimes() {}

    /** One for each member that expires. A command's last argument is valid during the call alone. */
    public static void forEach(Bytes key, Value value, Consumer<Request> command) {
        if (!(value instanceof Members members) || members.earliestExpiry() == Members.NO_EXPIRY) {
            return;
        }
        Bytes name = Bytes.of(
                switch (members) {
                    case HashValue hash -> "HPEXPIREAT";
                    case SetValue set -> "SPEXPIREAT";
                    case SortedSet set -> "ZPEXPIREAT";
                });
        Bytes word = members instanceof HashValue ? FIELDS : MEMBERS;
        members.forEachExpiry((array, offset, length, time) -> {
            Bytes member = Bytes.view(array, offset, length);
            command.accept(new Request(name, key, Bytes.of((long) time), word, Bytes.of(1), member));
            return true;
        });
    }
}
