import { type Json, lesson, ok, rejected, type Work } from "racelab";

// TODO: the rows of your service, as columns. This one counts things.
type Thing = { left: number; [column: string]: Json };

const THING = "thing/1";
const THINGS = 100;

/** TODO: your rule in one sentence. Write it as if nobody else were there: read, decide, write. */
const takeOne: Work = {
  name: "take one",
  keys: [THING],
  async body({ read, write }) {
    const thing = await read<Thing>(THING);
    if (thing.left < 1) return rejected("none left");
    await write(THING, { ...thing, left: thing.left - 1 });
    return ok();
  },
};

export default lesson({
  title: { en: "TODO: two or three words", ko: "TODO: 두세 낱말" },
  summary: { en: "TODO: what goes wrong, in one sentence.", ko: "TODO: 무엇이 잘못되는지 한 문장으로." },

  // What the explorer takes: the smallest that shows it. What real threads get: as much as the real service.
  size: { tasks: 2 },
  load: { requests: 100, think: 1 },

  scenario: ({ tasks }) => ({
    rows: { [THING]: { left: THINGS } },
    // The same object for everybody: these clients can be told apart by nothing. Another user is another object.
    tasks: Array.from({ length: tasks }, () => takeOne),
    tally: {
      name: "things",
      done: "taken",
      actual: (rows) => Number(rows[THING]?.["left"]),
      expected: ({ outcomes }) => THINGS - outcomes.filter((outcome) => outcome?.status === "ok").length,
    },
    properties: [
      {
        // TODO: what must be true, named as a rule. It answers null, or one sentence that says how it is not:
        // in both languages, or a bare string in English only.
        name: "every taking is counted",
        kind: "outcome",
        test({ rows, outcomes }) {
          const taken = outcomes.filter((outcome) => outcome?.status === "ok").length;
          const counted = THINGS - Number(rows[THING]?.["left"]);
          return taken === counted
            ? null
            : {
                en: `${taken} were told "ok", but ${counted} were counted`,
                ko: `"ok"를 받은 사람은 ${taken}명인데, 집계된 것은 ${counted}개입니다`,
              };
        },
      },
    ],
  }),

  label: ({ rows }) => `things ${rows[THING]?.["left"]}`,

  // What the explorer must find, in both directions. `racelab explore` says what is true.
  claims: [
    {
      strategy: "none",
      breaks: "every taking is counted",
      because: { en: "TODO: how it goes wrong.", ko: "TODO: 어떻게 잘못되는지." },
    },
    {
      strategy: "mutex",
      holds: true,
      because: { en: "TODO: why it cannot go wrong.", ko: "TODO: 왜 잘못될 수 없는지." },
    },
    {
      strategy: "row-lock",
      holds: true,
      because: { en: "TODO: why it cannot go wrong.", ko: "TODO: 왜 잘못될 수 없는지." },
    },
  ],

  questions: [
    {
      kind: "ends",
      strategy: "none",
      ask: { en: "TODO: which outcomes are possible?", ko: "TODO: 어떤 결과가 가능할까요?" },
      also: ["things 100"],
    },
  ],

  cost: { en: "TODO: what the protection gives up.", ko: "TODO: 보호하는 대신 무엇을 내주는지." },
});
