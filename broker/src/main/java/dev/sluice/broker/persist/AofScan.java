package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out how much of an append-only file of commands can be believed, before any of it runs.
 *
 * <p>What we wrote is checked by its checksums alone; what others wrote must be commands. Where something is wrong, it is
 * either the end of a file that was being written when the machine stopped, or damage. It is damage if something behind it
 * proves that the place had been forced to the disk before: a later batch that says so, or a later beginning. The end of a
 * batch that was torn counts up to the last whole command, but not beyond a place where a sector may be missing: those read
 * as zeros.
 */
public final class AofScan {
    /** What is to become of the file. */
    public enum Verdict {
        INTACT,
        /** It ends in the middle: what stands before {@link Result#valid} is good, what follows was never confirmed. */
        TORN,
        /** Something is wrong with what had been written in full. */
        DAMAGED
    }

    /** Bytes of a file from the first offset up to the second. */
    public record Range(long from, long to) {}

    /**
     * @param valid so many bytes from the beginning can be loaded as they are
     * @param rest what is to stand behind them: what could be saved of a batch that is not there in full, as one that is
     * @param at where the first byte is that is wrong, or the command or batch that has it; -1 if nothing is
     * @param reason in a few words, empty if nothing is wrong
     * @param unprotected where a changed bit would not be noticed: others wrote that
     * @param salt of the broker that wrote last, 0 if none did
     * @param openTransaction what is wrong is that a transaction does not end
     */
    public record Result(
            Verdict verdict,
            long size,
            long valid,
            byte[] rest,
            long at,
            String reason,
            List<Range> unprotected,
            long salt,
            boolean openTransaction) {}

    private static final int SECTOR = 512;
    private static final long ARGUMENTS_MAX = 1024 * 1024 * 16;
    private static final long ARGUMENT_BYTES_MAX = Integer.MAX_VALUE - 64;

    /** Batches that are read once more, in search of a proof. */
    private static final int PROOFS_MAX = 64;

    private final Disk disk;
    private final String path;
    private final AofInput in;
    private final List<Range> unprotected = new ArrayList<>();
    private boolean ours;
    private long salt;
    private long saltBefore;
    private boolean isBeginning; // the second line of it comes next
    private long valid;
    private byte[] rest = {};
    private boolean inTransaction;
    private boolean inPieces;

    private AofScan(Disk disk, String path, AofInput in) {
        this.disk = disk;
        this.path = path;
        this.in = in;
    }

    /**
     * Reads the whole file. Throws only if it cannot be read.
     *
     * @param from where the commands begin: behind what a file has in RDB form
     */
    public static Result of(Disk disk, String path, long from) throws IOException {
        try (AofInput in = new AofInput(disk.open(path))) {
            AofScan scan = new AofScan(disk, path, in);
            in.skip(from);
            scan.valid = from;
            return scan.run();
        }
    }

    private enum Problem {
        NONE,
        ENDS,
        WRONG
    }

    private Result run() throws IOException {
        while (in.peek() >= 0) {
            long start = in.position();
            boolean wasBeginning = isBeginning;
            Problem problem = in.peek() == '#' ? note() : foreign(start);
            if (wasBeginning && isBeginning) {
                problem = Problem.WRONG; // its second line is missing
            }
            if (problem != Problem.NONE) {
                return judged(start, problem);
            }
            if (!inTransaction && !isBeginning) {
                valid = in.position();
            }
        }
        if (isBeginning) {
            return judged(valid, Problem.ENDS);
        }
        return inTransaction
                ? new Result(
                        Verdict.TORN,
                        in.size(),
                        valid,
                        rest,
                        valid,
                        "an incomplete MULTI/EXEC",
                        unprotected,
                        salt,
                        true)
                : new Result(Verdict.INTACT, in.size(), valid, rest, -1, "", unprotected, salt, false);
    }

