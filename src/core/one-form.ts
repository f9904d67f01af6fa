/**
 * The same text for equal values, in any order of their fields: to compare calls, rows and answers.
 *
 * The explorer has a faster one of its own for its states (`simulator/intern.ts`).
 */
export const inOneForm = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
