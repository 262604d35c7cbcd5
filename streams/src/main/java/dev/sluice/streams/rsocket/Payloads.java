package dev.sluice.streams.rsocket;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.sluice.streams.flow.Delivery;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Packed;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.ProtocolError;
import dev.sluice.streams.resp.ReplyLimits;
import dev.sluice.streams.resp.ReplyReader;
import dev.sluice.streams.resp.Resp3Writer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the data of payloads. Thread-safe; one serves a whole process. Reading takes all readable bytes of a
 * buffer that stays the caller's, and what it returns owns its memory. Writing releases nothing.
 *
 * <p>In JSON and CBOR a string that is not UTF-8 is {@code {"base64": "…"}} (CBOR writes bytes, and reads both), a number
 * beyond 2^53 is a string, a map is an object unless a key is no text, and an error is {@code {"error": "…"}}.
 */
public final class Payloads {
    private static final int LINE_BYTES_MAX = 64 * 1024;
    private static final int NUMBER_CHARS_MAX = 1000;
    private static final int REASON_CHARS_MAX = 200;

    private static final Bytes CHANNEL = Bytes.of("channel");
    private static final Bytes PATTERN = Bytes.of("pattern");
    private static final Bytes MESSAGE = Bytes.of("message");
    private static final Bytes MISSED = Bytes.of("missed");

    private final PayloadLimits limits;
    private final ReplyLimits respLimits;
    private final JsonFactory json;
    private final CBORFactory cbor;
    private final Resp3Writer resp3 = new Resp3Writer();

    // Made once, so that asking a message for its form makes no garbage.
    private final Function<Published, Bytes> jsonForm = message -> form(MimeType.JSON, message);
    private final Function<Published, Bytes> cborForm = message -> form(MimeType.CBOR, message);
    private final Function<Published, Bytes> resp3Form = message -> form(MimeType.RESP3, message);

    public Payloads(PayloadLimits limits) {
        this.limits = limits;
        this.respLimits =
                new ReplyLimits(limits.stringBytesMax(), limits.elementsMax(), LINE_BYTES_MAX, limits.depthMax());
        // The reader itself has the better words for too much depth.
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxStringLength(limits.stringBytesMax())
                .maxNestingDepth(limits.depthMax() + 1)
                .maxNumberLength(NUMBER_CHARS_MAX)
                .build();
        this.json = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(constraints)
                .build();
        this.cbor = CBORFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(constraints)
                .build();
    }

    /**
     * Appends a reply. {@link Reply.None} is a null, and a {@link Reply.Sequence} an array, for a payload is one value.
     *
     * @throws IllegalStateException for a {@link Reply.Later}, which is nothing yet
     */
    public void write(MimeType type, Reply reply, ByteBuf out) {
        switch (type) {
            case JSON -> writeTree(json, false, reply, out);
            case CBOR -> writeTree(cbor, true, reply, out);
            case RESP3 -> resp3.write(oneValue(reply), out);
        }
    }

    /** Appends a reply that others receive too. */
    public void write(MimeType type, SharedReply reply, ByteBuf out) {
        Bytes form = reply.form(type, this);
        out.writeBytes(form.array(), form.offset(), form.length());
    }

    /**
     * Appends {@code {channel, pattern?, message, missed?}}. What was delivered without a loss before it is encoded once
     * per type, however many receive it.
     */
    public void write(MimeType type, Delivery<Published> delivery, ByteBuf out) {
        Published message = delivery.message();
        if (delivery.missed() > 0) {
            write(type, delivered(message, delivery.missed()), out);
            return;
        }
        Bytes form = switch (type) {
            case JSON -> message.encoded(Published.Form.JSON, jsonForm);
            case CBOR -> message.encoded(Published.Form.CBOR, cborForm);
            case RESP3 -> message.encoded(Published.Form.RESP3_MAP, resp3Form);
        };
        out.writeBytes(form.array(), form.offset(), form.length());
    }

    /**
     * Reads a command: an array of strings, numbers and booleans, the latter two taken as their text.
     *
     * @throws CommandError if it is none
     */
    public Request command(MimeType type, ByteBuf in) {
        if (!(read(type, in, true) instanceof Reply.Array(List<Reply> items))) {
            throw new CommandError("ERR the payload must be an array: a command and its arguments");
        }
        if (items.isEmpty()) {
            throw new CommandError("ERR the command is empty");
        }
        Bytes[] arguments = new Bytes[items.size()];
        for (int i = 0; i < arguments.length; i++) {
            if (!(items.get(i) instanceof Bytes text)) {
                throw new CommandError("ERR argument " + i + " of the command must be a string, a number or a boolean");
            }
            arguments[i] = text;
        }
        return new Request(arguments);
    }

    /**
     * Reads the object that the other routes take.
     *
     * @throws CommandError if it is none
     */
    public Fields fields(MimeType type, ByteBuf in) {
        return Fields.of(read(type, in, true));
    }

