package dev.sluice.broker.data;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;

/**
 * Fills empty sorted sets, one after the other, as {@link FieldFilling} does. It helps where members come in ascending
 * order.
 */
public final class SortedFilling {
    private final PackedImage image = new PackedImage();
    private SortedSet target;
    private boolean gathers;
    private double lastScore;
    private Bytes lastMember = Bytes.EMPTY;

    /** For a first set, which must be empty. */
    public SortedFilling(SortedSet target) {
        this.target = target;
        begin(target);
    }

    /** It must be empty. */
    public void begin(SortedSet empty) {
        target = empty;
        gathers = true;
        image.clear();
    }

    /** Adds a member. Returns whether it was not there yet. */
    public boolean add(Bytes member, double score) {
        if (gathers) {
            boolean inOrder =
                    image.count() == 0 || score > lastScore || score == lastScore && member.compareTo(lastMember) > 0;
            if (inOrder && target.fits(image, member)) {
                lastScore = score;
                lastMember = member;
                return target.gather(image, member, score);
            }
            end();
        }
        return target.put(member, score);
    }

    /** To be called at the end. Throws {@link CommandError#outOfMemory}. */
    public void end() {
        if (gathers && image.count() > 0) {
            target.take(image);
        }
        gathers = false;
    }
}
