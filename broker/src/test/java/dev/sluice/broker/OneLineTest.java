package dev.sluice.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Command;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import dev.sluice.streams.resp.ProtocolError;
import dev.sluice.streams.resp.ReplyWriter;
import dev.sluice.streams.resp.RequestLimits;
import dev.sluice.streams.resp.RequestReader;
import dev.sluice.streams.resp.Resp2Writer;
import dev.sluice.streams.resp.Resp3Writer;
import dev.sluice.streams.resp.Scratch;
import dev.sluice.streams.rsocket.Line;
import dev.sluice.streams.rsocket.MimeType;
import dev.sluice.streams.rsocket.PayloadLimits;
import dev.sluice.streams.rsocket.Payloads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever a client sends, in whatever place of whatever command, an error or a status is one line: every row of the
 * table is asked with line ends in each of its arguments, and what is answered is read strictly, as RESP2, RESP3 and as
 * RSocket payloads.
 */
class OneLineTest {
    private static final List<String> HOSTILE =
            List.of("\r\n", "\n", "\r", "x\r\n+OK\r\n:1\r\n", "1\r\n2", "a\u0000\r\nb", "\u00e9\r\n-ERR\u0000");
    private static final int MORE_WORDS = 3;

    private final InMemoryBroker broker = new InMemoryBroker("enable-debug-command", "yes");
    private final Payloads payloads = new Payloads(PayloadLimits.DEFAULT);
    private final JsonFactory json = new JsonFactory();
    private int failures;

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void everyCommandInEveryPlace() throws IOException {
        for (Command row : broker.dispatcher.commands()) {
            everyPlace(row, List.of(row.name()));
            for (Command sub : row.subcommands()) {
                everyPlace(sub, List.of(row.name(), sub.name()));
            }
        }
        assertThat(failures).isGreaterThan(10_000); // what is looked for was there
    }

    private void everyPlace(Command row, List<String> name) throws IOException {
        int least = Math.abs(row.arity()) - name.size();
        int most = row.arity() < 0 ? least + MORE_WORDS : least;
        for (int words = Math.max(0, least - 1); words <= most + 1; words++) {
            everyPlace(name, Collections.nCopies(words, "1"));
        }
        List<String> usage = new ArrayList<>();
        for (Argument argument : row.arguments()) {
            usage.addAll(Arrays.stream(argument.usage().split("[\\[\\]<>| .]+"))
                    .filter(word -> !word.isEmpty())
                    .toList());
            everyPlace(name, usage);
        }
    }

    private void everyPlace(List<String> name, List<String> words) throws IOException {
        List<String> request = new ArrayList<>(name);
        request.addAll(words);
        for (int i = 0; i < request.size(); i++) {
            for (String hostile : HOSTILE) {
                String kept = request.set(i, hostile);
                ask(request);
                request.set(i, kept);
            }
        }
    }

    private void ask(List<String> words) throws IOException {
        Request request = new Request(words.stream()
                .map(word -> Bytes.of(word.getBytes(StandardCharsets.ISO_8859_1)))
                .toArray(Bytes[]::new));
        InMemoryBroker.Client client = broker.client();
        Reply reply = broker.dispatcher.run(client.session, request);
        if (!(reply instanceof Reply.Later)) {
            failures += reply instanceof Reply.Failure ? 1 : 0;
            try {
                check(reply);
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("answer to " + words, broken);
            }
            reply.release();
        }
        client.close(false);
        broker.pass(2); // a pause is over then
    }

    private void check(Reply reply) throws IOException {
        new Strict(written(new Resp2Writer(), reply)).read();
        new Strict(written(new Resp3Writer(), reply)).read();
        ByteBuf out = Unpooled.buffer();
        payloads.write(MimeType.RESP3, reply, out);
        new Strict(out.toString(StandardCharsets.ISO_8859_1)).read();
        out.clear();
        payloads.write(MimeType.JSON, reply, out);
        try (JsonParser parser = json.createParser(out.toString(StandardCharsets.UTF_8))) {
            while (parser.nextToken() != null) {
                // to the end: it is JSON
            }
        }
        switch (reply) {
            case Reply.Failure(String message) ->
                assertThat(Line.of(message)).doesNotContain("\r").doesNotContain("\n");
            case Reply.Status(String text) ->
                assertThat(Line.of(text)).doesNotContain("\r").doesNotContain("\n");
            default -> {}
        }
    }

    private static String written(ReplyWriter writer, Reply reply) {
        ByteBuf out = Unpooled.buffer();
        writer.write(reply, out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void errorsOfTheProtocolToo() {
        for (int b = 0; b < 256; b++) {
            RequestReader reader = new RequestReader(new Scratch(), RequestLimits.DEFAULT);
            byte[] bytes = "*1\r\n?4\r\nPING\r\n".getBytes(StandardCharsets.ISO_8859_1);
            bytes[4] = (byte) b;
            try {
                reader.feed(Unpooled.wrappedBuffer(bytes));
                reader.next();
            } catch (ProtocolError error) {
                new Strict(written(new Resp2Writer(), error.reply())).read();
            }
        }
    }

    /** Reads replies to the end of the text; a line has neither CR nor LF in it. */
    private static final class Strict {
        private final String text;
        private int at;

        Strict(String text) {
            this.text = text;
        }

        void read() {
            while (at < text.length()) {
                value();
            }
        }

        private void value() {
            char type = text.charAt(at++);
            String line = line();
            switch (type) {
                case '+', '-' -> {}
                case ':', '(' -> assertThat(line).matches("-?[0-9]+");
                case ',' -> assertThat(line).matches("-?(inf|[0-9.]+(e[-+]?[0-9]+)?)");
                case '#' -> assertThat(line).matches("[tf]");
                case '_' -> assertThat(line).isEmpty();
                case '$', '=', '!' -> string(Integer.parseInt(line));
                case '*', '~', '>' -> values(Integer.parseInt(line));
                case '%' -> values(2 * Integer.parseInt(line));
                default -> fail("a reply begins with %s: %s", type, text);
            }
        }

        private void values(int count) {
            for (int i = 0; i < count; i++) {
                value();
            }
        }

        private void string(int length) {
            if (length >= 0) {
                at += length;
                assertThat(line()).isEmpty();
            }
        }

        private String line() {
            int end = at;
            while (text.charAt(end) != '\r' && text.charAt(end) != '\n') {
                end++;
            }
            assertThat(text.startsWith("\r\n", end)).as(text).isTrue();
            String line = text.substring(at, end);
            at = end + 2;
            return line;
        }
    }
}
