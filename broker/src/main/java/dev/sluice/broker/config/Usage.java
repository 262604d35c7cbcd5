package dev.sluice.broker.config;

/** What {@code --help} prints. */
final class Usage {
    static final String TEXT = """
            Usage: sluice [/path/to/redis.conf] [options] [-]
                   sluice - (read config from stdin)
                   sluice -v or --version
                   sluice -h or --help

            Options are settings, as in redis.conf: --name value [value...]. The last value wins.

            Examples:
                   sluice (run the broker on 127.0.0.1 with RESP on 6379, RSocket on 7878, HTTP on 7879)
                   sluice /etc/redis/redis.conf
                   sluice --port 7777
                   sluice --port 7777 --rsocket-port 0 --http-port 0
                   sluice /etc/redis/redis.conf --loglevel verbose -

            Environment:
                   JAVA_HOME         a JDK 25, if it is not the first one found
                   SLUICE_JAVA_OPTS  further options for java, such as -Xmx2g""";

    private Usage() {}
}
