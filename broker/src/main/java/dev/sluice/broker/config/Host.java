package dev.sluice.broker.config;

import dev.sluice.broker.seam.WholeFiles;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What settings need to know of the machine; the composition root hands the real one in. Paths are absolute. */
public interface Host extends WholeFiles {
    /** A machine with one processor and nothing on it, for settings that come from no file. */
    Host NONE = new NoHost();

    int processors();

    /** Where the process was started: an absolute path. */
    String workingDirectory();

    /** Why the path cannot be used as a directory, in the words of strerror, or null. */
    @Nullable
    String directoryProblem(String path);

    /** Why the file cannot be opened for appending, in the words of strerror, or null. */
    @Nullable
    String appendProblem(String path);

    /** The files that match a shell pattern, sorted; empty if there are none. */
    List<String> glob(String pattern);

    /** All of standard input. */
    byte[] standardInput() throws IOException;
}
