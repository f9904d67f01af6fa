import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { lowdbStore } from "../../src/stores/lowdb.js";
import { conformance } from "./conformance.js";

const root = mkdtempSync(join(tmpdir(), "racelab-lowdb-"));
let folders = 0;

conformance("lowdb", () => lowdbStore(join(root, `${folders++}`, "shop.json")));
afterAll(() => rmSync(root, { recursive: true, force: true }));
