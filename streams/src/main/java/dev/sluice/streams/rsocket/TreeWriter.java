package dev.sluice.streams.rsocket;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.resp.Decimals;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one reply as JSON or CBOR, whichever the generator makes. */
final class TreeWriter {
    /** The field of an object that stands for a string which is not text. */
    static final String BASE64 = "base64";
    /** The field of an object that stands for an error. */
    static final String ERROR = "error";

    /** Whole numbers up to here are the same in a double, which is all that JavaScript has. */
    static final long EXACT_MAX = 1L << 53;

    private final JsonGenerator out;
    private final boolean binary;

    /** @param binary whether the format has strings of bytes */
    TreeWriter(JsonGenerator out, boolean binary) {
        this.out = out;
        this.binary = binary;
    }

    void write(Reply reply) throws IOException {
        switch (reply) {
            case Bytes text -> string(text);
            case Reply.Int(long value) -> integer(value);
            case Reply.Status(String text) -> out.writeString(Line.of(text));
            case Reply.Failure(String message) -> failure(message);
            case Reply.Null nothing -> out.writeNull();
            case Packed packed -> packed(packed);
            case Reply.Array(var items) -> array(items);
            case Reply.Map(var pairs) -> map(pairs);
            case Reply.Set(var items) -> array(items);
            case Reply.Push(var items) -> array(items);
            case Reply.Attributed(var attributes, Reply itself) -> write(itself);
            case Reply.Sequence(var replies) -> array(replies);
            case Reply.Decimal(double value) -> decimal(value);
            case Reply.Bool(boolean value) -> out.writeBoolean(value);
            case Reply.BigNumber(String digits) -> out.writeString(digits);
            case Reply.Verbatim(String format, Bytes text) -> string(text);
            case Reply.None none -> out.writeNull();
            case Reply.Later later ->
                throw new IllegalStateException("a reply that is still to come cannot be written");
        }
    }

    void field(String name, Reply value) throws IOException {
        out.writeFieldName(name);
        write(value);
    }

    private void string(Bytes text) throws IOException {
        if (Utf8.isValid(text)) {
            out.writeUTF8String(text.array(), text.offset(), text.length());
        } else if (binary) {
            out.writeBinary(text.array(), text.offset(), text.length());
        } else {
            out.writeStartObject(null, 1);
            out.writeFieldName(BASE64);
            out.writeBinary(text.array(), text.offset(), text.length());
            out.writeEndObject();
        }
    }

    private void integer(long value) throws IOException {
        if (value >= -EXACT_MAX && value <= EXACT_MAX) {
            out.writeNumber(value);
        } else {
            out.writeString(Long.toString(value));
        }
    }

    private void decimal(double value) throws IOException {
        if (Math.abs(value) <= EXACT_MAX) {
            out.writeNumber(value);
        } else {
            out.writeString(Decimals.text(value).toString());
        }
    }

    private void failure(String message) throws IOException {
        out.writeStartObject(null, 1);
        out.writeStringField(ERROR, Line.of(message));
        out.writeEndObject();
    }

    private void array(List<Reply> items) throws IOException {
        out.writeStartArray(null, items.size());
        for (Reply item : items) {
            write(item);
        }
        out.writeEndArray();
    }

    /** An object; an array of pairs if a key is no text, or if the object would look like a string or an error. */
    private void map(List<Reply> pairs) throws IOException {
        int size = pairs.size() / 2;
        String[] keys = new String[size];
        boolean named = true;
        for (int i = 0; i < size && named; i++) {
            String key = key(pairs.get(2 * i));
            named = key != null && !(size == 1 && isSpecial(key));
            keys[i] = String.valueOf(key);
        }
        if (named) {
            out.writeStartObject(null, size);
            for (int i = 0; i < size; i++) {
                field(keys[i], pairs.get(2 * i + 1));
            }
            out.writeEndObject();
            return;
        }
        out.writeStartArray(null, size);
        for (int i = 0; i < size; i++) {
            out.writeStartArray(null, 2);
            write(pairs.get(2 * i));
            write(pairs.get(2 * i + 1));
            out.writeEndArray();
        }
        out.writeEndArray();
    }

