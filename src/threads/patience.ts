/**
 * How long code that may loop for ever is waited for. Its thread or process is asked again and again whether it is there, and
 * ended when it leaves too many questions open: a search that goes on for hours answers each of them.
 */
export const BEAT_MS = 500;
export const MOST_MISSED = 30;
/** A command without screens is waited for longer: it may draw conclusions for a while after a search. */
export const MOST_MISSED_BY_COMMANDS = 4 * MOST_MISSED;
export const secondsOf = (missed: number): number => (BEAT_MS * missed) / 1000;
export const DEAF_SECONDS = secondsOf(MOST_MISSED);
