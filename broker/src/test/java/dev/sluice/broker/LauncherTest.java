package dev.sluice.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code bin/sluice}, in an installation whose jar only points at this test's class path. */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
    @TempDir
    private Path root;

    private Path home;

    private record Run(int code, String out, String err) {}

    @BeforeEach
    void install() throws IOException {
        home = root.resolve("with blanks");
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("target"));
        for (String file : List.of("sluice", "sluice-check", "jvm.options")) {
            Files.copy(Path.of("bin", file), home.resolve("bin").resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath());
        try (OutputStream out = Files.newOutputStream(home.resolve("target/sluice-broker.jar"))) {
            new JarOutputStream(out, manifest).close();
        }
    }

    private static String classPath() {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
        return Arrays.stream(entries)
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
    }

    private Run run(Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
        builder.environment().merge("PATH", root.resolve("tools").toString(), (path, tools) -> tools + ":" + path);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Path err = root.resolve("err");
        Process process = builder.redirectError(err.toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), out, Files.readString(err));
    }

    @Test
    void checksFiles() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("check"), home.resolve("bin/sluice-check"));
        Run run = run(link, "no such file");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("no such file: cannot be read: No such file or directory\n");
        assertThat(run.code()).isEqualTo(2);
    }

    @Test
    void saysItsVersion() throws Exception {
        Run run = run(home.resolve("bin/sluice"), "--version");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).matches("Sluice server v=\\d\\S* redis=7\\.0\\.15 malloc=arena bits=64 java=25\\S*\n");
        assertThat(run.code()).isZero();
    }

    @Test
    void explainsItselfThroughLinks() throws Exception {
        Path first = Files.createSymbolicLink(root.resolve("first"), home.resolve("bin/sluice"));
        Path second = Files.createSymbolicLink(root.resolve("second"), root.relativize(first));
        Run run = run(second, "--help");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: sluice [/path/to/redis.conf] [options] [-]\n");
        assertThat(run.code()).isZero();
    }

    @Test
    void handsArgumentsOnAsTheyAre() throws Exception {
        Run run = run(home.resolve("bin/sluice"), "--bind", "a b", "--port", "");
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .endsWith(">>> 'port \"\"'\nargument couldn't be parsed into an integer\n")
                .contains("at line 3");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void saysWhenThereIsNothingToStart() throws Exception {
        Files.delete(home.resolve("target/sluice-broker.jar"));
        Run run = run(home.resolve("bin/sluice"));
        assertThat(run.err()).isEqualTo("sluice: there is no " + home.resolve("target/sluice-broker.jar") + "\n");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void buildsACheckoutOnFirstUseAndWhenSourcesAreNewer() throws Exception {
        Path source = Files.createDirectories(home.resolve("src/main/java")).resolve("Main.java");
        Path built = root.resolve("built.jar");
        Files.move(home.resolve("target/sluice-broker.jar"), built);
        for (Path file : List.of(root.resolve("pom.xml"), home.resolve("pom.xml"), source)) {
            Files.writeString(file, "");
        }
        tool("mvn", "echo \"$@\"\ncp '" + built + "' broker/target/sluice-broker.jar\n");
        Files.move(home, root.resolve("broker"));
        home = root.resolve("broker");

        String says = "sluice: building the broker, which is needed once (mvn package) ...\n"
                + "-q -B -pl broker -am -DskipTests package\n";
        assertThat(run(home.resolve("bin/sluice"), "--version").err()).isEqualTo(says);
        assertThat(run(home.resolve("bin/sluice"), "--version").err()).isEmpty();
        FileTime later = FileTime.from(Instant.now().plusSeconds(60));
        Files.setLastModifiedTime(home.resolve("src/main/java/Main.java"), later);
        assertThat(run(home.resolve("bin/sluice"), "--version").err()).isEqualTo(says);
    }

    private void tool(String name, String script) throws IOException {
        Path tool = Files.createDirectories(root.resolve("tools")).resolve(name);
        Files.writeString(tool, "#!/bin/sh\n" + script);
        assertThat(tool.toFile().setExecutable(true)).isTrue();
    }
}
