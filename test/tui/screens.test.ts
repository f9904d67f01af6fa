/** What a new screen needs: one folder, one line in screens/index.ts, letters of its own. A missing piece is named. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commandsOf } from "../../src/tui/keys.js";
import { screens, stages } from "../../src/tui/screens/index.js";
import { play } from "./play.js";

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

describe("letters", () => {
  /** Screens that keep the letter of a stage for a command of their own; the stage is still in the palette there. */
  const kept = ["R is reset on exercise and leads to threads elsewhere"];

  it("of stages are on no screen's own commands, but for those that are known", () => {
    const clashes = screens.flatMap(({ id, commands }) =>
      commands.flatMap((command) =>
        stages
          .filter(({ id: to, stage = "" }) => to !== id && command.keys.includes(stage))
          .map(({ id: to, stage }) => `${stage} is ${command.id} on ${id} and leads to ${to} elsewhere`),
      ),
    );
    expect(clashes).toEqual(kept);
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
