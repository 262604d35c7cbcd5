package dev.sluice.streams.message;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A command and its arguments, as any wire read it. Argument 0 is the command's name; there is at least that one. */
public final class Request {
    private static final int OBJECT_BYTES = 40;
    private static final int ARGUMENT_BYTES = 56; // its place, the view and the array's header
    private static final int HEAD_BYTES = 16; // what RESP has before an argument, and the end of the one before

    private final Bytes[] arguments;

    /** Takes the array over. */
    public Request(Bytes... arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("a request has at least a name");
        }
        this.arguments = arguments;
    }

    public static Request of(String... words) {
        return new Request(Arrays.stream(words).map(Bytes::of).toArray(Bytes[]::new));
    }

    public static Request of(List<Bytes> arguments) {
        return new Request(arguments.toArray(Bytes[]::new));
    }

    public Bytes name() {
        return arguments[0];
    }

    /** Number of arguments, the name included. */
    public int size() {
        return arguments.length;
    }

    public Bytes argument(int index) {
        return arguments[index];
    }

    /** Sum of the arguments' lengths in bytes. */
    public long bytes() {
        long sum = 0;
        for (Bytes argument : arguments) {
            sum += argument.length();
        }
        return sum;
    }

    /** Memory of a request that is kept, about. */
    public long heldBytes() {
        return OBJECT_BYTES + (long) ARGUMENT_BYTES * arguments.length + bytes();
    }

    /** The same request with arguments that outlive the inbound buffer. */
    public Request detached() {
        Bytes first = arguments[0];
        Bytes last = arguments[arguments.length - 1];
        int length = last.offset() + last.length() - first.offset();
        return isOnePiece(length) ? copied(first.array(), first.offset(), length) : copiedEach();
    }

    /** Whether the arguments lie one behind the other, as they were read, with no more than their heads between. */
    private boolean isOnePiece(int length) {
        long bytes = 0;
        for (int i = 0; i < arguments.length; i++) {
            Bytes argument = arguments[i];
            boolean follows = i == 0
                    || argument.array() == arguments[i - 1].array()
                            && argument.offset() >= arguments[i - 1].offset() + arguments[i - 1].length();
            if (!follows) {
                return false;
            }
            bytes += argument.length();
        }
        return length <= bytes + (long) HEAD_BYTES * arguments.length;
    }

    private Request copied(byte[] array, int offset, int length) {
        byte[] copy = Arrays.copyOfRange(array, offset, offset + length);
        Bytes[] kept = new Bytes[arguments.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = Bytes.view(copy, arguments[i].offset() - offset, arguments[i].length());
        }
        return new Request(kept);
    }

    private Request copiedEach() {
        Bytes[] kept = new Bytes[arguments.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = Bytes.of(arguments[i].toArray());
        }
        return new Request(kept);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Request that && Arrays.equals(arguments, that.arguments);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(arguments);
    }

    @Override
    public String toString() {
        return Arrays.stream(arguments).map(Bytes::toString).collect(Collectors.joining(" "));
    }
}
