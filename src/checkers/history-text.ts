/**
 * A history as text, to keep and to read back. JSON lines: the first line has the rows before and after and how the tasks
 * ended, each further line is one event in the order of effects. So a long history is written and read line by line, and a
 * file that was cut off is noticed. One JSON object, as `JSON.stringify` makes it of a history, is read, too.
 */
import { type Event, type History, type LongHistory, longHistory } from "../core/history.js";
import { validHistory } from "./valid-history.js";

/**
 * A history as JSON lines, which `parseHistory` reads back.
 *
 * ```ts
 * const rename = async ({ write }: Session) => write("user/1", { name: "Mina" });
 * const [first, second] = formatHistory(await replay({ tasks: [rename] }, "1")).split("\n");
 * console.log(first); // {"events":1,"before":{},"outcomes":[{"status":"ok"}],"after":{"user/1":{"name":"Mina"}}}
 * console.log(JSON.parse(second!).operation.kind); // write
 * ```
 */
export function formatHistory({ events, ...rest }: History): string {
  return [...historyText(longHistory(rest, events.length, () => events))].join("");
}

/** The same text in pieces, so that neither it nor the events have to be in memory as a whole. */
export function* historyText(history: LongHistory): Iterable<string> {
  yield `{"events":${history.length}`;
  for (const name of ["before", "outcomes", "after", "order", "servers"] as const) {
    const value: unknown = history[name];
    if (value === undefined) continue;
    yield `,"${name}":`;
    if (Array.isArray(value)) yield* listText(value);
    else yield JSON.stringify(value);
  }
  yield "}\n";
  for (const event of history.each()) yield `${JSON.stringify(event)}\n`;
}

/** One for each task: there may be a million. */
function* listText(values: readonly unknown[]): Iterable<string> {
  yield "[";
  for (let i = 0; i < values.length; i++) yield `${i > 0 ? "," : ""}${JSON.stringify(values[i] ?? null)}`;
  yield "]";
}

/**
 * A history from text: JSON lines, as `run --history` and `formatHistory` write them, or one JSON object. Absent, an event's
 * `n` is its place, `asked` is `n - 1`, `waited` is false; a history's `outcomes` are none.
 *
 * Throws a `SyntaxError` with the line that is no JSON, and a `TypeError` with the event that cannot be right.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":1}}}
 * {"task":1,"operation":{"kind":"write","key":"x","row":{"v":1}},"reply":{"value":null}}
 * {"task":2,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":5}}}`);
 * const [first] = anomalies(history);
 * console.log(first?.anomaly, first?.explanation); // unwritten read Request 2 read x 5 at step 2, but no task wrote it.
 * ```
 */
export function parseHistory(text: string): History {
  const history = completed(asOne(text) ?? asLines(text));
  validHistory(history);
  return history;
}

/** What stands in a text: the parts of a history, not yet looked over. */
type Parts = { readonly [name: string]: unknown };

/** The text as one JSON object with a list of events; null: it is not that. Of JSON lines only the first line is parsed. */
function asOne(text: string): Parts | null {
  try {
    const whole = JSON.parse(text) as Parts | null;
    return Array.isArray(whole?.["events"]) ? whole : null;
  } catch {
    return null;
  }
}

function asLines(text: string): Parts {
  const lines = text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [{ line, at: i + 1 }]));
  const [head, ...events] = lines.map(({ line, at }) => {
    try {
      return JSON.parse(line) as Parts;
    } catch (error) {
      throw new SyntaxError(`line ${at} is no JSON: ${(error as Error).message}`);
    }
  });
  const { events: count, ...rest } = head ?? {};
  if (typeof count === "number" && count !== events.length)
    throw new SyntaxError(`the first line says ${count} events, and there are ${events.length}: the file is not whole`);
  return { ...rest, events };
}

/** With what may be left out. JSON has no undefined: a task that never ended is null in a list. */
function completed({ events, outcomes, ...rest }: Parts): History {
  return {
    ...rest,
    outcomes: Array.isArray(outcomes) ? outcomes.map((outcome: unknown) => outcome ?? undefined) : (outcomes ?? []),
    events: Array.isArray(events)
      ? events.map((event: unknown, i) =>
          typeof event === "object" && event !== null
            ? ({ n: i + 1, asked: i, waited: false, ...event } as unknown as Event)
            : (event as Event),
        )
      : events,
  } as unknown as History;
}
