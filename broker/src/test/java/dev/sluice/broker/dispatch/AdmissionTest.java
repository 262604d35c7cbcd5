package dev.sluice.broker.dispatch;

import dev.sluice.broker.InMemoryBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final InMemoryBroker broker = new InMemoryBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void unknownCommandsShowTheirArguments() {
        broker.run("nosuch").isError("ERR unknown command 'nosuch', with args beginning with: ");
        broker.run("nosuch", "a", "").isError("ERR unknown command 'nosuch', with args beginning with: 'a' '' ");
    }

    @Test
    void butNotForLong() {
        broker.run("x".repeat(200), "y".repeat(200), "z")
                .isError("ERR unknown command '" + "x".repeat(128) + "', with args beginning with: '" + "y".repeat(128)
                        + "' ");
        broker.run("x", "y".repeat(120), "z".repeat(120), "a")
                .isError("ERR unknown command 'x', with args beginning with: '" + "y".repeat(120) + "' 'zzzzz' ");
        broker.run("no\0such", "a\0b").isError("ERR unknown command 'no', with args beginning with: 'a' ");
    }

    @Test
    void unknownSubcommands() {
        broker.run("client", "NoSuch").isError("ERR unknown subcommand 'NoSuch'. Try CLIENT HELP.");
        broker.run("COMMAND", "nosuch", "x").isError("ERR unknown subcommand 'nosuch'. Try COMMAND HELP.");
        broker.run("config", "a\0b").isError("ERR unknown subcommand 'a'. Try CONFIG HELP.");
    }

    @Test
    void arityIsThatOfTheSubcommand() {
        broker.run("GET").isError("ERR wrong number of arguments for 'get' command");
        broker.run("CLIENT").isError("ERR wrong number of arguments for 'client' command");
        broker.run("CLIENT", "SETNAME").isError("ERR wrong number of arguments for 'client|setname' command");
        broker.run("COMMAND", "COUNT", "x").isError("ERR wrong number of arguments for 'command|count' command");
    }

    @Test
    void aRefusalIsBeforeAuthentication() {
        InMemoryBroker guarded = new InMemoryBroker("requirepass", "secret");
        guarded.run("nosuch").isError("ERR unknown command 'nosuch', with args beginning with: ");
        guarded.run("GET").isError("ERR wrong number of arguments for 'get' command");
        guarded.run("GET", "k").isError("NOAUTH Authentication required.");
        guarded.close();
    }

    @Test
    void whileDataCannotBeWrittenWritesAreRefusedAndPingSaysSo() {
        broker.run("MULTI").is("OK");
        broker.run("SET", "k", "1").is("QUEUED");
        broker.writesRefused = "MISCONF why";
        broker.run("EXEC").isError("EXECABORT Transaction discarded because of: MISCONF why");
        broker.run("SET", "k", "1").isError("MISCONF why");
        broker.run("PING").isError("MISCONF why");
        broker.run("GET", "k").is("(nil)");
        broker.run("MULTI").is("OK");
        broker.run("GET", "k").is("QUEUED");
        broker.run("SET", "k", "1").isError("MISCONF why");
        broker.run("EXEC").isError("EXECABORT Transaction discarded because of previous errors.");
        broker.writesRefused = null;
        broker.run("SET", "k", "1").is("OK");
    }

    @Test
    void whileDataIsLoadedOnlyWhatDoesWithoutItRuns() {
        broker.run("MULTI").is("OK");
        broker.run("GET", "k").is("QUEUED");
        broker.loading = true;
        String refusal = "LOADING Redis is loading the dataset in memory";
        broker.run("EXEC").isError("EXECABORT Transaction discarded because of: " + refusal);
        broker.run("GET", "k").isError(refusal);
        broker.run("PING").isError(refusal);
        broker.run("ECHO", "x").is("x");
        broker.run("MULTI").is("OK");
        broker.run("GET", "k").isError(refusal);
        broker.run("DISCARD").is("OK");
        broker.loading = false;
        broker.run("GET", "k").is("(nil)");
    }
}
