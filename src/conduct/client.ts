/**
 * A schedule on a real database, in a thread of its own: the server is asked again and again who waits, and a key press
 * must not wait for that. The thread closes its store before it ends. If the server does not answer, the thread is
 * terminated, and the next start removes its schema.
 */
import type { Language } from "../core/language.js";
import { builtModule } from "../course/folders.js";
import type { ConductedView, ConductRequest } from "../report/views.js";
import { inThread } from "../threads/in-thread.js";

/** What the thread is started with. */
export interface ConductTask {
  readonly request: ConductRequest;
  readonly language: Language;
}

/** Milliseconds to leave the database in order after a stop. */
const PATIENCE_MS = 3000;

export const conductInThread = (request: ConductRequest, language: Language, signal: AbortSignal): Promise<ConductedView> =>
  inThread(builtModule("conduct/thread.js"), { request, language } satisfies ConductTask, {
    name: "the thread that played the schedule",
    signal,
    patience: PATIENCE_MS,
  });
