package dev.sluice.clients.load;

/** The server under load. {@code pid} is 0 where it is not known; then its CPU and memory read as 0. */
record Target(String host, int port, long pid) {
    static Target local(int port, long pid) {
        return new Target("127.0.0.1", port, pid);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
