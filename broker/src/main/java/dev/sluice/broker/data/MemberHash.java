package dev.sluice.broker.data;

/** The 32-bit hash by which a collection finds its members. */
@FunctionalInterface
public interface MemberHash {
    int of(byte[] array, int offset, int length);
}
