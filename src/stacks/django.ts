/**
 * Django. Each is the body of a function of `id` or `key`. Models: Stock (pieces, version), Request (id, answer), Event (body),
 * Saga (step, state), Job (key).
 */
import type { Snippets } from "./snippet.js";

const docs = "https://docs.djangoproject.com/en/stable";
const forUpdate = `${docs}/ref/models/querysets/#select-for-update`;
const f = `${docs}/ref/models/expressions/#f-expressions`;
const transactions = `${docs}/topics/db/transactions/`;

export const django: Snippets = {
  none: {
    code: `stock = Stock.objects.get(pk=id)
if stock.pieces < 1:
    return False
stock.pieces -= 1
stock.save()
return True`,
    refused: { en: "nothing is refused: the later save wins", ko: "거절되는 것이 없습니다. 나중의 save가 남습니다" },
    trap: {
      en: "save() writes all columns: who changes the note puts pieces back as well. save(update_fields=[...]) does not",
      ko: "save()는 모든 열을 씁니다. 메모만 바꿔도 수량이 되돌아갑니다. save(update_fields=[...])는 그렇지 않습니다",
    },
    source: `${docs}/ref/models/instances/#specifying-which-fields-to-save`,
    known: "test",
  },
  mutex: {
    code: `with lock:  # lock = threading.Lock(), one for the whole process
    with transaction.atomic():
        stock = Stock.objects.get(pk=id)
        if stock.pieces < 1:
            return False
        stock.pieces -= 1
        stock.save()
return True`,
    refused: { en: "nothing: the next one waits", ko: "거절되지 않습니다. 다음 요청이 기다립니다" },
    trap: {
      en: "gunicorn starts several processes: each has a lock of its own. And the lock goes around atomic(), not into it",
      ko: "gunicorn은 프로세스를 여럿 띄우고 락은 프로세스마다 따로입니다. 또 락은 atomic() 안이 아니라 바깥에 두어야 합니다",
    },
    source: "https://docs.gunicorn.org/en/stable/design.html",
    known: "test",
  },
  cas: {
    code: `for _ in range(20):
    stock = Stock.objects.get(pk=id)
    if stock.pieces < 1:
        return False
    changed = Stock.objects.filter(pk=id, version=stock.version).update(
        pieces=stock.pieces - 1, version=stock.version + 1)
    if changed == 1:
        return True
raise Conflict("409: others were faster")`,
    refused: { en: "update() answers 0", ko: "update()가 0을 돌려줌" },
    trap: {
      en: "Django has no version field of its own: one save() that does not ask for the version goes past the check",
      ko: "Django에는 버전 필드가 따로 없습니다. 버전을 묻지 않는 save() 하나가 검사를 지나칩니다",
    },
    source: `${docs}/ref/models/querysets/#update`,
    known: "test",
  },
  "row-lock": {
    code: `with transaction.atomic():
    stock = Stock.objects.select_for_update().get(pk=id)
    if stock.pieces < 1:
        return False
    stock.pieces -= 1
    stock.save()
return True`,
    refused: {
      en: "OperationalError with pgcode 55P03 (nowait=True) or 40P01; outside atomic() TransactionManagementError",
      ko: "OperationalError의 pgcode 55P03(nowait=True)이나 40P01. atomic() 밖에서는 TransactionManagementError",
    },
    trap: {
      en: "save the object that you locked: one that was read earlier overwrites; .count() on such a queryset locks nothing",
      ko: "잠근 객체를 저장하세요. 먼저 읽어 둔 객체는 덮어씁니다. 이 쿼리셋의 .count()는 아무것도 잠그지 않습니다",
    },
    source: forUpdate,
    known: "test",
  },
  "atomic-update": {
    code: `return Stock.objects.filter(pk=id, pieces__gt=0).update(pieces=F("pieces") - 1) == 1`,
    refused: { en: "update() answers 0: sold out", ko: "update()가 0을 돌려줌: 매진" },
    trap: {
      en: 'stock.pieces = F("pieces") - 1; stock.save(); stock.save() subtracts twice, until refresh_from_db()',
      ko: 'stock.pieces = F("pieces") - 1 뒤에 stock.save()를 두 번 하면 두 번 빠집니다. refresh_from_db()를 하세요',
    },
    source: f,
    known: "test",
  },
  serializable: {
    code: `while True:
    try:
        with transaction.atomic():
            connection.cursor().execute("set transaction isolation level serializable")
            stock = Stock.objects.get(pk=id)
            taken = stock.pieces > 0 and Stock.objects.filter(pk=id).update(pieces=stock.pieces - 1)
        return bool(taken)
    except OperationalError as error:
        if error.__cause__.pgcode not in ("40001", "40P01"):
            raise`,
    refused: { en: "OperationalError, pgcode 40001", ko: "OperationalError, pgcode 40001" },
    trap: {
      en: "with ATOMIC_REQUESTS the loop is inside a transaction that has failed already: it fails every time",
      ko: "ATOMIC_REQUESTS이면 반복문이 이미 실패한 트랜잭션 안에 있어서 매번 실패합니다",
    },
    source: transactions,
    known: "test",
  },
  idempotency: {
    code: `try:
    with transaction.atomic():
        request = Request.objects.create(pk=key)
        request.answer = effect()
        request.save()
except IntegrityError:
    request = Request.objects.get(pk=key)
return request.answer`,
    refused: { en: "IntegrityError (23505)", ko: "IntegrityError(23505)" },
    trap: {
      en: "an except inside the atomic block: every later query raises TransactionManagementError",
      ko: "except를 atomic 블록 안에 두면 그 뒤의 쿼리는 모두 TransactionManagementError입니다",
    },
    source: transactions,
    known: "test",
  },
  outbox: {
    code: `with transaction.atomic():  # the request
    Stock.objects.filter(pk=id).update(pieces=F("pieces") - 1)
    Event.objects.create(body={"sold": id})
with transaction.atomic():  # the relay, again and again
    for event in Event.objects.select_for_update(skip_locked=True).order_by("pk")[:100]:
        publish(event.body)
        event.delete()`,
    refused: { en: "nothing; a relay that dies publishes again", ko: "거절되지 않습니다. 릴레이가 죽으면 다시 발행합니다" },
    trap: {
      en: "transaction.on_commit(publish) is no outbox: a process that dies after the commit has sent nothing",
      ko: "transaction.on_commit(publish)는 아웃박스가 아닙니다. commit 뒤에 프로세스가 죽으면 보내지 못합니다",
    },
    source: `${transactions}#performing-actions-after-commit`,
    known: "test",
  },
  saga: {
    code: `claimed = Saga.objects.filter(pk=id, step=step, state="done").update(state="undoing")
if claimed == 0:
    return False
undo(id, step)  # the call carries the saga's id as its idempotency key
Saga.objects.filter(pk=id, step=step).update(state="undone")
return True`,
    refused: { en: "update() answers 0: another worker compensates", ko: "update()가 0을 돌려줌: 다른 워커가 보상 중" },
    trap: {
      en: "inside one atomic() the claim is not visible to others before the call: commit it first",
      ko: "atomic() 하나로 감싸면 호출하기 전에는 다른 워커가 이 표시를 보지 못합니다. 먼저 commit하세요",
    },
    source: "https://microservices.io/patterns/data/saga.html",
    known: "test",
  },
  "single-writer": {
    code: `with transaction.atomic():
    # one worker for this key at a time, on all servers
    connection.cursor().execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    for job in Job.objects.filter(key=key).order_by("pk"):
        handle(job)
        job.delete()`,
    refused: { en: "nothing: the next worker waits", ko: "거절되지 않습니다. 다음 워커가 기다립니다" },
    trap: {
      en: "Celery with several workers runs two tasks of one key at once: a queue is not yet one writer",
      ko: "워커가 여럿인 Celery는 같은 키의 작업 둘을 동시에 실행합니다. 큐만으로는 쓰는 쪽이 하나가 되지 않습니다",
    },
    source: "https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS",
    known: "test",
  },
};
