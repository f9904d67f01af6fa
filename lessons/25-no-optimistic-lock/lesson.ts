import { type Assignments, type Json, type Key, lesson, ok, type Row, type Rows, rejected, strategy, type Work } from "racelab";

const PRODUCT: Key = "product/1";
/** What an editor changes: one column, and its new value. */
type Edit = { readonly column: string; readonly value: number };

/** The first edits the price, the second the stock, and so on in turn. */
const edits: readonly Edit[] = [
  { column: "price", value: 120 },
  { column: "stock", value: 8 },
  { column: "weight", value: 3 },
];

/** Load the product, change one field, save. An ORM's save writes every column. */
const edit = ({ column, value }: Edit): Work => ({
  name: `set ${column} to ${value}`,
  who: { en: "editor", ko: "편집자" },
  keys: [PRODUCT],
  request: { idempotencyKey: `edit-${column}`, payload: { column, value } },
  async body({ read, write }) {
    const product = await read(PRODUCT);
    await write(PRODUCT, { ...product, [column]: value, version: Number(product["version"]) + 1 });
    return ok();
  },
});

const editOf = (work: Work) => work.request!.payload as unknown as Edit;
const saved = (row: Row, { column, value }: Edit): Row => ({ ...row, [column]: value, version: Number(row["version"]) + 1 });
const setting = ({ column, value }: Edit): Assignments => ({ [column]: value, version: ["+", "version", 1] });

/** The version is looked at once more, and then the row is saved as before. */
const checkedInCode = strategy({
  summary: "SELECT the version again, compare it in the code, then save",
  cost: "a look and a save are two statements: it moves the race to another place",
  requires: [],
  async run(work, session) {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const loaded = await session.read(PRODUCT);
      const now = await session.read(PRODUCT);
      if (now["version"] !== loaded["version"]) continue;
      await session.write(PRODUCT, saved(loaded, editOf(work)));
      return ok();
    }
    return rejected("somebody else has saved");
  },
});

/** UPDATE … WHERE id = 1 AND version = 7 is right. It answers how many rows it has changed, and nobody reads that. */
const countIgnored = strategy({
  summary: "UPDATE … WHERE id = … AND version = …, and the number of changed rows is not looked at",
  cost: "who has changed 0 rows is told that it is saved",
  requires: ["conditional-update"],
  async run(work, session) {
    const { version } = await session.read<{ version: Json }>(PRODUCT);
    await session.updateWhere({ key: PRODUCT, where: ["=", "version", Number(version)], set: setting(editOf(work)) });
    return ok();
  },
});

const counted = strategy({
  summary: "UPDATE … WHERE id = … AND version = …; 0 rows: load again, change again",
  cost: "a round trip more for each conflict",
  requires: ["conditional-update"],
  async run(work, session) {
    for (;;) {
      const { version } = await session.read<{ version: Json }>(PRODUCT);
      const where = ["=", "version", Number(version)] as const;
      if ((await session.updateWhere({ key: PRODUCT, where, set: setting(editOf(work)) })) === 1) return ok();
    }
  },
});

/** No version at all: each statement names the column that it changes. */
const changedColumn = strategy({
  summary: "UPDATE product SET price = 120: the changed column alone",
  cost: "two edits of one column: the last one wins, and a rule over two columns is not seen",
  requires: ["conditional-update"],
  async run(work, session) {
    await session.updateWhere({ key: PRODUCT, where: true, set: setting(editOf(work)) });
    return ok();
  },
});