    private Problem note() throws IOException {
        String line = in.line();
        if (line == null) {
            return in.missing() == AofInput.Missing.END ? Problem.ENDS : Problem.WRONG;
        }
        return switch (AofNote.of(line)) {
            case AofNote.Began began -> began(began);
            case AofNote.Batch batch -> !ours || inTransaction ? Problem.WRONG : batch(batch);
            case AofNote.Time time -> Problem.NONE;
            case AofNote.Foreign foreign -> ours ? Problem.WRONG : Problem.NONE;
            case AofNote.Run run -> Problem.WRONG;
            case AofNote.Instead instead -> Problem.WRONG;
            case AofNote.More more -> Problem.WRONG;
            case AofNote.Token token -> Problem.WRONG;
            case AofNote.Broken broken -> Problem.WRONG;
        };
    }

    /** The second line of one says the same again. */
    private Problem began(AofNote.Began began) {
        boolean again = isBeginning && began.salt() == salt && began.isAfter(saltBefore);
        if (inTransaction || !again && !began.isAfter(salt)) {
            return Problem.WRONG;
        }
        isBeginning = !again;
        if (isBeginning) {
            ours = true;
            saltBefore = salt;
            salt = began.salt();
        }
        return Problem.NONE;
    }

    private Problem batch(AofNote.Batch batch) throws IOException {
        long begin = in.position();
        if (in.size() - begin < batch.bytes()) {
            return Problem.ENDS;
        }
        long crc = in.crc(AofNote.crcBefore(salt, batch.bytes(), batch.forced()), batch.bytes());
        return crc == batch.crc() ? Problem.NONE : Problem.WRONG;
    }

    /** A command outside of our batches. */
    private Problem foreign(long start) throws IOException {
        Problem problem = command(in);
        if (problem == Problem.NONE) {
            Range last = unprotected.isEmpty() ? null : unprotected.getLast();
            if (last != null && last.to == start) {
                unprotected.removeLast();
                unprotected.add(new Range(last.from, in.position()));
            } else {
                unprotected.add(new Range(start, in.position()));
            }
        }
        return problem;
    }

    private Problem command(AofInput from) throws IOException {
        long count = from.number('*', ARGUMENTS_MAX);
        if (count <= 0) {
            return count == AofInput.NO_END ? Problem.ENDS : Problem.WRONG;
        }
        boolean begins = false;
        boolean ends = false;
        for (long i = 0; i < count; i++) {
            long length = from.number('$', ARGUMENT_BYTES_MAX);
            if (length < 0) {
                return length == AofInput.NO_END ? Problem.ENDS : Problem.WRONG;
            }
            begins = count == 1 && length == 5 && from.isNext("MULTI");
            ends = count == 1 && length == 4 && from.isNext("EXEC");
            if (!from.skip(length)) {
                return Problem.ENDS;
            }
            Problem end = end(from);
            if (end != Problem.NONE) {
                return end;
            }
        }
        inTransaction = begins || inTransaction && !ends;
        return Problem.NONE;
    }

    private static Problem end(AofInput from) throws IOException {
        for (char expected : new char[] {'\r', '\n'}) {
            int next = from.peek();
            if (next != expected) {
                return next < 0 ? Problem.ENDS : Problem.WRONG;
            }
            from.skip(1);
        }
        return Problem.NONE;
    }

    // ---- what a problem means

    private Result judged(long start, Problem problem) throws IOException {
        String reason = problem == Problem.ENDS ? "the file ends within" : ours ? "not what was written" : "no command";
        boolean others = !ours || !unprotected.isEmpty() && unprotected.getLast().to == start;
        if (others && problem == Problem.WRONG || isProven(start)) {
            return new Result(Verdict.DAMAGED, in.size(), valid, rest, start, reason, unprotected, salt, false);
        }
        if (!others && !inTransaction && !isBeginning) {
            believeSome(start);
        }
        long last = isBeginning ? saltBefore : salt; // half of a beginning is cut off
        return new Result(Verdict.TORN, in.size(), valid, rest, start, reason, unprotected, last, inTransaction);
    }

