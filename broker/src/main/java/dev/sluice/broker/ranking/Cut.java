package dev.sluice.broker.ranking;

import dev.sluice.streams.message.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Window} shows at one time.
 *
 * @param first place of the first member that is shown, null if there is none
 * @param last place of the last one; before the first in ascending order if {@code reverse}
 * @param isFull whether it ends where the window does and not where the set does, and would also in a larger set
 */
record Cut(Reply value, @Nullable Place first, @Nullable Place last, boolean isFull, boolean reverse) {}
