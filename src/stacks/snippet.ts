/** A protection in the words of one stack. The facts and how each was checked: design note stack.md, and test/stacks. */
import type { Text } from "../core/language.js";

export const stacks = {
  pg: "node-postgres",
  django: "Django",
  jpa: "JPA, Spring",
  prisma: "Prisma",
  redis: "Redis, ioredis",
} as const;
export type StackId = keyof typeof stacks;

export interface Snippet {
  /** At most ten lines. */
  readonly code: string;
  /** What the code sees when it is refused or was too late: an error code, or a count. */
  readonly refused: Text;
  /** The mistake that this stack invites. */
  readonly trap: Text;
  /** Where that is documented or reported. */
  readonly source: string;
  /**
   * How it is known. "test": test/stacks runs it against a real server. "ran": it was run by hand with the versions that the
   * head of its file names. "read": documentation only.
   */
  readonly known: "test" | "ran" | "read";
}

/** By strategy. A stack has no snippet where the protection does not fit it. */
export type Snippets = { readonly [strategy: string]: Snippet };
