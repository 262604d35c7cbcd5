package dev.sluice.broker.net;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.session.Users;
import dev.sluice.streams.message.Bytes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Who may do what over HTTP: which pages may open a WebSocket, and who may read the figures. */
record HttpRules(Settings settings, Users users) {
    private static final String BASIC = "Basic ";

    /**
     * Whether a page of this origin may open a WebSocket here: one from this very host and port, one of {@code
     * http-origins}, or no page at all. A browser sends Origin and lets no page change it; other clients send none.
     */
    boolean mayConnect(@Nullable String origin, @Nullable String host) {
        return origin == null
                || settings.words(Setting.HTTP_ORIGINS).stream().anyMatch(origin::equalsIgnoreCase)
                || host != null && isSame(origin, host);
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

    /** Whether these credentials ({@code Basic dXNlcjpwYXNzd29yZA==}) are enough to read the figures. */
    boolean mayReadMetrics(@Nullable String authorization) {
        if (!users.hasPassword() || settings.isOn(Setting.METRICS_PUBLIC)) {
            return true;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
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
