// Builds the pages' style and scripts into the folder Django serves from. Names stay fixed: Django adds the hashes.
import { build } from "esbuild";
import { rm } from "node:fs/promises";

const out = "../src/tinh/web/static/dist";
await rm(out, { recursive: true, force: true });
await build({
  entryPoints: { app: "src/app.ts", style: "src/style.css", early: "src/early.ts", blur: "src/blur.ts", report: "src/report.ts", pin: "src/pin.ts", dots: "src/dots.ts", unsent: "src/unsent.ts", told: "src/told.ts", sw: "src/sw.ts", diagram: "src/diagram.ts" },
  outdir: out,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  format: "iife",
  legalComments: "linked",
  loader: { ".woff2": "file", ".png": "empty", ".svg": "empty" },
  assetNames: "fonts/[name]",
  logLevel: "warning",
});
