/**
 * The exported page: one file that is opened from disk, and complete without script. The script only adds to it, with the
 * functions that wrote it, bundled together with the checkers: a schedule that a visitor chooses is told like a recorded
 * one. Nothing is ever fetched: the policy in the head allows one script and one style, by their hashes, and nothing else.
 */
import type { Language } from "../../core/language.js";
import type { MapTask } from "../../core/state-map.js";
import { seen } from "../../core/unseen.js";
import { contrast, dark, light, type Palette, variables } from "../../report/palette.js";
import { escaped, laneStyle } from "../../report/svg.js";
import { describeSteps } from "./columns.js";
import type { PageData, PageSide, PageTheme, PageTrace } from "./data.js";
import {
  codeFigure,
  drawLanes,
  laneFigure,
  legendFigure,
  type ShownExecution,
  statePane,
  stepsTable,
  storeAtStart,
} from "./parts.js";
import { inWords, keys, type Words } from "./words.js";

export const pagePalettes: Readonly<Record<PageTheme, Palette>> = { light, dark, contrast };

interface PageAssets {
  readonly style: string;
  readonly script: string;
  /** SHA-256 in base64, as a content security policy wants it. */
  readonly hash: (text: string) => string;
  /** The page opens with this one; absent: with what the visitor's system prefers, light or dark. */
  readonly theme?: PageTheme | undefined;
}

/** Width for the lanes in their units, on the smallest projector that the page is made for: 1280 by 720. */
const ROOM = 1630;

/** The recorded execution as it is shown. */
export const recordedExecution = (side: PageSide, language: Language): ShownExecution => ({
  side,
  steps: side.trace.steps,
  described: describeSteps(storeAtStart(side), side.trace.steps, atTheEnd(side), language),
  path: side.map.path,
  possible: [side.canEndAt, ...side.trace.steps.map(({ canEndAt }) => canEndAt)],
  lastChance: side.trace.pointOfNoReturn,
});

const root = (selector: string, palette: Palette): string =>
  `${selector}{${Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";")}}`;

/** The style sheet with the palettes in front. */
const wholeStyle = (style: string): string =>
  [
    root(":root", light),
    `@media (prefers-color-scheme:dark){${root(":root:not([data-theme])", dark)}}`,
    root(":root[data-theme=dark]", dark),
    root(":root[data-theme=contrast]", contrast),
    laneStyle(variables),
    style.trim(),
  ].join("\n");

/** Without a tag, and with an escape for each character that is not seen. */
const inScript = (data: PageData): string =>
  seen(JSON.stringify(data).replaceAll("<", "\\u003c"), (character) =>
    [...Array(character.length).keys()].map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );

/** The page as text. The same data gives the same bytes. */
export function pageDocument(data: PageData, assets: PageAssets): string {
  const words = inWords(data.language);
  const style = wholeStyle(assets.style);
  const shown = data.sides.map((side) => recordedExecution(side, data.language));
  const policy = `default-src 'none'; script-src 'sha256-${assets.hash(assets.script)}'; style-src 'sha256-${assets.hash(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${data.language}"${assets.theme ? ` data-theme="${escaped(assets.theme)}"` : ""}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="racelab ${escaped(data.version)}">
<title>${escaped(`${data.title}: ${data.sides.map(({ trace }) => trace.strategy).join(", ")}`)}</title>
<style>${style}</style>
</head>
<body${data.sides.length > 1 ? ' class="two"' : ""}>
<header>
<h1>${data.number} <span>${escaped(data.title)}</span></h1>
<p class="summary">${escaped(data.summary)}</p>
${shown.length === 1 ? heading(shown[0]!, words) : ""}
</header>
<main>
<section class="code" aria-label="${escaped(words("code"))}">
${data.code.map(codeFigure).join("\n")}
</section>
${shown.map((each, index) => `<section class="state" data-side="${index}">${statePane(each, each.steps.length, words)}</section>`).join("\n")}
<section class="pictures" aria-label="${escaped(words("lanes"))}">
${shown.map((each, index) => picture(data, each, index, words)).join("\n")}
</section>
<section class="bench" aria-label="${escaped(words("step"))}"></section>
<section class="tables">
${shown.map((each) => `<h2>${escaped(`${words("every")}: ${each.side.trace.strategy}`)}</h2><table class="steps">${stepsTable(data, each, words)}</table>`).join("\n")}
</section>
<section class="more">
${data.sides.map(({ trace, text }) => `<details class="plain"><summary>${escaped(`${words("plain")}: ${trace.strategy}`)}</summary><pre tabindex="0">${escapeLines(text)}</pre></details>`).join("\n")}
<details class="story"><summary>${escaped(words("story"))}</summary>${data.story.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join("")}${data.sides.map(({ cost, trace }) => `<p><b>${escaped(`${words("cost")} (${trace.strategy}):`)}</b> ${escaped(cost)}</p>`).join("")}</details>
<details class="keys"><summary>${escaped(words("keys"))}</summary><dl>${keys.map((key) => `<dt><kbd>${escaped(key.keys)}</kbd></dt><dd>${escaped(key[data.language])}</dd>`).join("")}</dl></details>
</section>
</main>
<footer><code>${escaped(data.command)}</code> <span>racelab ${escaped(data.version)}</span></footer>
<script type="application/json" id="data">${inScript(data)}</script>
<script>${assets.script}</script>
</body>
</html>
`;
}

/** The tasks after the last step of the recorded schedule. */
const atTheEnd = ({ map }: PageSide): readonly MapTask[] => map.states[map.path.at(-1)!]!.tasks.map((task) => map.tasks[task]!);

/** Newlines stay; other control characters are made visible. */
const escapeLines = (text: string): string => text.split("\n").map(escaped).join("\n");

/** What this execution is, and how it ended. */
const heading = ({ side: { trace, summary } }: ShownExecution, words: Words): string =>
  `<p class="heading"><b>${escaped(trace.strategy)}</b> <span>${escaped(summary)}</span> <code>${escaped(trace.schedule)}</code> ${verdict(trace, words)}</p>`;

/** How an execution ended: with a broken property, right, or not yet. */
export function verdict(
  { verdict, violates, label, beyondModel }: Pick<PageTrace, "verdict" | "violates" | "label" | "beyondModel">,
  words: Words,
): string {
  const [kind, says] =
    verdict === "violated"
      ? ["wrong", `✗ ${violates[0] ?? words("lost")}${label ? `: ${words("broken")} ${label}` : ""}`]
      : verdict === "holds"
        ? ["right", `✓ ${words("holds")} ${label}`]
        : ["", beyondModel === null ? words("open") : `${words("beyond")} ${beyondModel}`];
  return `<strong class="verdict ${kind}">${escaped(says)}</strong>`;
}

/** One execution as lanes. With two on the page, each has a caption that says which it is. */
function picture(data: PageData, shown: ShownExecution, index: number, words: Words): string {
  const drawn = drawLanes(data, shown, { position: null, room: ROOM });
  const caption = data.sides.length > 1 ? `<figcaption>${heading(shown, words)}</figcaption>` : "";
  const name = escaped(`${words("lanes")}: ${shown.side.trace.strategy}`);
  return `<figure class="side" data-side="${index}">${caption}
<div class="pan" tabindex="0" role="group" aria-label="${name}">${laneFigure(drawn)}</div>
<div class="legend">${legendFigure(drawn, ROOM, data.language)}</div>
</figure>`;
}
