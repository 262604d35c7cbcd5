package dev.sluice.broker.commands;

import dev.sluice.broker.data.Pieces;
import dev.sluice.broker.data.StringValue;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Strings combined bit by bit, the shorter ones as if zeros came behind them. A piece at a time, so that large strings
 * take no more of the heap than small ones; a piece is combined in words of 64 bits, with up to 7 bytes of rubbish behind
 * its end.
 */
final class Bitop implements Pieces {
    /** What is done; X is the first string, Y are the others. */
    enum Operation {
        AND,
        OR,
        XOR,
        NOT,
        /** X without the bits of any Y. */
        DIFF,
        /** The bits of the Ys without those of X. */
        DIFF1,
        /** The bits of X that a Y has, too. */
        ANDOR,
        /** The bits that exactly one has. */
        ONE;

        private static final Operation[] ALL = values();

        static Operation parse(Bytes word) {
            for (Operation operation : ALL) {
                if (word.is(operation.name())) {
                    return operation;
                }
            }
            throw CommandError.syntax();
        }

        boolean needsTwo() {
            return this == DIFF || this == DIFF1 || this == ANDOR;
        }
    }

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final Operation operation;
    private final @Nullable StringValue[] sources;
    private byte[] result = new byte[0];
    private byte[] operand = new byte[0];
    private byte[] several = new byte[0]; // bits that more than one has
    private int from;
    private int count;

    /** A source that is null is empty. */
    Bitop(Operation operation, @Nullable StringValue[] sources) {
        this.operation = operation;
        this.sources = sources;
    }

    /** Length of the result: that of the longest. */
    int length() {
        int longest = 0;
        for (StringValue source : sources) {
            longest = source == null ? longest : Math.max(longest, source.length());
        }
        return longest;
    }

    @Override
    public byte[] piece(int from, int count) {
        if (result.length < count) {
            result = new byte[count + 7 & ~7];
            operand = new byte[result.length];
        }
        this.from = from;
        this.count = count;
        switch (operation) {
            case AND -> {
                load(0, result);
                for (int i = 1; i < sources.length; i++) {
                    and(i);
                }
            }
            case OR -> unionFrom(0);
            case XOR -> {
                load(0, result);
                for (int i = 1; i < sources.length; i++) {
                    xor(i);
                }
            }
            case NOT -> {
                load(0, result);
                not();
            }
            case DIFF -> {
                load(0, result);
                for (int i = 1; i < sources.length; i++) {
                    andNot(i);
                }
            }
            case DIFF1 -> {
                unionFrom(1);
                andNot(0);
            }
            case ANDOR -> {
                unionFrom(1);
                and(0);
            }
            case ONE -> one();
        }
        return result;
    }

    /** Copies this piece of a source. */
    private void load(int index, byte[] target) {
        StringValue source = sources[index];
        int present = source == null ? 0 : Math.clamp(source.length() - from, 0, count);
        if (present > 0 && source != null) {
            source.copyTo(from, target, 0, present);
        }
        Arrays.fill(target, present, count, (byte) 0);
    }

    private void unionFrom(int first) {
        load(first, result);
        for (int i = first + 1; i < sources.length; i++) {
            or(i);
        }
    }

    private void and(int source) {
        load(source, operand);
        for (int i = 0; i < count; i += Long.BYTES) {
            LONGS.set(result, i, (long) LONGS.get(result, i) & (long) LONGS.get(operand, i));
        }
    }

    private void or(int source) {
        load(source, operand);
        for (int i = 0; i < count; i += Long.BYTES) {
            LONGS.set(result, i, (long) LONGS.get(result, i) | (long) LONGS.get(operand, i));
        }
    }

    private void xor(int source) {
        load(source, operand);
        for (int i = 0; i < count; i += Long.BYTES) {
            LONGS.set(result, i, (long) LONGS.get(result, i) ^ (long) LONGS.get(operand, i));
        }
    }

    private void andNot(int source) {
        load(source, operand);
        for (int i = 0; i < count; i += Long.BYTES) {
            LONGS.set(result, i, (long) LONGS.get(result, i) & ~(long) LONGS.get(operand, i));
        }
    }

    private void not() {
        for (int i = 0; i < count; i += Long.BYTES) {
            LONGS.set(result, i, ~(long) LONGS.get(result, i));
        }
    }

    private void one() {
        if (several.length < result.length) {
            several = new byte[result.length];
        }
        Arrays.fill(several, (byte) 0);
        load(0, result);
        for (int source = 1; source < sources.length; source++) {
            load(source, operand);
            for (int i = 0; i < count; i += Long.BYTES) {
                long some = (long) LONGS.get(result, i);
                long more = (long) LONGS.get(operand, i);
                LONGS.set(several, i, (long) LONGS.get(several, i) | some & more);
                LONGS.set(result, i, some | more);
            }
        }
        for (int i = 0; i < count; i += Long.BYTES) {
            LONGS.set(result, i, (long) LONGS.get(result, i) & ~(long) LONGS.get(several, i));
        }
    }
}
