package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What redis-server 7.0 does not know of CLIENT, and what a transcript cannot see. */
class ClientCommandsTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void setinfoKeepsTheLibrary() {
        broker.run("CLIENT", "SETINFO", "LIB-NAME", "node-redis(tag)").is("OK");
        broker.run("CLIENT", "SETINFO", "lib-ver", "6.3.1").is("OK");
        assertThat(broker.run("CLIENT", "INFO").text()).contains("lib-name=node-redis(tag) lib-ver=6.3.1");
        broker.run("CLIENT", "SETINFO", "lib-name", "").is("OK");
        assertThat(broker.run("CLIENT", "INFO").text()).contains("lib-name= lib-ver=6.3.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nb", "\u00e9", "\u007f"})
    void setinfoRefusesWhatWouldBreakTheLineOfAClient(String value) {
        broker.run("CLIENT", "SETINFO", "LIB-NAME", value)
                .isError("ERR LIB-NAME cannot contain spaces, newlines or special characters.");
        broker.run("CLIENT", "SETINFO", "lib-ver", value)
                .isError("ERR lib-ver cannot contain spaces, newlines or special characters.");
    }

    @Test
    void setinfoRefusesAnythingElse() {
        broker.run("CLIENT", "SETINFO", "lib-os", "linux").isError("ERR Unrecognized option 'lib-os'");
        broker.run("CLIENT", "SETINFO", "lib-name")
                .isError("ERR wrong number of arguments for 'client|setinfo' command");
    }

    @Test
    void whatAClientIsAbleToDoIsTakenNoteOf() {
        broker.run("CLIENT", "CAPA", "redirect").is("OK");
        broker.run("CLIENT", "CAPA", "redirect", "whatever").is("OK");
        broker.run("CLIENT", "CAPA").isError("ERR wrong number of arguments for 'client|capa' command");
    }

    @Test
    void maintenanceNotificationsMayBeAskedForAndNeverCome() {
        broker.run("CLIENT", "MAINT_NOTIFICATIONS", "ON").is("OK");
        broker.run("CLIENT", "MAINT_NOTIFICATIONS", "on", "moving-endpoint-type", "external-fqdn")
                .is("OK");
        broker.run("CLIENT", "MAINT_NOTIFICATIONS", "OFF").is("OK");
        broker.run("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", "moon")
                .isError("ERR Invalid moving-endpoint-type 'moon'");
        broker.run("CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type")
                .isError("ERR syntax error");
        broker.run("CLIENT", "MAINT_NOTIFICATIONS", "MAYBE").isError("ERR syntax error");
    }

    @Test
    void readingUnderNoTouchLeavesNoMark() {
        broker.run("SET", "k", "v").is("OK");
        broker.pass(10_000);
        broker.run("CLIENT", "NO-TOUCH", "on").is("OK");
        broker.run("GET", "k").is("v");
        broker.run("MULTI").is("OK");
        broker.run("GET", "k").is("QUEUED");
        broker.run("EXEC").is("[v]");
        broker.run("OBJECT", "IDLETIME", "k").is(10);
        broker.client().run("GET", "k").is("v");
        broker.run("OBJECT", "IDLETIME", "k").is(0);
        broker.pass(10_000);
        broker.run("TOUCH", "k").is(1);
        broker.run("OBJECT", "IDLETIME", "k").is(0);
        broker.pass(10_000);
        broker.run("CLIENT", "NO-TOUCH", "off").is("OK");
        broker.run("GET", "k").is("v");
        broker.run("OBJECT", "IDLETIME", "k").is(0);
        broker.run("CLIENT", "NO-TOUCH", "maybe").isError("ERR syntax error");
    }

    @Test
    void askingAboutAKeyIsNoAccess() {
        broker.run("SET", "k", "v").is("OK");
        broker.pass(10_000);
        broker.run("TTL", "k").is(-1);
        broker.run("TYPE", "k").is("string");
        broker.run("EXISTS", "k").is(1);
        broker.run("OBJECT", "IDLETIME", "k").is(10);
    }

    @Test
    void resetForgetsNoTouchAndKeepsNoEvict() {
        broker.run("CLIENT", "NO-TOUCH", "on").is("OK");
        broker.run("CLIENT", "NO-EVICT", "on").is("OK");
        assertThat(broker.run("CLIENT", "INFO").text()).contains(" flags=eT ");
        broker.run("RESET").is("RESET");
        assertThat(broker.run("CLIENT", "INFO").text()).contains(" flags=e ");
    }

    @Test
    void aTransactionHasAnAnswerForEachOfItsCommands() {
        broker.run("MULTI").is("OK");
        broker.run("CLIENT", "REPLY", "SKIP").is("QUEUED");
        broker.run("PING").is("QUEUED");
        broker.run("EXEC").is("[OK, PONG]");
    }

    @Test
    void aLineSaysWhatWaitsAndWhatIsQueued() {
        InMemoryBroker.Client other = broker.client();
        other.run("WATCH", "a", "b").is("OK");
        other.run("MULTI").is("OK");
        other.run("SET", "key", "value").is("QUEUED");
        assertThat(line(other)).contains(" multi=1 ").contains(" multi-mem=11 ").contains(" watch=2 ");
        other.run("DISCARD").is("OK");
        other.run("BLPOP", "queue", "0").waits();
        assertThat(line(other)).contains(" flags=b ").contains(" argv-mem=11 ").contains(" tot-cmds=4");
        other.run("CLIENT", "ID");
        assertThat(broker.run("CLIENT", "INFO").text()).contains(" argv-mem=10 ");
    }

    private String line(InMemoryBroker.Client of) {
        return broker.run("CLIENT", "LIST", "ID", Long.toString(of.session.id()))
                .text();
    }
}
