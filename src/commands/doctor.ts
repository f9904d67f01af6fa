import { availableParallelism } from "node:os";
import { withoutCredentials } from "../core/credentials.js";
import { messageOf } from "../core/failure.js";
import { lessonEntries, strategyIds } from "../course/catalog.js";
import { engines, openStore } from "../stores/open.js";
import { packageVersion } from "../version.js";
import { exit, type Out, paragraph } from "./out.js";
import type { Register } from "./verb.js";

export interface Finding {
  readonly what: string;
  readonly status: "ok" | "note" | "FAIL";
  readonly says: string;
}

/** Node versions on which the tests run. Ink 7.1.1 asks for 22, and was measured to work on 20.19 and up. */
const NODE = { least: [20, 19], recommended: 22 } as const;

/** `racelab doctor`: what is here, what is missing, and what that means. */
async function doctor(out: Out): Promise<number> {
  const findings = [version(), node(), cores(), terminal(), course(), ...(await stores())];
  const failed = findings.filter(({ status }) => status === "FAIL").length;
  if (out.json) out.object({ command: "doctor", failed, findings });
  else {
    for (const finding of findings) out.line(findingText(finding));
    out.line();
    out.line(failed === 0 ? "everything that racelab needs is here" : `${failed} of ${findings.length} failed`);
  }
  return failed === 0 ? exit.right : exit.violated;
}

/** A finding as text. `says` stands in a column of its own, because a server's message in it may be long. */
export const findingText = ({ status, what, says }: Finding): string =>
  `${status.padEnd(5)}${what.padEnd(10)} ${paragraph(says, 16).trimStart()}`;

const version = (): Finding => ({ what: "racelab", status: "ok", says: packageVersion() });

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [leastMajor, leastMinor] = NODE.least;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    return { what: "node", status: "FAIL", says: `${process.version}: racelab needs ${NODE.least.join(".")} or newer` };
  return {
    what: "node",
    status: major < NODE.recommended ? "note" : "ok",
    says: `${process.version}${major < NODE.recommended ? `: works; ${NODE.recommended} or newer is recommended` : ""}`,
  };
}

function cores(): Finding {
  const n = availableParallelism();
  return { what: "cores", status: n < 2 ? "note" : "ok", says: n < 2 ? "1: threads take turns, so races are rarer" : String(n) };
}

function terminal(): Finding {
  const { stdout } = process;
  if (!stdout.isTTY) return { what: "terminal", status: "note", says: "standard output is none: commands print plain text" };
  const [columns, rows] = stdout.getWindowSize();
  const small = columns < 60 || rows < 18;
  return {
    what: "terminal",
    status: small ? "note" : "ok",
    says: `${columns} x ${rows}, ${stdout.getColorDepth()} bit colour${small ? ": the screens need 60 x 18" : ""}`,
  };
}

function course(): Finding {
  try {
    const own = lessonEntries().filter(({ authorFolder }) => authorFolder).length;
    const says = `${lessonEntries().length - own} lessons, ${strategyIds().length} strategies`;
    return { what: "course", status: "ok", says: own > 0 ? `${says}, ${own} lessons of your own` : says };
  } catch (error) {
    return { what: "course", status: "FAIL", says: messageOf(error) };
  }
}

/** Each store with a usual URL is really opened. A server that is not there is a note and no failure: racelab works without it. */
const stores = (): Promise<Finding[]> =>
  Promise.all(
    engines.map(async ({ scheme, example, usual }): Promise<Finding> => {
      const what = scheme.replace(/:$/, "");
      if (!usual) return { what, status: "ok", says: `is here: --store ${example}` };
      try {
        await (await openStore(usual)).close();
        return { what, status: "ok", says: `opens: --store ${withoutCredentials(usual)}` };
      } catch (error) {
        const says = messageOf(error);
        return { what, status: usual === "memory:" ? "FAIL" : "note", says };
      }
    }),
  );

export const register: Register = (program, action) => {
  program
    .command("doctor")
    .description("what is here and what is missing: Node, terminal, stores")
    .addHelpText("after", "\nExamples:\n  racelab doctor\n  racelab doctor --json\n")
    .action(() => action(doctor));
};
