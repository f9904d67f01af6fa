import { lesson, ok } from "racelab";

/** A lesson in which the fourth request that a thread begins does `something` between its read and its write. */
export function misbehave(summary, something) {
  let begun = 0;
  const work = {
    name: "misbehave",
    keys: ["stock/1"],
    async body(access) {
      const { read, write } = access;
      const stock = await read("stock/1");
      if (++begun === 4) await something(access);
      await write("stock/1", { left: stock.left - 1 });
      return ok();
    },
  };
  const sold = (outcomes) => outcomes.filter((outcome) => outcome?.status === "ok").length;
  return lesson({
    title: "Misbehaving",
    summary,
    size: { tasks: 2 },
    load: { requests: 20, think: 0 },
    scenario: ({ tasks }) => ({
      rows: { "stock/1": { left: 100 } },
      tasks: Array.from({ length: tasks }, () => work),
      tally: {
        name: "stock",
        done: "sold",
        actual: (rows) => rows["stock/1"].left,
        expected: ({ outcomes }) => 100 - sold(outcomes),
      },
      properties: [{ name: "the stock stays", kind: "outcome", test: ({ rows }) => (rows["stock/1"] ? null : "it is gone") }],
    }),
    label: ({ rows }) => `stock ${rows["stock/1"].left}`,
  });
}
