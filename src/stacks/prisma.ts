/**
 * Prisma 7 on PostgreSQL. "ran": run by hand with 7.10.1 and the adapter for pg; its generator needs a download, so the tests do
 * not run it.
 */
import type { Snippets } from "./snippet.js";

const docs = "https://www.prisma.io/docs/orm/prisma-client/queries/transactions";

export const prisma: Snippets = {
  none: {
    code: `const stock = await prisma.stock.findUniqueOrThrow({ where: { id } });
if (stock.pieces < 1) return false;
await prisma.stock.update({ where: { id }, data: { pieces: stock.pieces - 1 } });
return true;`,
    refused: { en: "nothing is refused: the later update wins", ko: "거절되는 것이 없습니다. 나중의 update가 남습니다" },
    trap: {
      en: "$transaction around it changes nothing at read committed",
      ko: "$transaction으로 감싸도 read committed에서는 달라지지 않습니다",
    },
    source: docs,
    known: "read",
  },
  cas: {
    code: `const stock = await prisma.stock.findUniqueOrThrow({ where: { id } });
if (stock.pieces < 1) return false;
const { count } = await prisma.stock.updateMany({
  where: { id, version: stock.version },
  data: { pieces: stock.pieces - 1, version: { increment: 1 } },
});
return count === 1; // 0: read again, and try again`,
    refused: { en: "count 0; update() with the same where: P2025", ko: "count 0. 같은 where의 update()는 P2025" },
    trap: {
      en: "count 0 is no error: code that does not look at it answers ok",
      ko: "count 0은 오류가 아닙니다. 확인하지 않으면 성공이라고 답합니다",
    },
    source: `${docs}#optimistic-concurrency-control`,
    known: "ran",
  },
  "row-lock": {
    code: `await prisma.$transaction(async (tx) => {
  const [stock] = await tx.$queryRaw\`select * from "Stock" where id = \${id} for update\`;
  if (stock.pieces < 1) return false;
  await tx.stock.update({ where: { id }, data: { pieces: stock.pieces - 1 } });
  return true;
});`,
    refused: {
      en: "P2010, with 55P03 in meta.driverAdapterError.cause.originalCode; P2028 after 5 seconds",
      ko: "P2010이고 meta.driverAdapterError.cause.originalCode가 55P03. 5초가 지나면 P2028",
    },
    trap: {
      en: "prisma.stock inside the callback instead of tx.stock is another connection: it waits for the lock that this one holds",
      ko: "콜백 안에서 tx.stock 대신 prisma.stock을 쓰면 다른 연결입니다. 자기가 가진 락을 기다리게 됩니다",
    },
    source: `${docs}#interactive-transactions`,
    known: "ran",
  },
  "atomic-update": {
    code: `const { count } = await prisma.stock.updateMany({
  where: { id, pieces: { gt: 0 } },
  data: { pieces: { decrement: 1 } },
});
return count === 1;`,
    refused: { en: "count 0: sold out", ko: "count 0: 매진" },
    trap: {
      en: "update with decrement alone, without pieces in the where, goes below zero",
      ko: "where에 pieces 조건 없이 decrement만 하면 0 아래로 내려갑니다",
    },
    source: "https://www.prisma.io/docs/orm/reference/prisma-client-reference",
    known: "ran",
  },
  serializable: {
    code: `for (;;)
  try {
    return await prisma.$transaction((tx) => buy(tx, id), { isolationLevel: "Serializable" });
  } catch (e) {
    const code = e?.meta?.driverAdapterError?.cause?.originalCode ?? e?.cause?.originalCode;
    if (e?.code !== "P2034" && code !== "40001" && code !== "40P01") throw e;
  }`,
    refused: {
      en: "P2034, or P2010 with 40001, or at the commit a DriverAdapterError without a code of Prisma's",
      ko: "P2034, 또는 40001이 든 P2010. commit에서는 Prisma의 코드가 없는 DriverAdapterError",
    },
    trap: {
      en: "a loop that looks for P2034 alone gives up when PostgreSQL refuses the commit",
      ko: "P2034만 보는 반복문은 PostgreSQL이 commit을 거절하면 포기합니다",
    },
    source: "https://github.com/prisma/orm/pull/29717",
    known: "ran",
  },
  idempotency: {
    code: `await prisma.$transaction(async (tx) => {
  const { count } = await tx.request.createMany({ data: [{ id: key }], skipDuplicates: true });
  if (count === 1) await tx.request.update({ where: { id: key }, data: { answer: await effect(tx) } });
  const { answer } = await tx.request.findUniqueOrThrow({ where: { id: key } });
  return answer;
});`,
    refused: { en: "count 0: the first request has it", ko: "count 0: 첫 요청이 이미 가지고 있음" },
    trap: {
      en: "upsert with update: {} is no upsert of the database: of parallel calls some fail with P2002",
      ko: "update: {}인 upsert는 데이터베이스의 upsert가 아닙니다. 동시에 부르면 일부가 P2002로 실패합니다",
    },
    source: "https://github.com/prisma/orm/issues/25967",
    known: "ran",
  },
  outbox: {
    code: `await prisma.$transaction(async (tx) => {
  await tx.stock.update({ where: { id }, data: { pieces: { decrement: 1 } } });
  await tx.event.create({ data: { body: { sold: id } } });
});
// the relay takes its rows by $queryRaw: select … for update skip locked`,
    refused: { en: "nothing; a relay that dies publishes again", ko: "거절되지 않습니다. 릴레이가 죽으면 다시 발행합니다" },
    trap: {
      en: "one write through prisma instead of tx is outside the transaction, and stays after a rollback",
      ko: "쓰기 하나라도 tx 대신 prisma로 하면 트랜잭션 밖입니다. 롤백해도 남습니다",
    },
    source: `${docs}#interactive-transactions`,
    known: "ran",
  },
};
