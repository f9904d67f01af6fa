import { type Json, lesson, ok, rejected, type Work } from "racelab";

type Stock = { left: number; [column: string]: Json };

const STOCK = "stock/1";
const PIECES = 100;

/** Read what is left, take one, save it. Written as if nobody else were there. */
const buyOne: Work = {
  name: "buy one",
  keys: [STOCK],
  async body({ read, write }) {
    const stock = await read<Stock>(STOCK);
    if (stock.left < 1) return rejected("sold out");
    await write(STOCK, { ...stock, left: stock.left - 1 });
    return ok();
  },
  atomic: {
    key: STOCK,
    where: [">=", "left", 1],
    set: { left: ["-", "left", 1] },
    otherwise: "sold out",
  },
};

export default lesson({
  title: "Lost update",
  summary: "Two buyers read the same stock. Both write what is left. One sale vanishes.",
  size: { tasks: 3 },
  load: { requests: 100, think: 1 },

  scenario: ({ tasks }) => ({
    rows: { [STOCK]: { left: PIECES } },
    tasks: Array.from({ length: tasks }, () => buyOne),
    tally: {
      name: "stock",
      done: "sold",
      actual: (rows) => Number(rows[STOCK]?.["left"]),
      expected: ({ outcomes }) => PIECES - outcomes.filter((outcome) => outcome?.status === "ok").length,
    },
    properties: [
      {
        name: "every sale is counted",
        kind: "outcome",
        test({ rows, outcomes }) {
          const sold = outcomes.filter((outcome) => outcome?.status === "ok").length;
          const missing = Number(rows[STOCK]?.["left"]) - (PIECES - sold);
          return missing === 0 ? null : `${sold} buyers were told "ok", but the stock went down by ${sold - missing} only`;
        },
      },
    ],
  }),

  label: ({ rows }) => `stock ${rows[STOCK]?.["left"]}`,
});
