/** Some of what `npx tsx test/commands/broken-servers.ts` does: each engine, each trouble and each command that works on a store. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { racelab } from "../program.js";
import { type EngineName, SECRET, whyNoOwn } from "../stores/own-servers.js";
import { type Case, fleet, played } from "./broken-servers.js";

const some: { readonly [engine in EngineName]: readonly (readonly [Case["fault"], Case["command"]])[] } = {
  PostgreSQL: [["cut", "check --fidelity"]],
  MariaDB: [["cut", "compare"]],
  Redis: [
    ["killed", "run --servers"],
    ["full", "run"],
  ],
};

/** Where a password is that is not in the URL. */
const passwords: { readonly [engine in EngineName]: (file: string) => readonly Record<string, string>[] } = {
  PostgreSQL: (file) => [{ PGPASSWORD: SECRET }, { PGPASSFILE: file }],
  MariaDB: () => [{ MYSQL_PWD: SECRET }],
  Redis: () => [{ REDISCLI_AUTH: SECRET }],
};

for (const engine of Object.keys(some) as EngineName[]) {
  const why = whyNoOwn[engine];
  describe.skipIf(why !== null)(`${engine}${why ? ` (${why})` : ""}`, () => {
    const servers = fleet();
    afterAll(() => servers.stop());
    it.each(some[engine])(
      "%s in the middle of or before %s ends in one sentence without a password, and is clean after the next start",
      { timeout: 120_000 },
      async (fault, command) => {
        const { wrong, stdout, stderr } = await played({ engine, fault, command }, servers);
        expect(wrong, `${stderr}\n${stdout}`).toBeNull();
      },
    );
    it("takes the password from where its own programs take it, and nothing shows it", async () => {
      const { shopUrl } = await servers.server(engine, false);
      const url = shopUrl.replace(`:${SECRET}`, "");
      const file = join(mkdtempSync(join(tmpdir(), "racelab-pass-")), "pgpass");
      writeFileSync(file, `*:*:*:shop:${SECRET}\n`, { mode: 0o600 });
      const args = ["run", "lost-update", "--strategy", "cas", "--requests", "4", "--workers", "1", "--store", url];
      const { code, stderr, stdout } = await racelab(args);
      expect([code, stdout, stderr]).toEqual([
        2,
        "",
        expect.stringMatching(/^racelab: [^\n]*(is not let in|wants a password)[^\n]*\n$/),
      ]);
      const history = `${file}.jsonl`;
      for (const env of passwords[engine](file)) {
        const given = await racelab([...args, "--json", "--history", history, "--force"], { env });
        expect([given.code, given.stderr]).toEqual([0, ""]);
        expect(given.stdout).not.toContain(SECRET);
      }
      expect(readFileSync(history, "utf8")).not.toContain(SECRET);
    });
  });
}
