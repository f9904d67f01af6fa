/** Strategies side by side as rows: their figures, where their time went, and the sentences that follow from both. */
import type { Comparison, Contender, Pair, Sweep, TimeSpent, Withdrawn } from "../core/comparison.js";
import { particle } from "../core/korean.js";
import { inLanguage, type Language } from "../core/language.js";
import { chart } from "./chart.js";
import { count, grouped, shortDuration, si } from "./number.js";
import { left, type Role, right, row, type Span, span, type TextRow, width } from "./span.js";
import { offText } from "./tally.js";
import { reportWords } from "./words.js";

export interface Column {
  /** The English name, which is also the id. */
  readonly name: string;
  readonly ko: string;
  readonly width: number;
  readonly cell: (contender: Contender) => readonly [text: string, role?: Role];
}

/** Speed is requests served: told ok, or refused by the rule. A strategy that gives up early answers fast and has sold nothing. */
export const figures: readonly Column[] = [
  { name: "served/s", ko: "초당 처리", width: 10, cell: ({ perSecond }) => [si(perSecond.median), "strong"] },
  { name: "min-max", ko: "최소-최대", width: 14, cell: ({ perSecond }) => [`${si(perSecond.min)}-${si(perSecond.max)}`] },
  { name: "p50", ko: "p50", width: 8, cell: ({ p50Us }) => [shortDuration(p50Us)] },
  { name: "p99", ko: "p99", width: 8, cell: ({ p99Us }) => [shortDuration(p99Us)] },
  { name: "told ok", ko: "성공", width: 9, cell: ({ succeeded }) => [si(succeeded)] },
  { name: "off", ko: "차이", width: 9, cell: ({ lost }) => (lost === 0 ? ["✓ 0", "good"] : [`✗ ${si(lost)}`, "bad"]) },
];

/** The name of a column. */
export const headOf = ({ name, ko }: Pick<Column, "name" | "ko">, language: Language): string =>
  inLanguage({ en: name, ko }, language);

/** What a request spends its time on. */
export const shares: readonly { readonly name: keyof TimeSpent; readonly ko: string; readonly role: Role }[] = [
  { name: "working", ko: "처리", role: "text" },
  { name: "waiting", ko: "대기", role: "wait" },
  { name: "redone", ko: "재작업", role: "retry" },
  { name: "thinking", ko: "생각", role: "dim" },
];

export const percent = (share: number): string => (share === 0 ? "-" : `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)}%`);

/** Columns for windows wider than 80 columns. */
export const extraFigures: readonly Column[] = [
  { name: "retries", ko: "재시도", width: 9, cell: ({ retries }) => [retries ? si(retries) : "-"] },
  { name: "final/expected", ko: "결과/기대값", width: 15, cell: ({ tally }) => [`${si(tally.actual)}/${si(tally.expected)}`] },
];

/** The columns of time, and the conflicts and waits that cost it. */
export const prices: readonly Column[] = [
  ...shares.map(({ name, ko, role }): Column => ({ name, ko, width: 10, cell: ({ time }) => [percent(time[name]), role] })),
  { name: "conflicts", ko: "충돌", width: 11, cell: ({ conflicts }) => [conflicts ? si(conflicts) : "-"] },
  { name: "waits", ko: "락 대기", width: 8, cell: ({ lockWaits }) => [lockWaits ? si(lockWaits) : "-"] },
];

function table(title: string, columns: readonly Column[], contenders: readonly Contender[], language: Language): TextRow[] {
  const first = Math.max(width(title), ...contenders.map(({ strategy }) => strategy.length), 14) + 1;
  const narrow = Math.min(first, 80 - columns.reduce((total, { width }) => total + width, 0));
  return [
    row(
      span(left(title, narrow), "title"),
      ...columns.map((column) => span(right(headOf(column, language), column.width), "dim")),
    ),
    ...contenders.map((contender) =>
      row(
        left(contender.strategy, narrow),
        ...(contender.withdrawn ? [span("  "), withdrawnSpan(contender.withdrawn, language)] : []),
        ...(contender.withdrawn ? [] : columns).map(({ width, cell }) => {
          const [text, role] = cell(contender);
          return span(right(text, width), role);
        }),
      ),
    ),
  ];
}

