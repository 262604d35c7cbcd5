package dev.sluice.broker.commands;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.InMemoryBroker;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PersistenceCommandsTest {
    private final InMemoryBroker broker =
            new InMemoryBroker("save", "100 5", "dir", "/data", "enable-debug-command", "yes");

    @AfterEach
    void close() {
        broker.close();
    }

    private String info(String field) {
        return broker.run("INFO", "persistence")
                .text()
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .findFirst()
                .orElseThrow()
                .substring(field.length() + 1);
    }

    /** Runs a command that waits, to its end. */
    private void ends(String expected, String... words) {
        InMemoryBroker.Answer answer = broker.run(words);
        answer.waits();
        broker.endTurn();
        answer.hasAnswered(expected);
    }

    @Test
    void saveAnswersWhenTheFileIsThere() {
        broker.run("SET", "k", "v");
        assertThat(info("rdb_changes_since_last_save")).isEqualTo("1");
        broker.pass(5_000);
        ends("OK", "SAVE");
        assertThat(broker.disk.exists("/data/dump.rdb")).isTrue();
        assertThat(broker.files()).containsOnly("dump.rdb");
        assertThat(info("rdb_changes_since_last_save")).isEqualTo("0");
        assertThat(info("rdb_saves")).isEqualTo("1");
        broker.run("LASTSAVE").is((InMemoryBroker.START_MS + 5_000) / 1000);
    }

    @Test
    void oneAtATime() {
        broker.run("BGSAVE").is("Background saving started");
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("1");
        broker.run("BGSAVE").isError("ERR Background save already in progress");
        broker.run("BGSAVE", "SCHEDULE").isError("ERR Background save already in progress");
        broker.run("SAVE").isError("ERR Background save already in progress");
        broker.run("BGREWRITEAOF").is("Background append only file rewriting scheduled");
        broker.endTurn();
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("0");
        assertThat(info("rdb_last_bgsave_status")).isEqualTo("ok");
    }

    @Test
    void insideATransactionItIsDoneAfterwards() {
        broker.run("MULTI").is("OK");
        broker.run("SAVE").isError("ERR Command not allowed inside a transaction");
        broker.run("DISCARD").is("OK");
        broker.run("MULTI").is("OK");
        broker.run("BGSAVE").is("QUEUED");
        broker.run("EXEC").is("[Background saving scheduled]");
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("0");
        broker.look();
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("1");
        broker.endTurn();
    }

    @Test
    void badArguments() {
        broker.run("BGSAVE", "SOON").isError("ERR syntax error");
        broker.run("BGSAVE", "SCHEDULE", "x").isError("ERR syntax error");
        broker.run("SAVE", "x").isError("ERR wrong number of arguments for 'save' command");
        broker.run("LASTSAVE", "x").isError("ERR wrong number of arguments for 'lastsave' command");
        broker.run("DEBUG", "RELOAD", "x")
                .isError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
    }

    @Test
    void savePointsAreLookedAt() {
        for (int i = 0; i < 5; i++) {
            broker.run("SET", "k", "" + i);
        }
        broker.pass(100_000);
        broker.look();
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("0");
        broker.pass(1);
        broker.look();
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("1");
        broker.endTurn();
        broker.pass(200_000);
        broker.look();
        assertThat(info("rdb_bgsave_in_progress")).as("nothing has changed").isEqualTo("0");
    }

    @Test
    void aDiskThatIsFullStopsWritesUntilSavingWorks() {
        broker.disk.room(100);
        broker.run("SET", "k", "v".repeat(1000));
        ends("-ERR", "SAVE");
        assertThat(broker.files()).isEmpty();
        assertThat(info("rdb_last_bgsave_status")).isEqualTo("err");
        assertThat(broker.run("SET", "k", "v").text()).startsWith("-MISCONF Redis is configured to save RDB snapshots");
        assertThat(broker.run("PING").text()).startsWith("-MISCONF ");
        broker.run("STRLEN", "k").is(1000);
        broker.run("CONFIG", "SET", "stop-writes-on-bgsave-error", "no").is("OK");
        broker.run("SET", "k", "v").is("OK");
        broker.run("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes").is("OK");
        broker.disk.room(Long.MAX_VALUE);
        ends("OK", "SAVE");
        broker.run("SET", "k", "w").is("OK");
    }

    @Test
    void reloadingBringsBackWhatThereWas() {
        broker.run("RPUSH", "list", "a", "b");
        broker.run("SET", "s", "1", "PX", "50000");
        String digest = broker.run("DEBUG", "DIGEST").text();
        ends("OK", "DEBUG", "RELOAD");
        broker.run("DEBUG", "DIGEST").is(digest);
        broker.run("PTTL", "s").is(50000);
        broker.run("SET", "t", "2");
        ends("OK", "DEBUG", "RELOAD", "NOSAVE");
        broker.run("EXISTS", "t").is(0);
        broker.run("SET", "t", "2");
        broker.run("SET", "s", "2");
        ends("OK", "DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE");
        broker.run("MGET", "s", "t").is("[1, 2]");
        ends("-ERR Error trying to load the RDB dump", "DEBUG", "RELOAD", "NOSAVE", "NOFLUSH");
    }

    @Test
    void nobodyComesBetweenSavingAndReloading() {
        broker.run("SET", "k", "1");
        InMemoryBroker.Answer reload = broker.run("DEBUG", "RELOAD");
        InMemoryBroker.Answer other = broker.client().run("INCR", "k");
        other.waits();
        broker.endTurn();
        reload.hasAnswered("OK");
        broker.pass(1);
        other.hasAnswered("2");
    }

    @Test
    void flushingAllEndsASaveAndSavesThatThereIsNothing() {
        broker.run("SET", "k", "v");
        broker.run("BGSAVE").is("Background saving started");
        broker.run("FLUSHDB");
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("1");
        InMemoryBroker.Answer flush = broker.run("FLUSHALL");
        flush.waits();
        broker.endTurn();
        flush.hasAnswered("OK");
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("0");
        assertThat(info("rdb_last_bgsave_status"))
                .as("nothing is wrong with the disk")
                .isEqualTo("ok");
        assertThat(broker.files()).containsOnly("dump.rdb");
        assertThat(info("rdb_changes_since_last_save")).isEqualTo("0");
    }

    @Test
    void aSaveThatFailedBeforeIsNotForgottenWhenTheNextIsGivenUp() {
        broker.disk.room(10);
        ends("-ERR", "SAVE");
        broker.run("CONFIG", "SET", "stop-writes-on-bgsave-error", "no").is("OK");
        broker.run("BGSAVE").is("Background saving started");
        broker.run("FLUSHALL");
        broker.endTurn();
        assertThat(info("rdb_last_bgsave_status")).isEqualTo("err");
    }

    @Test
    void whoGivesASaveUpDoesNotWaitForItsDelay() {
        broker.run("CONFIG", "SET", "rdb-key-save-delay", "10000000").is("OK");
        for (int i = 0; i < 100; i++) {
            broker.run("SET", "k" + i, "v");
        }
        broker.run("BGSAVE").is("Background saving started");
        broker.turns();
        assertThat(info("current_save_keys_processed")).isNotEqualTo("100");
        broker.run("CONFIG", "SET", "rdb-key-save-delay", "0").is("OK"); // for what is left, which is saved at once
        broker.run("FLUSHALL");
        broker.endTurn();
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("0");
        broker.pass(1_000_000);
        broker.endTurn();
    }

    @Test
    void theDelayIsForEachKey() {
        broker.run("CONFIG", "SET", "rdb-key-save-delay", "2000").is("OK");
        for (int i = 0; i < 100; i++) {
            broker.run("SET", "k" + i, "v");
        }
        broker.run("BGSAVE").is("Background saving started");
        broker.turns();
        for (int i = 0; i < 190; i++) {
            broker.pass(1);
            broker.turns();
        }
        assertThat(Integer.parseInt(info("current_save_keys_processed"))).isBetween(90, 99);
        for (int i = 0; i < 30; i++) {
            broker.pass(1);
            broker.turns();
        }
        assertThat(info("current_save_keys_processed")).isEqualTo("100");
        broker.endTurn();
        assertThat(info("rdb_bgsave_in_progress")).isEqualTo("0");
    }

    @Test
    void whatIsSavedBeforeItIsChangedIsCounted() {
        broker.run("CONFIG", "SET", "rdb-key-save-delay", "1000000").is("OK");
        for (int i = 0; i < 100; i++) {
            broker.run("SET", "k" + i, "v".repeat(1000));
        }
        broker.run("BGSAVE").is("Background saving started");
        assertThat(Long.parseLong(info("current_cow_size"))).isLessThan(10_000);
        for (int i = 0; i < 200; i++) {
            broker.run("APPEND", "k" + i % 100, "w");
        }
        assertThat(Long.parseLong(info("current_cow_size"))).isBetween(80_000L, 150_000L);
        broker.turns();
        broker.pass(200_000);
        broker.endTurn();
        assertThat(Long.parseLong(info("rdb_last_cow_size"))).isBetween(80_000L, 150_000L);
        assertThat(info("current_cow_size")).isEqualTo("0");
    }

    @Test
    void savingThatIsTurnedOnRefusesADirectoryThatAnotherProcessWritesTo() throws IOException {
        try (InMemoryBroker saver = new InMemoryBroker("dir", "/data")) {
            Closeable other = Objects.requireNonNull(saver.disk.lock("/data/sluice.lock"));
            saver.run("CONFIG", "SET", "save", "3600 1")
                    .isError(
                            "ERR CONFIG SET failed (possibly related to argument 'save') - The directory /data is in use"
                                    + " by another process: sluice.lock");
            saver.run("CONFIG", "GET", "save").is("[save, ]");
            other.close();
            saver.run("SET", "k", "v");
            saver.run("BGSAVE").is("Background saving started");
            saver.run("CONFIG", "SET", "save", "3600 1").is("OK");
            saver.endTurn();
            assertThat(saver.files()).as("what is being written is no leftover").containsOnly("dump.rdb");
            assertThat(saver.disk.lock("/data/sluice.lock")).isNull();
        }
    }

    @Test
    void shutdownSavesWhatTheSettingsSay() {
        broker.run("SET", "k", "v");
        InMemoryBroker.Answer shutdown = broker.run("SHUTDOWN");
        broker.client().run("SET", "k", "lost").waits();
        assertThat(broker.ended).isFalse();
        broker.endTurn();
        shutdown.hasAnswered("(none)");
        assertThat(broker.ended).isTrue();
        assertThat(broker.disk.exists("/data/dump.rdb")).isTrue();
    }

    @Test
    void shutdownWithoutSaving() {
        broker.run("SHUTDOWN", "NOSAVE");
        assertThat(broker.ended).isTrue();
        assertThat(broker.files()).isEmpty();
    }

    @Test
    void shutdownThatCannotSaveDoesNotHappenUnlessForced() {
        broker.disk.room(10);
        ends("-ERR Errors trying to SHUTDOWN. Check logs.", "SHUTDOWN", "SAVE");
        assertThat(broker.ended).isFalse();
        broker.run("GET", "k").isNull();
        broker.run("SHUTDOWN", "SAVE", "FORCE");
        broker.endTurn();
        assertThat(broker.ended).isTrue();
    }

    @Test
    void whatIsBeingWrittenIsGivenUpForTheLastFile() {
        broker.run("SET", "k", "v");
        broker.run("BGSAVE").is("Background saving started");
        broker.run("SHUTDOWN");
        broker.endTurn();
        assertThat(broker.ended).isTrue();
        assertThat(broker.files()).containsOnly("dump.rdb");
    }
}
