/** One thread of a search over several cores: Piscina calls it with a part. */
import { explorePart } from "./explore.js";
import type { SearchPart } from "./parallel.js";

process.setSourceMapsEnabled(true);

export default ({ request, after }: SearchPart) => explorePart(request, after);
