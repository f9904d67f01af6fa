import { misbehave } from "../misbehave.js";

export default misbehave("A request that changes its row after it has asked for it to be written.", async ({ read, write }) => {
  const stock = await read("stock/1");
  const writing = write("stock/1", stock);
  stock.left = -1000;
  await writing;
  if ((await read("stock/1")).left < 0) throw new Error("the scribble was written");
});