    /**
     * Reads a reply, as clients do. What JSON and CBOR do not distinguish comes back as the plainer kind: a status as a
     * string, a set as an array.
     *
     * @throws CommandError if the payload cannot be read
     */
    public Reply reply(MimeType type, ByteBuf in) {
        return read(type, in, false);
    }

    private static Reply delivered(Published message, long missed) {
        List<Reply> pairs = new ArrayList<>(8);
        pairs.add(CHANNEL);
        pairs.add(message.channel());
        Bytes pattern = message.pattern();
        if (pattern != null) {
            pairs.add(PATTERN);
            pairs.add(pattern);
        }
        pairs.add(MESSAGE);
        pairs.add(message.message());
        if (missed > 0) {
            pairs.add(MISSED);
            pairs.add(Reply.integer(missed));
        }
        return new Reply.Map(pairs);
    }

    private Bytes form(MimeType type, Published message) {
        ByteBuf out =
                Unpooled.buffer(message.channel().length() + message.message().length() + 64);
        write(type, delivered(message, 0), out);
        return Bytes.view(out.array(), 0, out.readableBytes());
    }

    private static void writeTree(JsonFactory factory, boolean binary, Reply reply, ByteBuf out) {
        try (OutputStream stream = new ByteBufOutputStream(out);
                JsonGenerator generator = factory.createGenerator(stream, JsonEncoding.UTF8)) {
            new TreeWriter(generator, binary).write(reply);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Reply oneValue(Reply reply) {
        if (reply instanceof Reply.Sequence(List<Reply> replies)) {
            return new Reply.Array(replies);
        }
        return reply == Reply.None.NONE ? Reply.Null.STRING : reply;
    }

    private Reply read(MimeType type, ByteBuf in, boolean asTexts) {
        return switch (type) {
            case JSON -> readTree(type, json, in, asTexts);
            case CBOR -> readTree(type, cbor, in, asTexts);
            case RESP3 -> asTexts ? texts(readResp3(in)) : readResp3(in);
        };
    }

    private Reply readTree(MimeType type, JsonFactory factory, ByteBuf in, boolean asTexts) {
        try (InputStream stream = new ByteBufInputStream(in);
                JsonParser parser = factory.createParser(stream)) {
            return new TreeReader(parser, limits, type == MimeType.CBOR, asTexts).read();
        } catch (StreamConstraintsException tooMuch) {
            throw new CommandError("ERR the payload has too long a string, name or number");
        } catch (JsonProcessingException malformed) {
            throw malformed(type, malformed.getOriginalMessage());
        } catch (IOException unreadable) {
            throw malformed(type, unreadable.getMessage());
        }
    }

    private Reply readResp3(ByteBuf in) {
        try {
            ReplyReader reader = new ReplyReader(respLimits);
            reader.feed(in);
            Reply value = reader.next();
            if (value == null) {
                throw new CommandError(
                        reader.heldBytes() == 0 ? "ERR the payload is empty" : "ERR the payload ends too early");
            }
            if (reader.heldBytes() > 0) {
                throw new CommandError("ERR the payload has more than one value");
            }
            return value;
        } catch (ProtocolError malformed) {
            throw malformed(MimeType.RESP3, malformed.getMessage());
        }
    }

    private static CommandError malformed(MimeType type, @Nullable String reason) {
        String why = String.valueOf(reason).replaceAll("\\p{Cntrl}", " ");
        return new CommandError(
                "ERR the payload is not " + type + ": " + why.substring(0, Math.min(why.length(), REASON_CHARS_MAX)));
    }

    /** The value with its numbers and booleans as their texts. */
    private static Reply texts(Reply value) {
        return switch (value) {
            case Bytes text -> text;
            case Reply.Int(long number) -> Bytes.of(number);
            case Reply.Decimal(double number) -> TreeReader.text(number);
            case Reply.Bool(boolean bool) -> Bytes.of(Boolean.toString(bool));
            case Reply.BigNumber(String digits) -> Bytes.of(digits);
            case Reply.Status(String text) -> Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
            case Reply.Verbatim(String format, Bytes text) -> text;
            case Reply.Null nothing -> nothing;
            case Reply.Array(List<Reply> items) -> new Reply.Array(allTexts(items));
            case Reply.Set(List<Reply> items) -> new Reply.Array(allTexts(items));
            case Reply.Map(List<Reply> pairs) -> new Reply.Map(allTexts(pairs));
            case Reply.Failure failure -> throw notInARequest();
            case Reply.Push push -> throw notInARequest();
            case Packed packed -> throw notInARequest();
            case Reply.Attributed attributed -> throw notInARequest();
            case Reply.Sequence sequence -> throw notInARequest();
            case Reply.None none -> throw notInARequest();
            case Reply.Later later -> throw notInARequest();
        };
    }

    private static List<Reply> allTexts(List<Reply> values) {
        List<Reply> texts = new ArrayList<>(values.size());
        for (Reply value : values) {
            texts.add(texts(value));
        }
        return texts;
    }

    private static CommandError notInARequest() {
        return new CommandError("ERR the payload has an error or a push in it, which no request has");
    }
}
