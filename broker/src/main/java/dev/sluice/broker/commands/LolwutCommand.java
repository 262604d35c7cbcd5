package dev.sluice.broker.commands;

import static dev.sluice.broker.command.Argument.integer;
import static dev.sluice.broker.command.Command.read;
import static dev.sluice.broker.command.Flag.FAST;

import dev.sluice.broker.command.Args;
import dev.sluice.broker.command.Call;
import dev.sluice.broker.command.Command;
import dev.sluice.broker.command.Group;
import dev.sluice.streams.message.Bytes;
import dev.sluice.streams.message.Reply;
import java.util.List;

/**
 * LOLWUT: a small drawing and the version. Ours is a basin seen from above, into which a few drops have fallen: each
 * sends rings outwards, and where rings meet, the heights of the water add up. Every millisecond has its own drops.
 */
final class LolwutCommand {
    private static final int WIDTH = 60;
    private static final int HEIGHT = 16;
    private static final int DROPS = 3;
    private static final String SHADES = " .:-=+*#";

    private final String version;

    LolwutCommand(String version) {
        this.version = version;
    }

    List<Command> table() {
        return Group.SERVER.rows(read("LOLWUT", -1)
                .since("5.0.0")
                .flags(FAST)
                .says("Draws something and says the version.")
                .takes(integer("version").token("VERSION").optional())
                .runs(this::draw));
    }

    private Reply draw(Call call) {
        if (call.size() >= 3 && call.argument(1).is("VERSION")) {
            int numbers = switch ((int) Args.toLong(call.argument(2))) {
                case 5 -> 3;
                case 6 -> 2;
                default -> 0;
            };
            // There is one drawing for all versions and sizes, but numbers they must be.
            for (int i = 3; i < Math.min(3 + numbers, call.size()); i++) {
                Args.toLong(call.argument(i));
            }
        }
        String text = basin(call.now()) + "\nRedis ver. " + version + "\n";
        return new Reply.Verbatim("txt", Bytes.of(text));
    }

    static String basin(long seed) {
        StringBuilder text = new StringBuilder((WIDTH + 1) * HEIGHT);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                text.append(SHADES.charAt(shade(seed, x, y)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** A character is about twice as high as wide. */
    private static int shade(long seed, int x, int y) {
        double level = 0;
        long state = seed;
        for (int drop = 0; drop < DROPS; drop++) {
            state = state * 6364136223846793005L + 1442695040888963407L; // Knuth's MMIX
            double dx = x - (state >>> 33) % WIDTH;
            double dy = 2 * (y - (state >>> 17 & 0xffff) % HEIGHT);
            double distance = Math.sqrt(dx * dx + dy * dy);
            level += Math.cos(distance * 0.7) / (1 + distance / 12);
        }
        return (int) Math.clamp((level / DROPS + 1) / 2 * SHADES.length(), 0, SHADES.length() - 1);
    }
}
