// Builds the browser's files: assets/ -> static/. Deterministic: with --check nothing is written to static/,
// a second build is compared with it, and a difference is named and ends with 1.
import { build } from "esbuild";
import { compile } from "sass";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = dirname(fileURLToPath(import.meta.url));
const built = join(assets, "..", "static");
const checking = process.argv.includes("--check");
const out = checking ? mkdtempSync(join(tmpdir(), "tongban-static-")) : built;
const modules = join(assets, "..", "..", "..", "..", "node_modules");
mkdirSync(out, { recursive: true });

const css = compile(join(assets, "scss", "app.scss"), { style: "compressed", charset: false }).css;
writeFileSync(join(out, "app.css"), css + "\n");

await build({
  entryPoints: [join(assets, "js", "app.js")],
  outfile: join(out, "app.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
});

// Their own build and licence, unchanged; the staff desk alone loads it.
const { version } = JSON.parse(readFileSync(join(modules, "htmx.org", "package.json"), "utf8"));
const code = readFileSync(join(modules, "htmx.org", "dist", "htmx.min.js"), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
writeFileSync(join(out, "htmx.js"), `/*! htmx ${version}, 0BSD */\n${code}`);

for (const name of ["icons.svg", "mark.svg"]) copyFileSync(join(assets, name), join(out, name));

if (checking) {
  const names = new Set([...readdirSync(built), ...readdirSync(out)]);
  const bytes = (folder, name) => (readdirSync(folder).includes(name) ? readFileSync(join(folder, name)) : Buffer.alloc(0));
  const stale = [...names].filter((name) => !bytes(built, name).equals(bytes(out, name)));
  rmSync(out, { recursive: true });
  if (stale.length) {
    console.error(`src/tongban/ui/static is not what the assets build: ${stale.join(", ")}. Run: npm ci && npm run build`);
    process.exit(1);
  }
}
