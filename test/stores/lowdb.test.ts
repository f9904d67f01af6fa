import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { StoreError, StoreUnavailable } from "../../src/core/failure.js";
import type { Operation } from "../../src/core/operation.js";
import { session } from "../../src/core/session.js";
import { temporary } from "../../src/stores/lowdb/file.js";
import { lowdbStore } from "../../src/stores/lowdb/store.js";
import { conformance } from "./conformance.js";

const root = mkdtempSync(join(tmpdir(), "racelab-lowdb-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
/** A file in a folder that is not there yet. */
const fresh = () => join(root, `${folders++}`, "shop.json");
/** A file with this in it. */
function containing(content: string | Uint8Array): string {
  const file = fresh();
  mkdirSync(dirname(file));
  writeFileSync(file, content);
  return file;
}
const written = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const refusal = (file: string) =>
  lowdbStore(file).then(
    async (store) => {
      await store.close();
      return "opened";
    },
    (error) => (error instanceof StoreUnavailable ? error.message : `not a StoreUnavailable: ${error}`),
  );
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error) => (error instanceof StoreError ? error.code : String(error)),
  );

conformance("lowdb", () => lowdbStore(fresh()));

describe("a lowdb file", () => {
  it("is made with its directory, and has what was answered in it", async () => {
    const file = fresh();
    const store = await lowdbStore(file);
    expect(written(file)).toEqual({ racelab: 1, rows: {}, versions: {} });
    const { write, readVersioned } = session((await store.connect()).perform);
    await write("stock/1", { left: 3 });
    expect(written(file)).toEqual({ racelab: 1, rows: { "stock/1": { left: 3 } }, versions: {} });
    await readVersioned("stock/1");
    await write("stock/1", { left: 2 });
    expect(written(file)).toEqual({ racelab: 1, rows: { "stock/1": { left: 2 } }, versions: { "stock/1": 1 } });
    await store.close();
    expect(readdirSync(dirname(file))).toEqual(["shop.json"]);
  });

  it("is there with its rows and versions when it is opened again", async () => {
    const file = fresh();
    for (const version of [0, 1, 2]) {
      const store = await lowdbStore(file);
      const { write, readVersioned } = session((await store.connect()).perform);
      if (version === 0) await write("stock/1", { left: 0 });
      expect(await readVersioned("stock/1")).toEqual({ row: { left: version }, version });
      await write("stock/1", { left: version + 1 });
      await store.close();
    }
  });

  it("is followed through a symbolic link, which stays one", async () => {
    const file = containing('{"racelab":1,"rows":{},"versions":{}}');
    const link = `${file}.link`;
    symlinkSync(file, link);
    const store = await lowdbStore(link);
    await store.reset({ "a/1": {} });
    expect(await refusal(file)).toContain("in use");
    await store.close();
    expect(written(file).rows).toEqual({ "a/1": {} });
  });

  it.each([
    ["cut in half", '{"racelab":1,"rows":{"stock/1":{"le'],
    ["empty", ""],
    ["not UTF-8", Uint8Array.from([0x22, 0xff, 0x22])],
  ])("that is %s is kept aside under a name that is said", async (_, content) => {
    const file = containing(content);
    writeFileSync(`${file}.damaged-1`, "an older one");
    const store = await lowdbStore(file);
    expect(store.notices).toEqual([expect.stringContaining(`${file}.damaged-2`)]);
    expect(await store.state()).toEqual({});
    await store.close();
    expect(readFileSync(`${file}.damaged-2`)).toEqual(Buffer.from(content));
    expect(readFileSync(`${file}.damaged-1`, "utf8")).toBe("an older one");
  });

  it.each([
    "{}",
    "[]",
    "null",
    "0",
    '""',
    '{"name":"my-app","rows":{}}',
    '{"racelab":2,"rows":{},"versions":{}}',
    '{"racelab":1,"rows":[]}',
    '{"racelab":1,"rows":{"a":1},"versions":{}}',
    '{"racelab":1,"rows":{},"versions":{"a":"1"}}',
  ])("that is not racelab's is refused and stays as it is: %s", async (content) => {
    const file = containing(content);
    expect(await refusal(file)).toMatch(/shop\.json is not a file that this racelab wrote: .*name another file/);
    expect(readFileSync(file, "utf8")).toBe(content);
    expect(readdirSync(dirname(file))).toEqual(["shop.json"]);
  });

  it("cannot be a directory, lie under a file, lie where nothing can be made, or have no name", async () => {
    expect(await refusal(root)).toMatch(/^cannot open .*: it is a directory; name another file/);
    expect(await refusal(join(containing("{}"), "shop.json"))).toMatch(/^cannot open .*: a part of its path is a file/);
    expect(await refusal("/proc/racelab/shop.json")).toMatch(/^cannot open \/proc.*; name another file/);
    expect(await refusal("")).toContain("lowdb:shop.json");
  });

  it("refuses SQL, savepoints, messages and services with 0A000", async () => {
    const store = await lowdbStore(fresh());
    const { perform } = await store.connect();
    for (const operation of [
      { kind: "select", table: "stock" },
      { kind: "insert-row", table: "stock", row: {} },
      { kind: "update-rows", table: "stock", set: { left: 1 } },
      { kind: "delete-rows", table: "stock" },
      { kind: "savepoint", name: "s" },
      { kind: "advisory-lock", lock: 1 },
      { kind: "lock-timeout", ms: 1 },
      { kind: "call", service: "bank", request: null },
      { kind: "choose", question: "?", options: ["a"] },
      { kind: "publish", topic: "t", message: null },
    ] as const satisfies readonly Operation[])
      await expect(perform(operation)).rejects.toMatchObject({
        code: "0A000",
        message: `lowdb: cannot do that (${operation.kind}): use memory: or postgres://…`,
      });
    await store.close();
  });

  it("sleeps for as long as it was told, unless the connection closes", async () => {
    const store = await lowdbStore(fresh());
    const [one, two] = [await store.connect(), await store.connect()];
    const began = performance.now();
    await one.perform({ kind: "sleep", ms: 50 });
    expect(performance.now() - began).toBeGreaterThan(45);
    const sleeping = failure(two.perform({ kind: "sleep", ms: 3_600_000 }));
    await two.close();
    expect(await sleeping).toBe("08006");
    await store.close();
  });
});

