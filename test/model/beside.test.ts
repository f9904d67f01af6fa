import { describe, expect, it } from "vitest";
import type { Operation } from "../../src/core/operation.js";
import { begin, error, rollback, stage, value } from "./rules.js";

const lease: Operation = { kind: "acquire", lock: "stock", lease: true };
const release: Operation = { kind: "release", lock: "stock" };
const expire: Operation = { kind: "expire", lock: "stock" };
const write = (n: number, token?: number): Operation => ({
  ...{ kind: "write", key: "stock/1", row: { n } },
  ...(token !== undefined && { token }),
});

describe("a lease (as measured on Redis: redis.json)", () => {
  it("ends when the schedule says so, and its old holder cannot release the new one's", () => {
    const { does, machine, shared } = stage({});
    expect(does("A", lease)).toEqual(value(1));
    expect(does("B", lease)).toBeUndefined();
    expect(machine.environment?.(shared())).toEqual([expire]);
    does("time", expire);
    expect(machine.environment?.(shared())).toEqual([]);
    expect(does("B", lease)).toEqual(value(2));
    expect(does("A", release)).toEqual(value(false));
    expect(does("B", release)).toEqual(value(true));
    expect(does("B", release)).toEqual(value(false));
  });
  it("outlives its holder, and no other lock ends by itself", () => {
    const { does, leaves } = stage({});
    does("A", lease);
    does("A", { kind: "acquire", lock: "mutex" });
    does("time", { kind: "expire", lock: "mutex" });
    expect(does("B", { kind: "acquire", lock: "mutex" })).toBeUndefined();
    leaves("A");
    expect(does("B", { kind: "acquire", lock: "mutex" })).toEqual(value(true));
    expect(does("B", lease)).toBeUndefined();
  });
  it("is no lock file, which outlives its holder too and stays for ever", () => {
    const { does, leaves, machine, shared } = stage({});
    const file: Operation = { kind: "acquire", lock: "stock", lasting: true };
    expect(does("A", file)).toEqual(value(true));
    expect(does("B", file)).toBeUndefined();
    expect(does("A", release)).toEqual(value(true));
    expect(does("A", release)).toEqual(value(false));
    expect(does("B", file)).toEqual(value(true));
    leaves("B");
    expect(machine.environment?.(shared())).toEqual([]);
    does("time", expire);
    expect(does("C", file)).toBeUndefined();
    expect(does("C", release)).toEqual(value(false));
  });
  it("has a token: a row refuses one that is older than it has seen", () => {
    const { does, rows } = stage({ "stock/1": { n: 10 } });
    expect(does("B", write(9, 2))).toEqual(value(null));
    expect(does("A", write(8, 1))).toEqual(error("55000"));
    expect(does("A", { ...write(8, 1), kind: "compare-and-set", version: 0 } as Operation)).toEqual(error("55000"));
    expect(rows()["stock/1"]).toEqual({ n: 9 });
    expect(does("A", write(7))).toEqual(value(null));
  });
  it("protects only a holder that shows its token before it reads", () => {
    const { does } = stage({ "stock/1": { n: 10 } });
    expect(does("A", write(9, 1))).toEqual(value(null));
    expect(does("B", { kind: "raise-fence", key: "stock/1", token: 2 })).toEqual(value(true));
    expect(does("A", write(8, 1))).toEqual(error("55000"));
    expect(does("A", { kind: "raise-fence", key: "stock/1", token: 1 })).toEqual(value(false));
  });
});

describe("a lock of the server", () => {
  const take = (scope?: "server" | "shared"): Operation => ({ kind: "acquire", lock: "stock", ...(scope && { scope }) });
  const twoServers = () => {
    const stand = stage({});
    for (const [name, server] of [
      ["A", 1],
      ["B", 2],
      ["C", 2],
    ] as const)
      stand.arrives(name, server);
    return stand;
  };
  it("excludes whoever is on the same server, and nobody on another", () => {
    const { does, machine, shared, line } = twoServers();
    expect(does("A", take("server"))).toEqual(value(true));
    expect(does("B", take("server"))).toEqual(value(true));
    expect(does("C", take("server"))).toBeUndefined();
    expect(machine.blocks(shared(), line("B"), line("C"), take("server"))).toBe(true);
    expect(machine.blocks(shared(), line("A"), line("C"), take("server"))).toBe(false);
    expect(does("A", { kind: "release", lock: "stock", scope: "server" })).toEqual(value(true));
    expect(does("C", take("server"))).toBeUndefined();
    expect(does("B", { kind: "release", lock: "stock", scope: "server" })).toEqual(value(true));
    expect(does("C", take("server"))).toEqual(value(true));
  });
  it("is let go when its holder is gone, and only that one", () => {
    const { does, leaves } = twoServers();
    does("A", take("server"));
    does("B", take("server"));
    leaves("A");
    expect(does("C", take("server"))).toBeUndefined();
    leaves("B");
    expect(does("C", take("server"))).toEqual(value(true));
  });
  it("is not the shared lock of that name, which excludes everybody and is what a lock is unless said otherwise", () => {
    const { does } = twoServers();
    expect(does("A", take("shared"))).toEqual(value(true));
    expect(does("B", take())).toBeUndefined();
    expect(does("B", take("server"))).toEqual(value(true));
    expect(does("B", { kind: "release", lock: "stock" })).toEqual(value(false));
  });
});

