/**
 * node-postgres. Each is the body of an async function of `client`, one connection from `pool.connect()`, and `id` or `key`.
 * Tables: stock (id, pieces, version, token), request (id, answer), event (id, body), job (id, key), saga (id, step, state),
 * lease (name, owner, token, until).
 */
import type { Snippets } from "./snippet.js";

const transactions = "https://node-postgres.com/features/transactions";

export const pg: Snippets = {
  none: {
    code: `const { rows: [stock] } = await client.query("select * from stock where id = $1", [id]);
if (stock.pieces < 1) return false;
await client.query("update stock set pieces = $2 where id = $1", [id, stock.pieces - 1]);
return true;`,
    refused: { en: "nothing is refused: the later write wins", ko: "거절되는 것이 없습니다. 나중에 쓴 값이 남습니다" },
    trap: {
      en: "a transaction around it changes nothing at read committed, PostgreSQL's default",
      ko: "트랜잭션으로 감싸도 PostgreSQL의 기본값인 read committed에서는 달라지지 않습니다",
    },
    source: "https://www.postgresql.org/docs/current/transaction-iso.html",
    known: "test",
  },
  mutex: {
    code: `// const mutex = new Mutex() of async-mutex, one for the whole process
return mutex.runExclusive(async () => {
  const { rows: [stock] } = await client.query("select * from stock where id = $1", [id]);
  if (stock.pieces < 1) return false;
  await client.query("update stock set pieces = $2 where id = $1", [id, stock.pieces - 1]);
  return true;
});`,
    refused: { en: "nothing: the next one waits", ko: "거절되지 않습니다. 다음 요청이 기다립니다" },
    trap: {
      en: "PM2, cluster and pods are several processes: each has a mutex of its own, and pieces are lost again",
      ko: "PM2, cluster, 파드는 프로세스가 여럿입니다. 뮤텍스도 프로세스마다 따로 있어서 다시 값이 사라집니다",
    },
    source: "https://github.com/DirtyHairy/async-mutex",
    known: "test",
  },
  cas: {
    code: `for (let attempt = 0; attempt < 20; attempt++) {
  const { rows: [stock] } = await client.query("select * from stock where id = $1", [id]);
  if (stock.pieces < 1) return false;
  const { rowCount } = await client.query(
    "update stock set pieces = $2, version = version + 1 where id = $1 and version = $3",
    [id, stock.pieces - 1, stock.version],
  );
  if (rowCount === 1) return true;
}
throw new Error("409: others were faster");`,
    refused: {
      en: "rowCount 0; at repeatable read and above error 40001 instead",
      ko: "rowCount 0. repeatable read 이상에서는 그 대신 오류 40001",
    },
    trap: {
      en: "in a repeatable read transaction the second read shows the old version again: begin a new transaction to retry",
      ko: "repeatable read 트랜잭션 안에서는 다시 읽어도 옛 버전이 보입니다. 재시도는 새 트랜잭션에서 하세요",
    },
    source: "https://www.postgresql.org/docs/current/transaction-iso.html",
    known: "test",
  },
  "row-lock": {
    code: `await client.query("begin");
try {
  const { rows: [stock] } = await client.query("select * from stock where id = $1 for update", [id]);
  if (stock.pieces > 0) await client.query("update stock set pieces = $2 where id = $1", [id, stock.pieces - 1]);
  await client.query("commit");
  return stock.pieces > 0;
} catch (error) {
  await client.query("rollback");
  throw error;
}`,
    refused: {
      en: "55P03 with nowait or lock_timeout, 40P01 for the victim of a deadlock",
      ko: "nowait나 lock_timeout이면 55P03, 데드락으로 취소되면 40P01",
    },
    trap: {
      en: 'pool.query("begin") may run each statement on another connection: take one client from pool.connect()',
      ko: 'pool.query("begin")은 문장마다 다른 연결에서 실행될 수 있습니다. pool.connect()로 얻은 client 하나를 쓰세요',
    },
    source: transactions,
    known: "test",
  },
  "atomic-update": {
    code: `const { rowCount } = await client.query(
  "update stock set pieces = pieces - 1 where id = $1 and pieces > 0",
  [id],
);
return rowCount === 1;`,
    refused: { en: "rowCount 0: sold out", ko: "rowCount 0: 매진" },
    trap: {
      en: "rowCount 0 is no error: code that does not look at it sells what is not there",
      ko: "rowCount 0은 오류가 아닙니다. 확인하지 않으면 없는 물건을 팝니다",
    },
    source: "https://www.postgresql.org/docs/current/sql-update.html",
    known: "test",
  },
  serializable: {
    code: `for (;;) try {
  await client.query("begin isolation level serializable");
  const { rows: [stock] } = await client.query("select * from stock where id = $1", [id]);
  if (stock.pieces > 0) await client.query("update stock set pieces = $2 where id = $1", [id, stock.pieces - 1]);
  await client.query("commit");
  return stock.pieces > 0;
} catch (error) {
  await client.query("rollback");
  if (error.code !== "40001" && error.code !== "40P01") throw error;
}`,
    refused: { en: "40001, also at commit", ko: "40001. commit에서도 날 수 있습니다" },
    trap: {
      en: "the try around the commit counts too: an error there is part of the retry, and mail that was sent is sent again",
      ko: "commit도 재시도 안에 있어야 합니다. 이미 보낸 메일은 재시도 때 한 번 더 나갑니다",
    },
    source: "https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html",
    known: "test",
  },
  idempotency: {
    code: `await client.query("begin");
const { rowCount: isFirst } = await client.query(
  "insert into request (id) values ($1) on conflict do nothing",
  [key],
);
if (isFirst) await client.query("update request set answer = $2 where id = $1", [key, await effect(client)]);
await client.query("commit");
const { rows: [request] } = await client.query("select answer from request where id = $1", [key]);
return request.answer;`,
    refused: {
      en: "a second insert waits for the first one's commit, then rowCount 0",
      ko: "두 번째 insert는 첫 번째의 commit을 기다린 뒤 rowCount 0",
    },
    trap: {
      en: "an insert without on conflict fails with 23505, and then every statement of the transaction with 25P02; commit answers ROLLBACK without an error",
      ko: "on conflict 없는 insert는 23505로 실패하고, 그 뒤의 문장은 모두 25P02입니다. commit은 오류 없이 ROLLBACK이라고 답합니다",
    },
    source: "https://github.com/brianc/node-postgres/issues/1488",
    known: "test",
  },
  outbox: {
    code: `// the request: the event in the transaction of its effect
await client.query("begin");
await client.query("update stock set pieces = pieces - 1 where id = $1", [id]);
await client.query("insert into event (body) values ($1)", [{ sold: id }]);
await client.query("commit");
// the relay, again and again
await client.query("begin");
const { rows } = await client.query("select * from event order by id limit 100 for update skip locked");
for (const event of rows) await publish(event.body);
await client.query("delete from event where id = any($1)", [rows.map(({ id }) => id)]); await client.query("commit");`,
    refused: { en: "nothing; a relay that dies publishes again", ko: "거절되지 않습니다. 릴레이가 죽으면 다시 발행합니다" },
    trap: {
      en: "a relay that remembers the last id misses rows: number 2 can commit before number 1",
      ko: "마지막 id를 기억하는 릴레이는 행을 놓칩니다. 2번이 1번보다 먼저 commit될 수 있습니다",
    },
    source: "https://event-driven.io/en/ordering_in_postgres_outbox/",
    known: "test",
  },
  saga: {
    code: `// who changes the row, compensates; the call carries the saga's id as its idempotency key
const { rowCount } = await client.query(
  "update saga set state = 'undoing' where id = $1 and step = $2 and state = 'done'",
  [id, step],
);
if (rowCount === 0) return false;
await undo(id, step);
await client.query("update saga set state = 'undone' where id = $1 and step = $2", [id, step]);
return true;`,
    refused: { en: "rowCount 0: another worker compensates", ko: "rowCount 0: 다른 워커가 보상 중" },
    trap: {
      en: "a crash after the first statement leaves 'undoing': a job must look for it and call again with the same key",
      ko: "첫 문장 뒤에 죽으면 'undoing'이 남습니다. 이것을 찾아 같은 키로 다시 호출하는 작업이 있어야 합니다",
    },
    source: "https://microservices.io/patterns/data/saga.html",
    known: "test",
  },
  "single-writer": {
    code: `await client.query("begin");
// one worker for this key at a time, on all servers
await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [key]);
const { rows: jobs } = await client.query("select * from job where key = $1 order by id", [key]);
for (const job of jobs) await handle(client, job);
await client.query("delete from job where id = any($1)", [jobs.map((job) => job.id)]);
await client.query("commit");`,
    refused: { en: "nothing: the next worker waits", ko: "거절되지 않습니다. 다음 워커가 기다립니다" },
    trap: {
      en: "pg_advisory_lock without _xact stays with the connection after client.release(), and PgBouncer can hand that to another client",
      ko: "_xact가 없는 pg_advisory_lock은 client.release() 뒤에도 연결에 남고, PgBouncer는 그 연결을 다른 요청에 줄 수 있습니다",
    },
    source: "https://www.pgbouncer.org/features.html",
    known: "test",
  },
  "lease-lock": {
    code: `const { rows: [lease] } = await client.query(
  \`update lease set owner = $2, token = token + 1, until = now() + interval '30 s'
   where name = $1 and until < now() returning token\`,
  [key, owner],
);
return lease?.token ?? null;`,
    refused: { en: "no row: somebody else has it", ko: "행이 없음: 다른 요청이 가지고 있음" },
    trap: {
      en: "after 30 s another one has it, and the first does not notice: a lease alone does not stop a late write",
      ko: "30초가 지나면 다른 요청이 가집니다. 처음 요청은 그것을 모르므로, 리스만으로는 늦은 쓰기를 막지 못합니다",
    },
    source: "https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html",
    known: "test",
  },
  "fenced-lease": {
    code: `// the token that came with the lease goes with every write
const { rowCount } = await client.query(
  "update stock set pieces = $2, token = $3 where id = $1 and token <= $3",
  [id, pieces, token],
);
if (rowCount === 0) throw new Error("the lease has ended: another one has written");`,
    refused: { en: "rowCount 0: a newer holder was here", ko: "rowCount 0: 더 새로운 소유자가 다녀감" },
    trap: {
      en: "the row must see the new token before the new holder reads, or the old one still writes in between",
      ko: "새 소유자가 읽기 전에 행이 새 토큰을 알아야 합니다. 아니면 그 사이에 옛 소유자가 쓸 수 있습니다",
    },
    source: "https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html",
    known: "test",
  },
};
