package dev.sluice.broker.persist;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What modules of Redis have in a file: none of it is loaded; what is beside the keys can be passed over. */
final class RdbModules {
    private static final Logger LOG = LoggerFactory.getLogger(RdbModules.class);
    private static final int END = 0;
    private static final int SIGNED = 1;
    private static final int UNSIGNED = 2;
    private static final int FLOAT = 3;
    private static final int DOUBLE = 4;
    private static final int STRING = 5;

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int NAME_LETTERS = 9;
    private static final int LETTER_BITS = 6;

    private RdbModules() {}

    /** Throws {@link CorruptRdbException} if the value that comes next is a module's. */
    static void refuse(int type, RdbInput in) {
        if (type == RdbType.MODULE_BEFORE_4_0) {
            throw new CorruptRdbException("a module's value as release candidates of Redis 4.0 wrote it");
        }
        if (type == RdbType.MODULE) {
            in.readString(); // the key
            throw new CorruptRdbException("The RDB file contains module data I can't load: no matching module type '%s'"
                    .formatted(name(in.readUnsigned())));
        }
    }

    /** Passes over what a module keeps beside the keys. */
    static void skipAux(RdbInput in) {
        String name = name(in.readUnsigned());
        if (in.readLength() != UNSIGNED) {
            throw new CorruptRdbException("bad when_opcode");
        }
        in.readLength();
        for (long code; (code = in.readLength()) != END; ) {
            switch ((int) Math.min(code, Integer.MAX_VALUE)) {
                case SIGNED, UNSIGNED -> in.readUnsigned();
                case FLOAT -> in.readInt();
                case DOUBLE -> in.readLong();
                case STRING -> in.readString();
                default -> throw new CorruptRdbException("unknown part of a module's data: " + code);
            }
        }
        LOG.warn("The RDB file contains AUX data of the module '{}', which is left out", name);
    }

    /** Nine letters of six bits each; the rest is a version. */
    private static String name(long id) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < NAME_LETTERS; i++) {
            int letter = (int) (id >>> Long.SIZE - LETTER_BITS * (i + 1)) & LETTERS.length() - 1;
            name.append(LETTERS.charAt(letter));
        }
        return name.toString();
    }
}
