// Builds the browser's files: assets/ -> static/. Deterministic, so that CI can rebuild and compare.
import { build } from "esbuild";
import { compile } from "sass";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = dirname(fileURLToPath(import.meta.url));
const out = join(assets, "..", "static");
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
