package dev.sluice.streams.rsocket;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.resp.Decimals;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one value from JSON or CBOR, whichever the parser understands, within the limits. */
final class TreeReader {
    private static final int PLAIN_DIGITS_MAX = 20;

    private final JsonParser in;
    private final PayloadLimits limits;
    private final boolean binary;
    /** Whether numbers and booleans become their text, as in requests, and objects never stand for errors. */
    private final boolean asTexts;

    private int elements;
    private int depth;

    /** @param binary whether the format is binary, so that its numbers have no text of their own */
    TreeReader(JsonParser in, PayloadLimits limits, boolean binary, boolean asTexts) {
        this.in = in;
        this.limits = limits;
        this.binary = binary;
        this.asTexts = asTexts;
    }

    /** The only value of the payload. */
    Reply read() throws IOException {
        JsonToken first = in.nextToken();
        if (first == null) {
            throw new CommandError("ERR the payload is empty");
        }
        Reply value = value(first);
        if (in.nextToken() != null) {
            throw new CommandError("ERR the payload has more than one value");
        }
        return value;
    }

    private Reply value(JsonToken token) throws IOException {
        if (++elements > limits.elementsMax()) {
            throw new CommandError("ERR the payload has more than " + limits.elementsMax() + " elements");
        }
        return switch (token) {
            case VALUE_STRING -> string(in.getText());
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> bool(true);
            case VALUE_FALSE -> bool(false);
            case VALUE_NULL -> Reply.Null.STRING;
            case VALUE_EMBEDDED_OBJECT -> bounded(in.getBinaryValue());
            case START_ARRAY -> array();
            case START_OBJECT -> object();
            case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE ->
                throw new CommandError("ERR the payload has a value where none can be");
        };
    }

    private void enter() {
        if (++depth > limits.depthMax()) {
            throw new CommandError("ERR the payload is nested more than " + limits.depthMax() + " deep");
        }
    }

    private Reply array() throws IOException {
        enter();
        List<Reply> items = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(value(token));
        }
        depth--;
        return new Reply.Array(items);
    }

    private Reply object() throws IOException {
        enter();
        List<Reply> pairs = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
            pairs.add(string(in.currentName()));
            pairs.add(value(next()));
        }
        depth--;
        Reply special = pairs.size() == 2 ? special(pairs.get(0), pairs.get(1)) : null;
        return special != null ? special : new Reply.Map(pairs);
    }

    private JsonToken next() throws IOException {
        JsonToken token = in.nextToken();
        if (token == null) {
            throw new CommandError("ERR the payload ends too early");
        }
        return token;
    }

    /** What an object with one field stands for, if it is not itself. */
    private @Nullable Reply special(Reply key, Reply value) {
        String name = key.toString();
        if (name.equals(TreeWriter.BASE64) && value instanceof Bytes text) {
            try {
                return bounded(Base64.getDecoder().decode(text.toString()));
            } catch (IllegalArgumentException invalid) {
                throw new CommandError("ERR field 'base64' is not base64");
            }
        }
        return name.equals(TreeWriter.ERROR) && value instanceof Bytes text && !asTexts
                ? Reply.error(text.toString())
                : null;
    }

    private Bytes string(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new CommandError("ERR the payload has half a character: an unpaired surrogate");
                }
                i++;
            }
        }
        return bounded(Bytes.of(text));
    }

    private Bytes bounded(byte[] bytes) {
        return bounded(Bytes.of(bytes));
    }

    private Bytes bounded(Bytes bytes) {
        if (bytes.length() > limits.stringBytesMax()) {
            throw new CommandError("ERR the payload has a string of more than " + limits.stringBytesMax() + " bytes");
        }
        return bytes;
    }

    private Reply integer() throws IOException {
        if (asTexts) {
            return Bytes.of(in.getText());
        }
        if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            BigInteger value = in.getBigIntegerValue();
            return new Reply.BigNumber(value.toString());
        }
        return Reply.integer(in.getLongValue());
    }

    private Reply decimal() throws IOException {
        if (!asTexts) {
            return Reply.decimal(in.getDoubleValue());
        }
        return binary ? text(in.getDoubleValue()) : Bytes.of(in.getText());
    }

    /** The shortest text that reads as the number, which is what somebody who sent 0.1 as a double meant. */
    static Bytes text(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Decimals.text(value);
        }
        BigDecimal shortest = BigDecimal.valueOf(value).stripTrailingZeros();
        boolean plain = Math.abs(shortest.precision() - shortest.scale()) <= PLAIN_DIGITS_MAX;
        return Bytes.of(plain ? shortest.toPlainString() : shortest.toString());
    }

    private Reply bool(boolean value) {
        return asTexts ? Bytes.of(Boolean.toString(value)) : Reply.bool(value);
    }
}
