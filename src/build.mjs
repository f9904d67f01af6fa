/**
 * Builds `dist/` from a clone; `npm ci` runs it (prepare).
 *
 * Everything is compiled file by file with source maps, because the code pane, the program counters and
 * every error point at real lines of the TypeScript that ships beside it. The screen is bundled on top of
 * that: Ink unbundled loads 415 files and doubles the time to the first frame.
 */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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
    sourcemap: true,
    define: { "process.env.NODE_ENV": '"production"' },
    banner: {
      js: 'import { createRequire as racelabRequire } from "node:module"; const require = racelabRequire(import.meta.url);',
    },
    plugins: [
      {
        name: "the rest of racelab stays file by file",
        setup({ onResolve }) {
          onResolve({ filter: /^\.\.\/.*\.js$/ }, ({ path, importer }) =>
            importer.startsWith(join(src, "tui")) && !join(dirname(importer), path).startsWith(join(src, "tui"))
              ? { path: `../${join(dirname(importer), path).slice(src.length + 1)}`, external: true }
              : undefined,
          );
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
