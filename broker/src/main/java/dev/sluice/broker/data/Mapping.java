package dev.sluice.broker.data;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Memory straight from the operating system, by mmap(2), instead of {@link Arena#allocate}: that clears what it gives in
 * one go, for as long as which no thread of the JVM gets to a safepoint, 20 ms and more for 8 MiB on a busy machine. Here
 * the kernel clears page by page as they are touched. On Linux it is also asked for huge pages (madvise(2)), which save
 * most of the address translations of random access; there is no fork here for them to hurt.
 */
final class Mapping {
    private static final long HUGE_PAGE_BYTES = 2 << 20;
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_PRIVATE = 2;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final long MAP_FAILED = -1;

    /** What a system calls by the same name has another number for it; null where there is no mmap. */
    private static final @Nullable Mapping SYSTEM = of(System.getProperty("os.name", ""));

    private final MethodHandle mmap;
    private final MethodHandle munmap;
    private final @Nullable MethodHandle madvise;
    private final int mapAnonymous;

    private Mapping(Linker linker, int mapAnonymous, boolean hugePages) {
        this.mapAnonymous = mapAnonymous;
        mmap = handle(
                linker,
                "mmap",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        munmap = handle(linker, "munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        madvise = hugePages
                ? handle(linker, "madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT))
                : null;
    }

    private static @Nullable Mapping of(String system) {
        return switch (system) {
            case "Linux" -> new Mapping(Linker.nativeLinker(), 0x20, true);
            case "Mac OS X" -> new Mapping(Linker.nativeLinker(), 0x1000, false);
            default -> null;
        };
    }

    private static MethodHandle handle(Linker linker, String name, FunctionDescriptor descriptor) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /**
     * Takes {@code bytes} bytes, a multiple of the page size, which go back when {@code scope} is closed. They are zero.
     *
     * @throws OutOfMemoryError the operating system has no more
     */
    static MemorySegment take(long bytes, Arena scope) {
        return SYSTEM == null ? scope.allocate(bytes, Long.BYTES) : SYSTEM.map(bytes, scope);
    }

    /**
     * Has every page be there when it is needed. Where the kernel does that by one call (Linux 5.14), a thread that waits
     * for it, or for a core, holds up no safepoint.
     */
    static void touch(MemorySegment memory) {
        if (SYSTEM != null && SYSTEM.advise(memory.address(), memory.byteSize(), MADV_POPULATE_WRITE)) {
            return;
        }
        for (long at = 0; at < memory.byteSize(); at += ExtentPool.PAGE_BYTES) {
            memory.set(JAVA_BYTE, at, (byte) 0);
        }
    }

    /** A huge page begins where its size divides the address: so more is mapped, and what is too much given back. */
    private MemorySegment map(long bytes, Arena scope) {
        boolean huge = madvise != null && bytes >= HUGE_PAGE_BYTES;
        long spare = huge ? HUGE_PAGE_BYTES : 0;
        long address = mapped(bytes + spare);
        long head = -address & (HUGE_PAGE_BYTES - 1);
        if (huge) {
            unmap(address, head);
            unmap(address + head + bytes, spare - head);
            address += head;
            advise(address, bytes, MADV_HUGEPAGE);
        }
        long start = address;
        return MemorySegment.ofAddress(start).reinterpret(bytes, scope, gone -> unmap(start, bytes));
    }

    private long mapped(long bytes) {
        long address;
        try {
            address = (long)
                    mmap.invokeExact(MemorySegment.NULL, bytes, PROT_READ_WRITE, MAP_PRIVATE | mapAnonymous, -1, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (address == MAP_FAILED) {
            throw new OutOfMemoryError("mmap of " + bytes + " bytes");
        }
        return address;
    }

    private void unmap(long address, long bytes) {
        if (bytes > 0) {
            try {
                int done = (int) munmap.invokeExact(MemorySegment.ofAddress(address), bytes);
                if (done != 0) {
                    throw new IllegalStateException("munmap of " + bytes + " bytes");
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Whether the kernel knows the advice and took it. */
    private boolean advise(long address, long bytes, int advice) {
        try {
            return madvise != null && (int) madvise.invokeExact(MemorySegment.ofAddress(address), bytes, advice) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
