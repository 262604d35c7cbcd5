package dev.sluice.streams.message;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A command and its arguments, as any wire read it. Argument 0 is the command's name; there is at least that one. */
public final class Request {
    private static final int OBJECT_BYTES = 40;
    private static final int ARGUMENT_BYTES = 56; // its place, the view and the array's header

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
