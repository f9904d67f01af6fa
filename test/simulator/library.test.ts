/** A test of ten lines as an engineer writes it, through the public entry. */
import { explore, model, type Session } from "racelab";
import { expect, test } from "vitest";

test("is this function safe when two run at once?", async () => {
  async function withdraw({ read, write }: Session) {
    const account = await read<{ balance: number }>("account/1");
    if (account.balance < 80) return "refused";
    await write("account/1", { balance: account.balance - 80 });
    return "paid";
  }
  const { verdict, counterexample, outcomes } = await explore({
    rows: { "account/1": { balance: 100 } },
    model,
    tasks: [withdraw, withdraw],
    properties: [
      {
        name: "never paid twice",
        kind: "outcome",
        test: ({ outcomes }) => (outcomes.every((outcome) => outcome?.detail === "paid") ? "paid twice" : null),
      },
    ],
  });
  expect([verdict, counterexample?.schedule]).toEqual(["violated", "1221"]);
  expect(outcomes.map(({ schedules }) => schedules)).toEqual([4n, 2n]);
});
