/**
 * Builds `dist/` from a clone; `npm ci` runs it (prepare).
 *
 * Everything is compiled file by file with source maps, because the code pane, the program counters and
 * every error point at real lines of the TypeScript that ships beside it. The screen is bundled on top of
 * that: Ink unbundled loads 415 files and doubles the time to the first frame.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const src = dirname(fileURLToPath(import.meta.url));
const root = join(src, "..");
const require = createRequire(import.meta.url);

// An installed package has its dist already, and none of the tools to make another.
if (!existsSync(join(root, "node_modules", "typescript"))) process.exit(existsSync(join(root, "dist")) ? 0 : 1);

const { build } = await import("esbuild");
const typescript = require.resolve("typescript/package.json");
rmSync(join(root, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [join(dirname(typescript), require(typescript).bin.tsc), "-p", src], { stdio: "inherit" });

// The course's lessons are written as everybody's are, and load less: see `src/api/authoring.ts`.
const lessons = join(root, "dist/lessons");
for (const file of readdirSync(lessons, { recursive: true, encoding: "utf8" })) {
  if (!file.endsWith(".js")) continue;
  const path = join(lessons, file);
  const authoring = relative(dirname(path), join(root, "dist/src/api/authoring.js"));
  writeFileSync(path, readFileSync(path, "utf8").replace(/(?<= from )"racelab";/g, `"${authoring}";`));
}

// What measures characters makes tables of all of Unicode when it is loaded, a sixth of a start; most text is plain. In the
// bundle each package is loaded by its first call.
const measuring = { "string-width": "report/span.js", "wrap-ansi": "commands/out.js" };
await build({
  stdin: {
    contents: Object.keys(measuring)
      .map(
        (name, i) =>
          `let made${i};\nexport const measure${i} = (...given) => (made${i} ??= require("${name}").default)(...given);`,
      )
      .join("\n"),
    resolveDir: root,
  },
  outfile: join(root, "dist/src/report/measuring.js"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
});
for (const [i, [name, user]] of Object.entries(measuring).entries()) {
  const path = join(root, "dist/src", user);
  const [before, after, more] = readFileSync(path, "utf8").split(` from "${name}";`);
  const imported = /import (\w+)$/;
  if (more !== undefined || !imported.test(before ?? "")) throw new Error(`${user} imports ${name} in another way`);
  const from = relative(dirname(user), "report/measuring.js").replace(/^(?!\.)/, "./");
  writeFileSync(path, `${before.replace(imported, `import { measure${i} as $1 }`)} from "${from}";${after}`);
}

// BullMQ is 170 files, half of the start of each server process of a run.
const queue = join(root, "dist/src/servers/job-queue.js");
const [before, after, more] = readFileSync(queue, "utf8").split('import("bullmq")');
if (after === undefined || more !== undefined) throw new Error("servers/job-queue.js imports bullmq in another way");
writeFileSync(queue, `${before}import("./bullmq.js")${after}`);
await build({
  stdin: { contents: 'export default require("bullmq");', resolveDir: root },
  outfile: join(root, "dist/src/servers/bullmq.js"),
  bundle: true,
  minifyWhitespace: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Those are loaded when they are asked for: the client of the engine where the servers meet.
  external: ["pg", "ioredis", "msgpackr-extract", "@valkey/valkey-glide"],
  banner: {
    js: 'import { createRequire as racelabRequire } from "node:module"; const require = racelabRequire(import.meta.url);',
  },
});

/** Rows of the last frames, taken apart; forgotten all at once when they are many screens full. */
const keptCaches = `
let kept = new OutputCaches();
function keptCaches() {
  if (kept.styledChars.size > 2000) kept = new OutputCaches();
  return kept;
}
`;
const screen = join(src, "tui", "screen.tsx");
if (existsSync(screen)) {
  await build({
    entryPoints: [screen],
    outfile: join(root, "dist/src/tui/screen.js"),
    allowOverwrite: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // Named by nothing: Node would read 2 MB of it as soon as anything looks at a stack, an eighth of what a screen costs to open.
    sourcemap: "external",
    define: { "process.env.NODE_ENV": '"production"' },
    banner: {
      js: 'import { createRequire as racelabRequire } from "node:module"; const require = racelabRequire(import.meta.url);',
    },
    plugins: [
      {
        name: "the rest of racelab stays file by file",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^\.\.\/.*\.js$/ }, ({ path, importer }) =>
            importer.startsWith(join(src, "tui")) && !join(dirname(importer), path).startsWith(join(src, "tui"))
              ? { path: `../${join(dirname(importer), path).slice(src.length + 1)}`, external: true }
              : undefined,
          );
          // Ink takes every row apart anew in every frame, and forgets it: most of a frame's time. Rows seldom change.
          onLoad({ filter: /ink\/build\/output\.js$/ }, ({ path }) => {
            const [old, kept] = ["caches = new OutputCaches();", "caches = keptCaches();"];
            const ink = readFileSync(path, "utf8");
            if (ink.split(old).length !== 2) throw new Error(`${path} is not the Ink that src/build.mjs knows`);
            return { contents: `${ink.replace(old, kept)}${keptCaches}` };
          });
          // Ink asks for its optional devtools when DEV is set: not here.
          onResolve({ filter: /^(react-devtools-core|ws)$/ }, ({ path }) => ({ path, namespace: "absent" }));
        },
      },
      {
        name: "absent",
        setup: ({ onLoad }) => onLoad({ filter: /.*/, namespace: "absent" }, () => ({ contents: "export default {}" })),
      },
    ],
  });
}

// The script of an exported page: one file that stands alone in a browser.
await build({
  entryPoints: [join(src, "export", "page", "browser.ts")],
  outfile: join(root, "dist/src/export/page/browser.js"),
  bundle: true,
  minify: true,
  platform: "browser",
  format: "iife",
  target: "es2023",
  // The page says that it is UTF-8: a Korean letter takes three bytes there, and six as an escape.
  charset: "utf8",
  legalComments: "none",
});
copyFileSync(join(src, "export", "page", "style.css"), join(root, "dist/src/export/page/style.css"));
