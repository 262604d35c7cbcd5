package dev.sluice.clients;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.rsocket.metadata.AuthMetadataCodec;
import io.rsocket.metadata.CompositeMetadataCodec;
import io.rsocket.metadata.TaggingMetadataCodec;
import io.rsocket.metadata.WellKnownMimeType;
import java.util.List;

/** Composite metadata of one entry, in buffers that the caller releases. */
final class Metadata {
    private Metadata() {}

    static ByteBuf route(String route) {
        return composite(
                WellKnownMimeType.MESSAGE_RSOCKET_ROUTING,
                TaggingMetadataCodec.createTaggingContent(ByteBufAllocator.DEFAULT, List.of(route)));
    }

    static ByteBuf simple(String user, String password) {
        return composite(
                WellKnownMimeType.MESSAGE_RSOCKET_AUTHENTICATION,
                AuthMetadataCodec.encodeSimpleMetadata(
                        ByteBufAllocator.DEFAULT, user.toCharArray(), password.toCharArray()));
    }

    static ByteBuf bearer(String token) {
        return composite(
                WellKnownMimeType.MESSAGE_RSOCKET_AUTHENTICATION,
                AuthMetadataCodec.encodeBearerMetadata(ByteBufAllocator.DEFAULT, token.toCharArray()));
    }

    private static ByteBuf composite(WellKnownMimeType type, ByteBuf content) {
        CompositeByteBuf metadata = ByteBufAllocator.DEFAULT.compositeBuffer();
        CompositeMetadataCodec.encodeAndAddMetadata(metadata, ByteBufAllocator.DEFAULT, type, content);
        return metadata;
    }
}
