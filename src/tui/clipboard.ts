/**
 * OSC 52 asks the terminal, also one at the other end of SSH, to put a text on the clipboard. No terminal answers
 * whether it did, so the caller saves the text in a file as well, and says where.
 */
import type { Environment } from "./terminal.js";

/** Most bytes of base64 that terminals and multiplexers pass on; k9s has the same limit. */
const MOST = 74_994;

/** The sequence, wrapped for tmux inside tmux; null: the text is longer than terminals take. */
export function clipboard(text: string, env: Environment = {}): string | null {
  const encoded = Buffer.from(text, "utf8").toString("base64");
  if (encoded.length > MOST) return null;
  const sequence = `\u001b]52;c;${encoded}\u0007`;
  return env["TMUX"] ? `\u001bPtmux;${sequence.replaceAll("\u001b", "\u001b\u001b")}\u001b\\` : sequence;
}
