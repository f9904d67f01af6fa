/**
 * What the process with a learner's code may do.
 *
 * Always: it reads racelab's own code, the lesson's rule and the learner's module, and nothing else; so neither the lesson's
 * solution nor the learner's files. It writes nothing, and starts no process and no thread (Node's permission model,
 * https://nodejs.org/api/permissions.html; experimental in Node 20). Its environment is empty.
 *
 * With `--isolated`, where Linux offers it: it has no network and sees no process but itself (namespaces, by `bwrap` or
 * `unshare`). They are tried before they are promised.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { rootFolder } from "../course/folders.js";

/** The program, with its arguments, that starts Node; empty: Node is started as it is. */
export type Wrapper = readonly string[];

/** In the order of preference. `bwrap` needs no root in any system where it is installed; `unshare` is everywhere on Linux. */
const wrappers: readonly Wrapper[] = [
  ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
  ["unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child=SIGKILL"],
];

/** The first that works here; null: none does. */
export async function namespaces(path = process.env["PATH"] ?? ""): Promise<Wrapper | null> {
  for (const [name, ...given] of wrappers) {
    const program = path
      .split(delimiter)
      .map((folder) => join(folder, name!))
      .find((file) => existsSync(file));
    if (!program) continue;
    try {
      await promisify(execFile)(program, [...given, process.execPath, "--version"], { timeout: 10_000 });
      return [program, ...given];
    } catch {
      // The system does not let this user make namespaces.
    }
  }
  return null;
}

export function permissionFlags({ module, lesson }: { readonly module: string; readonly lesson: string }): readonly string[] {
  const readable = [
    join(rootFolder, "dist", "src", "*"),
    join(rootFolder, "package.json"),
    join(rootFolder, "node_modules", "*"),
    lesson,
    // What a compiled lesson shares with its exercise.
    join(dirname(lesson), "chunk-*"),
    module,
  ];
  return [permissionFlag(), ...readable.map((path) => `--allow-fs-read=${path}`)];
}

function permissionFlag(): string {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isStable = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  return isStable ? "--permission" : "--experimental-permission";
}
