/** ioredis. Each is the body of an async function of `redis`, one connection, and `id` or `key`. */
import type { Snippets } from "./snippet.js";

export const redis: Snippets = {
  none: {
    code: `const pieces = Number(await redis.get(id));
if (pieces < 1) return false;
await redis.set(id, pieces - 1);
return true;`,
    refused: { en: "nothing is refused: the later SET wins", ko: "거절되는 것이 없습니다. 나중의 SET이 남습니다" },
    trap: {
      en: "plain DECR is atomic and goes below zero",
      ko: "DECR은 원자적이지만 0 아래로도 내려갑니다",
    },
    source: "https://redis.io/docs/latest/commands/decr/",
    known: "test",
  },
  "atomic-update": {
    code: `const left = await redis.eval(
  \`if tonumber(redis.call("get", KEYS[1]) or "0") > 0 then return redis.call("decr", KEYS[1]) end
   return -1\`,
  1,
  id,
);
return left >= 0;`,
    refused: { en: "-1: sold out", ko: "-1: 매진" },
    trap: {
      en: "DECR, then INCR back when it is below zero: in between others are refused though a piece is there",
      ko: "DECR 뒤 0 미만이면 INCR로 되돌리는 방법은, 그 사이에 남은 물건이 있어도 다른 요청을 거절합니다",
    },
    source: "https://redis.io/docs/latest/develop/programmability/eval-intro/",
    known: "test",
  },
  cas: {
    code: `for (;;) {
  await redis.watch(id);
  const pieces = Number(await redis.get(id));
  if (pieces < 1) return (await redis.unwatch()), false;
  if ((await redis.multi().set(id, pieces - 1).exec()) !== null) return true;
}`,
    refused: { en: "exec() answers null", ko: "exec()가 null을 돌려줌" },
    trap: {
      en: "WATCH belongs to the connection: two requests on one shared connection both succeed. Each needs its own",
      ko: "WATCH는 연결에 속합니다. 두 요청이 연결 하나를 같이 쓰면 둘 다 성공합니다. 요청마다 자기 연결이 필요합니다",
    },
    source: "https://redis.io/docs/latest/develop/using-commands/transactions/",
    known: "test",
  },
  idempotency: {
    code: `// a filter in front of the database, not part of its transaction
const isFirst = (await redis.set(\`request:\${key}\`, "pending", "EX", 86400, "NX")) === "OK";
return isFirst;`,
    refused: { en: "null instead of OK", ko: "OK 대신 null" },
    trap: {
      en: "the key and the effect are in two places: a crash between them refuses every repeat, and nothing was done",
      ko: "키와 효과가 서로 다른 곳에 있습니다. 그 사이에 죽으면 한 일이 없는데도 모든 재시도가 거절됩니다",
    },
    source: "https://redis.io/docs/latest/commands/set/",
    known: "test",
  },
  "lease-lock": {
    code: `if ((await redis.set(key, owner, "PX", 30000, "NX")) !== "OK") return false;
try {
  await work();
  return true;
} finally {
  const mine = \`if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0\`;
  await redis.eval(mine, 1, key, owner);
}`,
    refused: { en: "null: somebody else has it", ko: "null: 다른 요청이 가지고 있음" },
    trap: {
      en: "a bare DEL at the end deletes the lock of the next holder when the lease had ended",
      ko: "끝에 DEL만 하면, 리스가 이미 끝났을 때 다음 소유자의 락을 지웁니다",
    },
    source: "https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/",
    known: "test",
  },
  "fenced-lease": {
    code: `if ((await redis.set(key, owner, "PX", 30000, "NX")) !== "OK") return null;
const token = await redis.incr(\`\${key}:fence\`);
return token; // goes with every write; the database refuses a smaller one`,
    refused: { en: "null: somebody else has it", ko: "null: 다른 요청이 가지고 있음" },
    trap: {
      en: "a token that nobody compares protects nothing: the check belongs to the store that is written",
      ko: "비교하지 않는 토큰은 아무것도 막지 못합니다. 검사는 쓰이는 저장소에서 해야 합니다",
    },
    source: "https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html",
    known: "test",
  },
  "single-writer": {
    code: `// one worker for this list; what it is at stays in its own list until it is done
for (;;) {
  const job = await redis.lmove(key, \`\${key}:busy\`, "LEFT", "RIGHT");
  if (job === null) return;
  await handle(job);
  await redis.lrem(\`\${key}:busy\`, 1, job);
}`,
    refused: { en: "null: there is nothing to do", ko: "null: 할 일이 없음" },
    trap: {
      en: "two workers on one list are two writers: one list for each key, and one worker for each list",
      ko: "목록 하나에 워커가 둘이면 쓰는 쪽도 둘입니다. 키마다 목록 하나, 목록마다 워커 하나로 두세요",
    },
    source: "https://redis.io/docs/latest/commands/lmove/",
    known: "test",
  },
};
