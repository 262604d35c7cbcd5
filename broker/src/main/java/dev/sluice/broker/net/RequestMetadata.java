package dev.sluice.broker.net;

import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.CommandError;
import dev.sluice.streams.rsocket.MimeType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.rsocket.metadata.AuthMetadataCodec;
import io.rsocket.metadata.CompositeMetadata;
import io.rsocket.metadata.MimeTypeMetadataCodec;
import io.rsocket.metadata.TaggingMetadata;
import io.rsocket.metadata.WellKnownAuthType;
import io.rsocket.metadata.WellKnownMimeType;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the metadata of a request or of SETUP: the route, who asks, and what the data is written in. Null where
 * it says nothing.
 */
record RequestMetadata(
        @Nullable String route,
        @Nullable Credentials credentials,
        @Nullable MimeType dataType,
        @Nullable MimeType acceptedType) {
    /** A user and a password, or a token ({@code user} is null). */
    record Credentials(@Nullable Bytes user, Bytes secret) {}

    static final String COMPOSITE = WellKnownMimeType.MESSAGE_RSOCKET_COMPOSITE_METADATA.getString();
    static final String ROUTING = WellKnownMimeType.MESSAGE_RSOCKET_ROUTING.getString();
    private static final String AUTHENTICATION = WellKnownMimeType.MESSAGE_RSOCKET_AUTHENTICATION.getString();
    private static final String MIME_TYPE = WellKnownMimeType.MESSAGE_RSOCKET_MIMETYPE.getString();
    private static final String ACCEPT = WellKnownMimeType.MESSAGE_RSOCKET_ACCEPT_MIMETYPES.getString();
    private static final RequestMetadata NONE = new RequestMetadata(null, null, null, null);

    /** Reads metadata of a type that SETUP announced; what cannot be read is refused. */
    static RequestMetadata read(String metadataType, ByteBuf metadata) {
        if (!metadata.isReadable()) {
            return NONE;
        }
        try {
            if (metadataType.equals(ROUTING)) {
                return new RequestMetadata(route(metadata), null, null, null);
            }
            return metadataType.equals(COMPOSITE) ? composite(metadata) : NONE;
        } catch (CommandError refused) {
            throw refused;
        } catch (RuntimeException malformed) {
            throw new CommandError("ERR the metadata of the request cannot be read");
        }
    }

    private static RequestMetadata composite(ByteBuf metadata) {
        String route = null;
        Credentials credentials = null;
        MimeType dataType = null;
        MimeType acceptedType = null;
        for (CompositeMetadata.Entry entry : new CompositeMetadata(metadata, false)) {
            String type = entry.getMimeType();
            ByteBuf content = entry.getContent();
            if (ROUTING.equals(type)) {
                route = route(content);
            } else if (AUTHENTICATION.equals(type)) {
                credentials = credentials(content);
            } else if (MIME_TYPE.equals(type)) {
                dataType = dataType(MimeTypeMetadataCodec.decode(content));
            } else if (ACCEPT.equals(type)) {
                acceptedType = firstSupported(MimeTypeMetadataCodec.decode(content));
            }
        }
        return new RequestMetadata(route, credentials, dataType, acceptedType);
    }

    private static @Nullable String route(ByteBuf content) {
        Iterator<String> tags = new TaggingMetadata(ROUTING, content).iterator();
        return tags.hasNext() ? tags.next() : null;
    }

    private static Credentials credentials(ByteBuf content) {
        if (!AuthMetadataCodec.isWellKnownAuthType(content)) {
            throw new CommandError("ERR the authentication type must be simple or bearer");
        }
        WellKnownAuthType type = AuthMetadataCodec.readWellKnownAuthType(content);
        return switch (type) {
            case SIMPLE ->
                new Credentials(
                        bytes(AuthMetadataCodec.readUsername(content)), bytes(AuthMetadataCodec.readPassword(content)));
            case BEARER -> new Credentials(null, bytes(content));
            default -> throw new CommandError("ERR the authentication type must be simple or bearer");
        };
    }

    private static Bytes bytes(ByteBuf content) {
        return Bytes.of(ByteBufUtil.getBytes(content));
    }

    private static MimeType dataType(List<String> types) {
        MimeType type = types.isEmpty() ? null : MimeType.named(types.getFirst());
        if (type == null) {
            throw new CommandError("ERR the data must be " + supported());
        }
        return type;
    }

    private static @Nullable MimeType firstSupported(List<String> types) {
        for (String text : types) {
            MimeType type = MimeType.named(text);
            if (type != null) {
                return type;
            }
        }
        return null;
    }

    /** The data types there are, for a message. */
    static String supported() {
        StringBuilder names = new StringBuilder();
        for (MimeType type : MimeType.values()) {
            names.append(names.isEmpty() ? "" : ", ").append(type.text());
        }
        return names.toString();
    }
}
