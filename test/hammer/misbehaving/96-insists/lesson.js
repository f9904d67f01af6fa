import { misbehave } from "../misbehave.js";

export default misbehave("A request that asks again and again, whatever it is told, beyond its deadline.", async ({ read }) => {
  for (;;) {
    try {
      await read("stock/1");
    } catch {}
  }
});
