/** Opens the learner's own editor at a line. Editors write the line in different ways. */
import { spawn } from "node:child_process";
import { basename } from "node:path";
import type { Environment } from "./terminal.js";

const plusLine = /^(vi|vim|nvim|view|vimx|ex|nano|pico|emacs|emacsclient|micro|kak|joe|jed|mg|ne|mcedit|ed)$/;
const colonLine = /^(hx|helix|subl|zed|lite|mate)$/;
/** Visual Studio Code and its forks: `--goto file:line`. */
const goTo = /^(code|code-insiders|codium|vscodium|cursor|windsurf)$/;

/**
 * The command for the shell and its arguments. `$VISUAL` and `$EDITOR` may contain options. An editor that is in none
 * of the lists above gets the file without the line.
 */
export function editorOf(
  { VISUAL, EDITOR }: Environment,
  path: string,
  line: number | null,
  platform: NodeJS.Platform = process.platform,
): { readonly command: string; readonly args: readonly string[] } {
  const command = VISUAL?.trim() || EDITOR?.trim() || (platform === "win32" ? "notepad" : "vi");
  const name = basename(command.split(/\s+/)[0] ?? "").replace(/\.(exe|cmd)$/i, "");
  if (line === null) return { command, args: [path] };
  if (goTo.test(name)) return { command, args: ["--goto", `${path}:${line}`] };
  if (colonLine.test(name)) return { command, args: [`${path}:${line}`] };
  return { command, args: plusLine.test(name) ? [`+${line}`, path] : [path] };
}

/** Waits until the editor has ended. Resolves with a sentence on what went wrong, empty where nothing did. */
export function edit(env: Environment, path: string, line: number | null): Promise<string> {
  const { command, args } = editorOf(env, path, line);
  return new Promise((resolve) => {
    // As git does: the shell splits the command into words, but not the arguments.
    const child =
      process.platform === "win32"
        ? spawn(`${command} ${args.map((each) => `"${each}"`).join(" ")}`, { shell: true, stdio: "inherit" })
        : spawn("/bin/sh", ["-c", `${command} "$@"`, command, ...args], { stdio: "inherit" });
    child.on("error", ({ message }) => resolve(`${command} could not be started: ${message}`));
    child.on("exit", (code, signal) =>
      resolve(
        code === 0
          ? ""
          : code === 127
            ? `there is no editor "${command}": set VISUAL or EDITOR, or open ${path} yourself`
            : `${command} ended with ${signal ?? `code ${code}`}`,
      ),
    );
  });
}
