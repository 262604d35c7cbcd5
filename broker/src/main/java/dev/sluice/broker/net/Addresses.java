package dev.sluice.broker.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The addresses of {@code bind}: one with a {@code -} before it is left out where the machine does not have it. */
final class Addresses {
    private static final String ANY_4 = "0.0.0.0";
    private static final String ANY_6 = "::";

    private Addresses() {}

    static List<String> toBind(List<String> configured) {
        List<String> result = new ArrayList<>();
        for (String each : configured) {
            boolean optional = each.startsWith("-");
            String address = optional ? each.substring(1) : each;
            if (address.equals("*")) {
                address = ANY_4;
            } else if (address.equals("::*")) {
                address = ANY_6;
            }
            if (!optional || isThere(address)) {
                result.add(address);
            }
        }
        if (result.contains(ANY_4) && result.contains(ANY_6)) {
            result.removeIf(ANY_4::equals); // a socket that listens on all of IPv6 takes IPv4 as well
        }
        return result.isEmpty() ? List.of(ANY_4) : result;
    }

    private static boolean isThere(String address) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            return parsed.isAnyLocalAddress()
                    ? !(parsed instanceof Inet6Address) || hasIpv6()
                    : NetworkInterface.getByInetAddress(parsed) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }

    private static boolean hasIpv6() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(Inet6Address.class::isInstance);
    }
}
