/**
 * The store under its new names as a short text: two stores have one code where they are equal under their new names, and only
 * there. The search compares codes, and keeps a store's engine as its code: a hundred bytes instead of the twenty objects that
 * a step makes of it again.
 *
 * The bet: most stores that a step makes were met before, and to write a hundred small numbers costs a tenth of making a
 * store of objects and its JSON text. The trap: what is left out of the code makes two stores one, and is not there when it is
 * read. So the parts are listed by type here (a new field does not compile), and laws hold codes and values to each other.
 */
import { canonicalText } from "../core/canonical-text.js";
import type { Row } from "../core/operation.js";
import { tableOf } from "../core/relation.js";
import type { Heavy, HeldLock, Mode } from "./heavy.js";
import type { Naming, Numbered } from "./naming.js";
import type {
  Engine,
  Line,
  PredicateRead,
  RowVersion,
  Serializable,
  Shared,
  StartedStatement,
  Tracked,
  Transaction,
  Wait,
} from "./state.js";

type Flagged<T, Named extends keyof T> = { readonly [field in Exclude<keyof T, Named>]: number };

/** The parts of a store beside the engine: each is a value as a whole. */
const beside: { readonly [part in Exclude<keyof Shared, "engine">]: true } = {
  rows: true,
  versions: true,
  locks: true,
  leases: true,
  fences: true,
  services: true,
  queues: true,
  order: true,
};
const parts = Object.keys(beside) as readonly (keyof typeof beside)[];

/** Which fields have a value: one bit each. Fields that always have one, or follow from others, are left out. */
const ofVersion: Flagged<RowVersion, "id" | "table" | "key" | "row" | "from" | "chain"> = {
  xmin: 1,
  by: 2,
  byMode: 4,
  apart: 8,
  undone: 16,
  until: 32,
  next: 64,
  locks: 128,
  queue: 256,
  entering: 512,
  count: 1024,
  writer: 2048,
};
const ofWait: Flagged<Wait, "who"> = { xid: 1, version: 2, advisory: 4, left: 8 };
const ofTracked: Flagged<Tracked, "id" | "snapshot" | "xmin"> = {
  who: 1,
  wrote: 2,
  doomed: 4,
  committed: 8,
  before: 16,
  out: 32,
};
const readsOn: readonly PredicateRead["on"][] = ["row", "page", "table", "index"];
/** Below: one byte; then two; else the number of the value in a table. */
const [ONE, TWO, FAR] = [224, 224 + 31 * 256, 255];

export class Coder {
  #bytes = Buffer.alloc(1024);
  #length = 0;
  /** The code that is read, and where. */
  #code = "";
  #at = 0;
  /** The highest number of a session that was read. */
  #sessions = 0;
  /** Numbers for values, by their text; the same object is mostly met again. */
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<object, number>();
  readonly #values: object[] = [{}];
  readonly #textNumbers = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #tables: string[] = [];
  readonly #sorted: number[] = [];
  /** The parts beside the engine of the store that was written last, and their numbers. */
  readonly #lastParts: (object | undefined)[] = parts.map(() => undefined);
  readonly #lastNumbers: number[] = parts.map(() => 0);

