package dev.sluice.streams.rsocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.message.Reply;
import dev.sluice.streams.message.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The requests that are objects, read from each type. */
class RequestsTest {
    private final Payloads payloads = new Payloads(PayloadLimits.DEFAULT);

    private Fields json(String text) {
        return payloads.fields(MimeType.JSON, Unpooled.copiedBuffer(text.replace('\'', '"'), StandardCharsets.UTF_8));
    }

    private Fields sent(MimeType type, Reply payload) {
        ByteBuf buffer = Unpooled.buffer();
        payloads.write(type, payload, buffer);
        return payloads.fields(type, buffer);
    }

    @ParameterizedTest
    @EnumSource(MimeType.class)
    void whatAClientSendsIsWhatTheBrokerReads(MimeType type) {
        PublishRequest publish = new PublishRequest(Bytes.of("news"), Bytes.of(new byte[] {(byte) 0xff, 0, 1}));
        assertThat(PublishRequest.of(sent(type, publish.payload()))).isEqualTo(publish);
        SubscribeRequest subscribe = new SubscribeRequest(
                List.of(Bytes.of("a"), Bytes.of(new byte[] {(byte) 0x80})),
                List.of(Bytes.of("a*")),
                List.of(),
                Overflow.LATEST,
                7);
        assertThat(SubscribeRequest.of(sent(type, subscribe.payload()))).isEqualTo(subscribe);
        for (TakeRequest.Side side : TakeRequest.Side.values()) {
            TakeRequest take = new TakeRequest(List.of(Bytes.of("q1"), Bytes.of("q2")), side);
            assertThat(TakeRequest.of(sent(type, take.payload()))).isEqualTo(take);
            MoveRequest move = new MoveRequest(Bytes.of("q"), Bytes.of("p"), side, TakeRequest.Side.LEFT);
            assertThat(MoveRequest.of(sent(type, move.payload()))).isEqualTo(move);
        }
        for (ScanRequest scan :
                List.of(new ScanRequest(null, null, 1), new ScanRequest(Bytes.of("a*"), Bytes.of("zset"), 1000))) {
            assertThat(ScanRequest.of(sent(type, scan.payload()))).isEqualTo(scan);
        }
        RangeRequest range = new RangeRequest(Bytes.of("z"), -5, -1, false);
        assertThat(RangeRequest.of(sent(type, range.payload()))).isEqualTo(range);
        RankRequest rank = new RankRequest(Bytes.of("z"), Bytes.of(new byte[] {-1}), 3, false);
        assertThat(RankRequest.of(sent(type, rank.payload()))).isEqualTo(rank);
        KeyWatchRequest watch =
                new KeyWatchRequest(List.of(Bytes.of("a*"), Bytes.of(new byte[] {-1})), List.of(Bytes.of("set")));
        assertThat(KeyWatchRequest.of(sent(type, watch.payload()))).isEqualTo(watch);
        for (PopRequest.Side side : PopRequest.Side.values()) {
            PopRequest pop = new PopRequest(List.of(Bytes.of("z")), side);
            assertThat(PopRequest.of(sent(type, pop.payload()))).isEqualTo(pop);
        }
    }

