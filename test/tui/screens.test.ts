/** What a new screen needs: one folder, one line in screens/index.ts, letters of its own. A missing piece is named. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commandsOf } from "../../src/tui/keys.js";
import { screens, stages } from "../../src/tui/screens/index.js";
import { play } from "./play.js";
import { withRecordedComparisons } from "./recorded-comparisons.js";

const folder = resolve(import.meta.dirname, "../../src/tui/screens");
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const pieces = ["screen.ts", "state.ts", "view.ts", "spoken.ts", "words.ts"];

describe("a screen is one folder", () => {
  it("with its table, its state, its picture, its sentences and its words", () => {
    const missing = names.flatMap((name) =>
      pieces.flatMap((file) => (existsSync(join(folder, name, file)) ? [] : [`screens/${name} has no ${file}`])),
    );
    expect(missing).toEqual([]);
  });

  it("named after its id, with a line in screens/index.ts", () => {
    const ids: readonly string[] = screens.map(({ id }) => id);
    expect(names.filter((name) => !ids.includes(name)).map((name) => `screens/index.ts has no line for screens/${name}`)).toEqual(
      [],
    );
    expect(ids.filter((id) => !names.includes(id)).map((id) => `the screen ${id} has no folder screens/${id}`)).toEqual([]);
  });

  it("that imports no other screen's: what two of them share lies in tui/ or tui/parts", () => {
    const foreign = names.flatMap((name) =>
      readdirSync(join(folder, name)).flatMap((file) =>
        [...readFileSync(join(folder, name, file), "utf8").matchAll(/from "\.\.\/(\w[^"]*)"/g)].map(
          ([, to]) => `screens/${name}/${file} imports screens/${to}`,
        ),
      ),
    );
    expect(foreign).toEqual([]);
  });
});

describe("keys", () => {
  it("with digits lead to the stages, but where the digits of a screen choose a task or an answer: there g comes first", async () => {
    const own = screens.filter(({ commands }) => commands.some(({ keys }) => keys.includes("1"))).map(({ id }) => id);
    expect(own).toEqual(["lessons", "predict", "decide"]);
    for (const from of stages.map((_, index) => String(index + 1)))
      for (const [index, { id }] of stages.entries()) {
        const screen = await play({ columns: 100, rows: 30 }, await withRecordedComparisons());
        await screen.press("enter", from);
        await screen.press(...(own.includes(screen.model.screen) ? ["g"] : []), String(index + 1));
        expect(screen.model.screen, `${from} ${index + 1}`).toBe(id);
      }
  }, 60_000);

  it("lead one level up with Esc: from a detour to where it began, from a stage to the list, from there nowhere", async () => {
    const screen = await play({ columns: 100, rows: 30 });
    await screen.press("enter", "5", "t", "d");
    expect(screen.model.screen).toBe("decide");
    const seen: string[] = [];
    for (let n = 0; n < 4; n++) {
      await screen.press("esc");
      seen.push(screen.model.screen);
    }
    expect(seen).toEqual(["interleaving", "schedules", "lessons", "lessons"]);
  });

  it("are on no two commands that can be reached at once", async () => {
    const { model } = await play({ columns: 100, rows: 30 });
    const clashes = screens.flatMap(({ id }) => {
      const taken = new Map<string, string>();
      return commandsOf({ ...model, screen: id, lesson: { summary: model.lessons[0], content: {} } as never }).flatMap(
        (command) =>
          command.keys.flatMap((key) => {
            const other = taken.get(key);
            taken.set(key, command.id);
            return other === undefined ? [] : [`${key} is ${other} and ${command.id} on ${id}`];
          }),
      );
    });
    expect(clashes).toEqual([]);
  });
});
