package dev.sluice.broker.config;

/**
 * Why a setting cannot have a value, in Redis's words. Thrown by a row that cannot read the value, and by an {@linkplain
 * Settings#onChange effect} that cannot apply it; CONFIG SET then keeps all its parameters as they were.
 */
public final class SettingRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SettingRefused(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