    @ParameterizedTest
    @EnumSource(MimeType.class)
    void aTransactionIsReadAsItWasSent(MimeType type) {
        TransactionRequest plain =
                new TransactionRequest(List.of(Request.of("SET", "k", "v"), Request.of("PING")), List.of());
        assertThat(TransactionRequest.of(sent(type, plain.payload()))).isEqualTo(plain);
        Bytes digest = Bytes.of("0123456789abcdef");
        for (Bytes key : List.of(Bytes.of("k"), Bytes.of("base64"), Bytes.of("error"), Bytes.of(new byte[] {-1}))) {
            TransactionRequest watching = new TransactionRequest(
                    List.of(new Request(Bytes.of("GET"), key)), List.of(new TransactionRequest.Watched(key, digest)));
            assertThat(TransactionRequest.of(sent(type, watching.payload()))).isEqualTo(watching);
        }
        TransactionRequest both = new TransactionRequest(
                List.of(Request.of("PING")),
                List.of(
                        new TransactionRequest.Watched(Bytes.of("a"), null),
                        new TransactionRequest.Watched(Bytes.of("b"), digest)));
        assertThat(TransactionRequest.of(sent(type, both.payload()))).isEqualTo(both);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|ERR field 'commands' must be an array of 1 to 10000 commands",
                "{'commands':[]}|ERR field 'commands' must be an array of 1 to 10000 commands",
                "{'commands':['PING']}|ERR field 'commands' must have an array for each command, its name and arguments",
                "{'commands':[[]]}|ERR field 'commands' must have an array for each command, its name and arguments",
                "{'commands':[['a',[]]]}|ERR field 'commands' must have strings, numbers and booleans as arguments",
                "{'commands':[['a',null]]}|ERR field 'commands' must have strings, numbers and booleans as arguments",
                "{'commands':[['a']],'watch':'k'}|ERR field 'watch' must be an object",
                "{'commands':[['a']],'watch':['k']}|ERR field 'watch' must be an object, or an array of pairs",
                "{'commands':[['a']],'watch':[[1,null],[1,null]]}|ERR field 'watch' must name each key once",
                "{'commands':[['a']],'watch':{'k':'0123'}}|ERR field 'watch' must have a digest of 16 hexadecimal digits or null per key",
                "{'commands':[['a']],'watch':{'k':'0123456789abcdeg'}}|ERR field 'watch' must have a digest of 16 hexadecimal digits or null per key",
                "{'commands':[['a']],'watch':{'k':[]}}|ERR field 'watch' must have a digest of 16 hexadecimal digits or null per key",
                "{'commands':[['a']],'more':1}|ERR field 'more' is unknown"
            })
    void aTransactionThatIsNoneSaysWhy(String text, String message) {
        assertThatThrownBy(() -> TransactionRequest.of(json(text)))
                .isInstanceOf(CommandError.class)
                .hasMessage(message);
    }

    @Test
    void aTransactionWatchesNotTooMuch() {
        StringBuilder watch = new StringBuilder("'0':null");
        for (int i = 1; i <= TransactionRequest.WATCHED_MAX; i++) {
            watch.append(",'").append(i).append("':null");
        }
        assertThatThrownBy(() -> TransactionRequest.of(json("{'commands':[['a']],'watch':{" + watch + "}}")))
                .hasMessage("ERR field 'watch' has more than 1000 keys");
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        assertThat(SubscribeRequest.of(json("{'patterns':['*'], 'buffer': null}")))
                .isEqualTo(
                        new SubscribeRequest(List.of(), List.of(Bytes.of("*")), List.of(), Overflow.DROP_OLDEST, 1024));
        assertThat(TakeRequest.of(json("{'keys':['q']}")).side()).isEqualTo(TakeRequest.Side.LEFT);
        assertThat(MoveRequest.of(json("{'source':'a','destination':'b'}")))
                .isEqualTo(
                        new MoveRequest(Bytes.of("a"), Bytes.of("b"), TakeRequest.Side.LEFT, TakeRequest.Side.RIGHT));
        assertThat(PopRequest.of(json("{'keys':['q']}")).side()).isEqualTo(PopRequest.Side.MIN);
        assertThat(RangeRequest.of(json("{'key':'z'}"))).isEqualTo(new RangeRequest(Bytes.of("z"), 0, 9, true));
        assertThat(RankRequest.of(json("{'key':'z','member':'m'}")))
                .isEqualTo(new RankRequest(Bytes.of("z"), Bytes.of("m"), 0, true));
        assertThat(ScanRequest.of(json("{}"))).isEqualTo(new ScanRequest(null, null, 100));
        assertThat(KeyWatchRequest.of(json("{'patterns':['*']}")).events()).isEmpty();
        assertThat(PublishRequest.of(json("{'channel':7,'message':1.50}")))
                .isEqualTo(new PublishRequest(Bytes.of("7"), Bytes.of("1.50")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ['a']                                  | ERR the payload must be an object
            {'message':'m'}                        | ERR field 'channel' is missing
            {'channel':null,'message':'m'}         | ERR field 'channel' is missing
            {'channel':'c'}                        | ERR field 'message' is missing
            {'channel':['c'],'message':'m'}        | ERR field 'channel' must be a string
            {'channel':'c','message':{'a':1}}      | ERR field 'message' must be a string
            {'channel':'c','message':'m','massage':'m'} | ERR field 'massage' is unknown
            {'channel':'c','channel':'d','message':'m'} | ERR field 'channel' is there twice
            {'channel':'c','message':{'base64':'?'}}    | ERR field 'base64' is not base64
            """)
    void aPublicationThatIsNoneSaysWhy(String payload, String error) {
        refused(PublishRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                     | ERR one of the fields 'channels', 'patterns' and 'shardChannels' must name something
            {'channels':[]}                        | ERR one of the fields 'channels', 'patterns' and 'shardChannels' must name something
            {'channels':'a'}                       | ERR field 'channels' must be an array of strings
            {'channels':['a',null]}                | ERR field 'channels' must be an array of strings
            {'channels':['a'],'patterns':[[]]}     | ERR field 'patterns' must be an array of strings
            {'channels':['a'],'buffer':0}          | ERR field 'buffer' must be an integer from 1 to 1048576
            {'channels':['a'],'buffer':1.5}        | ERR field 'buffer' must be an integer from 1 to 1048576
            {'channels':['a'],'buffer':99999999999999999999} | ERR field 'buffer' must be an integer from 1 to 1048576
            {'channels':['a'],'buffer':true}       | ERR field 'buffer' must be an integer from 1 to 1048576
            {'channels':['a'],'overflow':'wait'}   | ERR field 'overflow' must be one of disconnect, drop-oldest, drop-newest, latest, throttle
            """)
    void aSubscriptionThatIsNoneSaysWhy(String payload, String error) {
        refused(SubscribeRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                         | ERR field 'keys' must name at least one key
            {'keys':'q'}               | ERR field 'keys' must be an array of strings
            {'keys':['q'],'side':'up'} | ERR field 'side' must be left or right
            """)
    void aTakeThatIsNoneSaysWhy(String payload, String error) {
        refused(TakeRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'destination':'b'}                          | ERR field 'source' is missing
            {'source':'a'}                               | ERR field 'destination' is missing
            {'source':'a','destination':['b']}           | ERR field 'destination' must be a string
            {'source':'a','destination':'b','from':'up'} | ERR field 'from' must be left or right
            {'source':'a','destination':'b','to':''}     | ERR field 'to' must be left or right
            {'source':'a','destination':'b','side':'left'} | ERR field 'side' is unknown
            """)
    void aMoveThatIsNoneSaysWhy(String payload, String error) {
        refused(MoveRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'side':'min'}               | ERR field 'keys' must name at least one key
            {'keys':[['z']]}             | ERR field 'keys' must be an array of strings
            {'keys':['z'],'side':'left'} | ERR field 'side' must be min or max
            """)
    void aPopThatIsNoneSaysWhy(String payload, String error) {
        refused(PopRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'count':0}          | ERR field 'count' must be an integer from 1 to 1000
            {'count':1001}       | ERR field 'count' must be an integer from 1 to 1000
            {'match':['*']}      | ERR field 'match' must be a string
            {'type':{}}          | ERR field 'type' must be a string
            {'pattern':'*'}      | ERR field 'pattern' is unknown
            """)
    void aScanThatIsNoneSaysWhy(String payload, String error) {
        refused(ScanRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                              | ERR field 'patterns' must name at least one pattern
            {'patterns':'*'}                | ERR field 'patterns' must be an array of strings
            {'patterns':['*'],'events':'x'} | ERR field 'events' must be an array of strings
            """)
    void aWatchThatIsNoneSaysWhy(String payload, String error) {
        refused(KeyWatchRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'start':1}                               | ERR field 'key' is missing
            {'key':'z','start':'a'}                   | ERR field 'start' must be an integer from -9223372036854775808 to 9223372036854775807
            {'key':'z','reverse':'yes'}               | ERR field 'reverse' must be true or false
            {'key':'z','start':5,'stop':1005}         | ERR field 'stop' must be less than 1000 after start
            {'key':'z','start':-9223372036854775808,'stop':-1} | ERR field 'stop' must be less than 1000 after start
            {'key':'z','member':'m'}                  | ERR field 'member' is unknown
            """)
    void aRangeThatIsNoneSaysWhy(String payload, String error) {
        refused(RangeRequest::of, payload, error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'key':'z'}                            | ERR field 'member' is missing
            {'member':'m'}                         | ERR field 'key' is missing
            {'key':'z','member':'m','around':-1}   | ERR field 'around' must be an integer from 0 to 100
            {'key':'z','member':'m','around':101}  | ERR field 'around' must be an integer from 0 to 100
            {'key':'z','member':'m','reverse':2}   | ERR field 'reverse' must be true or false
            """)
    void aRankThatIsNoneSaysWhy(String payload, String error) {
        refused(RankRequest::of, payload, error);
    }

    private void refused(Function<Fields, ?> request, String payload, String error) {
        assertThatThrownBy(() -> request.apply(json(payload)))
                .isInstanceOf(CommandError.class)
                .hasMessage(error);
    }

    @Test
    void anUnknownRouteIsNamed() {
        for (Route route : Route.values()) {
            assertThat(Route.named(route.text())).isEqualTo(route);
        }
        assertThatThrownBy(() -> Route.named("list.give"))
                .isInstanceOf(CommandError.class)
                .hasMessage("ERR unknown route 'list.give'");
        assertThatThrownBy(() -> Route.named("x".repeat(255)))
                .hasMessage("ERR unknown route '" + "x".repeat(128) + "'");
    }

    @Test
    void typesAreKnownByTheirNames() {
        for (MimeType type : MimeType.values()) {
            assertThat(MimeType.named(type.text().toUpperCase(java.util.Locale.ROOT)))
                    .isEqualTo(type);
        }
        assertThat(MimeType.named("text/plain")).isNull();
    }
}
