package dev.sluice.broker.persist;

import dev.sluice.broker.data.StringValue;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes the base of an append-only file as commands, in batches: one for each chunk. */
final class AofBaseWriter implements SnapshotForm.Writer {
    /** Nobody asks how much of this file was on the disk before it was complete. */
    private static final long FORCED = 0;

    /** Longer strings are batches of their own, written in pieces. */
    private static final int PIECE_BYTES = 1 << 16;

    private interface Sink {
        void take(byte[] array, int offset, int length);
    }

    private final OutputStream target;
    private final AofForm form;
    private final RdbOutput out;
    private final AofCommands commands;

    AofBaseWriter(OutputStream target, AofForm form) {
        this.target = target;
        this.form = form;
        this.out = RdbOutput.drained(chunk -> {
            batch(chunk);
            return chunk.array().length == SnapshotForm.CHUNK_BYTES ? chunk.array() : null;
        });
        this.commands = new AofCommands(out);
    }

    @Override
    public void begin() throws IOException {
        unchecked(() -> {
            if (form.seconds() > 0) {
                line(AofNote.timeLine(form.seconds()));
            }
            line(AofNote.began(0, form.salt()));
            if (form.lastToken() > 0) {
                batch(Bytes.of(AofNote.tokenLine(form.lastToken())));
            }
        });
    }

    @Override
    public void chunk(Bytes chunk) throws IOException {
        unchecked(() -> batch(chunk));
    }

    /** The database was selected at the end of the chunk before. */
    @Override
    public void value(int database, Bytes key, Value value, long expireAtMs) throws IOException {
        unchecked(() -> {
            if (value instanceof StringValue string && string.length() > PIECE_BYTES) {
                longString(key, string);
            } else {
                commands.value(key, value);
            }
            commands.expiry(key, expireAtMs);
            out.flush();
        });
    }

    /** What stands before the last line was on the disk before the file got its name: so nothing of it is a torn end. */
    @Override
    public void end() throws IOException {
        unchecked(() -> line(AofNote.began(form.salt(), form.salt())));
    }

    private static void unchecked(Runnable work) throws IOException {
        try {
            work.run();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    private void batch(Bytes commands) {
        long crc = Crc64.of(
                AofNote.crcBefore(form.salt(), commands.length(), FORCED),
                commands.array(),
                commands.offset(),
                commands.length());
        line(AofNote.batchLine(commands.length(), FORCED, crc));
        write(commands.array(), commands.offset(), commands.length());
    }

    /** Twice over: its checksum stands before it. */
    private void longString(Bytes key, StringValue string) {
        RdbOutput before = new RdbOutput(false);
        new AofCommands(before).string(key, string.length());
        long bytes = before.bytes().length()
                + (long) string.length()
                + AofCommands.end().length();
        long[] crc = {AofNote.crcBefore(form.salt(), bytes, FORCED)};
        pieces(before.bytes(), string, (array, offset, length) -> crc[0] = Crc64.of(crc[0], array, offset, length));
        line(AofNote.batchLine(bytes, FORCED, crc[0]));
        pieces(before.bytes(), string, this::write);
    }

    private static void pieces(Bytes before, StringValue string, Sink sink) {
        sink.take(before.array(), before.offset(), before.length());
        byte[] piece = new byte[PIECE_BYTES];
        for (int at = 0; at < string.length(); at += PIECE_BYTES) {
            int length = Math.min(PIECE_BYTES, string.length() - at);
            string.copyTo(at, piece, 0, length);
            sink.take(piece, 0, length);
        }
        Bytes end = AofCommands.end();
        sink.take(end.array(), end.offset(), end.length());
    }

    private void line(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        write(bytes, 0, bytes.length);
    }

    private void write(byte[] array, int offset, int length) {
        try {
            target.write(array, offset, length);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
