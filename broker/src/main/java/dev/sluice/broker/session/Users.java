package dev.sluice.broker.session;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Who may be whom: the default user and the password of {@code requirepass}, for every wire. */
public final class Users {
    public static final String DEFAULT = "default";

    private final Supplier<Bytes> password;

    /** @param password what {@code requirepass} says at the moment; empty for none */
    public Users(Supplier<Bytes> password) {
        this.password = password;
    }

    /** Whether somebody who has not said a password is kept out. */
    public boolean hasPassword() {
        return !password.get().isEmpty();
    }

    /** The default user as ACL LIST and a configuration file say it; of the password only its SHA-256. */
    public String describe() {
        return "user " + DEFAULT + " on " + (hasPassword() ? "#" + passwordHash() : "nopass") + " ~* &* +@all";
    }

    /** SHA-256 of the password, in hexadecimal digits. */
    public String passwordHash() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(password.get().toArray());
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing); // every Java has it
        }
    }

    /** A session that nobody has said a password on: the default user if there is none to say, else nobody yet. */
    public void admit(Session session) {
        if (hasPassword()) {
            session.deauthenticate();
        } else {
            session.authenticate(DEFAULT);
        }
    }

    /** Lets the session be this user, or refuses with WRONGPASS. */
    public void authenticate(Session session, Bytes user, Bytes guess) {
        if (!accepts(user, guess)) {
            throw new CommandError("WRONGPASS invalid username-password pair or user is disabled.");
        }
        session.authenticate(DEFAULT);
    }

    /** Whether this is how the user is let in; in a time that does not depend on the guess. */
    public boolean accepts(Bytes user, Bytes guess) {
        boolean right = !hasPassword() || MessageDigest.isEqual(password.get().toArray(), guess.toArray());
        return user.toString().equals(DEFAULT) && right;
    }
}
