import { lesson, ok, strategy } from "racelab";

const misbehaving = (run) => strategy({ summary: "x", cost: "y", requires: [], run });
const work = {
  name: "sell",
  keys: ["stock/1"],
  async body({ read, write }) {
    const stock = await read("stock/1");
    await write("stock/1", { left: stock.left - 1 });
    return ok();
  },
};

/** A lesson whose strategies misbehave, each in its own way. */
export default lesson({
  title: "In turn",
  summary: "Each strategy misbehaves in its own way.",
  size: { tasks: 2 },
  load: { requests: 8, think: 0 },
  variants: {
    hangs: misbehaving(async (_, { acquire }) => {
      await acquire("all", "server");
      await new Promise(() => {});
    }),
    throws: misbehaving(() => Promise.reject(new Error("the gateway said no"))),
    exits: misbehaving(() => process.exit(3)),
    spins: misbehaving(() => {
      while (true);
    }),
    "takes-the-row": misbehaving(async (_, session) => {
      await session.delete("stock/1");
      return ok();
    }),
  },
  scenario: ({ tasks }) => ({
    rows: { "stock/1": { left: 100 } },
    tasks: Array.from({ length: tasks }, () => work),
    tally: {
      name: "stock",
      done: "sold",
      actual: (rows) => rows["stock/1"].left,
      expected: ({ outcomes }) => 100 - outcomes.filter((outcome) => outcome?.status === "ok").length,
    },
    properties: [
      {
        name: "nobody buys from an empty shelf",
        kind: "outcome",
        test: ({ rows }) => (rows["stock/1"].left < 0 ? "bought" : null),
      },
    ],
  }),
  label: ({ rows }) => `stock ${rows["stock/1"]?.left}`,
});