/** In place of the figures of a strategy that takes part no more: what happened. */
export const withdrawnSpan = ({ why }: Withdrawn, language: Language) =>
  why === "unable"
    ? span(inLanguage(reportWords.withdrawn[why], language), "dim")
    : span(`✗ ${inLanguage(reportWords.withdrawn[why], language)}`, "bad");

/** Of each strategy that takes part no more, the reason in a sentence: once, though a sweep withdraws it at each value anew. */
export function withdrawnSentences(strategies: readonly Contender[], language: Language): readonly string[] {
  const reasons = new Map<string, string>();
  for (const { strategy, withdrawn } of strategies) {
    const what = withdrawn && `${strategy}: ${inLanguage(reportWords.withdrawn[withdrawn.why], language)}`;
    if (what && !reasons.has(what)) reasons.set(what, `${what}: ${inLanguage(reportWords.ofRequest(withdrawn.says), language)}`);
  }
  return [...reasons.values()];
}

/** The strategies, the fastest first, and at the end those that take part no more. */
const ranked = ({ strategies }: Comparison): Contender[] => [
  ...strategies.filter(({ withdrawn }) => !withdrawn).sort((one, other) => other.perSecond.median - one.perSecond.median),
  ...strategies.filter(({ withdrawn }) => withdrawn),
];

/** Something was wrong with this strategy. */
export const hasFailed = ({ violated, failed, withdrawn }: Contender): boolean =>
  violated + failed > 0 || withdrawn?.why === "fault";

/** Nothing is known of this strategy, or not all. */
export const isUndecided = ({ notJudged, withdrawn }: Contender): boolean => notJudged > 0 || withdrawn !== undefined;

/** What a strategy did, in a few words: "lost 980", "right", "turned 956 of 1,000 away"; of all its slices together. */
export function verdictOf(contender: Contender, language: Language): Span {
  const { lost, tally, failed, violated, turnedAway, succeeded, rejected } = contender;
  const all = grouped(succeeded + rejected + failed);
  if (contender.withdrawn) return withdrawnSpan(contender.withdrawn, language);
  if (lost > 0) {
    // The final tallies say in which direction it was off, the sum over the slices how far.
    const above = tally.actual > tally.expected;
    const numbers = above ? { actual: lost, expected: 0 } : { actual: 0, expected: lost };
    return span(`✗ ${offText(tally, numbers, language)}`, "bad");
  }
  if (violated > 0) return span(`✗ ${inLanguage({ en: "breaks a rule", ko: "규칙을 깨뜨림" }, language)}`, "bad");
  if (failed > 0)
    return span(
      `✗ ${inLanguage({ en: `${grouped(failed)} of ${all} failed`, ko: `${all}개 중 ${grouped(failed)}개 실패` }, language)}`,
      "bad",
    );
  if (isUndecided(contender)) return span(`? ${inLanguage({ en: "not judged", ko: "판정하지 못함" }, language)}`, "strong");
  if (turnedAway > 0)
    return span(
      `! ${inLanguage(
        { en: `turned ${grouped(turnedAway)} of ${all} away`, ko: `${all}개 중 ${grouped(turnedAway)}개 돌려보냄` },
        language,
      )}`,
      "strong",
    );
  return span(`✓ ${inLanguage({ en: "right", ko: "맞음" }, language)}`, "good");
}

/** What every strategy did, in one sentence: first what went wrong, then what is right, the fastest of those by name. */
export function verdictSentences(comparison: Comparison, language: Language): TextRow[] {
  const all = ranked(comparison).map((one) => ({ ...one, said: verdictOf(one, language) }));
  const isRight = ({ said }: { readonly said: Span }): boolean => said.role === "good";
  const right = all.filter(isRight).map(({ strategy }) => strategy);
  return [
    ...all
      .filter((one) => !isRight(one))
      .map(({ strategy, said }) => row(span(`${said.text.slice(0, 2)}${strategy}: ${said.text.slice(2)}.`, said.role))),
    ...(right.length > 0
      ? [
          row(
            span(
              inLanguage(
                { en: `✓ right, the fastest first: ${right.join(", ")}.`, ko: `✓ 맞음, 빠른 순서로: ${right.join(", ")}.` },
                language,
              ),
              "good",
            ),
          ),
        ]
      : []),
  ];
}

export function comparisonRows(comparison: Comparison, language: Language): TextRow[] {
  const contenders = ranked(comparison);
  return [
    ...table(inLanguage(reportWords.strategy, language), figures, contenders, language),
    [],
    ...table(inLanguage({ en: "their time", ko: "시간 내역" }, language), prices, contenders, language),
  ];
}

