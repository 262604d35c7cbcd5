package dev.sluice.broker.persist;

import dev.sluice.broker.seam.Disk;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an append-only log lies: its files and its manifest, which says what counts. Whatever the manifest names is on the
 * disk before it does, and what it no longer names is removed only when that is on the disk.
 *
 * @param parent the working directory, where older versions had a single file
 * @param name of the directory in it
 * @param fileName what the names of all files begin with
 */
public record AofDirectory(Disk disk, String parent, String name, String fileName) {
    private static final Logger log = LoggerFactory.getLogger(AofDirectory.class);

    private static final long MANIFEST_BYTES_MAX = 16 << 20;
    private static final String TEMPORARY = "temp-";

    String path(String file) {
        return parent + "/" + name + "/" + file;
    }

    private String directory() {
        return parent + "/" + name;
    }

    private String manifestName() {
        return fileName + ".manifest";
    }

    /** What the manifest says; {@link AofManifest#EMPTY} if there is none. */
    AofManifest load() throws IOException {
        String path = path(manifestName());
        if (disk.exists(path) && disk.size(path) > MANIFEST_BYTES_MAX) {
            throw new IOException("the manifest is no manifest: it is too long");
        }
        return disk.exists(path) ? AofManifest.of(disk.read(path)) : AofManifest.EMPTY;
    }

    /** Whether there is nothing at all to be loaded. */
    public boolean isEmpty() {
        return !disk.exists(path(manifestName())) && !disk.exists(parent + "/" + fileName);
    }

    /** Where something is written that is to be renamed. */
    String temporary(String file) {
        return path(TEMPORARY + file);
    }

    void make() throws IOException {
        if (!disk.isDirectory(directory())) {
            disk.makeDirectory(directory());
            disk.forceDirectory(parent);
        }
    }

    /** The names in it are on the disk when this returns. */
    void force() throws IOException {
        disk.forceDirectory(directory());
    }

    /** Durable when this returns, and with it the names of files that were made before. */
    void save(AofManifest manifest) throws IOException {
        String temporary = temporary(manifestName());
        byte[] bytes = manifest.bytes();
        force(); // the files it names are there before it
        try (Disk.Output file = disk.create(temporary)) {
            file.write(bytes, 0, bytes.length);
            file.force();
        }
        disk.rename(temporary, path(manifestName()));
        force();
    }

    /** Removes what the manifest has as history, and returns it without. */
    AofManifest withoutHistory(AofManifest manifest) throws IOException {
        if (manifest.history().isEmpty()) {
            return manifest;
        }
        for (AofManifest.Part part : manifest.history()) {
            log.info("Removing the history file {} in the background", part.name());
            disk.delete(path(part.name()));
        }
        AofManifest rest = manifest.withoutHistory();
        save(rest);
        return rest;
    }

    /**
     * A forced file, which has all data, becomes the base, where nothing is written that comes behind it: all that there
     * was before goes.
     */
    public void adopt(String path, boolean rdb, boolean keepsHistory) throws IOException {
        make();
        AofManifest manifest = load();
        AofManifest.Part base = manifest.nextBase(fileName, 0, rdb);
        disk.rename(path, path(base.name()));
        AofManifest next = manifest.withBase(base, Long.MAX_VALUE);
        save(next);
        if (!keepsHistory) {
            withoutHistory(next);
        }
    }

    /** Whether a single file of an older version is to become the base, as redis-server 7 decides that. */
    boolean isOld(AofManifest manifest) {
        if (!disk.exists(parent + "/" + fileName) || disk.isDirectory(parent + "/" + fileName)) {
            return false;
        }
        AofManifest.Part base = manifest.base();
        return manifest.isEmpty()
                || base != null
                        && manifest.increments().isEmpty()
                        && base.name().equals(fileName)
                        && !disk.exists(path(fileName));
    }

    /** The single file of an older version becomes the base. What is done in part is done again the next time. */
    AofManifest upgrade() throws IOException {
        make();
        AofManifest manifest = AofManifest.EMPTY.withBase(new AofManifest.Part(fileName, 1), 0);
        save(manifest);
        disk.rename(parent + "/" + fileName, path(fileName));
        force();
        disk.forceDirectory(parent);
        log.info("Successfully migrated an old-style AOF file ({}) into the AOF directory ({}).", fileName, name);
        return manifest;
    }
}
