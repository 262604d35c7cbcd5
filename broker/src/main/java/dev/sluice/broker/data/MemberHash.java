package dev.sluice.broker.data;

/** The 32-bit hash by which a sorted set finds its members. */
@FunctionalInterface
public interface MemberHash {
    int of(byte[] array, int offset, int length);
}
