package dev.sluice.broker;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a thread step behind the keyspace loop where cores are few: setpriority(2), which on Linux is of a thread. The
 * priorities of Java's threads do nothing there.
 */
final class Politeness {
    private static final Logger log = LoggerFactory.getLogger(Politeness.class);
    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;
    private static final int NICE = 10;

    private Politeness() {}

    /** The work, for a thread that gets a tenth of a core where others want it too; elsewhere than on Linux as it is. */
    static Runnable polite(Runnable work) {
        return () -> {
            if (System.getProperty("os.name", "").equals("Linux")) {
                stepBack();
            }
            work.run();
        };
    }

    private static void stepBack() {
        Linker linker = Linker.nativeLinker();
        MethodHandle setPriority = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setpriority"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            int refused = (int) setPriority.invokeExact(PRIO_PROCESS, THIS_THREAD, NICE);
            if (refused != 0) {
                log.debug("setpriority was refused");
            }
        } catch (Throwable impossible) {
            throw new IllegalStateException("setpriority", impossible);
        }
    }
}