describe("another service", () => {
  const pay = (amount: number, idempotencyKey?: string): Operation => ({
    ...{ kind: "call", service: "payments" },
    request: { amount, ...(idempotencyKey && { idempotencyKey }) },
  });
  it("does what it is asked at once, whatever becomes of the transaction", () => {
    const { does, rows } = stage({ "a/1": { n: 0 } });
    does("A", begin());
    does("A", { kind: "write", key: "a/1", row: { n: 1 } });
    expect(does("A", pay(5))).toEqual(value({ ok: true, status: "done" }));
    does("A", pay(5));
    does("A", rollback);
    expect(rows()).toEqual({
      "a/1": { n: 0 },
      "service/payments/1": { request: { amount: 5 } },
      "service/payments/2": { request: { amount: 5 } },
    });
  });
  it("does the same key once, and refuses it for anything else", () => {
    const { does, rows } = stage({});
    does("A", pay(5, "k"));
    expect(does("B", pay(5, "k"))).toEqual(value({ ok: true, status: "done", replayed: true }));
    expect(does("B", pay(6, "k"))).toEqual(value({ ok: false, status: "refused" }));
    expect(Object.keys(rows())).toEqual(["service/payments/1"]);
  });
  it("does not remember who asked first", () => {
    const effects = (...amounts: number[]) => {
      const { does, shared } = stage({});
      for (const amount of amounts) does("A", pay(amount));
      return shared();
    };
    expect(effects(1, 2)).toEqual(effects(2, 1));
  });
});

describe("a queue", () => {
  const receive: Operation = { kind: "receive", topic: "orders" };
  const publish = (message: string): Operation => ({ kind: "publish", topic: "orders", message });
  it("delivers in order, and waits for a message", () => {
    const { does } = stage({});
    expect(does("W", receive)).toBeUndefined();
    expect(does("W", { ...receive, ifLocked: "nowait" } as Operation)).toEqual(value(null));
    does("A", publish("a"));
    does("A", publish("b"));
    expect(does("W", receive)).toEqual(value({ id: 1, message: "a" }));
    expect(does("V", receive)).toEqual(value({ id: 2, message: "b" }));
  });
  it("lets one consumer at a time have an exclusive topic, and gives each a token that grows", () => {
    const turn: Operation = { kind: "receive", topic: "orders", exclusive: true };
    const { does } = stage({});
    does("A", publish("a"));
    does("A", publish("b"));
    expect(does("W", turn)).toEqual(value({ id: 1, message: "a", token: 1 }));
    expect(does("V", turn)).toBeUndefined();
    expect(does("V", { ...turn, ifLocked: "nowait" } as Operation)).toEqual(value(null));
    does("W", { kind: "ack", topic: "orders", id: 1 });
    expect(does("V", turn)).toEqual(value({ id: 2, message: "b", token: 2 }));
  });
  it("has two owners of an exclusive topic when a message comes again, the newer one with the higher token", () => {
    const turn: Operation = { kind: "receive", topic: "orders", exclusive: true };
    const { does } = stage({});
    does("A", publish("a"));
    does("A", publish("b"));
    does("W", turn);
    does("time", { kind: "redeliver", topic: "orders", id: 1 });
    expect(does("V", turn)).toEqual(value({ id: 1, message: "a", token: 2 }));
    does("V", { kind: "ack", topic: "orders", id: 1 });
    expect(does("W", { kind: "ack", topic: "orders", id: 1 })).toEqual(value(false));
  });
  it("looks at the queue of answers first, and keeps nothing of what came there", () => {
    const either: Operation = { kind: "receive", topic: "orders", exclusive: true, replyTo: "mine" };
    const { does, rows } = stage({});
    expect(does("W", either)).toBeUndefined();
    does("A", publish("a"));
    does("A", { kind: "publish", topic: "mine", message: "yes" });
    expect(does("W", either)).toEqual(value({ id: 1, message: "yes", isReply: true }));
    expect(rows()).toEqual({ "queue/orders/1": { message: "a" } });
    expect(does("W", either)).toEqual(value({ id: 1, message: "a", token: 1 }));
  });
  it("delivers again what is not acknowledged, and no longer after that", () => {
    const { does, machine, shared, rows } = stage({});
    does("A", publish("a"));
    does("W", receive);
    const [again] = machine.environment?.(shared()) ?? [];
    expect(again).toEqual({ kind: "redeliver", topic: "orders", id: 1 });
    does("time", again as Operation);
    expect(does("V", receive)).toEqual(value({ id: 1, message: "a" }));
    expect(rows()).toEqual({ "queue/orders/1": { message: "a" } });
    expect(does("W", { kind: "ack", topic: "orders", id: 1 })).toEqual(value(true));
    expect(does("V", { kind: "ack", topic: "orders", id: 1 })).toEqual(value(false));
    expect(machine.environment?.(shared())).toEqual([]);
    expect(rows()).toEqual({});
  });
});
