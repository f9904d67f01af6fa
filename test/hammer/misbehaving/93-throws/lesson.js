import { misbehave } from "../misbehave.js";

export default misbehave("A request that throws.", () => {
  throw new Error("the gateway\u001b[31m said no");
});