/** A sentence for each two neighbours in rank: which is faster, or that they cannot be told apart. */
export const pairSentences = (comparison: Comparison, language: Language): string[] =>
  neighbours(comparison).map((pair) => pairText(pair, language));

/** Only the sentences for neighbours that cannot be told apart. */
export const undecidedSentences = (comparison: Comparison, language: Language): string[] =>
  neighbours(comparison)
    .filter(({ apart }) => !apart)
    .map((pair) => pairText(pair, language));

/** Two neighbours in rank, `ahead` by its median, and who won their rounds. */
interface Neighbours extends Pair {
  readonly ahead: string;
  readonly behind: string;
}

function neighbours(comparison: Comparison): Neighbours[] {
  const order = ranked(comparison).map(({ strategy }) => strategy);
  return order.slice(1).flatMap((behind, index) => {
    const ahead = order[index]!;
    const pair = comparison.pairs.find((each) => isOf(each, ahead, behind));
    return pair ? [{ ...pair, ahead, behind }] : [];
  });
}

function pairText({ faster, slower, won, of, apart, ahead, behind }: Neighbours, language: Language): string {
  const [rounds, inKorean] = [
    `${faster} was faster in ${won} of ${count(of, "round")}`,
    `${particle(faster, "이", "가")} ${grouped(of)}라운드 중 ${won}라운드에서`,
  ];
  // Every round went one way: that is too few rounds, and not the same speed.
  if (!apart && won === of)
    return inLanguage(
      {
        en: `${rounds} than ${slower}: with so few rounds they cannot be told apart for sure.`,
        ko: `${inKorean} ${slower}보다 빨랐습니다. 라운드가 적어 확실히 구별할 수는 없습니다.`,
      },
      language,
    );
  return inLanguage(
    apart
      ? { en: `${rounds} than ${slower}.`, ko: `${inKorean} ${slower}보다 빨랐습니다.` }
      : {
          en: `${ahead} and ${behind} cannot be told apart here: ${rounds}.`,
          ko: `${particle(ahead, "과", "와")} ${particle(behind, "은", "는")} 여기서는 우열을 가릴 수 없습니다: ${inKorean} 빨랐습니다.`,
        },
    language,
  );
}

const isOf = ({ faster, slower }: Pair, one: string, other: string): boolean =>
  (faster === one && slower === other) || (faster === other && slower === one);

/** Letters of the strategies in a chart. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A strategy with its letter, and what it served at each value; null: not measured there. */
const seriesOf = ({ points }: Pick<Sweep, "points">) =>
  [...new Set(points.flatMap(({ comparison }) => comparison.strategies.map(({ strategy }) => strategy)))].map((name, index) => ({
    name,
    mark: LETTERS[index] ?? "?",
    points: points.map(({ comparison: { strategies } }) => {
      const contender = strategies.find(({ strategy }) => strategy === name);
      return contender && !contender.withdrawn ? contender.perSecond : null;
    }),
  }));

/** The throughput at each value: a letter for each strategy, with the range of its slices. */
export const sweepChart = (swept: Pick<Sweep, "over" | "points">, width: number, height: number, language: Language): TextRow[] =>
  chart(
    seriesOf(swept),
    swept.points.map(({ value }) => String(value)),
    { width, height, x: swept.over, y: headOf(figures[0]!, language), language },
  );

/** The same in figures, with the letter and the name of each strategy. */
export function sweepTable(swept: Pick<Sweep, "over" | "points">, width: number): TextRow[] {
  const { over, points } = swept;
  const label = Math.max(10, Math.min(24, width - 9 * points.length));
  const head = row(span(left(over, label), "title"), ...points.map(({ value }) => span(right(String(value), 9), "dim")));
  const lines = seriesOf(swept).map(({ name, mark, points }) =>
    row(span(`${mark} `, "key"), left(name, label - 2), ...points.map((spread) => right(spread ? si(spread.median) : "-", 9))),
  );
  return [head, ...lines];
}

export const sweepRows = (swept: Sweep, width: number, height: number, language: Language): TextRow[] => [
  ...sweepChart(swept, width, height, language),
  [],
  ...sweepTable(swept, width),
];

