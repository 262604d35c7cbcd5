package dev.sluice.broker.keyspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.data.CheckingArena;
import dev.sluice.broker.data.ExtentPool;
import dev.sluice.broker.data.Value;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntryTest {
    private static final Bytes KEY = Bytes.of("0123456789abcdef");
    private static final Bytes VALUE = Bytes.of(new byte[64]);

    private final CheckingArena arena = new CheckingArena();

    @AfterEach
    void nothingLeaks() {
        arena.close();
    }

    @Test
    void keepsWhatItWasMadeOf() {
        int entry = Entry.string(arena, KEY, Bytes.of("value"), 1234, Entry.birth(200, 0xabcdef));
        long header = Entry.header(arena, entry);
        assertThat(Entry.type(header)).isEqualTo(Value.Type.STRING);
        assertThat(Entry.birthEpoch(header)).isEqualTo(200);
        assertThat(Entry.clock(header)).isEqualTo(0xabcdef);
        assertThat(Entry.expireAt(arena, entry, header)).isEqualTo(1234);
        assertThat(Entry.key(arena, entry)).isEqualTo(KEY);
        assertThat(Entry.stringLength(arena, entry, header)).isEqualTo(5);
        assertThat(Entry.isRaw(header)).isFalse();
        assertThat(Entry.isRope(header)).isFalse();
        Entry.freeShell(arena, entry);
    }

    @Test
    void aSmallStringTakesNoMoreThanPlanned() {
        int entry = Entry.string(arena, KEY, VALUE, Entry.NO_EXPIRY, 0);
        assertThat(arena.capacity(entry)).isLessThanOrEqualTo(96);
        Entry.freeShell(arena, entry);
    }

    @Test
    void comparesKeysOfAnyLength() {
        for (int length = 0; length < 40; length++) {
            byte[] key = new byte[length + 2];
            java.util.Arrays.fill(key, (byte) length);
            int entry = Entry.string(arena, Bytes.view(key, 1, length), VALUE, Entry.NO_EXPIRY, 0);
            assertThat(Entry.keyIs(arena, entry, key, 1, length)).isTrue();
            assertThat(Entry.keyIs(arena, entry, key, 1, length + 1)).isFalse();
            for (int i = 1; i <= length; i++) {
                key[i]++;
                assertThat(Entry.keyIs(arena, entry, key, 1, length)).isFalse();
                key[i]--;
            }
            Entry.freeShell(arena, entry);
        }
    }

    @Test
    void touchMovesOnlyTheClock() {
        int entry = Entry.string(arena, KEY, VALUE, 5, Entry.birth(7, 1));
        long before = Entry.header(arena, entry);
        Entry.touch(arena, entry, before, 0xffffff);
        long header = Entry.header(arena, entry);
        assertThat(Entry.clock(header)).isEqualTo(0xffffff);
        Entry.touch(arena, entry, header, 1);
        assertThat(Entry.header(arena, entry)).isEqualTo(before);
        Entry.freeShell(arena, entry);
    }

    @Test
    void theFieldForExpiryIsAddedInPlaceOrInANewBlock() {
        for (int length = 0; length < 40; length++) {
            Bytes value = Bytes.of("v".repeat(length));
            int entry = Entry.string(arena, KEY, value, Entry.NO_EXPIRY, 0);
            if (!Entry.addExpiryField(arena, entry, Entry.header(arena, entry), 99)) {
                int moved = Entry.moved(arena, entry, KEY, 99, 0, 0);
                Entry.freeShell(arena, entry);
                entry = moved;
            }
            long header = Entry.header(arena, entry);
            byte[] content = new byte[length];
            arena.get(entry, Entry.stringAt(header), content, 0, length);
            assertThat(Bytes.of(content)).isEqualTo(value);
            assertThat(Entry.key(arena, entry)).isEqualTo(KEY);
            assertThat(Entry.expireAt(arena, entry, header)).isEqualTo(99);
            Entry.freeShell(arena, entry);
        }
    }

    @Test
    void aBlockIsNotKeptForAMuchShorterString() {
        int entry = Entry.string(arena, KEY, Bytes.of(new byte[1000]), Entry.NO_EXPIRY, 0);
        long header = Entry.header(arena, entry);
        assertThat(Entry.fits(arena, entry, header, 1000)).isTrue();
        assertThat(Entry.fits(arena, entry, header, 850)).isTrue();
        assertThat(Entry.fits(arena, entry, header, 700)).isFalse();
        assertThat(Entry.fits(arena, entry, header, 2000)).isFalse();
        Entry.freeShell(arena, entry);
    }

    @Test
    void aFullArenaTakesNothing() {
        CheckingArena full = new CheckingArena(ExtentPool.standalone(1 << 20));
        Bytes large = Bytes.of(new byte[2_000_000]);
        assertThatThrownBy(() -> Entry.string(full, KEY, large, Entry.NO_EXPIRY, 0))
                .isInstanceOf(CommandError.class);
        assertThatThrownBy(() -> Entry.string(full, large, VALUE, Entry.NO_EXPIRY, 0))
                .isInstanceOf(CommandError.class);
        assertThat(full.liveBlocks()).isZero();
        full.close();
    }
}
