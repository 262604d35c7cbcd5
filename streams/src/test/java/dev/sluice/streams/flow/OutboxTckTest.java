package dev.sluice.streams.flow;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/**
 * The technology compatibility kit of Reactive Streams, whose TestNG methods are run as tests of JUnit. Left out are the
 * rules that the kit itself does not verify, and those for publishers with several subscribers.
 */
class OutboxTckTest {
    private static final long TIMEOUT_MS = 500;
    private static final long QUIET_MS = 20;

    /** An outbox whose publisher goes on whenever there is room. */
    public static final class Verification extends PublisherVerification<Delivery<Long>> {
        public Verification() {
            super(new TestEnvironment(TIMEOUT_MS, QUIET_MS), TIMEOUT_MS);
        }

        @Override
        public Publisher<Delivery<Long>> createPublisher(long elements) {
            Outbox<Long> outbox = outbox();
            publish(outbox, 0, elements);
            return outbox;
        }

        @Override
        public Publisher<Delivery<Long>> createFailedPublisher() {
            Outbox<Long> outbox = outbox();
            outbox.fail(new IllegalStateException("failed before it was subscribed to"));
            return outbox;
        }

        @Override
        public long maxElementsFromPublisher() {
            return Integer.MAX_VALUE;
        }

        private static void publish(Outbox<Long> outbox, long from, long elements) {
            for (long i = from; i < elements; i++) {
                Outbox.Offered offered = outbox.offer(i, 1);
                if (offered == Outbox.Offered.CLOSED) {
                    return;
                }
                if (offered == Outbox.Offered.WAIT) {
                    long next = i + 1;
                    outbox.room().subscribe(null, null, () -> publish(outbox, next, elements));
                    return;
                }
            }
            outbox.complete();
        }

        private static Outbox<Long> outbox() {
            return new Outbox<>(Overflow.THROTTLE, new OutboxLimits(16, 1_000), message -> message, message -> {});
        }
    }

    @TestFactory
    Stream<DynamicTest> rules() {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .filter(method -> !method.getName().startsWith("untested_"))
                .filter(method -> !method.getName().startsWith("optional_spec111_"))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(method)));
    }

    private static void run(Method rule) throws Throwable {
        Verification verification = new Verification();
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