  /** The code of a store that has an engine. */
  write(shared: Shared, engine: Engine, naming: Naming): string {
    this.#length = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = shared[parts[i]!];
      // Most steps leave these parts as they were.
      if (part !== this.#lastParts[i]) {
        this.#lastParts[i] = part;
        this.#lastNumbers[i] = this.#value(part);
      }
      this.#put(this.#lastNumbers[i]!);
    }
    // `nextId` follows from how many names there are.
    const { nextXid, commits, owners, waits, snapshots, advisory, serializable } = engine;
    // A snapshot remembers the number that came next then: that may still be the next one.
    this.#put(naming.xid(nextXid));
    this.#put(naming.moment(commits, true));
    this.#put(naming.versions.length);
    for (const version of naming.versions) this.#version(version, naming);
    this.#put(owners.length);
    for (const [xid, who] of owners) {
      this.#put(naming.xid(xid));
      this.#put(naming.who(who));
    }
    this.#put(waits.length);
    const inOrder = waits.length > 1 ? waits.toSorted((a, b) => naming.who(a.who) - naming.who(b.who)) : waits;
    for (const wait of inOrder) this.#wait(wait, naming);
    this.#put(snapshots.length);
    for (const snapshot of snapshots) this.#put(naming.moment(snapshot, true));
    this.#put(advisory.length);
    for (const [lock, claims] of advisory) {
      this.#put(lock);
      this.#heavy(claims, naming);
    }
    this.#put(serializable ? 1 : 0);
    if (serializable) this.#serializable(serializable, naming);
    return this.#taken();
  }

  /** The store whose code this is. */
  read(code: string): Shared {
    this.#code = code;
    this.#at = 0;
    this.#sessions = 0;
    const shared: Record<string, object> = {};
    for (const part of parts) {
      const value = this.#get();
      if (value > 0) shared[part] = this.#values[value]!;
    }
    shared["engine"] = this.#readEngine();
    return shared as unknown as Shared;
  }

  #readEngine(): Engine {
    const nextXid = this.#get();
    const commits = this.#get();
    const versions: RowVersion[] = [];
    for (let id = 1, count = this.#get(); id <= count; id++) versions.push(this.#readVersion(id));
    const owners: (readonly [number, number])[] = [];
    for (let left = this.#get(); left > 0; left--) owners.push([this.#get(), this.#who()]);
    const waits: Wait[] = [];
    for (let left = this.#get(); left > 0; left--) waits.push(this.#readWait());
    const snapshots: number[] = [];
    for (let left = this.#get(); left > 0; left--) snapshots.push(this.#get());
    const advisory: (readonly [number, Heavy])[] = [];
    for (let left = this.#get(); left > 0; left--) advisory.push([this.#get(), this.#readHeavy()]);
    const serializable = this.#get() > 0 ? this.#readSerializable() : undefined;
    const nextId = Math.max(versions.length, serializable?.transactions.length ?? 0, this.#sessions + 1) + 1;
    return { nextXid, nextId, commits, versions, owners, waits, snapshots, advisory, serializable };
  }

  /** The code of a line. A machine made out of this one may have lines of its own: they are known by their value. */
  line(line: Line): string {
    let fields = 0;
    for (const _ in line) fields++;
    if (fields !== FIELDS_OF_LINE || line.locks === undefined) return `\u2261${canonicalText(line)}`;
    const { server, locks, transaction, who, statement, advisory, lockTimeout, lasting, leases } = line;
    this.#length = 0;
    this.#putMaybe(server);
    this.#put(this.#value(locks));
    this.#put(transaction ? 1 : 0);
    if (transaction) this.#transaction(transaction);
    this.#putMaybe(who);
    this.#put(statement ? 1 : 0);
    if (statement) this.#statement(statement);
    this.#put(this.#value(advisory));
    this.#putMaybe(lockTimeout);
    this.#put(this.#value(lasting));
    this.#put(this.#value(leases));
    return this.#taken();
  }

  #transaction({ isolation, implicit, failed, snapshot, tracked, levels }: Transaction): void {
    this.#put(this.#text(isolation));
    this.#put((implicit ? 1 : 0) | (failed ? 2 : 0));
    this.#putMaybe(snapshot);
    this.#putMaybe(tracked);
    this.#put(levels.length);
    for (const { name, xids, advisory } of levels) {
      this.#put(name === undefined ? 0 : this.#text(name) + 1);
      this.#putAll(xids);
      this.#put(advisory.length);
      for (const [lock, mode] of advisory) {
        this.#put(lock);
        this.#put(mode);
      }
    }
  }

  #statement(statement: StartedStatement): void {
    const { snapshot, registered, todo, at, hop, again, queue, pending, newer, passed, passing, entering, count, rows } =
      statement;
    this.#put(snapshot);
    this.#put((registered ? 1 : 0) | (again ? 2 : 0) | (passing ? 4 : 0) | (todo ? 8 : 0) | (pending ? 16 : 0) | (rows ? 32 : 0));
    this.#putMaybe(at);
    this.#putMaybe(hop);
    this.#putMaybe(queue);
    this.#putMaybe(newer);
    this.#putMaybe(passed);
    this.#putMaybe(entering);
    this.#putMaybe(count);
    if (todo) this.#putAll(todo);
    if (pending) this.#putAll(pending);
    if (!rows) return;
    this.#put(rows.length);
    for (const row of rows) this.#put(this.#value(row));
  }

  #putMaybe(n: number | undefined): void {
    this.#put(n === undefined ? 0 : n + 1);
  }

  #putAll(list: readonly number[]): void {
    this.#put(list.length);
    for (const n of list) this.#put(n);
  }

  /** Lists of numbers as one text. */
  lists(lists: readonly Numbered[]): string {
    this.#length = 0;
    for (const { items, length } of lists) {
      this.#put(length);
      for (let i = 0; i < length; i++) this.#put(items[i]!);
    }
    return this.#taken();
  }

  /** Fills the lists with what such a text says. */
  readLists(text: string, lists: readonly Numbered[]): void {
    this.#code = text;
    this.#at = 0;
    for (const list of lists) {
      list.clear();
      for (let left = this.#get(); left > 0; left--) list.add(this.#get());
    }
  }

  #version(version: RowVersion, naming: Naming): void {
    const { xmin, by, byMode, apart, undone, until, next, locks, queue, entering, count, writer } = version;
    const after = next === undefined ? 0 : naming.id(next);
    const flags =
      (xmin === undefined ? 0 : ofVersion.xmin) |
      (by === undefined ? 0 : ofVersion.by) |
      (byMode === undefined ? 0 : ofVersion.byMode) |
      (apart === undefined ? 0 : ofVersion.apart) |
      (undone === undefined ? 0 : ofVersion.undone) |
      (until === undefined ? 0 : ofVersion.until) |
      (after === 0 ? 0 : ofVersion.next) |
      (locks === undefined ? 0 : ofVersion.locks) |
      (queue === undefined ? 0 : ofVersion.queue) |
      (entering === undefined ? 0 : ofVersion.entering) |
      (count === undefined ? 0 : ofVersion.count) |
      (writer === undefined ? 0 : ofVersion.writer);
    this.#put(this.#text(version.key));
    this.#put(this.#value(version.row));
    this.#put(flags);
    this.#put(naming.chain(version));
    this.#put(xmin === undefined ? naming.moment(version.from) : naming.xid(xmin));
    if (by !== undefined) this.#put(naming.xid(by));
    if (byMode !== undefined) this.#put(byMode);
    if (undone !== undefined) this.#put(undone);
    if (until !== undefined) this.#put(naming.moment(until));
    if (writer !== undefined) this.#put(naming.xid(writer));
    if (after > 0) this.#put(after);
    if (locks !== undefined) {
      this.#put(locks.length);
      for (const [holder, mode] of locks) {
        this.#put(naming.xid(holder));
        this.#put(mode);
      }
    }
    if (queue !== undefined) this.#heavy(queue, naming);
    if (entering !== undefined) this.#put(entering);
    if (count !== undefined) this.#put(count);
  }

  #readVersion(id: number): RowVersion {
    const text = this.#get();
    const key = this.#texts[text]!;
    this.#tables[text] ??= tableOf(key);
    const table = this.#tables[text];
    const row = this.#values[this.#get()] as Row;
    const flags = this.#get();
    const chain = this.#get();
    const made = this.#get();
    const isRunning = (flags & ofVersion.xmin) > 0;
    return {
      id,
      table,
      key,
      row,
      xmin: isRunning ? made : undefined,
      from: isRunning ? 0 : made,
      by: flags & ofVersion.by ? this.#get() : undefined,
      byMode: flags & ofVersion.byMode ? (this.#get() as Mode) : undefined,
      apart: flags & ofVersion.apart ? true : undefined,
      undone: flags & ofVersion.undone ? (this.#get() as Mode) : undefined,
      until: flags & ofVersion.until ? this.#get() : undefined,
      writer: flags & ofVersion.writer ? this.#get() : undefined,
      next: flags & ofVersion.next ? this.#get() : undefined,
      locks: flags & ofVersion.locks ? this.#readLocks() : undefined,
      queue: flags & ofVersion.queue ? this.#readHeavy() : undefined,
      entering: flags & ofVersion.entering ? this.#get() : undefined,
      chain,
      count: flags & ofVersion.count ? this.#get() : undefined,
    };
  }

  #readLocks(): (readonly [number, Mode])[] {
    const locks: (readonly [number, Mode])[] = [];
    for (let left = this.#get(); left > 0; left--) locks.push([this.#get(), this.#get() as Mode]);
    return locks;
  }

  #wait({ who, xid, version, advisory, left }: Wait, naming: Naming): void {
    const at = version === undefined ? 0 : naming.id(version);
    const flags =
      (xid === undefined ? 0 : ofWait.xid) |
      (at === 0 ? 0 : ofWait.version) |
      (advisory === undefined ? 0 : ofWait.advisory) |
      (left === undefined ? 0 : ofWait.left);
    this.#put(naming.who(who));
    this.#put(flags);
    if (xid !== undefined) this.#put(naming.xid(xid));
    if (at > 0) this.#put(at);
    if (advisory !== undefined) this.#put(advisory);
    if (left !== undefined) this.#put(left);
  }

  #readWait(): Wait {
    const who = this.#who();
    const flags = this.#get();
    return {
      who,
      xid: flags & ofWait.xid ? this.#get() : undefined,
      version: flags & ofWait.version ? this.#get() : undefined,
      advisory: flags & ofWait.advisory ? this.#get() : undefined,
      left: flags & ofWait.left ? this.#get() : undefined,
    };
  }

  #heavy({ held, waiting }: Heavy, naming: Naming): void {
    this.#claims(held, naming);
    this.#claims(waiting, naming);
  }

  #claims(claims: readonly HeldLock[], naming: Naming): void {
    this.#put(claims.length);
    for (const [who, mode] of claims) {
      this.#put(naming.who(who));
      this.#put(mode);
    }
  }

  #readHeavy(): Heavy {
    return { held: this.#readClaims(), waiting: this.#readClaims() };
  }

  #readClaims(): HeldLock[] {
    const claims: HeldLock[] = [];
    for (let left = this.#get(); left > 0; left--) claims.push([this.#who(), this.#get() as Mode]);
    return claims;
  }

  #serializable({ transactions, edges, reads }: Serializable, naming: Naming): void {
    this.#put(transactions.length);
    for (const { who, snapshot, xmin, wrote, doomed, committed, before, out } of transactions) {
      const flags =
        (who === undefined ? 0 : ofTracked.who) |
        (wrote === undefined ? 0 : ofTracked.wrote) |
        (doomed === undefined ? 0 : ofTracked.doomed) |
        (committed === undefined ? 0 : ofTracked.committed) |
        (before === undefined ? 0 : ofTracked.before) |
        (out === undefined ? 0 : ofTracked.out);
      this.#put(flags);
      this.#put(naming.moment(snapshot, true));
      this.#put(naming.xid(xmin));
      if (who !== undefined) this.#put(naming.who(who));
      if (committed !== undefined) this.#put(naming.moment(committed));
      if (before !== undefined) this.#put(naming.xid(before));
    }
    this.#edges(edges, naming);
    this.#reads(reads, naming);
  }

  #readSerializable(): Serializable {
    const transactions: Tracked[] = [];
    for (let id = 1, count = this.#get(); id <= count; id++) {
      const flags = this.#get();
      const snapshot = this.#get();
      const xmin = this.#get();
      transactions.push({
        id,
        who: flags & ofTracked.who ? this.#who() : undefined,
        snapshot,
        xmin,
        wrote: flags & ofTracked.wrote ? true : undefined,
        doomed: flags & ofTracked.doomed ? true : undefined,
        committed: flags & ofTracked.committed ? this.#get() : undefined,
        before: flags & ofTracked.before ? this.#get() : undefined,
        out: flags & ofTracked.out ? true : undefined,
      });
    }
    const edges: (readonly [number, number])[] = [];
    for (let left = this.#get(); left > 0; left--) edges.push([this.#get(), this.#get()]);
    const reads: PredicateRead[] = [];
    for (let left = this.#get(); left > 0; left--) {
      const kind = this.#get();
      const table = this.#texts[Math.floor(kind / readsOn.length)]!;
      reads.push({ on: readsOn[kind % readsOn.length]!, table, n: this.#get(), by: this.#get() });
    }
    return { transactions, edges, reads };
  }

  /** By reader, then by writer. */
  #edges(edges: Serializable["edges"], naming: Naming): void {
    const sorted = this.#sorted;
    let length = 0;
    for (const [reader, writer] of edges)
      length = insert(sorted, length, naming.track(reader) * PLACES + naming.track(writer), 0);
    this.#put(edges.length);
    for (let i = 0; i < length; i += 2) {
      this.#put(Math.floor(sorted[i]! / PLACES));
      this.#put(sorted[i]! % PLACES);
    }
  }

  /** In order of table, kind and number; of one number in the order in which they stand. */
  #reads(reads: readonly PredicateRead[], naming: Naming): void {
    const sorted = this.#sorted;
    let length = 0;
    for (const { on, table, n, by } of reads) {
      const at = on === "row" ? naming.id(n) : n;
      if (on === "row" && at === 0) continue;
      length = insert(sorted, length, (this.#text(table) * readsOn.length + readsOn.indexOf(on)) * PLACES + at, naming.track(by));
    }
    this.#put(length / 2);
    for (let i = 0; i < length; i += 2) {
      const kind = Math.floor(sorted[i]! / PLACES);
      this.#put(kind);
      this.#put(sorted[i]! % PLACES);
      this.#put(sorted[i + 1]!);
    }
  }

  #text(text: string): number {
    let number = this.#textNumbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#textNumbers.set(text, number);
    }
    return number;
  }

  #value(value: object | undefined): number {
    if (value === undefined) return 0;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const text = canonicalText(value);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#values.push(value) - 1;
      this.#numbers.set(text, number);
    }
    this.#known.set(value, number);
    return number;
  }

  #put(n: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.#bytes.length);
    const bytes = this.#bytes;
    if (n >= 0 && n < ONE && Number.isInteger(n)) bytes[this.#length++] = n;
    else if (n >= 0 && n < TWO && Number.isInteger(n)) {
      bytes[this.#length++] = ONE + ((n - ONE) >> 8);
      bytes[this.#length++] = (n - ONE) & 255;
    } else {
      bytes[this.#length++] = FAR;
      this.#put(this.#text(`${n}`));
    }
  }

  #get(): number {
    const first = this.#code.charCodeAt(this.#at++);
    if (first < ONE) return first;
    if (first < FAR) return ONE + ((first - ONE) << 8) + this.#code.charCodeAt(this.#at++);
    return Number(this.#texts[this.#get()]);
  }

  #who(): number {
    const who = this.#get();
    if (who > this.#sessions) this.#sessions = who;
    return who;
  }

  #taken(): string {
    return this.#bytes.toString("latin1", 0, this.#length);
  }
}

const FIELDS_OF_LINE = 9;

/** More than there are names or places in a list. */
const PLACES = 2 ** 20;

/** Puts a number and what belongs to it among the pairs, behind those of the same number. Answers how long the list is now. */
function insert(pairs: number[], length: number, n: number, belongs: number): number {
  let i = length;
  for (; i > 0 && pairs[i - 2]! > n; i -= 2) {
    pairs[i] = pairs[i - 2]!;
    pairs[i + 1] = pairs[i - 1]!;
  }
  pairs[i] = n;
  pairs[i + 1] = belongs;
  return length + 2;
}
