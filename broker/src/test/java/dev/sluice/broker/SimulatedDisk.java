package dev.sluice.broker;

import dev.sluice.broker.seam.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps what was written and what was forced apart. {@link #crash} is a power loss: of what was not
 * forced, writes, cuts and names alike, any part is there afterwards, torn or in another order. It can be full, and
 * refuse writes, forces and changes of names.
 */
public final class SimulatedDisk implements Disk {
    private static final int SECTOR = 512;
    private static final String NO_SUCH_FILE = "No such file or directory";

    /** The content of a file; several names, or none, may lead to it. */
    private static final class Content {
        private byte[] live = {};
        private int length;
        private byte[] forced = {};
        private final List<Change> changes = new ArrayList<>(0);

        void replaceWith(byte[] bytes) {
            live = bytes;
            length = bytes.length;
            forced = bytes.clone();
            changes.clear();
        }

        byte[] bytes() {
            return Arrays.copyOf(live, length);
        }

        void truncate(int size) {
            if (size < length) {
                Arrays.fill(live, size, length, (byte) 0);
                length = size;
                changes.add(new Change(size, null));
            }
        }

        void append(byte[] from, int offset, int count) {
            if (length + count > live.length) {
                live = Arrays.copyOf(live, Math.max(length + count, 2 * live.length));
            }
            System.arraycopy(from, offset, live, length, count);
            changes.add(new Change(length, Arrays.copyOfRange(from, offset, offset + count)));
            length += count;
        }
    }

    /** Bytes written from {@code at}, or a cut there. */
    private record Change(int at, byte @Nullable [] bytes) {}

    /** A name that was given or, if {@code content} is null, taken away; a rename is both at once. */
    private record Naming(
            String name,
            @Nullable Content content,
            @Nullable String instead) {
        boolean isIn(String directory) {
            return directoryOf(name).equals(directory);
        }

        void apply(Map<String, Content> names) {
            if (instead != null) {
                names.remove(instead);
            }
            if (content == null) {
                names.remove(name);
            } else {
                names.put(name, content);
            }
        }
    }

    private final Map<String, Content> names = new TreeMap<>();
    private final Map<String, Content> forcedNames = new TreeMap<>();
    private final List<Naming> namings = new ArrayList<>();
    private final Set<String> directories = new HashSet<>();
    private final Set<String> locks = new HashSet<>();
    private int generation;
    private long forces;
    private long writes;
    private long bytesLeft = Long.MAX_VALUE;
    private @Nullable String writeProblem;
    private @Nullable String forceProblem;
    private @Nullable String nameProblem;
    private Runnable beforeForce = () -> {};
    private long operationsLeft = Long.MAX_VALUE;
    private long operationsToGlitch = Long.MAX_VALUE;

    /** @param directories that there are from the beginning */
    public SimulatedDisk(String... directories) {
        this.directories.addAll(List.of(directories));
    }

    private static String directoryOf(String path) {
        return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }

    // ---- what a test does to it

    /**
     * The power goes and comes back. Files that were open cannot be used any more; locks are gone.
     *
     * @param random what of that which was not forced is there
     */
    public synchronized void crash(Random random) {
        generation++;
        operationsLeft = Long.MAX_VALUE;
        operationsToGlitch = Long.MAX_VALUE;
        locks.clear();
        boolean inOrder = random.nextBoolean();
        int named = inOrder ? random.nextInt(namings.size() + 1) : namings.size();
        for (int i = 0; i < named; i++) {
            if (inOrder || random.nextBoolean()) {
                namings.get(i).apply(forcedNames);
            }
        }
        namings.clear();
        names.clear();
        names.putAll(forcedNames);
        Map<Content, Boolean> seen = new HashMap<>();
        for (Content content : names.values()) {
            if (seen.put(content, true) == null) {
                content.replaceWith(random.nextBoolean() ? prefix(content, random) : scattered(content, random));
            }
        }
    }

    /** As a file system that keeps the order leaves it: up to some byte. */
    private static byte[] prefix(Content content, Random random) {
        byte[] bytes = content.forced;
        int whole = random.nextInt(content.changes.size() + 1);
        for (int i = 0; i < whole; i++) {
            Change change = content.changes.get(i);
            bytes = applied(bytes, change, change.bytes == null ? 0 : change.bytes.length);
        }
        if (whole < content.changes.size()) {
            Change torn = content.changes.get(whole);
            if (torn.bytes != null) {
                bytes = applied(bytes, torn, random.nextInt(torn.bytes.length + 1));
            }
        }
        return bytes;
    }

    private static byte[] applied(byte[] before, Change change, int count) {
        if (change.bytes == null) {
            return Arrays.copyOf(before, Math.min(before.length, change.at));
        }
        byte[] after = Arrays.copyOf(before, Math.max(before.length, change.at + count));
        System.arraycopy(change.bytes, 0, after, change.at, count);
        return after;
    }

    /** Each sector as it was after any of the changes to it, and the file as long as the last of them that is there says. */
    private static byte[] scattered(Content content, Random random) {
        List<byte[]> states = new ArrayList<>();
        states.add(content.forced);
        byte[] state = content.forced;
        for (Change change : content.changes) {
            state = applied(state, change, change.bytes == null ? 0 : change.bytes.length);
            states.add(state);
        }
        byte[] left = new byte[random.nextBoolean() ? state.length : states.get(random.nextInt(states.size())).length];
        for (int at = 0; at < left.length; at += SECTOR) {
            byte[] then = states.get(random.nextInt(4) > 0 ? states.size() - 1 : random.nextInt(states.size()));
            if (at < then.length) {
                System.arraycopy(then, at, left, at, Math.min(SECTOR, Math.min(then.length, left.length) - at));
            }
        }
        return left;
    }

    /** From now on there is room for so many bytes more; Long.MAX_VALUE: for all. */
    public synchronized void room(long bytes) {
        bytesLeft = bytes;
    }

    /** What each write from now on says, writing nothing; null: none. */
    public synchronized void refuseWrites(@Nullable String problem) {
        writeProblem = problem;
    }

    public synchronized void refuseForces(@Nullable String problem) {
        forceProblem = problem;
    }

    /** Files made, renamed and removed. */
    public synchronized void refuseNames(@Nullable String problem) {
        nameProblem = problem;
    }

    /** After so many more writes, cuts, forces and changes of names nothing works any more, until {@link #crash}. */
    public synchronized void power(long operations) {
        operationsLeft = operations;
    }

    /** Whether it has gone. */
    public synchronized boolean isDown() {
        return operationsLeft <= 0;
    }

    /** The last of so many more operations fails, and those behind it work again. */
    public synchronized void glitch(long operations) {
        operationsToGlitch = operations;
    }

    private void operate() throws IOException {
        if (--operationsToGlitch == 0) {
            throw new IOException("Input/output error");
        }
        if (operationsLeft-- <= 0) {
            operationsLeft = 0;
            throw new IOException("Input/output error");
        }
    }

    /** Runs before each force of a file, which it may hold up. */
    public void beforeForce(Runnable what) {
        beforeForce = what;
    }

    /** Forces of files so far. */
    public synchronized long forces() {
        return forces;
    }

    public synchronized long writes() {
        return writes;
    }

    /** Gives a file this content, forced. */
    public synchronized void put(String path, byte[] bytes) {
        Content content = names.computeIfAbsent(path, name -> new Content());
        content.replaceWith(bytes.clone());
        forcedNames.put(path, content);
    }

    // ---- the disk

    @Override
    public synchronized byte[] read(String path) throws IOException {
        return content(path).bytes();
    }

    private Content content(String path) throws IOException {
        Content content = names.get(path);
        if (content == null) {
            throw new IOException(directories.contains(path) ? "Is a directory" : NO_SUCH_FILE);
        }
        return content;
    }

    @Override
    public synchronized boolean exists(String path) {
        return names.containsKey(path) || directories.contains(path);
    }

    @Override
    public void replace(String path, byte[] bytes) throws IOException {
        String fresh = path + ".new";
        try (Output file = create(fresh)) {
            file.write(bytes, 0, bytes.length);
            file.force();
        }
        rename(fresh, path);
        forceDirectory(directoryOf(path));
    }

    @Override
    public synchronized Input open(String path) throws IOException {
        return new Reading(content(path).bytes());
    }

    @Override
    public synchronized Output create(String path) throws IOException {
        Output file = append(path);
        file.truncate(0);
        return file;
    }

    @Override
    public synchronized Output append(String path) throws IOException {
        Content content = names.get(path);
        if (content == null) {
            mayName(path);
            content = new Content();
            name(new Naming(path, content, null));
        }
        return new Writing(content, generation);
    }

    private void mayName(String path) throws IOException {
        operate();
        if (nameProblem != null) {
            throw new IOException(nameProblem);
        }
        if (!directories.contains(directoryOf(path))) {
            throw new IOException(NO_SUCH_FILE);
        }
    }

    private void name(Naming naming) {
        naming.apply(names);
        namings.add(naming);
    }

    @Override
    public synchronized long size(String path) throws IOException {
        return content(path).length;
    }

    @Override
    public synchronized boolean isDirectory(String path) {
        return directories.contains(path);
    }

    /** At once durable. */
    @Override
    public synchronized void makeDirectory(String path) throws IOException {
        if (names.containsKey(path)) {
            throw new IOException("File exists");
        }
        mayName(path);
        directories.add(path);
    }

    @Override
    public synchronized List<String> list(String directory) throws IOException {
        if (!directories.contains(directory)) {
            throw new IOException(NO_SUCH_FILE);
        }
        List<String> found = new ArrayList<>();
        for (String path : names.keySet()) {
            if (directoryOf(path).equals(directory)) {
                found.add(path.substring(directory.length() + 1));
            }
        }
        for (String path : directories) {
            if (!path.equals(directory) && directoryOf(path).equals(directory)) {
                found.add(path.substring(directory.length() + 1));
            }
        }
        Collections.sort(found);
        return found;
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        mayName(to);
        name(new Naming(to, content(from), from));
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        if (directories.contains(path)) {
            if (!list(path).isEmpty()) {
                throw new IOException("Directory not empty");
            }
            directories.remove(path);
            return;
        }
        if (names.containsKey(path)) {
            mayName(path);
            name(new Naming(path, null, null));
        }
    }

    @Override
    public synchronized void forceDirectory(String path) throws IOException {
        operate();
        if (forceProblem != null) {
            throw new IOException(forceProblem);
        }
        namings.removeIf(naming -> {
            boolean here = naming.isIn(path);
            if (here) {
                naming.apply(forcedNames);
            }
            return here;
        });
    }

    @Override
    public synchronized @Nullable Closeable lock(String path) {
        return locks.add(path) ? () -> unlock(path) : null;
    }

    private synchronized void unlock(String path) {
        locks.remove(path);
    }

    @Override
    public synchronized long usableBytes(String path) {
        return bytesLeft;
    }

    private static final class Reading implements Input {
        private final byte[] bytes;
        private int at;

        Reading(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = Math.min(length, bytes.length - at);
            System.arraycopy(bytes, at, into, offset, count);
            at += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public void close() {}
    }

    private final class Writing implements Output {
        private final Content content;
        private final int opened;

        Writing(Content content, int opened) {
            this.content = content;
            this.opened = opened;
        }

        private void check(@Nullable String problem) throws IOException {
            if (opened != generation) {
                throw new IOException("Input/output error");
            }
            operate();
            if (problem != null) {
                throw new IOException(problem);
            }
        }

        @Override
        public long size() {
            synchronized (SimulatedDisk.this) {
                return content.length;
            }
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            synchronized (SimulatedDisk.this) {
                check(writeProblem);
                writes++;
                int fits = (int) Math.min(length, bytesLeft);
                content.append(from, offset, fits);
                if (bytesLeft != Long.MAX_VALUE) {
                    bytesLeft -= fits;
                }
                if (fits < length) {
                    throw new IOException("No space left on device");
                }
            }
        }

        /** What was written before it began. */
        @Override
        public void force() throws IOException {
            byte[] bytes;
            int changes;
            synchronized (SimulatedDisk.this) {
                bytes = content.bytes();
                changes = content.changes.size();
            }
            beforeForce.run();
            synchronized (SimulatedDisk.this) {
                check(forceProblem);
                forces++;
                content.forced = bytes;
                content.changes.subList(0, changes).clear();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimulatedDisk.this) {
                check(null);
                content.truncate((int) size);
            }
        }

        @Override
        public void close() {}
    }
}
