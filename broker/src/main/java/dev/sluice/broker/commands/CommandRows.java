package dev.sluice.broker.commands;

import dev.sluice.broker.command.Argument;
import dev.sluice.broker.command.Category;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Flag;
import dev.sluice.broker.command.KeyRange;
import dev.sluice.broker.command.KeySpec;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.ArrayList;
import java.util.List;

/** A row of the command table as COMMAND INFO and COMMAND DOCS show it. */
final class CommandRows {
    private CommandRows() {}

    /** Name, arity, flags, first key, last key, step, categories, tips, key specifications, subcommands. */
    static Reply info(Command command) {
        KeyRange range = command.keyRange();
        return Reply.array(
                Bytes.of(command.fullName()),
                Reply.integer(command.arity()),
                new Reply.Set(flags(command)),
                Reply.integer(range.first()),
                Reply.integer(range.last()),
                Reply.integer(range.step()),
                new Reply.Set(categories(command)),
                new Reply.Set(bulks(command.tips())),
                new Reply.Set(
                        command.keySpecs().stream().map(CommandRows::keySpec).toList()),
                subcommands(command));
    }

    private static Reply subcommands(Command command) {
        if (command.subcommands().isEmpty()) {
            return new Reply.Set(List.of());
        }
        return Reply.array(command.subcommands().stream().map(CommandRows::info).toList());
    }

    private static List<Reply> flags(Command command) {
        List<String> names = new ArrayList<>();
        for (Flag flag : command.flags()) {
            if (flag.isPublic()) {
                names.add(flag.text());
            }
        }
        return statuses(names);
    }

    private static List<Reply> categories(Command command) {
        List<Reply> names = new ArrayList<>();
        for (Category category : command.categories()) {
            names.add(new Reply.Status("@" + category.text()));
        }
        return names;
    }

    static List<Reply> statuses(List<String> words) {
        return words.stream().map(word -> (Reply) new Reply.Status(word)).toList();
    }

    private static List<Reply> bulks(List<String> words) {
        return words.stream().map(word -> (Reply) Bytes.of(word)).toList();
    }

    private static Reply keySpec(KeySpec spec) {
        List<Reply> pairs = new ArrayList<>();
        if (!spec.notes().isEmpty()) {
            add(pairs, "notes", Bytes.of(spec.notes()));
        }
        add(pairs, "flags", new Reply.Set(statuses(spec.flags())));
        add(pairs, "begin_search", begin(spec.begin()));
        add(pairs, "find_keys", find(spec.find()));
        return new Reply.Map(pairs);
    }

    private static Reply begin(KeySpec.Begin begin) {
        return switch (begin) {
            case KeySpec.Begin.Index(int position) -> typed("index", numbers("index", position));
            case KeySpec.Begin.Keyword(String word, int from) ->
                typed(
                        "keyword",
                        Reply.map(Bytes.of("keyword"), Bytes.of(word), Bytes.of("startfrom"), Reply.integer(from)));
            case KeySpec.Begin.Unknown unknown -> typed("unknown", new Reply.Map(List.of()));
        };
    }

    private static Reply find(KeySpec.Find find) {
        return switch (find) {
            case KeySpec.Find.Range(int last, int step, int limit) ->
                typed(
                        "range",
                        Reply.map(
                                Bytes.of("lastkey"),
                                Reply.integer(last),
                                Bytes.of("keystep"),
                                Reply.integer(step),
                                Bytes.of("limit"),
                                Reply.integer(limit)));
            case KeySpec.Find.Count(int countAt, int first, int step) ->
                typed(
                        "keynum",
                        Reply.map(
                                Bytes.of("keynumidx"),
                                Reply.integer(countAt),
                                Bytes.of("firstkey"),
                                Reply.integer(first),
                                Bytes.of("keystep"),
                                Reply.integer(step)));
            case KeySpec.Find.Unknown() -> typed("unknown", new Reply.Map(List.of()));
        };
    }

    private static Reply numbers(String name, long value) {
        return Reply.map(Bytes.of(name), Reply.integer(value));
    }

    private static Reply typed(String type, Reply spec) {
        return Reply.map(Bytes.of("type"), Bytes.of(type), Bytes.of("spec"), spec);
    }

    private static void add(List<Reply> pairs, String name, Reply value) {
        pairs.add(Bytes.of(name));
        pairs.add(value);
    }

    /** Summary, since, group, complexity, history, arguments, subcommands: those that the row has. */
    static Reply docs(Command command) {
        List<Reply> pairs = new ArrayList<>();
        addText(pairs, "summary", command.summary());
        addText(pairs, "since", command.since());
        addText(pairs, "group", command.group().text());
        addText(pairs, "complexity", command.complexity());
        List<String> docFlags = docFlags(command);
        if (!docFlags.isEmpty()) {
            add(pairs, "doc_flags", new Reply.Set(statuses(docFlags)));
        }
        addText(pairs, "deprecated_since", command.deprecatedSince());
        addText(pairs, "replaced_by", command.replacedBy());
        if (!command.history().isEmpty()) {
            add(
                    pairs,
                    "history",
                    new Reply.Set(command.history().stream()
                            .map(change -> Reply.array(Bytes.of(change.version()), Bytes.of(change.what())))
                            .toList()));
        }
        if (!command.arguments().isEmpty()) {
            add(pairs, "arguments", arguments(command.arguments()));
        }
        if (!command.subcommands().isEmpty()) {
            List<Reply> subs = new ArrayList<>();
            command.subcommands().forEach(sub -> add(subs, sub.fullName(), docs(sub)));
            add(pairs, "subcommands", new Reply.Map(subs));
        }
        return new Reply.Map(pairs);
    }

    private static List<String> docFlags(Command command) {
        List<String> flags = new ArrayList<>();
        if (!command.deprecatedSince().isEmpty()) {
            flags.add("deprecated");
        }
        if (command.has(Flag.SYSCMD)) {
            flags.add("syscmd");
        }
        return flags;
    }

    private static void addText(List<Reply> pairs, String name, String text) {
        if (!text.isEmpty()) {
            add(pairs, name, Bytes.of(text));
        }
    }

    private static Reply arguments(List<Argument> arguments) {
        return Reply.array(arguments.stream().map(CommandRows::argument).toList());
    }

    private static Reply argument(Argument argument) {
        List<Reply> pairs = new ArrayList<>();
        addText(pairs, "name", argument.name());
        addText(pairs, "type", argument.type());
        if (argument.hasKeySpec()) {
            add(pairs, "key_spec_index", Reply.integer(argument.keySpec()));
        }
        addText(pairs, "token", argument.token());
        addText(pairs, "since", argument.since());
        addText(pairs, "deprecated_since", argument.deprecatedSince());
        if (!argument.flags().isEmpty()) {
            add(pairs, "flags", new Reply.Set(statuses(argument.flags())));
        }
        if (!argument.parts().isEmpty()) {
            add(pairs, "arguments", arguments(argument.parts()));
        }
        return new Reply.Map(pairs);
    }
}
