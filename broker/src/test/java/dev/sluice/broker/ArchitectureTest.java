package dev.sluice.broker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.broker.config.Setting;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the house, and the doors through which the world comes in. */
class ArchitectureTest {
    private static final String ROOT = "dev.sluice.broker";
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice");

    private static String[] inside(String... packages) {
        return Arrays.stream(packages).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }

    /** A package of the broker may use these, besides itself, config, the seams, streams and what is not ours. */
    private static void mayUse(String name, String... others) {
        String[] allowed = Stream.of(
                        inside(others), inside(name, "seam", "config"), new String[] {"dev.sluice.streams.."})
                .flatMap(Arrays::stream)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.sluice..")).or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true)
                .check(CODE);
    }

    @Test
    void packagesUseOnlyWhatThePlanAllows() {
        mayUse("data");
        mayUse("journal");
        mayUse("keyspace", "data", "journal");
        mayUse("session", "keyspace");
        mayUse("command", "session", "keyspace", "data");
        mayUse("dispatch", "command", "session", "keyspace", "journal", "data");
        mayUse("persist", "keyspace", "data", "journal");
        mayUse("commands", "command", "session", "data", "keyspace", "journal", "persist", "metric");
        mayUse("ranking", "keyspace", "data");
        mayUse("net", "dispatch", "session", "ranking", "metric");
        mayUse("metric");
        mayUse("seam");
        mayUse("config");
    }

    @Test
    void streamsKnowNothingOfTheBroker() {
        noClasses()
                .that()
                .resideInAPackage("dev.sluice.streams..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "..")
                .check(CODE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CODE);
        slices().matching("dev.sluice.streams.(*)..").should().beFreeOfCycles().check(CODE);
    }

    @Test
    void theWorldComesInThroughTheRoot() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".(*)..")
                .and(not(resideInAPackage(ROOT)))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callConstructor(Thread.class)
                .orShould()
                .callMethod(Thread.class, "ofPlatform")
                .orShould()
                .callMethod(Thread.class, "ofVirtual")
                .orShould()
                .dependOnClassesThat(belongToAnyOf(
                        java.util.Random.class,
                        java.security.SecureRandom.class,
                        java.util.concurrent.ThreadLocalRandom.class,
                        java.util.concurrent.Executors.class,
                        java.net.Socket.class,
                        java.net.ServerSocket.class,
                        java.nio.file.Files.class,
                        java.io.FileInputStream.class,
                        java.io.FileOutputStream.class))
                .check(CODE);
    }

    @Test
    void onlyNetKnowsSockets() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackages(ROOT + ".net..", ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "reactor.netty..", "io.rsocket..")
                .check(CODE);
    }

    @Test
    void onlyDataAndKeyspaceKnowHandles() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "..")
                .and()
                .resideOutsideOfPackages(ROOT + ".data..", ROOT + ".keyspace..", ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ROOT + ".data.Arena")
                .check(CODE);
    }

    /** Who sets what has no effect is warned: so what has one must be known. INFO alone may read what has none. */
    @Test
    void whatIsReadOfTheSettingsIsKnownToHaveAnEffect() {
        SortedSet<String> unknown = new TreeSet<>();
        for (JavaFieldAccess access : CODE.get(Setting.class).getFieldAccessesToSelf()) {
            JavaClass by = access.getOriginOwner();
            boolean isRow = access.getTarget().getRawType().isEquivalentTo(Setting.class);
            if (isRow && !by.getPackageName().equals(ROOT + ".config") && !by.isEquivalentTo(InfoSections.class)) {
                Setting setting = Setting.valueOf(access.getTarget().getName());
                if (!setting.hasEffect()) {
                    unknown.add(setting.parameter());
                }
            }
        }
        assertThat(unknown).isEmpty();
    }
}
