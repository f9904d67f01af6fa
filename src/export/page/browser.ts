/**
 * What the script adds to the page: going from step to step, and choosing one's own schedule. Everything is drawn by the
 * functions that wrote the page. The page's state is kept in its address alone: nothing is stored, nothing is sent. This
 * file has a tsconfig.json of its own, so that no other file of racelab can name `document`.
 */
import { light } from "../../report/palette.js";
import { escaped, svgFile } from "../../report/svg.js";
import { type PageData, pageThemes } from "./data.js";
import { Ahead, choicesAt, choicesIn, decided } from "./decided.js";
import { recordedExecution, verdict } from "./document.js";
import { drawLanes, explanation, laneFigure, legendFigure, type ShownExecution, statePane, stepsTable, UNITS } from "./parts.js";
import { inWords } from "./words.js";

const PLAY_MS = 1500;
const themes: readonly string[] = pageThemes;
/** Bounds of `size`, the factor by which the page is larger than usual. */
const SMALLEST = 0.7;
const LARGEST = 2;

const find = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E =>
  within.querySelector<E>(selector)!;
const all = (selector: string, within: ParentNode = document): HTMLElement[] => [
  ...within.querySelectorAll<HTMLElement>(selector),
];

const data = JSON.parse(find("#data").textContent ?? "") as PageData;
const words = inWords(data.language);
const original = data.sides.map((side) => recordedExecution(side, data.language));
const { map } = data.sides[0]!;
/** Null: the visitor cannot choose, because that needs all states and one execution alone. */
const ahead = map.complete && data.sides.length === 1 ? new Ahead(map) : null;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const address = new URLSearchParams(location.hash.slice(1));
/** Presenter mode: before a problem the page asks what will happen, and steps to come are hidden. */
const present = new URLSearchParams(location.search).has("present");
let shown: readonly ShownExecution[] = original;
/** The visitor's own choices; null: the recorded order is shown. */
let chosen: string[] | null = null;
/** The broken properties with their schedules, and the index of the one that is shown; -1: none of them. */
const { broken } = data.sides[0]!;
const recorded = broken.findIndex(({ schedule }) => schedule === data.sides[0]!.trace.schedule);
let property = recorded;
/** Steps taken. */
let position = 0;
/** The task whose lane stands out. */
let followed: number | null = Number(address.get("follow")) || null;
/** In presenter mode: the position (from 0) of the step that the page asks about; null: no question is open. */
let asked: number | null = null;
let playing: ReturnType<typeof setInterval> | undefined;
let size = Number(address.get("size")) || 1;
/** The window of the speaker notes. */
let notes: Window | null = null;

const lastPosition = (): number => Math.max(...shown.map(({ steps }) => steps.length));
const problems = (): number[] =>
  [...new Set(shown.flatMap(({ described }) => described.problems))].sort((one, other) => one - other);
/** Of two executions one may be shorter: it stays at its end. */
const positionIn = (side: ShownExecution): number => Math.min(position, side.steps.length);

document.documentElement.classList.add("live");
find(".bench").innerHTML = `
<div class="scrubber"><input type="range" min="0" max="${lastPosition()}" value="0" step="1" aria-label="${escaped(words("step"))}"><div class="ticks" aria-hidden="true"></div></div>
<div class="why" aria-live="polite"></div>
<div class="choices"></div>
<nav><button data-do="back">← ${escaped(words("back"))}</button><button data-do="on">${escaped(words("on"))} →</button><button data-do="decide">d</button><button data-do="property">o ${escaped(words("property"))}</button><button data-do="table">v ${escaped(words("every"))}</button><button data-do="copy">${escaped(words("copy"))}</button><button data-do="save">${escaped(words("save"))}</button><button data-do="keys">? ${escaped(words("keys"))}</button></nav>`;
const range = find<HTMLInputElement>(".scrubber input");

