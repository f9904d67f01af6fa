/**
 * Where a presentation is: `racelab present` and the notes of its speaker run in two terminals, and each follows the other. They
 * meet in one small file beside what is remembered of the learner. A socket would need a name, a cleaning up and an answer to a
 * process that was killed; the file needs none of that, and a terminal that joins later reads where the other one is.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Folder } from "./folder.js";

/** The beat, counted from 0, and whether the screen is blank. */
interface Where {
  readonly beat: number;
  readonly blank: boolean;
}

interface SavedPlace extends Where {
  readonly lesson: string;
  /** The process that was there: nobody follows itself, or a key pressed twice would be undone by its own first answer. */
  readonly by: number;
}

const FILE = "presenting.json";
/** Milliseconds between two looks at the file: a speaker does not notice it. */
const LOOK = 100;

export class Presenting {
  constructor(
    readonly folder: Folder = new Folder(),
    readonly by: number = process.pid,
  ) {}

  tell(lesson: string, { beat, blank }: Where): void {
    const place: SavedPlace = { lesson, beat, blank, by: this.by };
    this.folder.save(FILE, place);
  }

  /** Calls back with each place that another process goes to in this lesson, and first with the one where it is; until `signal`. */
  async follow(lesson: string, on: (place: Where) => void, signal: AbortSignal): Promise<void> {
    let last = "";
    while (!signal.aborted) {
      const there = this.folder.read<SavedPlace>(FILE, isPlace);
      const text = JSON.stringify(there);
      if (text !== last && there && there.lesson === lesson && there.by !== this.by) on({ beat: there.beat, blank: there.blank });
      last = text;
      await delay(LOOK, undefined, { signal }).catch(() => {});
    }
  }
}

const isPlace = ({ lesson, beat, blank, by }: Partial<SavedPlace>): boolean =>
  typeof lesson === "string" && Number.isSafeInteger(beat) && typeof blank === "boolean" && Number.isSafeInteger(by);
