/**
 * Field cases: public reports by people who do this job, broken and fixed variants together, each written as an ordinary engineer
 * would write it. The source is in the first line of each file. `field.test.ts` explores them all.
 */
import type { ExploreOptions } from "racelab";

export interface Variant {
  readonly name: string;
  readonly options: ExploreOptions;
  /** The properties of its own that it breaks, and no others. */
  readonly breaks: readonly string[];
  /** The error that a client is shown in some interleaving; null: none is. */
  readonly shows: string | null;
  /** It cannot be said, and the refusal has these words; null: it can. */
  readonly refusal: string | null;
}

const variant = (name: string, options: ExploreOptions, found: Partial<Variant>): Variant => ({
  name,
  options,
  breaks: [],
  shows: null,
  refusal: null,
  ...found,
});

export const right = (name: string, options: ExploreOptions): Variant => variant(name, options, {});
export const broken = (name: string, options: ExploreOptions, ...breaks: readonly string[]): Variant =>
  variant(name, options, { breaks });
/** Its own properties hold; in some interleaving a client is shown this error, which the code does not catch. */
export const failing = (name: string, options: ExploreOptions, shows: string): Variant => variant(name, options, { shows });
export const refused = (name: string, options: ExploreOptions, refusal: string): Variant => variant(name, options, { refusal });
