// Source: SerayaEryn/fastify-session issue #237, expressjs/session issue #361, linuxfoundation/lfx-self-serve issue #1938. The whole session is loaded at the start of a request and saved at its end.
import type { Property, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = { "session/s": { cart: 0, user: "a", seen: 0 } };
type Data = { cart: number; user: string | null; seen: number };
const properties: Property[] = [
  {
    name: "who has logged out stays logged out",
    kind: "outcome",
    test: ({ rows }) => (rows["session/s"]!.user === null ? null : "logged in again by a slower request"),
  },
];
const request = (change: (data: Data) => Data) => async (s: Session) => {
  const data = await s.read<Data>("session/s");
  await s.write("session/s", change(data));
};
const logout = request((d) => ({ ...d, user: null }));
const poll = request((d) => ({ ...d, seen: d.seen + 1 }));
const touch = request((d) => d);
const patch = async (s: Session) => {
  await s.updateWhere({ key: "session/s", set: { seen: ["+", "seen", 1] } });
};

export default [
  broken("two requests that change it", { rows, tasks: [logout, poll], properties }, properties[0]!.name),
  broken("a request that saves what it loaded", { rows, tasks: [logout, touch], properties }, properties[0]!.name),
  right("only what has changed", { rows, tasks: [logout, patch], properties }),
] satisfies readonly Variant[];
