/** Runs a snippet: the body of an async function that is given these names. */
const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => (...values: unknown[]) => Promise<unknown>;

export const functionOf = (code: string, given: Readonly<Record<string, unknown>>): Promise<unknown> =>
  new AsyncFunction(...Object.keys(given), code)(...Object.values(given));
