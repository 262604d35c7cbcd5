package dev.sluice.broker.commands;

import dev.sluice.broker.data.HashValue;
import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.broker.keyspace.Database;
import dev.sluice.streams.message.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of SORT's BY and GET: {@code #} is the element itself; {@code weight_*} the string under the key that has the
 * element in place of the first asterisk; {@code object_*->name} a field of the hash there.
 */
record SortPattern(Bytes before, Bytes behind, @Nullable Bytes field, boolean isElement, boolean isConstant) {
    static SortPattern parse(Bytes text) {
        int star = indexOf(text, 0, "*");
        if (star < 0) {
            return new SortPattern(Bytes.EMPTY, Bytes.EMPTY, null, text.is("#"), true);
        }
        int arrow = indexOf(text, star + 1, "->");
        boolean hasField = arrow >= 0 && arrow + 2 < text.length();
        return new SortPattern(
                text.slice(0, star),
                text.slice(star + 1, hasField ? arrow : text.length()),
                hasField ? text.slice(arrow + 2, text.length()) : null,
                false,
                false);
    }

    private static int indexOf(Bytes text, int from, String part) {
        for (int at = from; at + part.length() <= text.length(); at++) {
            int matched = 0;
            while (matched < part.length() && text.at(at + matched) == part.charAt(matched)) {
                matched++;
            }
            if (matched == part.length()) {
                return at;
            }
        }
        return -1;
    }

    /** What an element leads to; null where there is nothing of the right type. */
    @Nullable
    Bytes lookUp(Database database, Bytes element) {
        if (isElement) {
            return element;
        }
        if (isConstant) {
            return null;
        }
        Value value = database.value(key(element));
        if (field != null) {
            return value instanceof HashValue hash ? hash.get(field) : null;
        }
        return value instanceof StringValue string ? string.bytes() : null;
    }

    private Bytes key(Bytes element) {
        byte[] key = new byte[before.length() + element.length() + behind.length()];
        int at = 0;
        for (Bytes part : new Bytes[] {before, element, behind}) {
            System.arraycopy(part.array(), part.offset(), key, at, part.length());
            at += part.length();
        }
        return Bytes.of(key);
    }
}
