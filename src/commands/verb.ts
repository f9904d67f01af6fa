/**
 * What a verb is: a file of this folder that exports `register`. Only command-line.ts imports a verb, when it was asked for.
 * Verbs do not import each other: what two of them share is in a file that exports no `register`. test/architecture.test.ts
 * keeps both.
 */
import type { Command } from "commander";
import type { Out } from "./out.js";

/** Runs one command. The command answers its exit code, and `signal` stops its work. */
type RunCommand = (command: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>;

/** Adds a verb to the command line. `taken` are the words that no lesson can have as its id, because they mean a command. */
export type Register = (program: Command, action: RunCommand, taken: readonly string[]) => void;
