import { isSerializationFailure, ok, type Row, strategy } from "racelab";

export const misconception = "catching the conflict and reporting success";
export const breaks = "every cart has what it was promised";

/** The error is gone from the log. So is everything that the transaction had done. */
export default strategy({
  summary: "row locks; when the database reports a deadlock, carry on",
  cost: "a customer with a confirmation and without ramen",
  requires: ["transactions", "row-locks"],
  async run(work, session) {
    const read = async <R extends Row>(key: string) => (await session.selectForUpdate(key)) as R;
    try {
      return await session.transaction("read committed", () => work.body({ ...session, read }));
    } catch (error) {
      if (isSerializationFailure(error)) return ok();
      throw error;
    }
  },
});