/** Draws everything anew, which takes a millisecond or two. */
function draw(): void {
  for (const [index, side] of shown.entries()) {
    const pan = find(`.pictures .side[data-side="${index}"] .pan`);
    const unit = pixelsOfUnit();
    const room = pan.clientWidth / unit;
    const drawn = drawLanes(data, side, { position: positionIn(side), covered: present, follow: followed, room });
    pan.innerHTML = laneFigure(drawn);
    find(`.pictures .side[data-side="${index}"] .legend`).innerHTML = legendFigure(drawn, room, data.language);
    // The current step stays in the middle third.
    const middle = (drawn.left + (positionIn(side) - 0.5) * drawn.cell) * unit;
    const third = pan.clientWidth / 3;
    if (middle < pan.scrollLeft + third) pan.scrollLeft = middle - third;
    if (middle > pan.scrollLeft + 2 * third) pan.scrollLeft = middle - 2 * third;
    keepNames(pan, unit);
    find(`.state[data-side="${index}"]`).innerHTML = statePane(side, positionIn(side), words);
    scrubber(drawn.left * unit, drawn.cell * unit, pan.clientWidth);
  }
  explain();
  pointAtCode();
  offer();
  for (const row of all(".steps tr[data-step]")) row.toggleAttribute("aria-current", Number(row.dataset["step"]) === position);
  document.body.classList.toggle("ended", position === lastPosition());
  remember();
  writeNotes();
}

/** Screen pixels of one unit of the lanes. */
const pixelsOfUnit = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / UNITS;

/** Keeps the names at the left while the steps are scrolled. */
const keepNames = (pan: HTMLElement, unit: number): void =>
  find(".names", pan).setAttribute("transform", `translate(${pan.scrollLeft / unit} 0)`);

function scrubber(left: number, cell: number, room: number): void {
  range.max = String(lastPosition());
  range.value = String(position);
  range.setAttribute("aria-valuetext", spoken());
  const box = find(".scrubber");
  const fits = left + cell * lastPosition() <= room + 1;
  const width = fits ? cell * lastPosition() : room - left;
  box.style.marginLeft = `${fits ? left - cell / 2 : left}px`;
  box.style.width = `${width}px`;
  const ticks = [
    ...problems().map((index) => [index + 1, "!"] as const),
    ...shown.flatMap(({ lastChance }) => (lastChance === null ? [] : [[lastChance, "⊘"] as const])),
  ];
  find(".ticks").innerHTML = ticks.map(([, mark]) => `<span>${mark}</span>`).join("");
  for (const [index, tick] of all(".ticks span").entries())
    tick.style.left = `${(ticks[index]![0] / Math.max(1, lastPosition())) * 100}%`;
}

const spoken = (): string =>
  position === 0
    ? words("start")
    : shown.map((side) => `${position}. ${side.described.sentences[positionIn(side) - 1] ?? ""}`).join(" ");

function explain(): void {
  const why = find(".why");
  if (asked !== null) {
    why.innerHTML = question(asked);
    for (const button of all("button", why)) button.onclick = () => answer(button.dataset["value"] ?? "");
    return;
  }
  const said = shown.map((side) => {
    const name = shown.length > 1 ? `<em>${escaped(side.side.trace.strategy)}</em> ` : "";
    return position > 0 && position <= side.steps.length ? `<p>${name}${explanation(side, positionIn(side), words)}</p>` : "";
  });
  why.innerHTML = said.join("") || `<p>${escaped(position === 0 ? data.summary : "")}</p>`;
}

/** "What will stock be?" The answers offered are what it was, what it will be and what it should be, in order of size. */
function question(index: number): string {
  const column = shown[0]!.described.columns[index]!;
  const before = shown[0]!.described.columns[index - 1];
  const values = [...new Set([before?.actual ?? column.actual, column.actual, column.expected])].sort(
    (one, other) => one - other,
  );
  const buttons = values.map((value) => `<button data-value="${value}">${value}</button>`).join(" ");
  return `<p><b>${index + 1}</b> ${escaped(words("ask").replace("NAME", data.tally.name))} ${buttons}</p>`;
}

