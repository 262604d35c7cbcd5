package dev.sluice.broker.persist;

/** What was read is not what its format allows. Has no stack trace: whoever sends payloads can cause as many as he likes. */
public final class CorruptRdbException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CorruptRdbException(String reason) {
        super(reason, null, false, false);
    }
}
