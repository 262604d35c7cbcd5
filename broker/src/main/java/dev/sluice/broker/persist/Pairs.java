package dev.sluice.broker.persist;

import dev.sluice.streams.message.Bytes;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes elements one by one and hands them on in twos. */
final class Pairs implements Consumer<Bytes> {
    private final BiConsumer<Bytes, Bytes> target;
    private @Nullable Bytes first;

    Pairs(BiConsumer<Bytes, Bytes> target) {
        this.target = target;
    }

    @Override
    public void accept(Bytes element) {
        if (first == null) {
            first = element;
        } else {
            Bytes left = first;
            first = null;
            target.accept(left, element);
        }
    }

    void end() {
        if (first != null) {
            throw new CorruptRdbException("an odd number of elements where there should be pairs");
        }
    }
}