function answer(value: string): void {
  const index = asked!;
  const right = shown[0]!.described.columns[index]!.actual;
  asked = null;
  position = index + 1;
  draw();
  const says = Number(value) === right ? words("yes") : words("no");
  find(".why").insertAdjacentHTML("afterbegin", `<p><strong>${escaped(`${says} ${right}.`)}</strong></p>`);
}

/** Marks the line that ran last, and writes beside each line the tasks that wait to run it. */
function pointAtCode(): void {
  const { side, steps, path } = shown[0]!;
  const ran = steps[position - 1]?.at ?? "";
  const tasks = side.map.states[path[Math.min(position, path.length - 1)]!]!.tasks.map((task) => side.map.tasks[task]!);
  for (const line of all(".code .line")) {
    const here = line.dataset["at"] ?? "";
    const waiting = tasks.flatMap(({ at }, task) => (at === here ? task + 1 : []));
    find(".tasks", line).textContent = waiting.join(" ");
    line.classList.toggle("ran", here === ran);
  }
  const line = find(".code .line.ran") ?? null;
  const pane = line?.closest<HTMLElement>(".code");
  if (!line || !pane) return;
  const [from, to] = [line.offsetTop - pane.offsetTop, pane.clientHeight];
  if (from < pane.scrollTop || from > pane.scrollTop + to - 60) pane.scrollTop = from - to / 2;
}

/** In decide mode: each task that can go on and what that leads to, and each that cannot and for whom it waits. */
function offer(): void {
  document.body.classList.toggle("deciding", chosen !== null);
  const box = find(".choices");
  const button = find('nav [data-do="decide"]');
  button.hidden = ahead === null;
  find('nav [data-do="property"]').hidden = ahead === null || broken.length < 2;
  button.textContent = `d ${words(chosen ? "leave" : "decideKey")}`;
  box.hidden = !chosen || !ahead;
  if (!chosen || !ahead) return;
  const { side, path } = shown[0]!;
  const state = path[position]!;
  const tasks = side.map.states[state]!.tasks.map((task) => side.map.tasks[task]!);
  const open = choicesAt(side, ahead, state);
  const offers = open.map(({ text, task, schedules, wrong }) => {
    const next = task === null ? null : tasks[task - 1]?.operation;
    const what = task === null ? text : `${words("task")} ${task}${next ? `: ${next.kind.replaceAll("-", " ")}` : ""}`;
    const odds =
      schedules === null
        ? ""
        : `<small>${escaped(words("odds").replace("ALL", String(schedules)).replace("WRONG", String(wrong)))}</small>`;
    return `<button data-choice="${escaped(text)}"><kbd>${escaped(text)}</kbd> ${escaped(what)} ${odds}</button>`;
  });
  const blocked = tasks.flatMap(({ status, blockedBy }, task) =>
    status === "blocked"
      ? `<button disabled><kbd>${task + 1}</kbd> ${escaped(words("task"))} ${task + 1} <small>${escaped(`${words("waits")} ${blockedBy.join(", ")}`)}</small></button>`
      : [],
  );
  const undo = `<button data-do="undo"><kbd>u</kbd> ${escaped(words("undo"))}</button>`;
  const beyond = side.map.states[state]!.beyondModel;
  const asks = beyond === null ? words(open.length > 0 ? "decide" : "over") : `${words("beyond")} ${beyond}`;
  box.innerHTML = `<p>${escaped(asks)}</p>${[...offers, ...blocked, undo].join(" ")}`;
  for (const button of all("[data-choice]", box)) button.onclick = () => choose(button.dataset["choice"] ?? "");
  find('[data-do="undo"]', box).onclick = () => act("undo");
}

function choose(text: string): void {
  if (!ahead || !chosen) return;
  const open = choicesAt(shown[0]!.side, ahead, shown[0]!.path[position]!);
  if (!open.some((choice) => choice.text === text)) return;
  replay([...chosen.slice(0, position), text]);
  goTo(chosen.length);
}

