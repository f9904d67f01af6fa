/**
 * What a strategy can ask of its session, in a table: each method with what its doc comment says, the SQL of an example, and
 * what the store must be able to do. All of it is read off the source or found by calling the method, so it cannot grow old.
 */
import type { Language } from "../core/language.js";
import type { Key, Operation, Perform } from "../core/operation.js";
import { type Session, session } from "../core/session.js";
import { type Capability, usedBy } from "../core/store.js";
import { type DeclaredMethod, declaredMethods } from "../course/session-methods.js";
import { type PlainStep, plainStep } from "../stores/plain-sql.js";

export interface SessionMethod extends DeclaredMethod {
  /** An example, as code, and what PostgreSQL is sent for it. */
  readonly example: string;
  readonly sql: readonly PlainStep[];
  readonly needs: readonly Capability[];
}

/** An example of each method. What the store answers does not matter here. */
const examples: { readonly [name in Exclude<keyof Session, "perform">]: (session: Session) => Promise<unknown> } = {
  read: ({ read }) => read("stock/1"),
  find: ({ find }) => find("stock/1"),
  write: ({ write }) => write("stock/1", { pieces: 99 }),
  insert: ({ insert }) => insert("sale/7", { buyer: "Sora" }),
  select: ({ select }) => select({ table: "sale", where: ["=", "buyer", { text: "Sora" }] }),
  call: ({ call }) => call("payments", { amount: 30 }),
  publish: ({ publish }) => publish("orders", { paid: 7 }),
  poll: ({ poll }) => poll("orders"),
  ack: ({ ack }) => ack("orders", 1),
  readVersioned: ({ readVersioned }) => readVersioned("stock/1"),
  compareAndSet: ({ compareAndSet }) => compareAndSet("stock/1", { pieces: 99 }, 3),
  updateWhere: ({ updateWhere }) =>
    updateWhere({ key: "stock/1", where: [">", "pieces", 0], set: { pieces: ["-", "pieces", 1] } }),
  selectForUpdate: ({ selectForUpdate }) => selectForUpdate("stock/1"),
  delete: (session) => session.delete("sale/7"),
  insertRow: ({ insertRow }) => insertRow({ table: "sale", row: { id: 7, buyer: "Sora" }, onConflict: "nothing" }),
  acquire: ({ acquire }) => acquire("stock/1"),
  tryAcquire: ({ tryAcquire }) => tryAcquire("stock/1"),
  release: ({ release }) => release("stock/1"),
  acquireLasting: ({ acquireLasting }) => acquireLasting("stock/1"),
  lease: ({ lease }) => lease("stock/1"),
  raiseFence: ({ raiseFence }) => raiseFence("stock/1", 4),
  begin: ({ begin }) => begin("read committed"),
  commit: ({ commit }) => commit(),
  rollback: ({ rollback }) => rollback(),
  transaction: ({ transaction, write }) => transaction("serializable", () => write("stock/1", { pieces: 99 })),
  sleep: ({ sleep }) => sleep(10),
  choose: ({ choose }) => choose("pays?", ["yes", "no"]),
  receive: ({ receive }) => receive("orders"),
  receiveInTurn: ({ receiveInTurn }) => receiveInTurn("orders"),
};

/** The body of an example's function, as it stands above. */
const codeOf = (example: (session: Session) => unknown): string => {
  const text = String(example).replaceAll(/\s+/g, " ");
  return text
    .slice(text.indexOf("=>") + 2)
    .trim()
    .replace(/^session\./, "");
};

export async function sessionSheet(language: Language): Promise<readonly SessionMethod[]> {
  return Promise.all(
    declaredMethods(language).map(async ({ name, call, says }) => {
      const asked: Operation[] = [];
      const perform: Perform = (operation) => {
        asked.push(operation);
        return Promise.resolve({} as never);
      };
      const example = examples[name as keyof typeof examples];
      await example(session(perform));
      const setting = {
        dialect: "postgres",
        tables: {},
        isThere: (key: Key) => key.startsWith("stock"),
        taken: () => "lock" as const,
      } as const;
      return {
        name,
        call,
        says,
        example: codeOf(example),
        sql: asked.map((operation) => plainStep(operation, setting)),
        needs: [...new Set(asked.flatMap((operation) => [...usedBy(operation)]))],
      };
    }),
  );
}
