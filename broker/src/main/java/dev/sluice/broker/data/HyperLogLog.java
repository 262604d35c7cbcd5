package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A HyperLogLog, which tells about how many distinct elements it was given (standard error 0.81 %), in Redis's own
 * representation: a string of {@code HYLL}, a byte for the form (0 dense, 1 sparse), three unused ones, the cardinality
 * as last computed (64 bits, low bits first; the highest one says that it is out of date), then 16384 registers in one
 * of the two forms, {@link HyperLogLogDense} or {@link HyperLogLogSparse}. It starts sparse, and becomes dense when it
 * gets long or a register too high for the sparse form.
 *
 * <p>This is a copy to work on: what is refused as corrupted has changed nothing that is stored.
 */
public final class HyperLogLog {
    static final int INDEX_BITS = 14;
    static final int HASH_BITS_LEFT = Long.SIZE - INDEX_BITS;
    static final int VALUES = 64;
    public static final int REGISTERS = 1 << INDEX_BITS;

    private static final byte[] MAGIC = {'H', 'Y', 'L', 'L'};
    private static final int FORM_AT = 4;
    private static final int CARDINALITY_AT = 8;
    private static final int HEADER_BYTES = 16;
    private static final int DENSE = 0;
    private static final int SPARSE = 1;
    private static final int DENSE_BYTES = HEADER_BYTES + HyperLogLogDense.BYTES;

    /** A sparse one that is longer tells of more registers than there are: it is corrupted. */
    private static final int SPARSE_BYTES_MAX = HEADER_BYTES + 2 * REGISTERS;

    private static final int EMPTY_RUNS_FIRST = 0x7f;
    private static final int EMPTY_RUNS_SECOND = 0xff;

    private byte[] array;
    private int length;
    private boolean dense;

    private HyperLogLog(byte[] array) {
        this.array = array;
        this.length = array.length;
        this.dense = array[FORM_AT] == DENSE;
    }

    /** One that was given nothing, sparse. */
    public static HyperLogLog empty() {
        byte[] array = Arrays.copyOf(MAGIC, HEADER_BYTES + 2);
        array[FORM_AT] = SPARSE;
        array[HEADER_BYTES] = EMPTY_RUNS_FIRST;
        array[HEADER_BYTES + 1] = (byte) EMPTY_RUNS_SECOND;
        return new HyperLogLog(array);
    }

    /** Whether a string has the header of one, and a length that can be. */
    private static boolean isIn(StringValue string) {
        if (string.length() < HEADER_BYTES) {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (string.byteAt(i) != MAGIC[i]) {
                return false;
            }
        }
        int form = string.byteAt(FORM_AT);
        return form == SPARSE || form == DENSE && string.length() == DENSE_BYTES;
    }

    /**
     * A copy of the one in a string.
     *
     * @throws CommandError it is none, or corrupted; what else is here throws it in the latter case too
     */
    public static HyperLogLog copyOf(StringValue string) {
        if (!isIn(string)) {
            throw new CommandError("WRONGTYPE Key is not a valid HyperLogLog string value.");
        }
        if (string.length() > SPARSE_BYTES_MAX) {
            throw corrupted();
        }
        byte[] array = new byte[string.length()];
        string.copyTo(0, array, 0, array.length);
        return new HyperLogLog(array);
    }

    /** The whole representation; not to be used after the next change. */
    public Bytes bytes() {
        return Bytes.view(array, 0, length);
    }

    public boolean isDense() {
        return dense;
    }

    /** Counts an element in; whether that changed a register. {@code sparseBytesMax}: dense rather than longer. */
    public boolean add(Bytes element, long sparseBytesMax) {
        long hash = HyperLogLogHash.hash(element);
        return raise(HyperLogLogHash.register(hash), HyperLogLogHash.value(hash), sparseBytesMax);
    }

    /** Raises the registers to the values of others, one a register. */
    public void addAll(byte[] values, long sparseBytesMax) {
        for (int register = 0; register < REGISTERS; register++) {
            if (values[register] != 0) {
                raise(register, values[register], sparseBytesMax);
            }
        }
    }

    private boolean raise(int register, int value, long sparseBytesMax) {
        if (!dense && value <= HyperLogLogSparse.VALUE_MAX) {
            HyperLogLogSparse runs = runs();
            switch (runs.set(register, value, sparseBytesMax)) {
                case SAME -> {
                    return false;
                }
                case CHANGED -> {
                    array = runs.array();
                    length = runs.end();
                    expireCardinality();
                    return true;
                }
                case TOO_LONG -> {}
                case CORRUPTED -> throw corrupted();
            }
        }
        toDense();
        if (value <= HyperLogLogDense.value(array, HEADER_BYTES, register)) {
            return false;
        }
        HyperLogLogDense.put(array, HEADER_BYTES, register, value);
        return true;
    }

