/** A PostgreSQL of the test's own that refuses: for want of TLS, for its certificate, by a limit of the role, on a full disk. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answered, type Ended } from "../program.js";

const binaries = "/usr/lib/postgresql";
const version = existsSync(binaries)
  ? readdirSync(binaries).find((name) => existsSync(join(binaries, name, "bin/initdb")))
  : null;
const missing: string | null | undefined = [
  version ? null : `no initdb in ${binaries}`,
  spawnSync("openssl", ["version"]).status === 0 ? null : "no openssl",
  process.platform === "linux" ? null : "not Linux",
].find((why) => why !== null);

const folder = mkdtempSync(join(tmpdir(), "racelab-tls-"));
const [data, key, certificate] = ["data", "key.pem", "certificate.pem"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
/** PostgreSQL refuses to run as root. */
const nobody: { readonly uid: number; readonly gid: number } | null =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;
const run = (program: string, ...args: string[]) =>
  execFileSync(join(binaries, version!, "bin", program), [...args], {
    ...nobody,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
let port = 0;
/** A disk of 600 KB for the rows of one role; only root may mount one. */
const disk = join(folder, "disk");
mkdirSync(disk);
const mounted =
  !missing && nobody !== null && spawnSync("mount", ["-t", "tmpfs", "-o", "size=600k,mode=777", "tmpfs", disk]).status === 0;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => resolve(free));
    });
  });

const sql = (...statements: string[]) =>
  run("psql", "-h", folder, "-p", String(port), "-U", "postgres", "-q", ...statements.flatMap((text) => ["-c", text]));

const on = (user: string, query: string, { lesson = "lost-update", more = [] as readonly string[] } = {}): Promise<Ended> =>
  answered([
    "run",
    lesson,
    ...["--strategy", "row-lock", "--requests", "20", "--workers", "2"],
    ...["--store", `postgres://${user}@127.0.0.1:${port}/postgres${query}`],
    ...more,
  ]);

