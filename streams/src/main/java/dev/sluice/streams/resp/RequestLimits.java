package dev.sluice.streams.resp;

/**
 * What a request may take.
 *
 * @param maxBulkBytes length of one argument ({@code proto-max-bulk-len})
 * @param maxArguments arguments of one request, its name included
 * @param maxInlineBytes length of a line: an inline request, or the line that announces a count or a length
 * @param queryBufferBytesMax bytes that a connection may have unread ({@code client-query-buffer-limit})
 * @param restricted whether the peer has yet to authenticate: then at most {@link #RESTRICTED_ARGUMENTS} arguments of
 *     {@link #RESTRICTED_BULK_BYTES} bytes
 */
public record RequestLimits(
        long maxBulkBytes, int maxArguments, int maxInlineBytes, long queryBufferBytesMax, boolean restricted) {
    public static final int RESTRICTED_ARGUMENTS = 10;
    public static final int RESTRICTED_BULK_BYTES = 16 * 1024;

    public static final RequestLimits DEFAULT = new RequestLimits(512L << 20, 1024 * 1024, 64 * 1024, 1L << 30, false);

    /** An array of Java is no longer than this. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 64;

    public RequestLimits {
        maxBulkBytes = Math.min(maxBulkBytes, ARRAY_BYTES_MAX / 2);
        queryBufferBytesMax = Math.min(queryBufferBytesMax, ARRAY_BYTES_MAX);
        if (maxBulkBytes < 0 || maxArguments < 1 || maxInlineBytes < 1 || queryBufferBytesMax < 1) {
            throw new IllegalArgumentException("a limit of requests is too low: " + maxBulkBytes + ", " + maxArguments
                    + ", " + maxInlineBytes + ", " + queryBufferBytesMax);
        }
    }

    public RequestLimits restricted(boolean restricted) {
        return new RequestLimits(maxBulkBytes, maxArguments, maxInlineBytes, queryBufferBytesMax, restricted);
    }
}
