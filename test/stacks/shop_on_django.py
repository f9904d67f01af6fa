"""Runs the snippets for Django that come as JSON on standard input, and prints as JSON what each did. Arguments: URL of the server, schema. Not
named django.py, because Python looks in a script's own folder first."""
import json, sys, textwrap, threading
from urllib.parse import urlparse

import django
from django.conf import settings

url = urlparse(sys.argv[1])
schema = sys.argv[2]
settings.configure(DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:] or url.username, "USER": url.username or "",
    "PASSWORD": url.password or "", "HOST": url.hostname or "", "PORT": url.port or "",
    "OPTIONS": {"options": f"-c search_path={schema} -c synchronous_commit=off"}}}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
django.setup()
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import F


def model(name, **fields):
    meta = type("Meta", (), {"app_label": "shop", "db_table": name.lower()})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


Stock = model("Stock", pieces=models.IntegerField(), version=models.IntegerField(default=0))
Request = model("Request", id=models.TextField(primary_key=True), answer=models.TextField(null=True))
Event = model("Event", body=models.JSONField())
Saga = model("Saga", step=models.IntegerField(), state=models.TextField())
Job = model("Job", key=models.TextField())


class Conflict(Exception):
    pass


lock = threading.Lock()
done = []
calls = threading.Lock()


def note(what):
    with calls:
        done.append(what)
        return f"{what} {len(done)}"


names = dict(Stock=Stock, Request=Request, Event=Event, Saga=Saga, Job=Job, Conflict=Conflict, lock=lock, F=F, transaction=transaction,
             connection=connection, IntegrityError=IntegrityError, OperationalError=OperationalError,
             effect=lambda: note("paid"), publish=note, undo=lambda id, step: note([id, step]), handle=lambda job: note(job.pk))


def function(code):
    space = dict(names)
    exec("def run(id, key, step):\n" + textwrap.indent(code, "    "), space)
    return space["run"]


def at_once(times, one):
    answers = [None] * times
    threads = []

    def work(n):
        try:
            answers[n] = one()
        except Exception as error:
            answers[n] = f"{type(error).__name__}: {error}"
        finally:
            connection.close()
    for n in range(times):
        threads.append(threading.Thread(target=work, args=(n,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return answers


with connection.cursor() as cursor:
    cursor.execute(f"create schema {schema}")
try:
    with connection.schema_editor() as editor:
        for one in (Stock, Request, Event, Saga, Job):
            editor.create_model(one)
    found = {}
    for strategy, code in json.load(sys.stdin).items():
        for one in (Stock, Request, Event, Saga, Job):
            one.objects.all().delete()
        Stock.objects.create(pk=1, pieces=10)
        Saga.objects.create(pk=1, step=2, state="done")
        Job.objects.bulk_create([Job(key="k") for _ in range(6)])
        done.clear()
        run = function(code)
        times = 1 if strategy == "none" else 3 if strategy in ("idempotency", "outbox", "saga", "single-writer") else 12
        answers = at_once(times, lambda: run(1, "k", 2))
        found[strategy] = {"answers": answers, "pieces": Stock.objects.get(pk=1).pieces, "done": list(done),
                           "events": Event.objects.count(), "states": list(Saga.objects.values_list("state", flat=True)), "jobs": Job.objects.count()}
    print(json.dumps(found))
finally:
    with connection.cursor() as cursor:
        cursor.execute(f"drop schema {schema} cascade")
