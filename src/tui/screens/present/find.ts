/** Explores all that a presentation shows, in the order in which it shows it. */
import type { ExploredView, Explorer, Searched, Setting } from "../../../report/views.js";
import { settingOfQuestion } from "../../settings.js";
import type { OpenLesson } from "../../state.js";
import type { Found } from "./state.js";

export async function find(
  { summary, content }: OpenLesson,
  explorer: Explorer,
  { on, soFar }: { readonly on: (searched: Searched) => void; readonly soFar: (found: Found) => void },
  signal: AbortSignal,
): Promise<Found> {
  const exact: (ExploredView | null)[] = [];
  for (const question of content.questions) {
    const asked = settingOfQuestion(summary.id, question);
    exact.push(asked ? await explorer.explore(asked, on, signal) : null);
  }
  // The counts are of the lesson as its story tells it; the picture may show another size.
  const setting: Setting = { lesson: summary.id, strategy: "none" };
  const explored = await explorer.explore(setting, on, signal);
  const { schedule, ...pictured } = content.picture;
  const { counterexample, ends } = await explorer.explore(pictured, on, signal);
  const view = await explorer.trace(pictured, schedule ?? counterexample?.schedule ?? ends[0]?.example ?? "", on, signal);
  let found: Found = { exact, explored, view, under: {} };
  soFar(found);
  for (const { id } of content.strategies) {
    const under = await explorer.explore({ ...setting, strategy: id }, on, signal);
    found = { ...found, under: { ...found.under, [id]: under } };
    soFar(found);
  }
  return found;
}
