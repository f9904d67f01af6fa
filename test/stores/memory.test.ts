import { memoryStore } from "../../src/stores/memory.js";
import { conformance } from "./conformance.js";

conformance("memory", async () => memoryStore());
