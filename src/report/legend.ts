/**
 * What the marks of a picture mean. The legend is read off the picture that was drawn: so no letter lacks its entry, and
 * no entry is there that the picture lacks. Marks that are words explain themselves.
 */
import { inLanguage, type Language, type Text } from "../core/language.js";
import { packed, row, span, type TextRow } from "./span.js";
import { rowText } from "./text.js";

/** What was drawn, within its window. */
export interface Drawn {
  /** The marks of the steps as they were written. */
  readonly marks: readonly string[];
  /** The lanes and the rows between them. */
  readonly lanes: readonly TextRow[];
  /** The row of ticks, and the row that counts the steps of others. */
  readonly time: TextRow;
  readonly others: TextRow | null;
  /** How many steps are left out before the window and after it. */
  readonly leftOut: readonly [before: number, after: number];
  /** A `!` stands on the step that breaks a property; false: no property is known to break, and it stands on lost updates. */
  readonly breaks: boolean;
}

/** The letters of the operations, in the order of the legend. */
const letters: readonly (readonly [letter: string, meaning: Text])[] = [
  ["R", { en: "read", ko: "읽기" }],
  ["W", { en: "write", ko: "쓰기" }],
  ["C", { en: "compare and write", ko: "비교 후 쓰기(CAS)" }],
  ["A", { en: "test and write in one", ko: "한 번에 검사하고 쓰기" }],
  ["I", { en: "insert", ko: "추가" }],
  ["D", { en: "delete", ko: "삭제" }],
  ["L", { en: "lock", ko: "락 잡기" }],
  ["U", { en: "unlock", ko: "락 풀기" }],
  ["B", { en: "begin", ko: "트랜잭션 시작" }],
  ["K", { en: "commit", ko: "커밋" }],
  ["X", { en: "roll back", ko: "롤백" }],
  ["S", { en: "savepoint", ko: "세이브포인트" }],
  ["T", { en: "sleep or timeout", ko: "멈춤 또는 제한 시간" }],
  ["@", { en: "call a service", ko: "서비스 호출" }],
  ["P", { en: "publish", ko: "메시지 보내기" }],
  ["G", { en: "receive", ko: "메시지 받기" }],
  ["Q", { en: "acknowledge", ko: "메시지 확인(ack)" }],
  ["F", { en: "raise the fence", ko: "펜싱 토큰 올리기" }],
  ["?", { en: "answer from outside", ko: "밖에서 온 답" }],
  ["E", { en: "error", ko: "오류" }],
  ["*", { en: "crash or other event from outside", ko: "크래시 같은 바깥의 사건" }],
];

/** The letter of a mark; undefined: the mark is a word. */
const letterOf = (mark: string): string | undefined => /^↻?([RWCAIDLUBKXSTPGQFE@?*])✗?!?( |$)/.exec(mark)?.[1];

/**
 * The first way of each mark that fits. Words are written only where they fit for every step: a picture in which one write
 * says "write 1" and the next "W 2" would seem to show two things.
 */
export function writtenMarks(ways: readonly (readonly string[])[], fits: (mark: string) => boolean): readonly string[] {
  const first = (marks: readonly string[]): string => marks.find(fits) ?? marks.at(-1) ?? "?";
  const told = ways.map(first);
  if (told.every((mark) => letterOf(mark) === undefined)) return told;
  return ways.map((marks) => {
    const lettered = marks.filter((mark) => letterOf(mark) !== undefined);
    return first(lettered.length > 0 ? lettered : marks);
  });
}

const meanings = {
  copy: { en: "holds a fresh copy", ko: "새 사본" },
  stale: { en: "the copy is stale", ko: "낡은 사본" },
  holds: { en: "holds a lock", ko: "락 보유" },
  waits: { en: "waits", ko: "대기" },
  breaks: { en: "this step breaks the property", ko: "이 단계가 속성을 깨뜨림" },
  lost: { en: "an update is lost", ko: "갱신 손실" },
  done: { en: "done", ko: "됨" },
  refused: { en: "refused, nothing changed", ko: "거절됨, 바뀐 것 없음" },
  again: { en: "again", ko: "다시" },
  version: { en: "version of the row", ko: "행의 버전" },
  chancePassed: { en: "last chance passed", ko: "마지막 기회 지남" },
  others: { en: "steps of others in between", ko: "그 사이 다른 요청의 단계" },
  leftOut: { en: "steps that do not fit", ko: "화면에 들어가지 않은 단계" },
} as const satisfies Readonly<Record<string, Text>>;

export type LegendEntry = readonly [mark: string, meaning: Text];

/** The entries for what was drawn, in a fixed order. */
export function legendEntries({
  marks,
  lanes,
  time,
  others: hidden,
  leftOut: [before, after],
  breaks,
}: Drawn): readonly LegendEntry[] {
  const used = new Set(marks.map(letterOf));
  const text = lanes.map((lane) => rowText(lane, "unicode")).join("\n");
  const some = (test: RegExp): boolean => marks.some((mark) => test.test(mark));
  const [version] = marks.flatMap((mark) => /\bv\d+\b/.exec(mark) ?? []);
  const [others] = /\+\d+/.exec(rowText(hidden ?? [])) ?? [];
  const symbols: readonly (readonly [boolean, string, Text])[] = [
    [text.includes("─"), "─", meanings.copy],
    [text.includes("~"), "~", meanings.stale],
    [text.includes("═"), "═", meanings.holds],
    [text.includes("░"), "░", meanings.waits],
    [some(/!$/), "!", breaks ? meanings.breaks : meanings.lost],
    [some(/✓/), "✓", meanings.done],
    [some(/✗(!| v\d+!?)?$/), "✗", meanings.refused],
    [some(/^↻/), "↻", meanings.again],
    [version !== undefined, version ?? "", meanings.version],
    [rowText(time, "unicode").includes("⊘"), "⊘", meanings.chancePassed],
    [others !== undefined, others ?? "", meanings.others],
    [
      before > 0 || after > 0,
      [...(before > 0 ? [`◂${before}`] : []), ...(after > 0 ? [`${after}▸`] : [])].join(" "),
      meanings.leftOut,
    ],
  ];
  return [
    ...letters.filter(([letter]) => used.has(letter)),
    ...symbols.flatMap(([there, mark, meaning]) => (there ? [[mark, meaning] as const] : [])),
  ];
}

/** The legend as rows, whole entries on each. */
export const legendRows = (drawn: Drawn, columns: number, language: Language): TextRow[] =>
  packed(
    legendEntries(drawn).map(([mark, meaning]) => row(span(mark, "key"), span(` ${inLanguage(meaning, language)}`, "dim"))),
    columns,
  );
