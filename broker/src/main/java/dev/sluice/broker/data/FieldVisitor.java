package dev.sluice.broker.data;

/**
 * Sees one field of a hash with its value, or one member of a set, whose value is empty. {@code array} is valid only
 * during the call, and the collection must not change. Returns whether to go on.
 */
@FunctionalInterface
public interface FieldVisitor {
    boolean field(byte[] array, int field, int fieldLength, int value, int valueLength);
}
