package dev.sluice.streams.resp;

/**
 * What a reply may take.
 *
 * @param maxBulkBytes length of one string
 * @param maxItems items of one reply, those of nested aggregates included; a map has two an entry
 * @param maxLineBytes length of a status, an error, a number, or the line that announces a count or a length
 * @param maxDepth aggregates within each other
 */
public record ReplyLimits(int maxBulkBytes, int maxItems, int maxLineBytes, int maxDepth) {
    public static final ReplyLimits DEFAULT = new ReplyLimits(512 << 20, 16 << 20, 1 << 20, 64);

    public ReplyLimits {
        if (maxBulkBytes < 0 || maxItems < 0 || maxLineBytes < 1 || maxDepth < 1) {
            throw new IllegalArgumentException("a limit of replies is too low: " + maxBulkBytes + ", " + maxItems + ", "
                    + maxLineBytes + ", " + maxDepth);
        }
    }
}
