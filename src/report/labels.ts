/** The words that all labels begin with, and the blank after them: "stock " of "stock 97" and "stock 98". Often empty. */
export function commonBeginning(labels: readonly string[]): string {
  const [first = ""] = labels;
  const words = first.split(" ").slice(0, -1);
  while (words.length > 0 && !labels.every((label) => label.startsWith(`${words.join(" ")} `))) words.pop();
  return words.length > 0 ? `${words.join(" ")} ` : "";
}
