/** The SQL of each step of a schedule, as each store sends it. */
import { expect, it } from "vitest";
import { lessonOpened } from "./lesson-opened.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };

it("w shows the current step as PostgreSQL, MySQL and Redis are sent it, and the code again", async () => {
  const screen = await play(size);
  await screen.press("enter", "3");
  const before = screen.text();
  await screen.press("w");
  expect(screen.text()).toContain("What each store is sent: Step 1 of 6");
  expect(screen.text()).toMatch(/PostgreSQL, MySQL, MariaDB *\n +select \* from stock where id = 1;/);
  expect(screen.text()).toMatch(/Redis *\n +HGETALL shop:row:stock\/1/);
  await screen.press("right", "right");
  expect(screen.text()).toContain('update stock set "left" = 99 where id = 1;');
  expect(screen.text()).toContain("update stock set `left` = 99 where id = 1;");
  expect(screen.text()).toContain("EVALSHA write 4 shop:row:stock/1 ");
  await screen.press("w", "left", "left");
  expect(screen.text()).toBe(before);
});

it("follows the strategy: what a store cannot do is said, and a statement is sent before it waits", async () => {
  const screen = await play(size);
  await screen.press("enter", "3", "w", "s", "down", "down", "enter");
  expect(screen.text()).toContain("begin isolation level read committed;");
  expect(screen.text()).toContain("start transaction;");
  expect(screen.text()).toContain("Redis has no transactions and no row locks");
  await screen.press("n");
  expect(screen.text()).toMatch(/select \* from stock where id = 1 for update;/);
  expect(screen.text()).toContain("░ waits");
});

it("says where nothing is sent: a lease ends by itself", { timeout: 60_000 }, async () => {
  const screen = await lessonOpened("lease-and-fencing", size);
  await screen.press("3", "w");
  expect(screen.text()).toMatch(/-- takes the lease "stock\/1", and gets its token/);
  expect(screen.text()).toMatch(/EVALSHA grant 3 shop:lease:stock\/1/);
  await screen.press("right", "right");
  expect(screen.text()).toContain("nothing is sent: it happens");
});
