package dev.sluice.broker.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which version this is; the build writes it into a resource. */
public final class Version {
    /** The redis-server whose replies and error texts decide. */
    public static final String REFERENCE = "7.0.15";

    private Version() {}

    /** As in the pom: {@code 0.1.0-SNAPSHOT}. */
    public static String current() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return properties.getProperty("version", "unknown");
    }

    /** One line like that of redis-server: {@code Sluice server v=0.1.0 redis=7.0.15 malloc=arena bits=64 java=25}. */
    static String line() {
        return "Sluice server v=" + current() + " redis=" + REFERENCE + " malloc=arena bits=64 java="
                + Runtime.version();
    }
}
