import { describe, expect, it } from "vitest";
import { answered } from "../program.js";

describe("racelab stack", () => {
  it("shows the SQL of a strategy, and it in each stack where it fits", async () => {
    const { code, stdout } = await answered(["stack", "row-lock"]);
    expect(code).toBe(0);
    expect(stdout).toContain("select * from stock where id = 1 for update;");
    expect(stdout).toContain("Stock.objects.select_for_update().get(pk=id)");
    expect(stdout).toContain("LockModeType.PESSIMISTIC_WRITE");
    expect(stdout).not.toContain("Redis");
  });

  it("shows one stack alone, and says where a protection has nothing of its own there", async () => {
    const { stdout } = await answered(["stack", "cas", "--in", "django"]);
    expect(stdout).toContain(".update(");
    expect(stdout).not.toContain("node-postgres");
    expect((await answered(["stack", "mutex", "--in", "redis"])).stdout).toContain(
      "mutex has nothing of its own in Redis, ioredis",
    );
  });

  it("shows a lesson's solution as SQL, and the strategies that hold there", async () => {
    const { code, stdout } = await answered(["stack", "6", "--json"]);
    const { sql, holding } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(sql.postgres).toContain(`insert into issued (id, "user") values ('user-1', 'user-1') on conflict do nothing;`);
    expect(sql.mysql).toContain("insert into issued (id, `user`) values ('user-1', 'user-1') on duplicate key update id = id;");
    expect(holding).toContain("row-lock");
  });

  it("refuses what is neither, a strategy that does not apply, and a second lesson, in a sentence", async () => {
    for (const [words, sentence] of [
      [["stack", "rowlock"], 'no strategy or lesson is called "rowlock": did you mean row-lock?'],
      [["stack", "saga", "--lesson", "lost-update"], "strategy saga does not apply to lost-update"],
      [["stack", "6", "--lesson", "7"], "leave --lesson away"],
    ] as const) {
      const { code, stderr } = await answered(words);
      expect(stderr).toContain(sentence);
      expect(code).toBe(2);
    }
  });

  it("speaks Korean", async () => {
    const { stdout } = await answered(["stack", "row-lock", "--in", "pg", "--lang", "ko"]);
    expect(stdout).toContain("함정:");
    expect(stdout).toContain("racelab의 테스트가 실행함");
  });
});

describe("racelab stack session", () => {
  it("shows what a strategy can ask, each with its SQL", async () => {
    const { code, stdout } = await answered(["stack", "session"]);
    expect(code).toBe(0);
    expect(stdout).toContain("selectForUpdate(key, ifLocked)  needs row-locks");
    expect(stdout).toContain('compareAndSet("stock/1", { pieces: 99 }, 3)');
    expect(stdout).toContain("update stock set pieces = 99, version = version + 1 where id = 1 and version = 3;");
  });
});
