import { misbehave } from "../misbehave.js";

export default misbehave("A request that never comes up for air.", () => {
  for (;;);
});
