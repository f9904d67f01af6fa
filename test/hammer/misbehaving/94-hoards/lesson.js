import { misbehave } from "../misbehave.js";

export default misbehave("A request that takes all memory there is.", () => {
  const hoard = [];
  for (;;) hoard.push(new Array(1e6).fill(hoard.length));
});
