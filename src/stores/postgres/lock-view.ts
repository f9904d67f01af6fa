/** Which operations wait for a lock, as the PostgreSQL server sees it. */
import { getOrInsert } from "../../core/get-or-insert.js";
import type { Connection, LockView, LockWait, Watch } from "../../core/store.js";
import type { PostgresLine } from "./line.js";

/** Milliseconds after which a statement may be waiting for a lock: before that the server is not asked. */
const SHORT_MS = 10;
/** Milliseconds between two looks at who waits: pg_stat_activity costs the server as much as several statements. */
const LOOK_MS = 50;

/** Which of these server processes wait for a lock. */
const WAITING = "select pid from pg_stat_activity where pid = any($1::int[]) and wait_event_type = 'Lock'";

/**
 * The active ones of these server processes, which others each waits for (pg_blocking_pids sees locks that are held and
 * the queues for them; null: it does not wait), and for how many milliseconds. `waitstart` is there from PostgreSQL 14
 * on; before that a wait counts as just begun.
 */
const VIEW = `select pid, coalesce(by, '{}') as by,
    case when by is null then null else coalesce((
      select extract(epoch from clock_timestamp() - (to_jsonb(l)->>'waitstart')::timestamptz) * 1000
      from pg_locks l where l.pid = active.pid and not granted limit 1), 0)::float8 end as ms
  from (select pid, case wait_event_type when 'Lock' then pg_blocking_pids(pid) end as by
    from pg_stat_activity where pid = any($1) and state = 'active') active`;

type Ask = (text: string, values: unknown[]) => Promise<readonly { readonly [column: string]: unknown }[]>;

export async function lockViewOf(lines: readonly PostgresLine[], ask: Ask): Promise<LockView> {
  const owner = new Map<number, Connection>();
  for (const line of lines) for (const pid of line.pids) owner.set(pid, line);
  const rows = (await ask(VIEW, [[...owner.keys()]])) as unknown as { pid: number; by: number[]; ms: number }[];
  const waiting = new Map<Connection, LockWait>();
  const busy = new Set<Connection>();
  for (const { pid, by, ms } of rows) {
    const line = owner.get(pid) as Connection;
    if (by.length === 0) busy.add(line);
    else waiting.set(line, { behind: [...new Set(by.flatMap((other) => owner.get(other) ?? []))], ms });
  }
  await Promise.all(lines.map((line) => line.lookAgain()));
  for (const line of lines) if (line.isLooking) waiting.set(line, { behind: [], ms: Number.POSITIVE_INFINITY });
  for (const line of waiting.keys()) busy.delete(line);
  return { waiting, busy };
}

/** Asks the server now and then which operations under way wait for a lock, and tells their watches. */
export class LockSampler {
  /** By server process, one for each connection for all its life; without a watch the statement has been answered. */
  readonly #asked = new Map<number, { watch: Watch | undefined; since: number }>();
  readonly #ask: Ask;
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(ask: Ask) {
    this.#ask = ask;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const long = [...this.#asked].filter(([, { watch, since }]) => watch && now - since > SHORT_MS).map(([pid]) => pid);
    if (long.length === 0 || this.#isLooking) return;
    this.#isLooking = true;
    for (const { pid } of await this.#ask(WAITING, [long]).catch(() => [])) {
      const one = this.#asked.get(pid as number);
      one?.watch?.blocked();
      if (one) one.watch = undefined;
    }
    this.#isLooking = false;
  }

  /** A statement leaves for this server process; `watch` is told if it waits, until `answered`. */
  asked(pid: number, watch: Watch): void {
    const one = getOrInsert(this.#asked, pid, () => ({ watch, since: 0 }));
    one.watch = watch;
    one.since = performance.now();
  }

  answered(pid: number): void {
    const one = this.#asked.get(pid);
    if (one) one.watch = undefined;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