/** Shows these choices instead of the recorded ones. */
function replay(choices: readonly string[]): void {
  shown = [decided(data.sides[0]!, ahead!, choices, data.language)];
  chosen = choicesIn(choices.join("")).slice(0, shown[0]!.steps.length);
  find(".steps").innerHTML = stepsTable(data, shown[0]!, words);
  find(".heading code").textContent = chosen.join("");
  find(".heading .verdict").outerHTML = verdict(endOf(shown[0]!), words);
}

/** How the chosen execution ended; the property that the visitor asked for comes first. */
function endOf({ path, lastChance }: ShownExecution): Parameters<typeof verdict>[0] {
  const { end, beyondModel } = map.states[path.at(-1)!]!;
  if (end === null) return { verdict: lastChance === null ? "open" : "violated", violates: [], label: "", beyondModel };
  const { label, violates } = map.ends[end]!;
  const sought = broken[property]?.property;
  const first = violates.filter((one) => one === sought);
  return { verdict: violates.length > 0 ? "violated" : "holds", violates: [...first, ...violates], label, beyondModel };
}

/** The counterexample of the next broken property. */
function nextProperty(): void {
  if (!ahead || broken.length < 2) return;
  property = (property + 1) % broken.length;
  replay(choicesIn(broken[property]!.schedule));
  goTo(lastPosition());
}

function toggleDecide(): void {
  if (!ahead) return;
  if (chosen) {
    chosen = null;
    shown = original;
    find(".steps").innerHTML = stepsTable(data, shown[0]!, words);
    find(".heading code").textContent = data.sides[0]!.trace.schedule;
    find(".heading .verdict").outerHTML = verdict(data.sides[0]!.trace, words);
    property = recorded;
    goTo(Math.min(position, lastPosition()));
  } else {
    replay(choicesIn(data.sides[0]!.trace.schedule).slice(0, position));
    goTo(position);
  }
}

function goTo(step: number): void {
  asked = null;
  position = Math.max(0, Math.min(lastPosition(), step));
  draw();
}

/** One step on; in presenter mode a problem is asked about first. */
function on(): void {
  if (present && asked === null && problems().includes(position)) {
    asked = position;
    explain();
  } else if (asked !== null) answer("");
  else goTo(position + 1);
}

/** Keeps what is shown in the address, so that a link to it can be sent. */
function remember(): void {
  const theme = document.documentElement.dataset["theme"];
  const state = new URLSearchParams({ s: chosen ? chosen.join("") : data.sides[0]!.trace.schedule, step: String(position) });
  if (chosen) state.set("decide", "1");
  if (followed) state.set("follow", String(followed));
  if (theme) state.set("theme", theme);
  if (size !== 1) state.set("size", String(size));
  history.replaceState(null, "", `#${state}`);
}

function play(): void {
  if (playing !== undefined) {
    clearInterval(playing);
    playing = undefined;
  } else if (!calm.matches)
    playing = setInterval(() => {
      if (position >= lastPosition()) play();
      else goTo(position + 1);
    }, PLAY_MS);
}

function scale(by: number): void {
  size = Math.max(SMALLEST, Math.min(LARGEST, Math.round((size + by) * 10) / 10));
  document.documentElement.style.setProperty("--size", String(size));
  draw();
}

function nextTheme(): void {
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = themes.indexOf(document.documentElement.dataset["theme"] ?? preferred);
  document.documentElement.dataset["theme"] = themes[(now + 1) % themes.length]!;
  remember();
}

/** The notes are written into their window from here, because two pages from disk may not be allowed to send messages to each other. */
function openNotes(): void {
  notes = window.open("", "racelab-notes", "popup,width=900,height=700");
  writeNotes();
}

function writeNotes(): void {
  if (!notes || notes.closed) return;
  const next = shown[0]!.described.sentences[position];
  notes.document.title = `${data.title}: ${words("story")}`;
  notes.document.body.innerHTML = `<h1>${escaped(spoken())}</h1>${next ? `<p><b>${escaped(words("next"))}:</b> ${escaped(next)}</p>` : ""}<hr>${find(".story").innerHTML}`;
}

