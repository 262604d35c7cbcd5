package dev.sluice.broker.persist;

/** What stands in a file where the type of a value could, and is none; see rdb.h of Redis 7.4 and of Valkey 9.0. */
final class RdbOpcode {
    static final int SLOT_INFO = 244;
    static final int FUNCTION = 245;

    /** As release candidates of 7.0 wrote them. */
    static final int FUNCTION_IN_PARTS = 246;

    static final int MODULE_AUX = 247;
    static final int IDLE = 248;
    static final int FREQUENCY = 249;
    static final int AUX = 250;
    static final int RESIZE = 251;
    static final int EXPIRY_MS = 252;
    static final int EXPIRY_SECONDS = 253;
    static final int SELECT = 254;
    static final int EOF = 255;

    private RdbOpcode() {}
}