describe.skipIf(missing)(`a PostgreSQL that lets people in over TLS only${missing ? ` (${missing})` : ""}`, () => {
  beforeAll(async () => {
    port = await freePort();
    chmodSync(folder, 0o755);
    if (nobody) chownSync(folder, nobody.uid, nobody.gid);
    if (mounted) mkdirSync(join(disk, "rows"));
    if (mounted && nobody) chownSync(join(disk, "rows"), nobody.uid, nobody.gid);
    // biome-ignore format: one argument a word
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], { stdio: "ignore" });
    if (nobody) for (const file of [key, certificate]) chownSync(file, nobody.uid, nobody.gid);
    chmodSync(key, 0o600);
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync");
    writeFileSync(join(data, "pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.1/32 trust\n");
    appendFileSync(
      join(data, "postgresql.conf"),
      `ssl = on\nssl_cert_file = '${certificate}'\nssl_key_file = '${key}'\nport = ${port}\nlisten_addresses = '127.0.0.1'
unix_socket_directories = '${folder}'\nfsync = off\nmax_connections = 60\nlc_messages = 'C'\n`,
    );
    run("pg_ctl", "-D", data, "-l", join(folder, "log"), "-w", "start");
    sql(
      ...(mounted ? [`create tablespace small location '${join(disk, "rows")}'`] : []),
      "create role few login connection limit 3",
      "create role hasty login",
      "alter role hasty set statement_timeout = 100",
      "create role tight login",
      "grant create on database postgres to few, hasty, tight",
      ...(mounted ? ["grant create on tablespace small to tight", "alter role tight set default_tablespace = small"] : []),
    );
  });
  afterAll(() => {
    spawnSync(join(binaries, version!, "bin/pg_ctl"), ["-D", data, "-m", "immediate", "stop"], { ...nobody });
    if (mounted) spawnSync("umount", ["-l", disk]);
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["", /without TLS\. Add \?sslmode=verify-full .*no-verify.* self-signed/],
    ["?sslmode=disable", /without TLS\. Add \?sslmode=verify-full/],
    ["?sslmode=prefer", /its certificate is self-signed\. .*sslrootcert=ca\.pem.* \?sslmode=no-verify/],
    ["?sslmode=require", /its certificate is self-signed\. .* \?sslmode=no-verify/],
    ["?sslmode=verify-ca", /its certificate is self-signed\. .* \?sslmode=no-verify/],
    ["?sslmode=verify-full", /its certificate is self-signed\. .* \?sslmode=no-verify/],
    ["?ssl=true", /its certificate is self-signed\. .* \?sslmode=no-verify/],
    ["?sslmode=allow", /sslmode=allow: it is one of disable, prefer, require, verify-ca, verify-full, no-verify/],
    ["?sslmode=verify-full&sslrootcert=/no/ca.pem", /sslrootcert=\/no\/ca\.pem cannot be read: there is no such file/],
    ["?sslmode=verify-full&sslrootcert=/dev/zero", /sslrootcert=\/dev\/zero cannot be read: this is a pipe or a device/],
    ["?sslmode=verify-ca&uselibpqcompat=true", /needs the certificate of the authority: add &sslrootcert=ca\.pem/],
  ])("refuses %s in one sentence that names the cause and the remedy, with exit code 2", async (query, sentence) => {
    const { code, stdout, stderr } = await on("postgres", query);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toMatch(sentence);
    expect([code, stdout]).toEqual([2, ""]);
  });

  it.each([
    () => "?sslmode=no-verify",
    () => "?sslmode=require&uselibpqcompat=true",
    () => `?sslmode=verify-full&sslrootcert=${certificate}`,
    () => `?sslmode=verify-ca&sslrootcert=${certificate}`,
  ])("lets in who takes its certificate: way %#", async (query) => {
    const { code, stderr } = await on("postgres", query());
    expect([code, stderr]).toEqual([0, ""]);
  });

  it.each([
    ["trace", ["lost-update", "112332", "--store"]],
    ["compare", ["lost-update", "--strategies", "row-lock", "--rounds", "1", "--store"]],
    ["run", ["lost-update", "--servers", "2", "--store"]],
    ["check", ["lost-update", "--fidelity"]],
    ["join", []],
  ])("says the same in %s", async (command, args) => {
    for (const [query, sentence] of [
      ["", /without TLS\. Add \?sslmode=verify-full/],
      ["?sslmode=require", /its certificate is self-signed\. .* \?sslmode=no-verify/],
    ] as const) {
      const { code, stderr } = await answered([command, ...args, `postgres://postgres@127.0.0.1:${port}/postgres${query}`]);
      expect(stderr).toMatch(sentence);
      expect(stderr).not.toMatch(/mistake of its own|\n\s+at /);
      expect(code).toBe(2);
    }
  });

  it("says who is not let in, and not that the password is wrong, where there is no such user", async () => {
    const { code, stderr } = await on("nobodyknown", "?sslmode=no-verify");
    expect(stderr).toMatch(/user "nobodyknown" is not let in \(role "nobodyknown" does not exist\)\. Check the user/);
    expect(code).toBe(2);
  });

  it("is no failure of the strategy where the role has too few connections for one worker", async () => {
    const { code, stderr } = await on("few", "?sslmode=no-verify");
    expect(stderr).toMatch(
      /^racelab: [^\n]*all its connections are taken\. Close some, or raise the CONNECTION LIMIT of role few\n$/,
    );
    expect(code).toBe(2);
  });

  it.skipIf(!mounted)(
    `is no failure of the strategy that its disk is full${mounted ? "" : " (none can be mounted here)"}`,
    async () => {
      const { code, stderr } = await on("tight", "?sslmode=no-verify", {
        lesson: "outbox",
        more: ["--requests", "3000", "--think", "0"],
      });
      expect(stderr).toMatch(/^racelab: [^\n]*its disk[^\n]* full[^\n]*\. Make room [^\n]*\n$/);
      expect(code).toBe(2);
    },
  );

  it("names the statement_timeout that cancelled a statement", async () => {
    const { stdout } = await on("hasty", "?sslmode=no-verify", { more: ["--think", "60"] });
    expect(stdout.replace(/\s+/g, " ")).toContain("it took longer than the statement_timeout that the server sets");
  });
});
