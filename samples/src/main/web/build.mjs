// Bundles the page's script and the licences of what is in it: node build.mjs [folder]
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../resources/dev/sluice/samples/leaderboard");

const packages = ["rsocket-core", "rsocket-websocket-client", "buffer", "base64-js", "ieee754"].map((name) => {
  const home = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return { title: `${name} ${version}, ${license}`, terms: readFileSync(join(home, "LICENSE"), "utf8").trim() };
});

const result = await build({
  absWorkingDir: here,
  entryPoints: ["page.js"],
  inject: ["buffer.js"],
  outfile: join(folder, "page.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  banner: {
    js: `/* Built from samples/src/main/web. Contains ${packages.map((it) => it.title).join("; ")}: see licences.txt */`,
  },
});

const bundled = new Set(
  Object.keys(result.metafile.inputs)
    .filter((input) => input.startsWith("node_modules/"))
    .map((input) => input.split("/")[1]),
);
if (bundled.size !== packages.length) {
  throw new Error(`the licences are not those of what is bundled: ${[...bundled]}`);
}
writeFileSync(
  join(folder, "licences.txt"),
  packages.map((it) => `${it.title}\n\n${it.terms}\n`).join(`\n${"-".repeat(80)}\n\n`),
);
