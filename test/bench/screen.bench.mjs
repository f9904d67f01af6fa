/**
 * What the screens cost, all in one run through a pseudo-terminal: bytes and milliseconds a frame of scrubbing,
 * from a key to its frame while four workers hammer, throughput of the hammer with the screen on and off, and the
 * first frame beside a bare Ink hello-world. After a build: `node test/bench/screen.bench.mjs [part…]`; parts are
 * scrub, keys, throughput, first-frame.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pty from "@lydell/node-pty";
import headless from "@xterm/headless";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist/src/main.js");
const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ACCESSIBLE: ____, ...rest } = process.env;
const env = { ...rest, TERM: "xterm-256color", LC_ALL: "C.UTF-8", RACELAB_THEME: "dark" };

const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const median = (values) => percentile(values, 0.5);
const load = () => `load ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`;
const report = (what, figure) => console.log(`${what.padEnd(46)} ${figure}`);

/** A program in a terminal that answers what it is asked. `heard` is called with every chunk, before it is drawn. */
function terminal(args, [cols, rows]) {
  const child = pty.spawn(process.execPath, args, { name: "xterm-256color", cols, rows, cwd: root, env });
  const screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
  const listeners = new Set();
  const exited = new Promise((gone) => child.onExit(({ exitCode }) => gone(exitCode)));
  child.onData((chunk) => {
    for (const heard of listeners) heard(chunk);
    screen.write(chunk);
  });
  screen.onData((answer) => child.write(answer));
  const line = (y) => screen.buffer.active.getLine(screen.buffer.active.viewportY + y)?.translateToString(true) ?? "";
  const text = () => Array.from({ length: rows }, (_, y) => line(y)).join("\n");
  return {
    child,
    text,
    exited,
    listeners,
    async shows(what, seconds = 60) {
      for (const until = performance.now() + seconds * 1000; performance.now() < until; await sleep(20)) {
        const found = what.exec(text());
        if (found) return found;
      }
      throw new Error(`${what} did not come up:\n${text()}`);
    },
    async leave() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Milliseconds of CPU that a process has taken, all its threads together (Linux). */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A frame ends with the end of a synchronized update. */
const FRAME = "\u001b[?2026l";
const framesIn = (chunk) => chunk.split(FRAME).length - 1;

/** The key held down: 30 a second, as keyboards repeat, forth and back through 12 steps. */
async function scrub() {
  const it = terminal([main, "learn", "lost-update", "--at", "122221121112", "--size", "tasks=2,each=3"], [160, 48]);
  await it.shows(/ends at/);
  await sleep(1000);
  let [bytes, frames] = [0, 0];
  it.listeners.add((chunk) => {
    bytes += chunk.length;
    frames += framesIn(chunk);
  });
  const [cpu, began] = [cpuOf(it.child.pid), performance.now()];
  const presses = 300;
  for (let press = 0; press < presses; press++) {
    it.child.write(Math.floor(press / 11) % 2 ? "\u001b[D" : "\u001b[C");
    await sleep(began + ((press + 1) * 1000) / 30 - performance.now());
  }
  await sleep(200);
  const seconds = (performance.now() - began - 200) / 1000;
  const spent = cpuOf(it.child.pid) - cpu;
  await it.leave();
  report("scrubbing, 160 x 48, 30 keys a second", `${(frames / seconds).toFixed(1)} frames/s, ${load()}`);
  report("  bytes a frame", `${Math.round(bytes / frames)} (${(bytes / seconds / 1000).toFixed(1)} kB/s)`);
  report("  CPU a key, all threads", `${(spent / presses).toFixed(1)} ms`);
}

/** Moves the mark and waits until it has moved. */
async function keysWhile(hammering) {
  const strategies = "none,mutex,cas,atomic-update";
  const args = ["compare", "lost-update", "--workers", "4", "--strategies", strategies, "--rounds", "1000"];
  const it = terminal([main, ...args], [160, 48]);
  await it.shows(/round \d+ of 1000/);
  if (!hammering) {
    it.child.write("s");
    await it.shows(/Enter compare/);
    await sleep(500);
  }
  const waits = [];
  let bytes = 0;
  it.listeners.add((chunk) => (bytes += chunk.length));
  const began = performance.now();
  for (let press = 0; press < 200; press++) {
    const down = press % 2 === 0;
    const sent = performance.now();
    const there = down ? "▸ +2 mutex" : "▸ +1 none";
    const moved = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no frame for a key:\n${it.text()}`)), 5000);
      const heard = (chunk) => {
        // The mark is drawn in the same frame as the name beside it; what else moves has no mark.
        if (!chunk.includes("▸")) return;
        clearTimeout(late);
        it.listeners.delete(heard);
        resolve(performance.now() - sent);
      };
      it.listeners.add(heard);
    });
    it.child.write(down ? "j" : "k");
    waits.push(await moved);
    if (press % 20 === 0) await it.shows(new RegExp(there));
    await sleep(20 + Math.random() * 40);
  }
  const seconds = (performance.now() - began) / 1000;
  await it.leave();
  return { waits, rate: bytes / seconds };
}

/** Key to frame of a bare Ink program with one line, that nothing disturbs but the same hammer beside it. */
async function bareKeys() {
  const folder = mkdtempSync(join(root, "node_modules", ".bench-"));
  const script = join(folder, "bare.mjs");
  writeFileSync(
    script,
    `import React, { useState } from "react"; import { render, Text, useInput } from "ink";
function App() { const [n, set] = useState(0); useInput(() => set((n) => n + 1)); return React.createElement(Text, null, "▸ " + n); }
render(React.createElement(App));`,
  );
  const hammer = terminal(
    [main, "compare", "lost-update", "--strategies", "none,mutex,cas,atomic-update", "--rounds", "1000"],
    [80, 24],
  );
  await hammer.shows(/round \d+ of 1000/);
  hammer.child.write(" ");
  const it = terminal([script], [160, 48]);
  await it.shows(/▸ 0/);
  const waits = [];
  for (let press = 1; press <= 200; press++) {
    const sent = performance.now();
    const moved = new Promise((resolve) => {
      const heard = (chunk) => chunk.includes("▸") && it.listeners.delete(heard) && resolve(performance.now() - sent);
      it.listeners.add(heard);
    });
    it.child.write("j");
    waits.push(await moved);
    await sleep(20 + Math.random() * 40);
  }
  await it.leave();
  await hammer.leave();
  rmSync(folder, { recursive: true });
  return waits;
}

async function keys() {
  const say = (what, waits) =>
    report(
      what,
      `p50 ${median(waits).toFixed(1)} ms, p99 ${percentile(waits, 0.99).toFixed(1)} ms (${waits.length} keys), ${load()}`,
    );
  say("key to frame, nothing under way", (await keysWhile(false)).waits);
  const { waits, rate } = await keysWhile(true);
  say("key to frame, four workers hammering", waits);
  report("  bytes written meanwhile", `${(rate / 1000).toFixed(1)} kB/s`);
  say("bare Ink, one line, the same hammer beside it", await bareKeys());
}

/** Requests served a second by one strategy, in slices; the same command watched and piped, in turn. */
async function throughput() {
  const args = [
    "compare",
    "lost-update",
    "--strategies",
    "atomic-update",
    "--workers",
    "4",
    "--requests",
    "1500",
    "--rounds",
    "10",
    "--think",
    "0",
  ];
  const served = { off: [], on: [] };
  for (let round = 0; round < 3; round++)
    for (const how of round % 2 ? ["on", "off"] : ["off", "on"]) {
      if (how === "off") {
        // In a terminal of its own too: Linux shares the machine out among sessions first.
        const it = terminal([main, ...args, "--json"], [160, 48]);
        let json = "";
        it.listeners.add((chunk) => {
          json += chunk;
        });
        await it.exited;
        served.off.push(...JSON.parse(json).strategies[0].slices);
        continue;
      }
      const it = terminal([main, ...args], [160, 48]);
      const [, figure, unit] = await it.shows(/10 rounds of[\s\S]*\d atomic-update +([\d.]+)([kM]?) /, 120);
      served.on.push(Number(figure) * { "": 1, k: 1e3, M: 1e6 }[unit]);
      await it.leave();
    }
  const medians = [];
  for (let each = 0; each < served.off.length; each += 10) medians.push(median(served.off.slice(each, each + 10)));
  const ratio = median(served.on.map((on, index) => on / medians[index]));
  report("hammer, screen off", `${Math.round(median(medians))} served/s (${medians.map(Math.round).join(" ")}), ${load()}`);
  report("hammer, screen on", `${Math.round(median(served.on))} served/s (${served.on.map(Math.round).join(" ")})`);
  report("  on / off, pair by pair", `${(ratio * 100).toFixed(1)} %`);
}

/** The other benchmark measures it; here it is only repeated, so that all figures stand together. */
async function firstFrame() {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "test/bench/first-frame.bench.mjs"), "9"], { env });
  console.log(`${stdout.trim()}, ${load()}`);
}

const parts = { scrub, keys, throughput, "first-frame": firstFrame };
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
for (const part of wanted) await parts[part]();
process.exit(0);
