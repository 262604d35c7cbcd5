package dev.sluice.broker.persist;

/** What was read is not what its format allows. Has no stack trace: whoever sends payloads can cause as many as he likes. */
public final class CorruptRdbException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final long UNKNOWN = -1;

    private final String reason;
    private final long offset;
    private final boolean empty;

    CorruptRdbException(String reason) {
        this(reason, UNKNOWN, false);
    }

    private CorruptRdbException(String reason, long offset, boolean empty) {
        super(offset == UNKNOWN ? reason : "%s, at offset %d".formatted(reason, offset), null, false, false);
        this.reason = reason;
        this.offset = offset;
        this.empty = empty;
    }

    /** A collection without members, which Redis has written at times and passes over in files. */
    static CorruptRdbException empty() {
        return new CorruptRdbException("an empty collection", UNKNOWN, true);
    }

    /** The same of a file, which was read up to an offset. */
    CorruptRdbException at(long byteOffset) {
        return new CorruptRdbException(reason, byteOffset, empty);
    }

    boolean isEmptyCollection() {
        return empty;
    }

    public String reason() {
        return reason;
    }

    /** How far a file had been read when it was found out, in bytes; -1 for what is no file. */
    public long offset() {
        return offset;
    }
}
