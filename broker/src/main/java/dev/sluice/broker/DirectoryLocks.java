package dev.sluice.broker;

import dev.sluice.broker.persist.Leftovers;
import dev.sluice.broker.seam.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories that this process writes its data to by itself, each of which no other may. They are held to the end:
 * a file that was begun may still be written in one that the settings have left. For any thread.
 */
final class DirectoryLocks implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(DirectoryLocks.class);
    static final String FILE = "sluice.lock";

    private final Disk disk;
    private final Map<String, Closeable> held = new HashMap<>();

    DirectoryLocks(Disk disk) {
        this.disk = disk;
    }

    /** Holds a directory, if it is not held already. Returns why that cannot be, or null. */
    synchronized @Nullable String hold(String directory) {
        if (held.containsKey(directory)) {
            return null;
        }
        Closeable lock;
        try {
            lock = disk.lock(directory + "/" + FILE);
        } catch (IOException refused) {
            return "Can't lock the directory " + directory + ": " + refused.getMessage();
        }
        if (lock == null) {
            return "The directory " + directory + " is in use by another process: " + FILE;
        }
        held.put(directory, lock);
        return null;
    }

    /** Removes what processes that are gone had not completed in a directory that is held; before this one writes any. */
    void removeLeftovers(String directory) {
        Leftovers.remove(disk, directory, DirectoryLocks::isAnotherProcess);
    }

    /** In a container the one before had the same number. */
    private static boolean isAnotherProcess(long id) {
        return id != ProcessHandle.current().pid() && ProcessHandle.of(id).isPresent();
    }

    @Override
    public synchronized void close() {
        held.forEach((directory, lock) -> {
            try {
                lock.close();
            } catch (IOException gone) {
                log.debug("The lock of {} is gone: {}", directory, gone.getMessage());
            }
        });
        held.clear();
    }
}
