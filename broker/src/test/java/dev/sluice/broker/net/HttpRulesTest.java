package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.config.Setting;
import dev.sluice.broker.config.Settings;
import dev.sluice.broker.session.Users;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class HttpRulesTest {
    private static HttpRules rules(String... settings) {
        Settings chosen = Settings.of(settings);
        return new HttpRules(chosen, new Users(() -> chosen.bytes(Setting.REQUIREPASS)));
    }

    @Test
    void noPageAndTheSamePageMayConnect() {
        assertThat(rules("http-hosts", "broker").mayConnect(null, "broker:7879"))
                .isTrue();
        assertThat(rules("http-hosts", "broker").mayConnect("http://broker:7879", "broker:7879"))
                .isTrue();
        assertThat(rules("http-hosts", "broker").mayConnect("http://BROKER:7879", "broker:7879"))
                .isTrue();
        assertThat(rules("http-hosts", "broker").mayConnect("https://broker", "broker"))
                .isTrue();
        assertThat(rules("http-hosts", "broker").mayConnect("https://broker", "broker:443"))
                .isTrue();
        assertThat(rules("http-hosts", "broker").mayConnect("http://[::1]:7879", "[::1]:7879"))
                .isTrue();
    }

    @Test
    void anotherHostPortOrSchemeMayNot() {
        assertThat(rules("http-hosts", "broker").mayConnect("http://other:7879", "broker:7879"))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("http://broker:7880", "broker:7879"))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("http://broker", "broker:7879"))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("null", "broker:7879"))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("file://broker:7879", "broker:7879"))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("http://bro ker", "bro ker"))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("http://broker:7879", null))
                .isFalse();
        assertThat(rules("http-hosts", "broker").mayConnect("http://broker:7879", "broker:7879@other"))
                .isFalse();
    }

    /** A name of the attacker's that leads here: for the browser its page comes from this host. */
    @Test
    void aHostThatNobodyKnowsMayNot() {
        assertThat(rules().mayConnect("http://evil.example:7879", "evil.example:7879"))
                .isFalse();
        assertThat(rules().mayConnect("http://evil.localhost.example:7879", "evil.localhost.example:7879"))
                .isFalse();
        assertThat(rules().mayConnect("http://localhost:7879", "localhost:7879"))
                .isTrue();
        assertThat(rules().mayConnect("http://10.0.0.7:7879", "10.0.0.7:7879")).isTrue();
        HttpRules rules = rules("http-origins", "https://console.example");
        assertThat(rules.mayConnect("https://console.example:8443", "console.example:8443"))
                .isTrue();
        assertThat(rules.mayConnect("https://evil.example", "evil.example")).isFalse();
    }

    @Test
    void figuresAreNotForAHostThatNobodyKnowsUnlessThereIsAPassword() {
        assertThat(rules().mayAskForMetrics("evil.example:7879")).isFalse();
        assertThat(rules().mayAskForMetrics(null)).isFalse();
        assertThat(rules().mayAskForMetrics("a b")).isFalse();
        assertThat(rules().mayAskForMetrics("127.0.0.1:7879")).isTrue();
        assertThat(rules().mayAskForMetrics("[::1]:7879")).isTrue();
        assertThat(rules().mayAskForMetrics("LOCALHOST")).isTrue();
        assertThat(rules("http-hosts", "metrics.example").mayAskForMetrics("metrics.example"))
                .isTrue();
        assertThat(rules("requirepass", "x").mayAskForMetrics("evil.example")).isTrue();
        assertThat(rules("metrics-public", "yes").mayAskForMetrics("evil.example"))
                .isTrue();
    }

    @Test
    void listedOriginsMayConnect() {
        HttpRules rules = rules("http-origins", "https://a.example https://b.example:8443");
        assertThat(rules.mayConnect("https://a.example", "broker:7879")).isTrue();
        assertThat(rules.mayConnect("https://B.example:8443", "broker:7879")).isTrue();
        assertThat(rules.mayConnect("http://a.example", "broker:7879")).isFalse();
        assertThat(rules.mayConnect("https://a.example.evil", "broker:7879")).isFalse();
    }

    @Test
    void figuresNeedThePasswordOnceThereIsOne() {
        assertThat(rules().mayReadMetrics(null)).isTrue();
        assertThat(rules("requirepass", "a:b").mayReadMetrics(null)).isFalse();
        assertThat(rules("requirepass", "a:b").mayReadMetrics(basic("default:a:b")))
                .isTrue();
        assertThat(rules("requirepass", "a:b").mayReadMetrics(basic("default:a")))
                .isFalse();
        assertThat(rules("requirepass", "a:b").mayReadMetrics(basic("other:a:b")))
                .isFalse();
        assertThat(rules("requirepass", "a:b").mayReadMetrics(basic("default"))).isFalse();
        assertThat(rules("requirepass", "a:b").mayReadMetrics("Basic %")).isFalse();
        assertThat(rules("requirepass", "a:b").mayReadMetrics("Bearer x")).isFalse();
        assertThat(rules("requirepass", "a:b").mayReadMetrics("bearer a:b")).isTrue();
        assertThat(rules("requirepass", "a:b", "metrics-public", "yes").mayReadMetrics(null))
                .isTrue();
    }

    private static String basic(String credentials) {
        return "basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