/** Saves the lanes of the whole execution as an SVG file. */
function save(): void {
  const drawn = drawLanes(data, shown[0]!, { position: null, room: 1630 });
  const text = svgFile(drawn, light, `${data.title}, ${shown[0]!.side.trace.strategy}`, data.language);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = `${data.sides[0]!.trace.lesson}.svg`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Selects the text, too, because not every browser lets a file from disk write to the clipboard. */
function copy(): void {
  const details = find<HTMLDetailsElement>("details.plain");
  document.body.classList.add("table");
  details.open = true;
  getSelection()?.selectAllChildren(find("pre", details));
  details.scrollIntoView();
  void navigator.clipboard?.writeText(data.sides[0]!.text).catch(() => {});
}

const actions: Readonly<Record<string, () => void>> = {
  on,
  back: () => goTo(position - 1),
  home: () => goTo(0),
  end: () => goTo(lastPosition()),
  problem: () => goTo((problems().find((index) => index + 1 > position) ?? position - 1) + 1),
  "problem-before": () => goTo((problems().findLast((index) => index + 1 < position) ?? position - 1) + 1),
  play,
  decide: toggleDecide,
  property: nextProperty,
  undo: () => chosen && goTo(position - 1),
  larger: () => scale(0.1),
  smaller: () => scale(-0.1),
  theme: nextTheme,
  table: () => void document.body.classList.toggle("table"),
  notes: openNotes,
  full: () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  blank: () => void document.body.classList.toggle("blank"),
  keys() {
    const details = find<HTMLDetailsElement>("details.keys");
    document.body.classList.add("table");
    details.open = true;
    details.scrollIntoView();
  },
  copy,
  save,
};
const act = (name: string): void => actions[name]?.();

const keymap: Readonly<Record<string, string>> = {
  ArrowRight: "on",
  PageDown: "on",
  " ": "on",
  ArrowLeft: "back",
  PageUp: "back",
  Home: "home",
  End: "end",
  n: "problem",
  N: "problem-before",
  p: "play",
  d: "decide",
  o: "property",
  u: "undo",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  t: "theme",
  v: "table",
  w: "notes",
  f: "full",
  b: "blank",
  ".": "blank",
  "?": "keys",
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { key, target } = event;
  // Space presses a button that has the focus.
  if (key === " " && target instanceof Element && target.matches("button,summary")) return;
  if (/^[1-9]$/.test(key)) {
    if (chosen) choose(key);
    else {
      followed = followed === Number(key) ? null : Number(key);
      draw();
    }
  } else if (keymap[key]) act(keymap[key]);
  else return;
  // Else the scrubber would step a second time when it has the focus.
  event.preventDefault();
});
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  if (document.body.classList.contains("blank")) document.body.classList.remove("blank");
  const button = target.closest<HTMLElement>("nav [data-do]");
  const row = target.closest<HTMLElement>("tr[data-step]");
  if (button) act(button.dataset["do"] ?? "");
  else if (row) goTo(Number(row.dataset["step"]));
});
range.addEventListener("input", () => goTo(Number(range.value)));
find(".bench").addEventListener("wheel", (event) => {
  if ((event as WheelEvent).deltaY !== 0) goTo(position + Math.sign((event as WheelEvent).deltaY));
  event.preventDefault();
});
for (const pan of all(".pan")) pan.addEventListener("scroll", () => keepNames(pan, pixelsOfUnit()));
addEventListener("resize", draw);
addEventListener("beforeprint", () => {
  for (const [index, side] of shown.entries())
    find(`.pictures .side[data-side="${index}"] .pan`).innerHTML = laneFigure(
      drawLanes(data, side, { position: null, room: 1400 }),
    );
});
addEventListener("afterprint", draw);

document.body.classList.toggle("present", present);
if (address.get("theme")) document.documentElement.dataset["theme"] = address.get("theme") ?? "";
if (size !== 1) document.documentElement.style.setProperty("--size", String(size));
if (ahead && address.has("decide")) replay(choicesIn(address.get("s") ?? ""));
goTo(Number(address.get("step") ?? 0));
