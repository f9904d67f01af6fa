import { singleWriter } from "racelab";

export const misconception = "a longer lease instead of a fence";
export const breaks = "whoever was told yes has paid";

/** One owner at a time, until a message comes again. "So the timeout must be long enough." No timeout is. */
export default singleWriter({ fenced: false });
