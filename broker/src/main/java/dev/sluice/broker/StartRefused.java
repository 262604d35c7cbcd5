package dev.sluice.broker;

/** The broker cannot start as it was told to; the message is for the operator. */
public final class StartRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartRefused(String message) {
        super(message, null, false, false);
    }
}
