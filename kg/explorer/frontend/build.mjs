// Build the islands: node build.mjs OUTPUT-FOLDER. hatch_build.py calls it after `npm ci`.
import * as esbuild from "esbuild";
import { geoEquirectangular, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");
const output = process.argv[2];
if (!output) throw new Error("usage: node build.mjs OUTPUT-FOLDER");

// Oxigraph's npm package says its licence and holds no text of it.
const WITHOUT_TEXT = {
  oxigraph:
    "Used under the Apache License, Version 2.0, one of the two licences it is offered under.\n" +
    "The text of that licence is the file LICENSE of City Practice Graph.\n" +
    "Copyright: the Oxigraph developers.",
};

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  sourcemap: false,
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
  outdir: output,
};

await mkdir(output, { recursive: true });

// One module that islands share stays one module: two copies would answer "back" twice.
const islands = await esbuild.build({
  ...common,
  entryPoints: ["src/site.js", "src/graph.js", "src/console.js", "src/islands.css"],
  entryNames: "[name]-[hash]",
  chunkNames: "shared-[hash]",
  splitting: true,
});

// The explorer as one file (kg/explorer/onefile.py puts it together): the same sources, with
// something of the file's own in place of the server, the address and the network.
const stand = (name) => ({
  name: "stand-in",
  setup: (build) =>
    build.onResolve({ filter: /^\.\/live\.js$/ }, () => ({ path: join(here, "src", `${name}.js`) })),
});
const file = {
  ...common,
  format: "iife",
  legalComments: "none", // notices.txt is in the file
  define: {
    fetch: "cityPracticeGraph.fetch",
    location: "cityPracticeGraph.location",
    "import.meta.url": '""',
  },
};
const offline = await esbuild.build({
  ...file,
  entryPoints: ["src/offline.js"],
  plugins: [stand("offline-live")],
});
const pages = await esbuild.build({
  ...file,
  entryPoints: { "offline-graph": "src/graph.js", "offline-console": "src/console.js" },
  plugins: [stand("offline-island")],
});
const engine = await esbuild.build({
  ...file,
  define: { "import.meta.url": '""' },
  entryPoints: ["src/offline-worker.js"],
});
await copyFile(join(modules, "oxigraph", "web_bg.wasm"), join(output, "oxigraph.wasm"));

const manifest = {};
for (const [path, { entryPoint }] of Object.entries(islands.metafile.outputs)) {
  const file = basename(path);
  // A shared part has no name but its own; a licence file stands beside its script.
  manifest[entryPoint ? basename(entryPoint) : file] = file;
}
const notices = await licences([islands, offline, pages, engine].map(({ metafile }) => metafile), ["world-atlas"]);
const hash = createHash("sha256").update(notices).digest("hex").slice(0, 8).toUpperCase();
manifest["notices.txt"] = `notices-${hash}.txt`;
await writeFile(join(output, manifest["notices.txt"]), notices);
await writeFile(join(output, "land.json"), JSON.stringify(await land()) + "\n");
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(join(output, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n");

/** The coastline as one SVG path: x = (longitude + 180) * scale, y = (84 - latitude) * scale. */
async function land() {
  const scale = 2;
  const [width, height] = [360 * scale, (84 + 56) * scale];
  const topology = JSON.parse(await readFile(join(modules, "world-atlas", "land-110m.json"), "utf8"));
  const projection = geoEquirectangular()
    .scale((scale * 180) / Math.PI)
    .translate([180 * scale, 84 * scale])
    .precision(0)
    .clipExtent([[0, 0], [width, height]]);
  const path = geoPath(projection).digits(1)(feature(topology, topology.objects.land));
  return { viewBox: `0 0 ${width} ${height}`, scale, path };
}

/** Licence texts of every package of which something is in the output. */
async function licences(metafiles, others) {
  const packages = new Set(others);
  for (const { inputs } of metafiles)
    for (const input of Object.keys(inputs)) {
      const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found) packages.add(found[1]);
    }
  const parts = ["Third-party software in the explorer of City Practice Graph\n"];
  for (const name of [...packages].sort()) {
    const folder = join(modules, name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
    const text = file ? await readFile(join(folder, file), "utf8") : WITHOUT_TEXT[name];
    if (!text) throw new Error(`no licence text for ${name}: name it in WITHOUT_TEXT`);
    parts.push(`${"=".repeat(72)}\n${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join("\n");
}
