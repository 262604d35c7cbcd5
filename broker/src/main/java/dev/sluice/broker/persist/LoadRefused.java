package dev.sluice.broker.persist;

/** What is on the disk cannot be loaded, or not without the operator's word; the message is for the log. */
public final class LoadRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LoadRefused(String message) {
        super(message, null, false, false);
    }
}
