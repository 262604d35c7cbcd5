package dev.sluice.broker.endtoend;

import dev.sluice.broker.Broker;
import dev.sluice.broker.Ports;
import dev.sluice.broker.config.Settings;

/** A broker that can end and come back, empty, on the port that it had. */
final class RestartableBroker implements AutoCloseable {
    private final String[] settings;
    private Broker broker;
    private final int port;

    private RestartableBroker(String[] settings) {
        this.settings = settings;
        this.broker = Broker.start(Settings.of(settings), new Ports(Ports.ANY, Ports.OFF, Ports.OFF));
        this.port = broker.respPort();
    }

    /** Starts one on a free port; {@code settings} are names and values in turn. */
    static RestartableBroker start(String... settings) {
        return new RestartableBroker(settings);
    }

    int port() {
        return port;
    }

    void restart() {
        broker.close();
        broker = Broker.start(Settings.of(settings), new Ports(port, Ports.OFF, Ports.OFF));
    }

    @Override
    public void close() {
        broker.close();
    }
}
