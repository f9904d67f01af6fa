import { type ExportRequest, exportFormats } from "../report/views.js";
import type { Action, Command, Context } from "./state.js";
import { say, screenWords } from "./words.js";

/** The message after an export: the sentence to show. Each screen with `x` handles it. */
export interface Exported {
  readonly kind: "exported";
  readonly text: string;
}

/**
 * The command `x`: a list of formats, each of which writes the schedule on screen as a file. `what` is that schedule;
 * null: there is none, and `why` is the reason. `racelab export` writes the file in a process of its own.
 */
export const exportCommand = <State>(
  what: (state: State) => ExportRequest | null,
  why: (state: State, context: Context) => string,
): Command<State, Exported> => ({
  id: "export",
  keys: ["x"],
  shown: "x",
  text: screenWords.export,
  off: (state, context) => (what(state) ? null : why(state, context)),
  act(state, context) {
    const request = what(state);
    return request ? [state, { kind: "overlay", overlay: listOf(request, context) }] : [state];
  },
});

function listOf(request: ExportRequest, context: Context) {
  const items = exportFormats.map((format) => ({
    text: `.${format.padEnd(6)} ${say(screenWords.exportFormats[format], context)}`,
    leadsTo: {
      kind: "work",
      work: {
        name: "export",
        run: async ({ exportHere }, _, signal) => ({ kind: "exported", text: await exportHere(request, format, signal) }),
      },
    } satisfies Action<Exported> as Action,
  }));
  return {
    kind: "list" as const,
    typed: "" as const,
    title: say(screenWords.exportTitle(request.schedule), context),
    items,
    chosen: 0,
  };
}
