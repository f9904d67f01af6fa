/** Why a search does not answer for every schedule, in words: the same for commands, screens, judge and matchers. */
import type { LimitHit } from "../core/exploration.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import { messageIn } from "../core/messages.js";

type Limits = readonly LimitHit[];
/** A sentence in both languages. */
export type Both = Exclude<Text, string>;

export const serverUnknown = (reason: string): Both => ({
  en: `the model does not know what the server would do (${reason})`,
  ko: `서버가 어떻게 할지 모델이 알지 못합니다(${messageIn(reason, "ko")})`,
});

/** Why the model has no answer somewhere; null: it has one everywhere. Another limit does not help there. */
export function beyondModelSaid(limits: Limits): Both | null {
  const reasons = limits.flatMap(({ limit, reason }) => (limit === "model" ? (reason ?? []) : []));
  return reasons.length === 0 ? null : serverUnknown(reasons.join("; "));
}

/** The limits that a higher limit would move. */
export const stopsOf = (limits: Limits): Limits => limits.filter(({ limit }) => limit !== "model");

/** In a few words. */
export function limitsText(limits: Limits, language: Language): string {
  const texts = limits.map(({ limit, value }) => {
    if (limit === "cancelled") return limit;
    if (limit !== "model") return `${limit}=${value}`;
    return inLanguage({ en: "the model has no answer somewhere", ko: "모델이 답을 모르는 곳이 있음" }, language);
  });
  return [...new Set(texts)].join(", ");
}

const raise: Both = {
  en: "nothing wrong was found so far. next: raise the limit that was hit, or make it smaller: --size tasks=2",
  ko: "아직 잘못된 결과를 찾지 못했습니다. 다음: 도달한 한도를 올리거나, 더 작게 해 보세요: --size tasks=2",
};

/** The verdict `inconclusive`: what is not known, and what to do about it. */
export function inconclusive(limits: Limits): Text {
  const beyond = beyondModelSaid(limits);
  const stops = stopsOf(limits).length > 0 || !beyond ? raise : null;
  const said = (language: Language): string => [beyond, stops].flatMap((text) => text?.[language] ?? []).join(". ");
  return { en: `inconclusive: ${said("en")}`, ko: `결론 없음: ${said("ko")}` };
}
