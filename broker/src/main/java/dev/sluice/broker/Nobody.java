package dev.sluice.broker;

import dev.sluice.broker.session.Session;
import dev.sluice.streams.flow.Overflow;
import dev.sluice.streams.message.Published;
import dev.sluice.streams.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connection of what runs on nobody's behalf. */
final class Nobody implements Session.Connection {
    @Override
    public String address() {
        return "";
    }

    @Override
    public String localAddress() {
        return "";
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public String wire() {
        return "none";
    }

    @Override
    public void deliver(Published message) {}

    @Override
    public void push(Reply reply) {
        reply.release();
    }

    @Override
    public void close(boolean graceful) {}

    @Override
    public long inputBytes() {
        return 0;
    }

    @Override
    public List<Session.Pushes> pushes(long nowMs) {
        return List.of();
    }

    @Override
    public void overflow(@Nullable Overflow overflow, int messagesMax) {}

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public long outputBytes() {
        return 0;
    }

    @Override
    public long outputBytesMax() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean isUnixSocket() {
        return false;
    }

    @Override
    public Session.Usage usage() {
        return new Session.Usage(0, 0, 0, 0, 0, 0);
    }
}
