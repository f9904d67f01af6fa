/** One thread of a search over several cores: Piscina calls it with a part. */
import { explorePart } from "./explore.js";
import type { Part } from "./parallel.js";

process.setSourceMapsEnabled(true);

export default ({ request, after }: Part) => explorePart(request, after);
