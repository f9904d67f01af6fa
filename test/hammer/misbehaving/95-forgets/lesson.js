import { misbehave } from "../misbehave.js";

export default misbehave("A request that does not wait for what it asks, and that is refused.", async ({ read }) => {
  read("stock/none");
});
