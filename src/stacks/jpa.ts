/**
 * JPA with Spring. Nothing here is run by the tests: there is no Java in them. "ran" was run by hand with EclipseLink 2.7 and
 * Spring 4.3; "read" is from the documentation.
 */
import type { Snippets } from "./snippet.js";

const spring = "https://docs.spring.io/spring-framework/reference/data-access/transaction/declarative.html";
const dataLocking = "https://docs.spring.io/spring-data/jpa/reference/jpa/locking.html";
const jakarta = "https://jakarta.ee/specifications/persistence/3.1/jakarta-persistence-spec-3.1";

export const jpa: Snippets = {
  none: {
    code: `@Transactional
public boolean buy(Long id) {
  Stock stock = stocks.findById(id).orElseThrow();
  if (stock.getPieces() < 1) return false;
  stock.setPieces(stock.getPieces() - 1);
  return true;
}`,
    refused: { en: "nothing is refused: the later flush wins", ko: "거절되는 것이 없습니다. 나중의 flush가 남습니다" },
    trap: {
      en: "@Transactional does not help: at read committed both have read before either writes",
      ko: "@Transactional은 도움이 되지 않습니다. read committed에서는 둘 다 쓰기 전에 읽었습니다",
    },
    source: spring,
    known: "read",
  },
  mutex: {
    code: `private final Object lock = new Object();

public boolean buy(Long id) {
  synchronized (lock) {
    return transactional.buy(id); // another bean: its @Transactional commits before the lock is released
  }
}`,
    refused: { en: "nothing: the next one waits", ko: "거절되지 않습니다. 다음 요청이 기다립니다" },
    trap: {
      en: "@Transactional synchronized on one method: the proxy commits after the monitor is released, and updates are lost",
      ko: "한 메서드에 @Transactional과 synchronized를 같이 쓰면, 모니터를 놓은 뒤에 프록시가 commit해서 갱신이 사라집니다",
    },
    source: "https://besthub.dev/articles/when-does-transactional-commit-before-or-after-unlock-cef0ae824df1",
    known: "ran",
  },
  cas: {
    code: `@Entity class Stock {
  @Id Long id;
  int pieces;
  @Version long version;
}
// change the managed entity; the check is made at flush
// update stock set pieces = ?, version = ? where id = ? and version = ?`,
    refused: {
      en: "OptimisticLockException; in Spring ObjectOptimisticLockingFailureException, at flush or commit",
      ko: "OptimisticLockException. Spring에서는 ObjectOptimisticLockingFailureException. flush나 commit에서 납니다",
    },
    trap: {
      en: "a bulk JPQL update goes past the check, and in Hibernate leaves the version as it is",
      ko: "벌크 JPQL update는 이 검사를 거치지 않고, Hibernate에서는 버전도 그대로 둡니다",
    },
    source: jakarta,
    known: "ran",
  },
  "row-lock": {
    code: `interface Stocks extends JpaRepository<Stock, Long> {
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select s from Stock s where s.id = :id")
  Stock locked(Long id);
}
// inside @Transactional
Stock stock = stocks.locked(id);
if (stock.getPieces() > 0) stock.setPieces(stock.getPieces() - 1);`,
    refused: {
      en: "outside a transaction TransactionRequiredException; a lock that is not available: CannotAcquireLockException or PessimisticLockingFailureException",
      ko: "트랜잭션 밖에서는 TransactionRequiredException. 락을 얻지 못하면 CannotAcquireLockException이나 PessimisticLockingFailureException",
    },
    trap: {
      en: "the lock timeout is a hint, and providers differ: look at the SQL, or set lock_timeout in the database",
      ko: "락 타임아웃은 힌트일 뿐이고 구현마다 다릅니다. SQL을 확인하거나 데이터베이스에서 lock_timeout을 설정하세요",
    },
    source: dataLocking,
    known: "ran",
  },
  "atomic-update": {
    code: `@Modifying(clearAutomatically = true)
@Query("update Stock s set s.pieces = s.pieces - 1 where s.id = :id and s.pieces > 0")
int take(Long id);
// inside @Transactional
return stocks.take(id) == 1;`,
    refused: { en: "0: sold out", ko: "0: 매진" },
    trap: {
      en: "an entity that is loaded already keeps the old value, and can write it back",
      ko: "이미 불러온 엔티티는 옛 값을 그대로 갖고 있고, 그 값을 다시 쓸 수도 있습니다",
    },
    source: "https://docs.spring.io/spring-data/jpa/reference/jpa/query-methods.html#jpa.modifying-queries",
    known: "ran",
  },
  serializable: {
    code: `@Retryable(retryFor = PessimisticLockingFailureException.class, maxAttempts = 5)
public boolean buy(Long id) {
  return transactional.buy(id); // another bean
}
// there
@Transactional(isolation = Isolation.SERIALIZABLE)
public boolean buy(Long id) { … }`,
    refused: {
      en: "CannotSerializeTransactionException, a PessimisticLockingFailureException",
      ko: "CannotSerializeTransactionException. PessimisticLockingFailureException의 하나입니다",
    },
    trap: {
      en: "the retry goes around the transaction: nested in another one it ends in UnexpectedRollbackException",
      ko: "재시도는 트랜잭션 바깥에 있어야 합니다. 다른 트랜잭션 안에 있으면 UnexpectedRollbackException으로 끝납니다",
    },
    source: "https://github.com/spring-projects/spring-data-jpa/issues/3585",
    known: "ran",
  },
  idempotency: {
    code: `@Modifying
@Query(value = "insert into request (id) values (:key) on conflict do nothing", nativeQuery = true)
int claim(String key);
// inside one @Transactional: the claim, the effect and its answer
if (requests.claim(key) == 1) requests.answer(key, effect());
return requests.findById(key).orElseThrow().getAnswer();`,
    refused: { en: "0: the first request has it", ko: "0: 첫 요청이 이미 가지고 있음" },
    trap: {
      en: "save() of an entity with an assigned id and no version calls merge: a repeat overwrites the answer",
      ko: "id를 직접 넣고 버전이 없는 엔티티의 save()는 merge를 부릅니다. 반복 요청이 답을 덮어씁니다",
    },
    source: "https://docs.spring.io/spring-data/jpa/reference/jpa/entity-persistence.html",
    known: "read",
  },
  saga: {
    code: `@Modifying
@Query("update Saga s set s.state = 'undoing' where s.id = :id and s.step = :step and s.state = 'done'")
int claim(Long id, int step);
// 1: this worker compensates, and the claim is committed before the call
if (sagas.claim(id, step) == 1) undo(id, step);`,
    refused: { en: "0: another worker compensates", ko: "0: 다른 워커가 보상 중" },
    trap: {
      en: "a checked exception commits the transaction: half a step is kept. rollbackFor = Exception.class",
      ko: "체크 예외는 트랜잭션을 commit합니다. 반만 한 단계가 남습니다. rollbackFor = Exception.class를 쓰세요",
    },
    source: "https://docs.spring.io/spring-framework/reference/data-access/transaction/declarative/rolling-back.html",
    known: "ran",
  },
};
