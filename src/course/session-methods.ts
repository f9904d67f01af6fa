/** What can be asked of a session, read off the doc comments of `Session`: written once, and it cannot grow old. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { particle } from "../core/korean.js";
import type { Language, Text } from "../core/language.js";
import { nearName } from "../core/suggest.js";
import { rootFolder } from "./folders.js";

export interface DeclaredMethod {
  readonly name: string;
  /** As a person writes it: `updateWhere(update)`. */
  readonly call: string;
  readonly says: string;
}

const sourceFile = join(rootFolder, "src", "core", "session.ts");
const koreanFile = join(rootFolder, "src", "course", "session.ko.json");

/** Each method of `Access` and `Session`, in the order of the source. */
export function declaredMethods(language: Language): readonly DeclaredMethod[] {
  const korean = JSON.parse(readFileSync(koreanFile, "utf8")) as { readonly [name: string]: string };
  const source = readFileSync(sourceFile, "utf8");
  const bodies = [...source.matchAll(/^export interface (?:Access|Session extends Access) \{\n([\s\S]*?)^\}/gm)].map(
    ([, body]) => body!,
  );
  return bodies.flatMap((body) =>
    [...body.matchAll(/ {2}\/\*\*([\s\S]*?)\*\/\n {2}(\w+)(?:<[^>]*>)?\((.*)\): Promise/g)].map(
      ([, comment, name, parameters]) => {
        const english = comment!.replaceAll(/\s*\n\s*\* ?/g, " ").trim();
        const names = [...parameters!.matchAll(/(\w+)\??: /g)].map(([, parameter]) => parameter);
        return {
          name: name!,
          call: `${name}(${names.join(", ")})`,
          says: language === "ko" ? (korean[name!] ?? english) : english,
        };
      },
    ),
  );
}

/**
 * The method for which a name may have been meant: one with it inside (`update`), else the first whose English comment has the
 * word (`lock`: acquire), else one of nearly that name. In this order, because short words are near to many names (`lock`: ack).
 */
function meantBy(name: string): string | undefined {
  const methods = declaredMethods("en");
  const names = methods.map(({ name }) => name);
  const inside = names.find((one) => name.length > 2 && one.toLowerCase().includes(name.toLowerCase()));
  // Told by a process that nobody trusts.
  const plain = name.replaceAll(/\W/g, "");
  const word = new RegExp(`\\b${plain}\\b|^${plain}s\\b`, "i");
  return inside ?? methods.find(({ says }) => word.test(says))?.name ?? nearName(name, names);
}

/** What is said of a call of a method that there is not. `called` is as the code writes it: `session.lock`. */
export const noSuchMethod = (called: string, name: string): Text => {
  const meant = meantBy(name);
  const all = declaredMethods("en").map(({ name }) => name);
  return {
    en: `${called} does not exist. ${meant ? `Did you mean ${meant}?` : `There are: ${all.join(", ")}`}`,
    ko: `${particle(called, "은", "는")} 없습니다. ${meant ? `${particle(meant, "을", "를")} 찾으셨나요?` : `있는 것: ${all.join(", ")}`}`,
  };
};
