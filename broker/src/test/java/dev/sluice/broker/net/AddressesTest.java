package dev.sluice.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
    @Test
    void allOfIpv6IsAllOfIpv4() {
        assertThat(Addresses.toBind(List.of("*", "::*"))).containsExactly("::");
        assertThat(Addresses.toBind(List.of("127.0.0.1", "0.0.0.0", "::"))).containsExactly("127.0.0.1", "::");
        assertThat(Addresses.toBind(List.of("*"))).containsExactly("0.0.0.0");
        assertThat(Addresses.toBind(List.of("::*"))).containsExactly("::");
    }

    @Test
    void whatIsNotThereMayBeLeftOut() {
        assertThat(Addresses.toBind(List.of("127.0.0.1", "-192.0.2.1"))).containsExactly("127.0.0.1");
        assertThat(Addresses.toBind(List.of("192.0.2.1"))).containsExactly("192.0.2.1");
        assertThat(Addresses.toBind(List.of())).containsExactly("0.0.0.0");
    }
}
