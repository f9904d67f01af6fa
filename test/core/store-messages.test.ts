import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { messageIn } from "../../src/core/messages.js";
import { storeMessages } from "../../src/core/store-messages.js";
import { answered } from "../program.js";

const source = resolve(import.meta.dirname, "../../src");
const engines = /PostgreSQL|MariaDB|Redis|\$\{engine\}/g;
const code = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith("store-messages.ts"))
  .map((file) => readFileSync(join(source, file), "utf8").replace(engines, "ENGINE"))
  .join("\n");

const inKorean = (text: string): string => messageIn(text, "ko");
/** Without what a server said itself, names, URLs and settings. */
const words = (text: string): string => text.replace(/\([^)]*\)/g, "").replace(/\S*[:/_.=&<>*"{}-]\S*/g, "");

describe("what stores and files say no with", () => {
  it.each(storeMessages)("is said by the code as it stands here: %s", (en, ko) => {
    for (const part of en.replace(engines, "ENGINE").split(/\{\d\}/))
      expect(code.includes(part.replace(/^[:;.,\s]+|[:;\s]+$/g, "")), part).toBe(true);
    const gaps = (text: string) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort();
    expect(gaps(ko)).toEqual(gaps(en));
    expect(ko.replace(/\{\d\}/g, "")).toMatch(/[가-힣]|^PostgreSQL|^MariaDB|^Redis|^: |^\. $/);
  });

  it.each([
    "PostgreSQL at 127.0.0.1:5432, database shop: the connection was lost while racelab worked. Its schema racelab_883f86feda89 goes at the next start",
    "Redis at h:1, database 0, where the servers meet: it gave no answer for 10 seconds while racelab worked. What it keeps of the meeting goes at the next start",
    "MariaDB at 127.0.0.1:3306: all its connections are taken. Close some, or raise max_connections",
    "PostgreSQL at h:1: all its connections are taken. Close some, or raise the CONNECTION LIMIT of role few",
    'PostgreSQL at h:1: user "shop" is not let in (wrong password, or not allowed). Check user and password in the URL',
    "PostgreSQL at h:1: its certificate is self-signed. Name its authority's in the URL (?sslmode=verify-full&sslrootcert=ca.pem), or take any with ?sslmode=no-verify",
    "Redis at h:1: it hung up. Is it a Redis, still running, and with connections to spare (maxclients)? Check host and port",
    "cannot open shop.json: no permission; name another file with lowdb:<file>",
    "cannot open shop.json: the disk is full; make room, or name another file with lowdb:<file>",
    "shop.json is in use by process 7: end that racelab first (if it is none, delete shop.json.lock), or name another file",
    "the folder for temporary files, /tmp, cannot be used: the disk is full. Make room there, or name another one in TMPDIR",
    "nothing is saved in /x: a file is in the way. Everything else works; RACELAB_STATE names another folder",
    "/x/1.json was not written by this racelab and lies aside as /x/1.json.set-aside-1",
  ])("has no English left in Korean: %s", (sentence) => {
    expect(words(inKorean(sentence))).not.toMatch(/[a-z]+ [a-z]+/);
    expect(inKorean(sentence)).toMatch(/[가-힣]/);
  });

  it.each([
    [
      ["run", "lost-update", "--store", "postgres://127.0.0.1:1/x"],
      /^racelab: PostgreSQL\(127\.0\.0\.1:1\): 응답하는 서버가 없습니다/,
    ],
    [
      ["run", "lost-update", "--store", "lowdb:/tmp"],
      /^racelab: \/tmp: 열 수 없습니다\. 폴더입니다; lowdb:<파일>로 다른 파일을 쓰세요\n$/,
    ],
    [["check", "lost-update", "--matrix", "--into", "/tmp"], /^racelab: \/tmp: 읽을 수 없습니다\. 파일이 아니라 폴더입니다\n$/],
    [
      ["new", "lesson", "q", "--in", "/dev/null"],
      /만들 수 없습니다\. 경로의 일부가 폴더가 아니라 파일입니다\. --in으로 다른 폴더를 쓰세요\n$/,
    ],
  ])("is told in Korean by a command that is asked in Korean: %j", async (args, sentence) => {
    const { code, stderr } = await answered([...args, "--lang", "ko"]);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });
});