    private HyperLogLogSparse runs() {
        return new HyperLogLogSparse(array, HEADER_BYTES, length);
    }

    /** Makes it dense if it is not. */
    public void toDense() {
        if (dense) {
            return;
        }
        byte[] registers = new byte[REGISTERS];
        addTo(registers);
        byte[] made = Arrays.copyOf(Arrays.copyOf(array, HEADER_BYTES), DENSE_BYTES);
        made[FORM_AT] = DENSE;
        for (int register = 0; register < REGISTERS; register++) {
            if (registers[register] != 0) {
                HyperLogLogDense.put(made, HEADER_BYTES, register, registers[register]);
            }
        }
        array = made;
        length = made.length;
        dense = true;
    }

    /** Raises {@code values}, one a register, to what the registers here are. */
    public void addTo(byte[] values) {
        if (dense) {
            for (int register = 0; register < REGISTERS; register++) {
                values[register] =
                        (byte) Math.max(values[register], HyperLogLogDense.value(array, HEADER_BYTES, register));
            }
            return;
        }
        HyperLogLogSparse runs = runs();
        int register = 0;
        for (int at = HEADER_BYTES; at < length; at = runs.next(at)) {
            int behind = register + runs.length(at);
            if (behind > REGISTERS) {
                throw corrupted();
            }
            int value = runs.value(at);
            for (int i = register; i < behind && value > 0; i++) {
                values[i] = (byte) Math.max(values[i], value);
            }
            register = behind;
        }
        if (register != REGISTERS) {
            throw corrupted();
        }
    }

    /** The values of all registers. */
    public byte[] registers() {
        byte[] values = new byte[REGISTERS];
        addTo(values);
        return values;
    }

    /** Says that the cardinality as last computed is out of date. */
    public void expireCardinality() {
        array[HEADER_BYTES - 1] |= (byte) 0x80;
    }

    /** The cardinality as last computed; negative if that is out of date. */
    public long knownCardinality() {
        long known = 0;
        for (int i = HEADER_BYTES - 1; i >= CARDINALITY_AT; i--) {
            known = known << Byte.SIZE | array[i] & 0xff;
        }
        return known;
    }

    /** Computes the cardinality and keeps it. */
    public long computeCardinality() {
        HyperLogLogHistogram histogram = dense ? denseHistogram() : sparseHistogram();
        long cardinality = histogram.cardinality();
        for (int i = 0; i < Long.BYTES; i++) {
            array[CARDINALITY_AT + i] = (byte) (cardinality >>> i * Byte.SIZE);
        }
        return cardinality;
    }

    /** The cardinality that registers of these values speak for. */
    public static long cardinality(byte[] values) {
        HyperLogLogHistogram histogram = new HyperLogLogHistogram();
        for (byte value : values) {
            histogram.add(value, 1);
        }
        return histogram.cardinality();
    }

    private HyperLogLogHistogram denseHistogram() {
        HyperLogLogHistogram histogram = new HyperLogLogHistogram();
        for (int register = 0; register < REGISTERS; register++) {
            histogram.add(HyperLogLogDense.value(array, HEADER_BYTES, register), 1);
        }
        return histogram;
    }

    private HyperLogLogHistogram sparseHistogram() {
        HyperLogLogHistogram histogram = new HyperLogLogHistogram();
        HyperLogLogSparse runs = runs();
        long registers = 0;
        for (int at = HEADER_BYTES; at < length; at = runs.next(at)) {
            histogram.add(runs.value(at), runs.length(at));
            registers += runs.length(at);
        }
        if (registers != REGISTERS) {
            throw corrupted();
        }
        return histogram;
    }

    /** The runs of a sparse one as text: {@code z:} and {@code Z:} zeros, {@code v:} a value; null of a dense one. */
    public @Nullable String decoded() {
        if (dense) {
            return null;
        }
        HyperLogLogSparse runs = runs();
        StringBuilder text = new StringBuilder();
        for (int at = HEADER_BYTES; at < length; at = runs.next(at)) {
            text.append(text.isEmpty() ? "" : " ");
            if (runs.value(at) > 0) {
                text.append("v:").append(runs.value(at)).append(',');
            } else {
                text.append(runs.isLong(at) ? "Z:" : "z:");
            }
            text.append(runs.length(at));
        }
        return text.toString();
    }

    private static CommandError corrupted() {
        return new CommandError("INVALIDOBJ Corrupted HLL object detected");
    }
}
