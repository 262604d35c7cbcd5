package dev.sluice.clients;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Values as JSON. A byte string is a text, or {@code {"base64": "..."}} where it is not UTF-8; numbers are numbers, or
 * texts where JSON cannot hold them; a refusal within a reply is {@code {"error": "..."}}.
 */
final class JsonValues {
    /** Nesting of a reply, beyond which it is refused. */
    private static final int DEPTH_MAX = 64;

    private static final JsonFactory JSON = new JsonFactory();

    private JsonValues() {}

    /** What writes fields or items, between the braces or brackets that the caller chose. */
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /** One JSON value in a buffer that the caller releases. */
    static ByteBuf encode(ByteBufAllocator allocator, Body body) {
        ByteBuf out = allocator.buffer();
        try (JsonGenerator json = JSON.createGenerator((OutputStream) new ByteBufOutputStream(out))) {
            body.write(json);
        } catch (IOException e) {
            out.release();
            throw new UncheckedIOException(e);
        }
        return out;
    }

    /** Writes a byte string. */
    static void write(JsonGenerator json, Bytes bytes) throws IOException {
        try {
            json.writeString(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()))
                    .toString());
        } catch (CharacterCodingException e) {
            json.writeStartObject();
            json.writeBinaryField("base64", bytes.toArray());
            json.writeEndObject();
        }
    }

    /** Reads one value; objects become maps, but for those that stand for a byte string or a refusal. */
    static Reply decode(ByteBuf in) {
        try (JsonParser json = JSON.createParser((java.io.InputStream) new ByteBufInputStream(in))) {
            json.nextToken();
            return value(json, 0);
        } catch (IOException e) {
            throw new UncheckedIOException("not a JSON value", e);
        }
    }

    /** The value of a field of an object; {@link Reply.Null} if it has none. */
    static Reply field(Reply object, String name) {
        if (object instanceof Reply.Map map) {
            for (int i = 0; i < map.pairs().size(); i += 2) {
                if (map.pairs().get(i).equals(Bytes.of(name))) {
                    return map.pairs().get(i + 1);
                }
            }
        }
        return Reply.Null.STRING;
    }

    private static Reply value(JsonParser json, int depth) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null || depth > DEPTH_MAX) {
            throw new IOException("ends early or nests too deep");
        }
        return switch (token) {
            case VALUE_STRING -> Bytes.of(json.getText());
            case VALUE_NUMBER_INT -> Reply.integer(json.getLongValue());
            case VALUE_NUMBER_FLOAT -> Reply.decimal(json.getDoubleValue());
            case VALUE_TRUE -> Reply.bool(true);
            case VALUE_FALSE -> Reply.bool(false);
            case VALUE_NULL -> Reply.Null.STRING;
            case START_ARRAY -> array(json, depth);
            case START_OBJECT -> object(json, depth);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new IOException("unexpected " + token);
        };
    }

    private static Reply array(JsonParser json, int depth) throws IOException {
        List<Reply> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(json, depth + 1));
        }
        return Reply.array(items);
    }

    private static Reply object(JsonParser json, int depth) throws IOException {
        List<Reply> pairs = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("base64") && json.currentToken() == JsonToken.VALUE_STRING) {
                byte[] bytes = json.getBinaryValue();
                json.nextToken();
                return Bytes.of(bytes);
            }
            pairs.add(Bytes.of(name));
            pairs.add(value(json, depth + 1));
        }
        if (pairs.size() == 2 && pairs.get(0).equals(Bytes.of("error")) && pairs.get(1) instanceof Bytes text) {
            return Reply.error(text.toString());
        }
        return new Reply.Map(pairs);
    }
}
