/** The results of runs: one row of figures for each strategy, and the sentences on one run. */

import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Observation } from "../core/verdict.js";
import { shortDuration, si } from "./number.js";
import { type Role, right, row, type Span, span, type TextRow, width } from "./span.js";
import { offBy, offHead, offText, type TallyNames } from "./tally.js";
import { reportWords } from "./words.js";

/** The words of the number, as an observation has them. */
type Named = Pick<TallyNames, "name" | "off">;

interface Column {
  readonly name: Text;
  readonly width: number;
  /** Without room the columns of the highest rank are left out first; those of rank 0 stay. */
  readonly rank: number;
  readonly cell: (observation: Observation) => readonly [text: string, role?: Role];
}

const off = ({ tally }: Observation): number => offBy(tally);

/** The columns; the first has the name of the tally. */
const columns = (tally: Named): readonly Column[] => [
  { name: tally.name, width: 7, rank: 0, cell: ({ tally }) => [String(tally.actual), "strong"] },
  { name: { en: "expected", ko: "기대값" }, width: 10, rank: 0, cell: ({ tally }) => [String(tally.expected)] },
  {
    name: { en: offHead(tally, "en"), ko: offHead(tally, "ko") },
    width: 7,
    rank: 0,
    cell: (of) => (of.observation === "not-judged" ? ["?"] : off(of) === 0 ? ["✓ 0", "good"] : [`✗ ${off(of)}`, "bad"]),
  },
  { name: { en: "ops/s", ko: "초당" }, width: 7, rank: 1, cell: ({ opsPerSecond }) => [si(opsPerSecond)] },
  { name: "p50", width: 7, rank: 4, cell: ({ p50Us }) => [shortDuration(p50Us)] },
  { name: "p99", width: 7, rank: 2, cell: ({ p99Us }) => [shortDuration(p99Us)] },
  { name: { en: "retries", ko: "재시도" }, width: 8, rank: 3, cell: ({ retries }) => [si(retries)] },
  { name: { en: "waits", ko: "대기" }, width: 6, rank: 3, cell: ({ lockWaits }) => [si(lockWaits)] },
];

/** As many columns as fit into `room`. */
function chosen(tally: Named, room: number): readonly Column[] {
  let kept = columns(tally);
  for (let rank = 4; rank > 0 && kept.reduce((sum, { width }) => sum + width, 0) > room; rank--)
    kept = kept.filter((column) => column.rank < rank);
  return kept;
}

export const resultWidth = (tally: Named, room: number): number => chosen(tally, room).reduce((sum, { width }) => sum + width, 0);

/** The names of the columns, filled with `─`, to be part of a rule. */
export const resultHead = (tally: Named, room: number, language: Language): TextRow =>
  chosen(tally, room).flatMap((column) => {
    const name = inLanguage(column.name, language);
    return [span(`${"─".repeat(Math.max(0, column.width - width(name) - 1))} `, "dim"), span(name, "title")];
  });

export const resultCells = (observation: Observation, room: number): TextRow =>
  row(
    ...chosen(observation.tally, room).map(({ width, cell }) => {
      const [text, role] = cell(observation);
      return span(right(text, width), role);
    }),
  );

/** The result of a run in sentences, the most telling first. A run can refute and never prove, and the sentences say so. */
export function resultSentences(of: Observation, language: Language = "en"): readonly TextRow[] {
  const say = (text: Text): string => inLanguage(text, language);
  const { tally, observation, succeeded, requests, rejected, failed, unknown, turnedAway, think, violations } = of;
  const told = say({
    en: `${succeeded} of ${requests} were told "ok"${rejected ? `, ${rejected} were turned away` : ""}${failed ? `, ${failed} failed` : ""}${unknown ? `, ${unknown} had no answer` : ""}.`,
    ko: `${requests}개 중 ${succeeded}개가 "ok"를 받았습니다${rejected ? `. 거절 ${rejected}개` : ""}${failed ? `. 실패 ${failed}개` : ""}${unknown ? `. 답을 못 받음 ${unknown}개` : ""}.`,
  });
  const said = (...sentences: readonly (string | false | Span)[]): TextRow[] =>
    sentences.flatMap((sentence) => (sentence === false ? [] : [row(sentence)]));
  if (observation === "violated") {
    const damage = offText(tally, tally, language) || say({ en: "a rule is broken", ko: "규칙이 깨졌습니다" });
    const stale = violations.filter(({ events }) => events.length > 1).length;
    return said(
      span(
        say({
          en: `✗ ${tally.name} ${tally.actual}, should be ${tally.expected}: ${damage}.`,
          ko: `✗ ${tally.name} ${tally.actual}, 기대값 ${tally.expected}: ${damage}.`,
        }),
        "bad",
      ),
      told,
      say({ en: "Nothing crashed.", ko: "아무것도 죽지 않았습니다." }),
      stale > 0 && say({ en: `${stale} writes came from a stale copy.`, ko: `쓰기 ${stale}개가 낡은 사본을 바탕으로 했습니다.` }),
      think > 0 &&
        say({
          en: `The ${think} ms between reading and writing widen the race.`,
          ko: `읽기와 쓰기 사이의 ${think}ms가 경쟁 상태가 생길 틈을 넓힙니다.`,
        }),
    );
  }
  if (observation === "not-judged")
    return said(
      span(
        say({
          en: `? Not judged: ${inLanguage(reportWords.effectsUnknown(unknown), "en")}.`,
          ko: `? 판정하지 않음: ${inLanguage(reportWords.effectsUnknown(unknown), "ko")}.`,
        }),
      ),
      told,
    );
  return said(
    span(
      say({
        en: `✓ ${tally.name} ${tally.actual}, as it should be.`,
        ko: `✓ ${tally.name} ${tally.actual}, 기대한 대로입니다.`,
      }),
      "good",
    ),
    told,
    turnedAway > 0 &&
      say({
        en: `${turnedAway} of them for nothing: there was something left.`,
        ko: `그중 ${turnedAway}개는 헛되이 거절했습니다. 아직 남은 것이 있었습니다.`,
      }),
    say({
      en: "Nothing went wrong this time: threads can refute, never prove.",
      ko: "이번에는 잘못된 것이 없습니다. 스레드는 반증할 수는 있어도 증명할 수는 없습니다.",
    }),
  );
}
