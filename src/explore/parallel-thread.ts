/** A thread of a search on several cores. Piscina calls it with one part after the other. */
import { isSaid } from "../core/failure.js";
import { explorePart } from "./explore.js";
import { type PartFound, type SearchPart, timeLeft } from "./parallel.js";

process.setSourceMapsEnabled(true);

export default async ({ request, after, until }: SearchPart): Promise<PartFound> => {
  try {
    return { found: await explorePart({ ...request, limit: { ...request.limit, seconds: timeLeft(until) } }, after) };
  } catch (error) {
    if (isSaid(error)) return { refusal: error.message };
    throw error;
  }
};
