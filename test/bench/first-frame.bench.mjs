/**
 * Milliseconds from starting the process to the first bytes drawn, and to the lesson list being there, beside
 * a bare Ink hello-world in the same run: `node test/bench/first-frame.bench.mjs [rounds]` after a build.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pty from "@lydell/node-pty";

const rounds = Number(process.argv[2] ?? 9);
const root = fileURLToPath(new URL("../..", import.meta.url));
const { CI: _, ...env } = process.env;

/** Starts `script` in a terminal of 120 x 40 and waits until `text` is on it. A terminal that says what colour it is. */
function start(script, text) {
  return new Promise((resolve) => {
    const began = performance.now();
    const terminal = pty.spawn(process.execPath, [script], { cols: 120, rows: 40, env: { ...env, TERM: "xterm-256color" } });
    let [seen, first] = ["", 0];
    terminal.onData((data) => {
      first ||= performance.now() - began;
      seen += data;
      if (data.includes("]11;?")) terminal.write("\u001b]11;rgb:0000/0000/0000\u001b\\\u001b[?62c");
      if (!seen.includes(text)) return;
      resolve({ first, whole: performance.now() - began });
      terminal.kill("SIGKILL");
    });
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const folder = mkdtempSync(join(root, "node_modules", ".bench-"));
const hello = join(folder, "hello.mjs");
writeFileSync(
  hello,
  `import React from "react"; import { render, Text } from "ink"; render(React.createElement(Text, null, "Lost update")); setTimeout(() => {}, 9000);`,
);
const cases = { "bare Ink hello-world": hello, racelab: join(root, "dist/src/main.js") };
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (const [name, script] of Object.entries(cases)) times[name].push(await start(script, "Lost update"));
rmSync(folder, { recursive: true });
for (const [name, all] of Object.entries(times))
  console.log(
    `${name.padEnd(22)} first bytes ${median(all.map(({ first }) => first)).toFixed(0)} ms, frame ${median(all.map(({ whole }) => whole)).toFixed(0)} ms (median of ${rounds})`,
  );
const [bare, ours] = Object.values(times).map((all) => median(all.map(({ whole }) => whole)));
console.log(`racelab takes ${(ours / bare).toFixed(2)} of the hello-world's time`);
process.exit(0);
