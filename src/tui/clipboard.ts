/** OSC 52: the terminal, also one at the other end of SSH, puts a text on the clipboard. None answers whether it did. */
import type { Environment } from "./terminal.js";

/** Bytes of base64 that terminals and multiplexers let pass; k9s has the same limit. */
const MOST = 74_994;

/** The sequence, through tmux where that lies between; null: more than terminals take. */
export function clipboard(text: string, env: Environment = {}): string | null {
  const encoded = Buffer.from(text, "utf8").toString("base64");
  if (encoded.length > MOST) return null;
  const sequence = `\u001b]52;c;${encoded}\u0007`;
  return env["TMUX"] ? `\u001bPtmux;${sequence.replaceAll("\u001b", "\u001b\u001b")}\u001b\\` : sequence;
}
