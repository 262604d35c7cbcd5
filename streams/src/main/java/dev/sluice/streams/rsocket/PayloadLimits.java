package dev.sluice.streams.rsocket;

/**
 * What one payload may contain.
 *
 * @param stringBytesMax length of a string as it stands in the payload, in UTF-8, bytes or base64
 * @param elementsMax values in it, at all depths
 * @param depthMax arrays and objects within each other
 */
public record PayloadLimits(int stringBytesMax, int elementsMax, int depthMax) {
    public static final PayloadLimits DEFAULT = new PayloadLimits(64 << 20, 1 << 20, 32);

    public PayloadLimits {
        if (stringBytesMax < 1 || elementsMax < 1 || depthMax < 1) {
            throw new IllegalArgumentException("the limits of a payload are at least 1");
        }
    }
}