/** `A mutex   B cas`: the letters and names, where there is no room for the figures. */
export const sweepKey = (swept: Pick<Sweep, "points">): TextRow =>
  seriesOf(swept).flatMap(({ name, mark }) => row(span(`${mark} `, "key"), span(`${name}   `, "dim")));

/** What each strategy broke, and which broke nothing that was observed. Threads refute, they do not prove. */
export function brokenSentences({ strategies }: Comparison, language: Language): TextRow[] {
  const wrong = strategies.filter(hasFailed);
  const right = strategies
    .filter((each) => !hasFailed(each) && !isUndecided(each))
    .map((each) => `${each.strategy}${turnedAway(each, language)}`);
  return [
    ...wrong.map((one) =>
      row(
        span(
          `✗ ${inLanguage(reportWords.strategy, language)} ${one.strategy}: ${whatWentWrong(one, language).join("; ")}.`,
          "bad",
        ),
      ),
    ),
    ...withdrawnSentences(strategies, language).map((sentence) => row(`- ${sentence}`)),
    ...unknownSentences(strategies, language).map((sentence) => row(`? ${sentence}.`)),
    ...(right.length > 0
      ? [
          row(
            span(
              inLanguage(
                {
                  en: `✓ nothing wrong was observed: ${right.join(", ")}.`,
                  ko: `✓ 틀린 것을 보지 못했습니다: ${right.join(", ")}.`,
                },
                language,
              ),
              "good",
            ),
          ),
        ]
      : []),
  ];
}

/** Nothing is wrong, and yet that is news: requests that could have been served were not. */
function turnedAway({ turnedAway, succeeded, rejected, failed }: Contender, language: Language): string {
  if (turnedAway === 0) return "";
  const [some, all] = [grouped(turnedAway), grouped(succeeded + rejected + failed)];
  return inLanguage({ en: ` (${some} of ${all} turned away)`, ko: ` (${all}개 중 ${some}개 돌려보냄)` }, language);
}

/** Of which strategies the effects of requests are unknown, and whether slices were not judged for that. */
export const unknownSentences = (strategies: readonly Contender[], language: Language): readonly string[] =>
  strategies
    .filter(({ unknown }) => unknown > 0)
    .map(({ strategy, unknown, notJudged, slices }) => {
      const effects = inLanguage(reportWords.effectsUnknown(unknown), language);
      const open = {
        en: `, not judged in ${notJudged} of ${count(slices.length, "slice")}`,
        ko: `, ${grouped(slices.length)}번 중 ${notJudged}번 판정하지 않음`,
      };
      return `${strategy}: ${effects}${notJudged > 0 ? inLanguage(open, language) : ""}`;
    });

function whatWentWrong({ violations, violated, slices, failed, withdrawn }: Contender, language: Language): string[] {
  const [violation] = violations;
  return [
    ...(violation
      ? [
          {
            en: `"${violation.property}" is broken in ${violated} of ${count(slices.length, "slice")}`,
            ko: `"${violation.property}" 깨짐, ${grouped(slices.length)}번 중 ${violated}번`,
          },
        ]
      : []),
    ...(failed > 0 ? [reportWords.requestsFailed(failed)] : []),
    ...(withdrawn?.why === "fault" ? [reportWords.withdrawn.fault] : []),
  ].map((text) => inLanguage(text, language));
}

/** The values between which the lead changes, in sentences; one sentence where it does not. */
export function crossoverSentences({ over, crossovers, points }: Sweep, language: Language): string[] {
  const values = points.map(({ value }) => value).join(", ");
  const none = {
    en: `No two strategies that can be told apart change places over ${over} ${values}.`,
    ko: `${over} ${values}에서, 우열이 갈리는 전략들의 순위는 바뀌지 않습니다.`,
  };
  if (crossovers.length === 0) return [inLanguage(none, language)];
  return crossovers.map(({ before, after, from, to }) =>
    inLanguage(
      {
        en: `${before} is ahead of ${after} at ${over} ${from}, ${after} is ahead of ${before} at ${over} ${to}: they cross in between.`,
        ko: `${over} ${from}에서는 ${particle(before, "이", "가")} ${after}보다 앞서고, ${over} ${to}에서는 ${particle(after, "이", "가")} ${before}보다 앞섭니다. 그 사이에서 순위가 뒤바뀝니다.`,
      },
      language,
    ),
  );
}
