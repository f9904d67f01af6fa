/**
 * What newer PostgreSQL servers do differently from older ones, by name. The model does as the newest it was compared with;
 * told what a server lacks, it does as that one.
 */

/** A correction of PostgreSQL that an older server lacks. */
export type Correction = "on-conflict-reads";

export const corrections: { readonly [name in Correction]: { readonly en: string; readonly ko: string } } = {
  "on-conflict-reads": {
    en: "this server does not count yet that ON CONFLICT at serializable has read the row in its way, as PostgreSQL 15.20 does and 18.4 does not",
    ko: "이 서버는 serializable에서 ON CONFLICT가 충돌한 행을 읽었다고 아직 치지 않습니다. PostgreSQL 15.20은 치고 18.4는 치지 않습니다",
  },
};
