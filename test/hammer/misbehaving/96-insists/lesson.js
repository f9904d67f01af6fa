import { misbehave } from "../misbehave.js";

export default misbehave("A request that asks again and again, whatever it is told, beyond its deadline.", async ({ read }) => {
  for (let asked = 0; ; asked++) {
    try {
      await read("stock/1");
    } catch {}
    // In bursts: what matters is that it asks after its deadline, too.
    if (asked % 100 === 99) await new Promise((goOn) => setTimeout(goOn, 10));
  }
});
