package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Category.DANGEROUS;
import static dev.sluice.broker.command.Command.control;
import static dev.sluice.broker.command.Flag.LOADING;
import static dev.sluice.broker.command.Flag.STALE;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.broker.metric.Info;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** INFO: the figures of the broker as text. */
final class InfoCommands {
    private final Info info;

    InfoCommands(Info info) {
        this.info = info;
    }

    List<Command> table() {
        return Group.SERVER.rows(control("INFO", -1)
                .since("1.0.0")
                .flags(LOADING, STALE)
                .categories(DANGEROUS)
                .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                .complexity("O(1)")
                .says("Figures of the broker, by section, as text.")
                .changed("7.0.0", "Several sections at once.")
                .takes(Argument.string("section").optional().multiple())
                .runs(this::info));
    }

    private Reply info(Call call) {
        List<String> names = new ArrayList<>(call.size() - 1);
        for (int i = 1; i < call.size(); i++) {
            names.add(call.argument(i).toString());
        }
        return new Reply.Verbatim("txt", Bytes.of(info.text(names)));
    }
}
