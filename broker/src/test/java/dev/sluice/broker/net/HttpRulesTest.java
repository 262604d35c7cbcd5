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
        assertThat(rules().mayConnect(null, "broker:7879")).isTrue();
        assertThat(rules().mayConnect("http://broker:7879", "broker:7879")).isTrue();
        assertThat(rules().mayConnect("http://BROKER:7879", "broker:7879")).isTrue();
        assertThat(rules().mayConnect("https://broker", "broker")).isTrue();
        assertThat(rules().mayConnect("https://broker", "broker:443")).isTrue();
        assertThat(rules().mayConnect("http://[::1]:7879", "[::1]:7879")).isTrue();
    }

    @Test
    void anotherHostPortOrSchemeMayNot() {
        assertThat(rules().mayConnect("http://other:7879", "broker:7879")).isFalse();
        assertThat(rules().mayConnect("http://broker:7880", "broker:7879")).isFalse();
        assertThat(rules().mayConnect("http://broker", "broker:7879")).isFalse();
        assertThat(rules().mayConnect("null", "broker:7879")).isFalse();
        assertThat(rules().mayConnect("file://broker:7879", "broker:7879")).isFalse();
        assertThat(rules().mayConnect("http://bro ker", "bro ker")).isFalse();
        assertThat(rules().mayConnect("http://broker:7879", null)).isFalse();
        assertThat(rules().mayConnect("http://broker:7879", "broker:7879@other"))
                .isFalse();
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
        assertThat(rules("requirepass", "a:b", "metrics-public", "yes").mayReadMetrics(null))
                .isTrue();
    }

    private static String basic(String credentials) {
        return "basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
