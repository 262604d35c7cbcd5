package dev.sluice.broker.data;

import org.jspecify.annotations.Nullable;

/** A piece of memory as one arena holds it. */
final class Extent {
    final int pages;
    final int index;
    Piece piece; // another one once it was written to after it was frozen

    @Nullable
    Spans spans; // null where one block fills the extent

    int room = -1; // the list that it is in, -1 for none
    boolean leaving; // to be emptied: gets no new runs

    @Nullable
    Extent previous;

    @Nullable
    Extent next;

    Extent(int index, Piece piece) {
        this.index = index;
        this.piece = piece;
        pages = piece.pages;
    }

    long bytes() {
        return piece.bytes();
    }
}
