import { misbehave } from "../misbehave.js";

export default misbehave("A request that waits for something that never comes.", () => new Promise(() => {}));
