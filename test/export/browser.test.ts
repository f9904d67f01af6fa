import { existsSync, readFileSync, rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keys } from "../../src/export/page/words.js";
import { beyondModelLessons } from "../beyond-model.js";
import { racelab } from "../program.js";
import { exportTo } from "./exporting.js";

/** Debian's Chromium, or the one that `RACELAB_CHROMIUM` names. */
const executablePath = [process.env["RACELAB_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);
const LOST = ["lost-update", "122331"] as const;
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"];

describe.skipIf(executablePath === undefined)("the exported page in a browser", () => {
  let browser: Browser;
  let file: string;
  let text: string;
  beforeAll(async () => {
    file = await exportTo("page.html", ...LOST);
    text = (await racelab(["trace", ...LOST])).stdout;
    browser = await chromium.launch({ executablePath: executablePath!, args });
  });
  afterAll(() => browser?.close());

  async function open(
    hash = "",
    options: Parameters<Browser["newPage"]>[0] = {},
    path = file,
  ): Promise<Page & { asked: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, ...options });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => asked.push(`error: ${error.message}`));
    page.on("console", (message) => asked.push(`console: ${message.text()}`));
    await page.goto(pathToFileURL(path).href + hash);
    return Object.assign(page, { asked });
  }
  const stepShown = (page: Page) => page.locator(".scrubber input").inputValue();

  it("is complete with script off: code, every step in a table with a head, lanes with a description, the verdict", async () => {
    const page = await open("", { javaScriptEnabled: false });
    expect(await page.locator(".steps tbody tr").count()).toBe(6);
    expect(await page.locator(".steps thead th").count()).toBe(8);
    expect(await page.locator(".pan svg.lanes desc").textContent()).toContain("Step 6.");
    expect(await page.locator(".pan svg.lanes").isVisible()).toBe(true);
    expect(await page.locator(".verdict").textContent()).toContain("every sale is counted");
    expect(await page.locator(".code .line").count()).toBeGreaterThan(10);
    expect(page.asked).toEqual([pathToFileURL(file).href]);
    await page.close();
  });

  it("says line for line what racelab trace prints", async () => {
    const page = await open();
    expect(await page.locator("details.plain pre").textContent()).toBe(text);
    await page.close();
  });

  it("says what its letters and strokes mean, under the lanes, also with script off", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await open("", { javaScriptEnabled });
      const legend = await page.locator(".legend").textContent();
      const marks = await page.locator(".pan .mark text").allTextContents();
      for (const mark of marks) {
        const [, letter] = /^↻?([A-Z@?*])✗?!?( |$)/.exec(mark) ?? [];
        if (letter) expect(legend).toContain(letter);
      }
      expect(legend).toContain("this step breaks the property");
      await page.close();
    }
  });

  it("goes with o to the next broken property: its own counterexample, under its name", async () => {
    const path = await exportTo("two.html", "three-lines-of-defence", "1112", "--strategy", "none");
    const page = await open("", {}, path);
    const head = page.locator(".heading");
    expect(await head.textContent()).toMatch(/1112 ✗ a repeat hears the first answer/);
    await page.keyboard.press("o");
    expect(await head.textContent()).toMatch(/112221 ✗ an order is charged at most once: it ends at 2 charges/);
    expect(await stepShown(page)).toBe("6");
    await page.keyboard.press("o");
    expect(await head.textContent()).toMatch(/1112 ✗ a repeat hears the first answer/);
    await page.keyboard.press("o");
    await page.keyboard.press("d");
    expect(await head.textContent()).toMatch(/1112 ✗ a repeat hears the first answer/);
    expect(page.asked).toEqual([pathToFileURL(path).href]);
    await page.close();
    const one = await open();
    expect(await one.locator('nav [data-do="property"]').isHidden()).toBe(true);
    await one.close();
  });

  it("requests nothing but itself, with every key pressed", async () => {
    const page = await open();
    const pressed = keys.flatMap(({ keys }) => keys.split(" ")).filter((key) => !["w", "f", "1-9"].includes(key));
    const names: Record<string, string> = { "→": "ArrowRight", "←": "ArrowLeft" };
    for (const key of [...pressed, "1", "2", "d", "1", "u", "d"]) await page.keyboard.press(names[key] ?? key);
    expect(page.asked).toEqual([pathToFileURL(file).href]);
    await page.close();
  });

  it("reaches every step by keyboard, has it read aloud, and keeps it in the address", async () => {
    const page = await open();
    for (let step = 1; step <= 6; step++) {
      await page.keyboard.press(step % 2 ? "ArrowRight" : "PageDown");
      expect(await stepShown(page)).toBe(String(step));
      expect(await page.locator('[aria-live="polite"]').textContent()).toContain(`${step} Task`);
      expect(await page.locator(".scrubber input").getAttribute("aria-valuetext")).toMatch(new RegExp(`^${step}\\. Task`));
      expect(new URL(page.url()).hash).toContain(`step=${step}`);
    }
    await page.keyboard.press("Home");
    expect(await stepShown(page)).toBe("0");
    await page.keyboard.press("n");
    expect(await stepShown(page)).toBe("6");
    await page.close();
    const again = await open("#step=3&theme=dark");
    expect(await stepShown(again)).toBe("3");
    expect(await again.locator("html").getAttribute("data-theme")).toBe("dark");
    await again.close();
  });

  it.each([
    ["en", "The model does not know what the server would do here: ", "2"],
    ["ko", "여기서 서버가 어떻게 할지 모델이 알지 못합니다: ", "2"],
  ])("says where the model has no answer, with script off and to who decides to go there: %s", async (lang, says, choice) => {
    const { home } = beyondModelLessons();
    const schedule = ["raise-all", choice, "--strategy", "none", "--lessons", home, "--lang", lang];
    const path = await exportTo("beyond.html", ...schedule);
    rmSync(home, { recursive: true });
    const still = await open("", { javaScriptEnabled: false }, path);
    expect(await still.locator(".verdict").textContent()).toContain(says);
    await still.close();
    const page = await open("", {}, path);
    await page.keyboard.press("d");
    await page.keyboard.press(choice);
    const asks = page.locator(".choices p");
    expect(await asks.textContent()).toContain(`${says}task 1 (raise all)`);
    expect(await asks.textContent()).toContain('"heap: true"');
    expect(await page.locator(".choices [data-choice]").count()).toBe(0);
    await page.close();
  });

  it("lets its visitor choose, and says of every choice how many schedules go wrong from there", async () => {
    const page = await open();
    await page.keyboard.press("d");
    expect(await page.locator("[data-choice]").count()).toBe(3);
    expect(await page.locator("[data-choice]").first().textContent()).toContain("28 of 30 go wrong");
    for (const key of "112233") await page.keyboard.press(key);
    expect(await page.locator(".state").textContent()).toContain("97");
    expect(await page.locator(".choices").textContent()).toContain("Nobody can go on");
    expect(new URL(page.url()).hash).toContain("s=112233");
    await page.close();
  });

  it("stops before a problem in presenter mode and asks what will happen", async () => {
    const page = await browser.newPage();
    await page.goto(`${pathToFileURL(file).href}?present`);
    for (let step = 1; step <= 6; step++) await page.keyboard.press("ArrowRight");
    expect(await stepShown(page)).toBe("5");
    expect(await page.locator(".why").textContent()).toContain("What will stock be after this step?");
    await page.locator('.why button[data-value="99"]').click();
    expect(await page.locator(".why").textContent()).toContain("Yes: 99.");
    await page.close();
  });

  it.each([
    { width: 1920, height: 1080, least: 24 },
    { width: 1280, height: 720, least: 18 },
  ])("fits on one screen of $width by $height, no text under $least px", async ({ width, height, least }) => {
    const page = await open("#step=6", { viewport: { width, height } });
    const seen = await page.evaluate(`(() => {
      const smallest = Math.min(...[...document.querySelectorAll("body *")]
        .filter((element) => element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
        .map((element) => Number.parseFloat(getComputedStyle(element).fontSize) *
          (element.closest("svg") ? element.closest("svg").getBoundingClientRect().width / element.closest("svg").viewBox.baseVal.width : 1)));
      const lowest = Math.max(...[".bench", ".pictures", ".code", ".state"].map((part) => document.querySelector(part).getBoundingClientRect().bottom));
      return { smallest, lowest, scrolls: document.documentElement.scrollHeight };
    })()`);
    const { smallest, lowest, scrolls } = seen as { smallest: number; lowest: number; scrolls: number };
    expect(smallest).toBeGreaterThanOrEqual(least - 0.01);
    expect(lowest).toBeLessThanOrEqual(height);
    expect(scrolls).toBe(height);
    await page.close();
  });

  it("has a name for everything that can have the focus, and no id twice", async () => {
    const page = await open();
    const nameless = await page.evaluate(`[...document.querySelectorAll("button, input, summary, [tabindex], svg[role=img]")]
      .filter((element) => element.checkVisibility() && !(element.getAttribute("aria-label") || element.textContent.trim() || element.querySelector("title")))
      .map((element) => element.outerHTML)`);
    expect(nameless).toEqual([]);
    const html = readFileSync(file, "utf8");
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    await page.close();
  });
});