    private static boolean isSpecial(String key) {
        return key.equals(BASE64) || key.equals(ERROR);
    }

    /** A key as text; null if it is none. */
    private static @Nullable String key(Reply key) {
        return switch (key) {
            case Bytes text -> Utf8.isValid(text) ? text.toString() : null;
            case Reply.Status(String text) -> Line.of(text);
            case Reply.Verbatim(String format, Bytes text) -> key(text);
            case Reply.Int(long value) -> Long.toString(value);
            case Reply.Decimal(double value) -> Decimals.text(value).toString();
            case Reply.Bool(boolean value) -> Boolean.toString(value);
            case Reply.BigNumber(String digits) -> digits;
            case Reply.Failure failure -> null;
            case Reply.Null nothing -> null;
            case Packed packed -> null;
            case Reply.Array array -> null;
            case Reply.Map map -> null;
            case Reply.Set set -> null;
            case Reply.Push push -> null;
            case Reply.Attributed(var attributes, Reply itself) -> key(itself);
            case Reply.Sequence sequence -> null;
            case Reply.None none -> null;
            case Reply.Later later -> null;
        };
    }

    private void packed(Packed packed) throws IOException {
        Packed.Cursor cursor = packed.cursor();
        if (packed.kind() == Packed.Kind.MAP) {
            packedMap(packed, cursor);
            return;
        }
        out.writeStartArray(null, packed.count());
        for (int i = 0; i < packed.count(); i++) {
            item(cursor);
        }
        out.writeEndArray();
    }

    private void packedMap(Packed packed, Packed.Cursor cursor) throws IOException {
        int size = packed.count() / 2;
        boolean named = isNamed(packed, size);
        if (named) {
            out.writeStartObject(null, size);
        } else {
            out.writeStartArray(null, size);
        }
        for (int i = 0; i < size; i++) {
            if (named) {
                cursor.next();
                out.writeFieldName(key(cursor));
            } else {
                out.writeStartArray(null, 2);
                item(cursor);
            }
            item(cursor);
            if (!named) {
                out.writeEndArray();
            }
        }
        if (named) {
            out.writeEndObject();
        } else {
            out.writeEndArray();
        }
    }

    private static boolean isNamed(Packed packed, int size) {
        Packed.Cursor cursor = packed.cursor();
        for (int i = 0; i < size; i++) {
            cursor.next();
            if (cursor.isNull() || cursor.isNested() || cursor.isString() && !Utf8.isValid(cursor.string())) {
                return false;
            }
            if (size == 1 && isSpecial(key(cursor))) {
                return false;
            }
            skip(cursor);
        }
        return true;
    }

    private static String key(Packed.Cursor cursor) {
        if (cursor.isString()) {
            return cursor.string().toString();
        }
        return cursor.isInteger()
                ? Long.toString(cursor.integer())
                : Decimals.text(cursor.decimal()).toString();
    }

    private static void skip(Packed.Cursor cursor) {
        for (long items = 1; items > 0; items--) {
            cursor.next();
            if (cursor.isNested()) {
                items += cursor.length();
            }
        }
    }

    private void item(Packed.Cursor cursor) throws IOException {
        cursor.next();
        if (cursor.isString()) {
            string(cursor.string());
        } else if (cursor.isInteger()) {
            integer(cursor.integer());
        } else if (cursor.isDouble()) {
            decimal(cursor.decimal());
        } else if (cursor.isNested()) {
            int items = cursor.length();
            out.writeStartArray(null, items);
            for (int i = 0; i < items; i++) {
                item(cursor);
            }
            out.writeEndArray();
        } else {
            out.writeNull();
        }
    }
}