export default lesson({
  title: { en: "The optimistic lock that is none", ko: "낙관적 락이 아닌 낙관적 락" },
  summary: {
    en: "There is a version column, and it is compared. One editor's price is gone all the same.",
    ko: "버전 컬럼도 있고 비교도 합니다. 그런데도 한 사람이 고친 가격이 사라집니다.",
  },
  goals: {
    "what is saved is there": { en: "Make a saved edit vanish", ko: "저장된 수정이 사라지게 하기" },
  },
  size: { tasks: 2 },
  load: { requests: 2, think: 1 },

  scenario: ({ tasks }) => {
    const asked = Array.from({ length: tasks }, (_, i) => edits[i % edits.length] as Edit);
    return {
      rows: { [PRODUCT]: { price: 100, stock: 5, weight: 1, version: 7 } },
      tasks: asked.map(edit),
      tally: {
        name: "edits there",
        done: "saved",
        off: { above: { en: "N too many", ko: "N건 많음" }, below: { en: "N lost", ko: "N건 사라짐" } },
        actual: (rows) => there(rows).length,
        expected: ({ outcomes }) =>
          new Set(asked.flatMap(({ column }, i) => (outcomes[i]?.status === "ok" ? [column] : []))).size,
      },
      properties: [
        {
          name: "what is saved is there",
          kind: "outcome",
          test({ rows, outcomes }) {
            const gone = asked.find((one, i) => outcomes[i]?.status === "ok" && rows[PRODUCT]?.[one.column] !== one.value);
            return gone
              ? {
                  en: `${gone.column} was saved as ${gone.value}, and it is ${rows[PRODUCT]?.[gone.column]}`,
                  ko: `${gone.column} 값 ${gone.value}이(가) 저장됐다는데 지금은 ${rows[PRODUCT]?.[gone.column]}입니다`,
                }
              : null;
          },
        },
      ],
    };
  },

  label: ({ rows }) => {
    const { price, stock } = rows[PRODUCT] ?? {};
    return `price ${price}, stock ${stock}`;
  },

  variants: { "checked-in-code": checkedInCode, "count-ignored": countIgnored, counted, "changed-column": changedColumn },

  claims: [
    {
      strategy: "none",
      breaks: "what is saved is there",
      because: {
        en: "Each saves all columns as it has loaded them, with one changed: the other one's change is written back.",
        ko: "각자 읽어 온 컬럼 전부를 하나만 고쳐 저장합니다. 상대가 고친 값이 예전 값으로 덮입니다.",
      },
    },
    {
      strategy: "checked-in-code",
      breaks: "what is saved is there",
      because: {
        en: "Between the second look and the save there is room for the other one's save.",
        ko: "두 번째로 확인한 뒤 저장하기 전에 상대의 저장이 끼어듭니다.",
      },
    },
    {
      strategy: "count-ignored",
      breaks: "what is saved is there",
      because: {
        en: "The database does its part: the second UPDATE changes no row. That is the answer 0, and nobody reads it.",
        ko: "데이터베이스는 제 몫을 했습니다. 두 번째 UPDATE는 0행을 바꿉니다. 그 0을 아무도 보지 않습니다.",
      },
    },
    {
      strategy: "counted",
      holds: true,
      because: {
        en: "Comparing and saving are one statement, and its answer is looked at.",
        ko: "비교와 저장이 한 문장이고, 그 결과를 확인합니다.",
      },
    },
    {
      strategy: "cas",
      holds: true,
      because: {
        en: "The same as a library does it: the version goes along with the save.",
        ko: "라이브러리가 하는 방식과 같습니다. 버전이 저장과 함께 갑니다.",
      },
    },
    {
      strategy: "changed-column",
      holds: true,
      because: {
        en: "Two columns, two statements: neither writes what the other has changed.",
        ko: "컬럼 둘, 문장 둘: 서로 상대가 바꾼 것을 쓰지 않습니다.",
      },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: {
        en: "Who loads the product locks it until the save. With a form in a browser nobody can wait so long.",
        ko: "상품을 읽을 때 저장까지 잠급니다. 브라우저 입력 화면이라면 그렇게 오래 기다릴 수 없습니다.",
      },
    },
  ],

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: {
        en: "Price 100, stock 5. One saves price 120, one saves stock 8, each with all columns. How can it end?",
        ko: "가격 100, 재고 5. 한 사람은 가격 120, 한 사람은 재고 8로, 각각 모든 컬럼을 저장합니다. 어떻게 끝날 수 있을까요?",
      },
      also: ["price 100, stock 5", "price 128, stock 5"],
    },
    {
      kind: "choice",
      ask: {
        en: "UPDATE product SET … WHERE id = 1 AND version = 7, and the version is 8 by now. What happens?",
        ko: "UPDATE product SET … WHERE id = 1 AND version = 7, 그런데 버전은 이미 8입니다. 어떻게 될까요?",
      },
      options: [
        { en: "error 40001: could not serialize", ko: "오류 40001: could not serialize" },
        { en: "it waits for version 7 to come back", ko: "버전 7이 돌아올 때까지 기다린다" },
        { en: "no error, and 0 rows are changed", ko: "오류 없이 0행이 바뀐다" },
        { en: "the row is saved with version 9", ko: "버전 9로 저장된다" },
      ],
      answer: 2,
      because: {
        en: "For the database an UPDATE that finds no row has succeeded. Who has sent it must look at the number: Hibernate does (OptimisticLockException), Prisma's updateMany returns a count, Django's update() does, too.",
        ko: "데이터베이스에게는 0행을 바꾼 UPDATE도 성공입니다. 보낸 쪽이 숫자를 봐야 합니다. Hibernate는 확인하고(OptimisticLockException), Prisma의 updateMany는 count를, Django의 update()도 개수를 돌려줍니다.",
      },
    },
    {
      kind: "how-many",
      strategy: "count-ignored",
      ask: {
        en: "The right UPDATE, and its count is not looked at: how many of all interleavings end right?",
        ko: "UPDATE는 맞는데 바뀐 행 수를 보지 않습니다. 모든 순서 중 맞게 끝나는 것은?",
      },
    },
  ],

  exercise: {
    asks: {
      en: "without a lock: the version is compared by the statement that saves, and its answer is looked at",
      ko: "락 없이: 저장하는 문장이 버전을 비교하고, 그 결과를 확인해야 합니다",
    },
    ways: [
      {
        uses: ["conditional-update"],
        because: {
          en: "One statement compares and saves; 0 rows means: load again.",
          ko: "한 문장이 비교하고 저장합니다. 0행이면 다시 읽습니다.",
        },
      },
      {
        uses: ["versions"],
        because: { en: "The version goes along with the save.", ko: "버전이 저장과 함께 갑니다." },
      },
    ],
    without: ["locks", "row-locks", "leases", "serializable"],
  },

  cost: {
    en: "Every table needs the column, and every path that writes must use it: one plain UPDATE in an admin script, and the check sees nothing. Somebody has to decide what a person is shown whose form is stale.",
    ko: "테이블마다 컬럼이 필요하고, 쓰는 경로가 모두 지켜야 합니다. 관리 스크립트의 UPDATE 하나만 빠져도 검사는 모릅니다. 오래된 화면을 저장하려는 사람에게 무엇을 보여 줄지도 정해야 합니다.",
  },
});

/** The edits that the row has. */
const there = (rows: Rows): readonly Edit[] => edits.filter(({ column, value }) => rows[PRODUCT]?.[column] === value);
