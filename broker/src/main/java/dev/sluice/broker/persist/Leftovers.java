package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import java.io.IOException;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that a process had not completed when it was killed: nobody reads them, and they may be as large as the data. */
public final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
    private static final Pattern TEMPORARY = Pattern.compile("temp-(?:rewriteaof-bg-)?(\\d{1,18})\\.(?:rdb|aof)");

    /** What a file of a backup is called while it is not complete; {@code dump.rdb} then. */
    static final String INCOMPLETE = ".incomplete";

    private Leftovers() {}

    /** Removes those in a directory, but not of processes that run. */
    public static void remove(Disk disk, String directory, LongPredicate runs) {
        try {
            for (String name : disk.list(directory)) {
                Matcher matcher = TEMPORARY.matcher(name);
                if (matcher.matches() && !runs.test(Long.parseLong(matcher.group(1)))) {
                    disk.delete(directory + "/" + name);
                    log.info("Removed {}, which a process that is gone had not completed", name);
                }
            }
        } catch (IOException stays) {
            log.warn("{} cannot be cleared of what was not completed: {}", directory, stays.getMessage());
        }
    }

    /** Removes a backup's directory if there is nothing in it, or nothing but a file that is not complete. */
    static void removeBackup(Disk disk, String directory, String file) throws IOException {
        List<String> names = disk.list(directory);
        if (names.isEmpty() || names.equals(List.of(file + INCOMPLETE))) {
            disk.delete(directory + "/" + file + INCOMPLETE);
            disk.delete(directory);
            log.info("Removed {}, a backup that had not been completed", directory);
        }
    }
}
