import { misbehave } from "../misbehave.js";

export default misbehave("A request that writes what is no data.", async ({ write }) => {
  const row = { left: 1 };
  row.itself = row;
  await write("stock/1", row);
});
