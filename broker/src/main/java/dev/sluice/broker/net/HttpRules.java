package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.message.Bytes;
import io.netty.util.NetUtil;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Who may do what over HTTP: which pages may open a WebSocket, and who may read the figures. */
record HttpRules(Settings settings, Users users) {
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";

    /**
     * Whether a page of this origin may open a WebSocket here: one of {@code http-origins}, one from this very host and
     * port, or no page at all. A browser sends Origin and lets no page change it; other clients send none. A page whose
     * name has been made to lead here (DNS rebinding) comes from the same host as far as it knows, so that host must be
     * one that we know.
     */
    boolean mayConnect(@Nullable String origin, @Nullable String host) {
        return origin == null
                || settings.words(Setting.HTTP_ORIGINS).stream().anyMatch(origin::equalsIgnoreCase)
                || host != null && isSame(origin, host) && isKnown(host);
    }

    /** As such a page could read them too. Who must say a password, or means everybody to read them, is not asked. */
    boolean mayAskForMetrics(@Nullable String host) {
        return users.hasPassword() || settings.isOn(Setting.METRICS_PUBLIC) || host != null && isKnown(host);
    }

    /** An address, this machine, or a name from {@code http-hosts} or {@code http-origins}: nobody else chose it. */
    private boolean isKnown(String host) {
        try {
            String name = URI.create("http://" + host).getHost();
            return name != null
                    && (isAddress(name)
                            || name.equalsIgnoreCase("localhost")
                            || settings.words(Setting.HTTP_HOSTS).stream().anyMatch(name::equalsIgnoreCase)
                            || settings.words(Setting.HTTP_ORIGINS).stream().anyMatch(origin -> isAt(origin, name)));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isAddress(String name) {
        return name.startsWith("[") || NetUtil.isValidIpV4Address(name);
    }

    private static boolean isAt(String origin, String name) {
        try {
            return name.equalsIgnoreCase(URI.create(origin).getHost());
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isSame(String origin, String host) {
        try {
            URI page = URI.create(origin);
            String scheme = page.getScheme();
            if (page.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
                return false;
            }
            URI here = URI.create(scheme + "://" + host);
            return page.getHost().equalsIgnoreCase(here.getHost()) && port(page) == port(here);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /**
     * Whether these credentials ({@code Basic dXNlcjpwYXNzd29yZA==}, or {@code Bearer password}) are enough to read the
     * figures.
     */
    boolean mayReadMetrics(@Nullable String authorization) {
        if (!users.hasPassword() || settings.isOn(Setting.METRICS_PUBLIC)) {
            return true;
        }
        if (authorization == null) {
            return false;
        }
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            String password = authorization.substring(BEARER.length()).trim();
            return users.accepts(Bytes.of(Users.DEFAULT), Bytes.of(password));
        }
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return false;
        }
        String credentials = decoded(authorization.substring(BASIC.length()).trim());
        int colon = credentials.indexOf(':');
        return colon >= 0
                && users.accepts(Bytes.of(credentials.substring(0, colon)), Bytes.of(credentials.substring(colon + 1)));
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return "";
        }
    }
}
