package dev.sluice.broker;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;

/** Where to listen for each wire: a port, {@link #ANY} free one, or {@link #OFF}. */
public record Ports(int resp, int rsocket, int http) {
    public static final int ANY = 0;
    public static final int OFF = -1;

    /** As the settings say, where 0 switches a wire off. */
    public static Ports of(Settings settings) {
        return new Ports(
                orOff(settings.integer(Setting.PORT)),
                orOff(settings.integer(Setting.RSOCKET_PORT)),
                orOff(settings.integer(Setting.HTTP_PORT)));
    }

    /** A free port for each wire: for tests and for brokers inside another program. */
    public static Ports any() {
        return new Ports(ANY, ANY, ANY);
    }

    private static int orOff(int port) {
        return port == 0 ? OFF : port;
    }
}
