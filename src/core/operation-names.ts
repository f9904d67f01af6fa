/** The Korean names of operations. The English names are those in the code. */
import type { Language } from "./language.js";
import type { Operation } from "./operation.js";

const inKorean: { readonly [K in Operation["kind"]]: string } = {
  read: "읽기",
  "read-versioned": "버전과 함께 읽기",
  write: "쓰기",
  delete: "삭제",
  insert: "추가",
  "compare-and-set": "비교 후 쓰기(CAS)",
  "update-where": "조건부 UPDATE",
  "select-for-update": "잠그고 읽기",
  select: "조회",
  "insert-row": "행 삽입",
  "update-rows": "행 변경",
  "delete-rows": "행 삭제",
  acquire: "락 잡기",
  release: "락 풀기",
  "raise-fence": "펜싱 토큰 올리기",
  begin: "트랜잭션 시작",
  commit: "커밋",
  rollback: "롤백",
  savepoint: "세이브포인트 설정",
  "rollback-to": "세이브포인트까지 롤백",
  "release-savepoint": "세이브포인트 해제",
  "advisory-lock": "어드바이저리 락 잡기",
  "advisory-unlock": "어드바이저리 락 풀기",
  "lock-timeout": "락 타임아웃 설정",
  sleep: "다른 일 하기",
  elapse: "시간 보내기",
  call: "호출",
  choose: "외부 상황 확인",
  publish: "메시지 보내기",
  receive: "메시지 받기",
  ack: "메시지 처리 확인",
  expire: "락 만료",
  redeliver: "메시지 다시 전달",
};

export const operationName = (kind: Operation["kind"], language: Language): string => (language === "ko" ? inKorean[kind] : kind);