describe("a write that fails", () => {
  // steno writes to a temporary file with a fixed name. Another thing of that name makes the write fail.
  const obstacles = { "53100": (path: string) => symlinkSync("/dev/full", path), "58030": (path: string) => mkdirSync(path) };
  for (const [code, put] of Object.entries(obstacles))
    it.skipIf(process.platform !== "linux")(`is error ${code}, changes nothing, and the next one may succeed`, async () => {
      const file = fresh();
      const store = await lowdbStore(file);
      await store.reset({ "stock/1": { left: 1 } });
      const before = readFileSync(file);
      const [one, two] = [session((await store.connect()).perform), session((await store.connect()).perform)];
      put(temporary(file));
      const written = one.write("stock/1", { left: 2 });
      // A client that saw what then could not be written is told so too, and no client sees it afterwards.
      const seen = two.read("stock/1");
      expect([await failure(written), await failure(seen)]).toEqual([code, code]);
      expect(await two.read("stock/1")).toEqual({ left: 1 });
      await one.begin("read committed");
      await one.write("stock/1", { left: 3 });
      expect(await failure(one.commit())).toBe(code);
      expect(await failure(one.commit())).toBe("25P01");
      expect(readFileSync(file)).toEqual(before);
      rmSync(temporary(file), { recursive: true });
      await two.write("stock/1", { left: 4 });
      expect(await store.state()).toEqual({ "stock/1": { left: 4 } });
      await store.close();
    });
});

describe("one process at a time", () => {
  it("refuses a second opener in the same process, and lets it in after the close", async () => {
    const file = fresh();
    const store = await lowdbStore(file);
    expect(await refusal(file)).toContain(`in use by process ${process.pid}`);
    await store.close();
    expect(await refusal(file)).toBe("opened");
  });

  it("refuses a second process, naming the pid of the first, and takes over when that was killed", async () => {
    const file = fresh();
    const { child } = await writer(file);
    expect(await refusal(file)).toMatch(new RegExp(`shop.json is in use by process ${child.pid}: .*delete .*shop.json.lock`));
    await kill(child);
    expect(existsSync(`${file}.lock`)).toBe(true);
    expect(await refusal(file)).toBe("opened");
    expect(readdirSync(dirname(file))).toEqual(["shop.json"]);
  });

  it.each([
    ["of a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, started: null })],
    ["that was never finished", ""],
    ["that makes no sense", "hello"],
    ...(process.platform === "linux"
      ? [["of a pid that another process has by now", JSON.stringify({ pid: process.ppid, started: "1" })]]
      : []),
  ])("takes over a lock %s", async (_, content) => {
    const file = containing('{"racelab":1,"rows":{"a/1":{}},"versions":{}}');
    writeFileSync(`${file}.lock`, content!);
    const store = await lowdbStore(file);
    expect(await store.state()).toEqual({ "a/1": {} });
    await store.close();
    expect(readdirSync(dirname(file))).toEqual(["shop.json"]);
  });

  it("lets one of many in who find the same stale lock", async () => {
    const file = containing('{"racelab":1,"rows":{},"versions":{}}');
    writeFileSync(`${file}.lock`, "hello");
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => lowdbStore(file)));
    const stores = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(stores).toHaveLength(1);
    await stores[0]!.close();
  });
});

const KILLS = 50;
describe("a process that is killed in the middle of its writing", () => {
  it(`leaves the old or the new state, ${KILLS} times, and nothing that it was told is lost`, async () => {
    const files = [fresh(), fresh()];
    const round = async (file: string, i: number) => {
      const { child, told } = await writer(file);
      await pause((i * 7) % 40);
      await kill(child);
      const { racelab, rows } = written(file);
      expect(racelab).toBe(1);
      expect(rows["pair/a"]?.n).toBe(rows["pair/b"]?.n);
      expect(rows["pair/a"]?.n ?? 0).toBeGreaterThanOrEqual(told());
    };
    await Promise.all(
      files.map(async (file) => {
        for (let i = 0; i < KILLS / files.length; i++) await round(file, i);
      }),
    );
    for (const file of files) {
      expect(written(file).rows["pair/a"].n).toBeGreaterThan(KILLS / files.length);
      const store = await lowdbStore(file);
      expect(store.notices).toEqual([]);
      await store.close();
      expect(readdirSync(dirname(file))).toEqual([basename(file)]);
    }
  });
});

/** Bundled into one file, because it is started often. */
const program = build({
  entryPoints: [join(import.meta.dirname, "lowdb-writer.ts")],
  outfile: join(root, "writer.mjs"),
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "error",
}).then(() => join(root, "writer.mjs"));

/** Starts a process that writes; `told` is the last write that it was told is done. */
async function writer(file: string) {
  const child = fork(await program, [file], { execArgv: [] });
  let told = 0;
  child.on("message", (message) => {
    if (typeof message === "number") told = message;
  });
  await once(child, "message");
  return { child, told: () => told };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