    /** Whether something behind a place says that this had been forced to the disk. */
    private boolean isProven(long place) throws IOException {
        long salt = this.salt;
        int left = PROOFS_MAX;
        try (AofInput later = new AofInput(disk.open(path))) {
            later.skip(place);
            while (left > 0 && later.find("#sluice ")) {
                String line = later.line();
                if (line == null) {
                    later.skip(1);
                    continue;
                }
                switch (AofNote.of(line)) {
                    case AofNote.Began began -> {
                        boolean known = began.isAfter(salt) || began.salt() == salt && began.isAfter(saltBefore);
                        if (known && later.position() - line.length() - 2 > place) {
                            return true;
                        }
                    }
                    case AofNote.Batch batch -> {
                        if (batch.forced() > place) {
                            left--;
                            if (isWhole(batch, later.position(), salt)) {
                                return true;
                            }
                        }
                    }
                    case AofNote.Time t -> {}
                    case AofNote.Run r -> {}
                    case AofNote.Instead i -> {}
                    case AofNote.More m -> {}
                    case AofNote.Token t -> {}
                    case AofNote.Foreign f -> {}
                    case AofNote.Broken b -> {}
                }
            }
        }
        return false;
    }

    private boolean isWhole(AofNote.Batch batch, long at, long salt) throws IOException {
        try (AofInput again = new AofInput(disk.open(path))) {
            return again.size() - at >= batch.bytes()
                    && again.skip(at)
                    && again.crc(AofNote.crcBefore(salt, batch.bytes(), batch.forced()), batch.bytes()) == batch.crc();
        }
    }

    /** Of a batch that the file ends within, the whole commands count. */
    private void believeSome(long start) throws IOException {
        long sound = soundEnd(start);
        try (AofInput again = new AofInput(disk.open(path))) {
            again.skip(start);
            String line = again.line();
            if (line == null
                    || !(AofNote.of(line) instanceof AofNote.Batch(long bytes, long forced, long crc))
                    || again.size() - again.position() >= bytes) {
                return;
            }
            long begin = again.position();
            long end = begin;
            while (again.peek() >= 0) {
                boolean isNote = again.peek() == '#';
                Problem problem = isNote ? noteWithin(again) : command(again);
                inPieces &= isNote;
                if (problem != Problem.NONE || again.position() > sound) {
                    break;
                }
                if (!inTransaction && !inPieces) {
                    end = again.position();
                }
            }
            inTransaction = false;
            rest = end == begin ? rest : batch(begin, (int) (end - begin), forced);
        }
    }

    private byte[] batch(long begin, int bytes, long forced) throws IOException {
        byte[] data = new byte[bytes];
        try (AofInput again = new AofInput(disk.open(path))) {
            again.skip(begin);
            again.read(data);
        }
        return AofNote.batch(salt, forced, data);
    }

    private Problem noteWithin(AofInput again) throws IOException {
        String line = again.line();
        if (line == null) {
            return Problem.ENDS;
        }
        return switch (AofNote.of(line)) {
            case AofNote.Time time -> Problem.NONE;
            case AofNote.Token token -> Problem.NONE;
            case AofNote.Run run -> pieces(false);
            case AofNote.Instead instead -> pieces(true);
            case AofNote.More more -> pieces(true);
            case AofNote.Began began -> Problem.WRONG;
            case AofNote.Batch batch -> Problem.WRONG;
            case AofNote.Foreign foreign -> Problem.WRONG;
            case AofNote.Broken broken -> Problem.WRONG;
        };
    }

    private Problem pieces(boolean more) {
        inPieces = more;
        return Problem.NONE;
    }

    /** Up to where no sector can be missing: before the zeros that go up to the first end of a sector, or of the file. */
    private long soundEnd(long start) throws IOException {
        try (AofInput again = new AofInput(disk.open(path))) {
            again.skip(start);
            long zerosFrom = -1;
            for (long at = start; ; at++) {
                int next = again.peek();
                if (zerosFrom >= 0 && (next < 0 || at % SECTOR == 0)) {
                    return zerosFrom;
                }
                if (next < 0) {
                    return at;
                }
                zerosFrom = next != 0 ? -1 : zerosFrom < 0 ? at : zerosFrom;
                again.skip(1);
            }
        }
    }
}
