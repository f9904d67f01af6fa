/** A thread of a search on several cores. Piscina calls it with one part after the other. */
import { explorePart } from "./explore.js";
import { type SearchPart, timeLeft } from "./parallel.js";

process.setSourceMapsEnabled(true);

export default ({ request, after, until }: SearchPart) =>
  explorePart({ ...request, limit: { ...request.limit, seconds: timeLeft(until) } }, after);
