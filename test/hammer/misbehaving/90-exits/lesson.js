import { misbehave } from "../misbehave.js";

export default misbehave("A request that ends its process.", () => process.exit(3));
