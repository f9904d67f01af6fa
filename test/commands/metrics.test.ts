import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answered, main } from "../program.js";

const dashboard = new URL("../../lessons/08-umbrella/grafana-dashboard.json", import.meta.url);

describe("run --metrics", () => {
  it("serves, while the threads work, every metric that the dashboard asks for", async () => {
    const args = ["run", "lost-update", "--strategy", "cas", "--requests", "100000", "--think", "5", "--metrics", ":0"];
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise((resolve) => child.on("close", resolve));
    let said = "";
    const url = await new Promise<string>((resolve) =>
      child.stderr.on("data", (chunk) => {
        said += chunk;
        const [, found] = /(http:\S+\/metrics)/.exec(said) ?? [];
        if (found) resolve(found);
      }),
    );
    const value = (text: string, name: string, label = "") =>
      Number(new RegExp(`^${name}\\{.*${label}.*\\} (\\d+)$`, "m").exec(text)?.[1]);
    let text = "";
    for (;;) {
      const response = await fetch(url);
      expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
      text = await response.text();
      if (value(text, "racelab_conflicts_total") > 0 && value(text, "racelab_requests_total", 'outcome="ok"') > 0) break;
    }
    expect(text).toContain('lesson="lost-update",strategy="cas",store="memory:"');
    const answered = value(text, "racelab_requests_total", 'outcome="ok"');
    expect(value(text, "racelab_request_duration_seconds_count", 'outcome="ok"')).toBe(answered);
    expect(value(text, "racelab_operations_total")).toBeGreaterThan(answered);
    const asked = new Set([...readFileSync(dashboard, "utf8").matchAll(/racelab_[a-z_]+/g)].map(([name]) => name));
    expect(asked.size).toBeGreaterThan(5);
    for (const name of asked) expect(text).toContain(name);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
  });

  it("refuses an address without :port in one sentence", async () => {
    const { code, stderr } = await answered(["run", "lost-update", "--metrics", "9464"]);
    expect(stderr).toContain("It must be :port or host:port, as in :9464.");
    expect(code).toBe(2);
  });
});
