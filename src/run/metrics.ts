/**
 * Serves a run's metrics to Prometheus: the standard client's registry at one address, until the run ends. They are sampled
 * from shared memory ten times a second, as the screen is; no message is sent for them.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Impossible } from "../core/failure.js";
import type { Pulse } from "../core/verdict.js";

interface Metrics {
  /** The address with its path. */
  readonly url: string;
  on(pulse: Pulse): void;
  close(): Promise<void>;
}

/** A host (default: this machine alone) and a port; 0: any free port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Upper bounds in seconds, from a read in memory (0.1 ms) to the deadline of a request. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export async function serveMetrics({ host, port }: ListenAddress, labels: Readonly<Record<string, string>>): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = (await import("prom-client")).default;
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  const registers = [registry];
  const requests = new Counter({
    name: "racelab_requests_total",
    help: "Requests that have ended, by outcome: ok, rejected (the rule says no), failed, unknown (no answer to a write or commit).",
    labelNames: ["outcome"],
    registers,
  });
  const latency = new Histogram({
    name: "racelab_request_duration_seconds",
    help: "From a request's beginning to its end, thinking and waiting included.",
    labelNames: ["outcome"],
    buckets: BUCKETS,
    registers,
  });
  const running = new Gauge({ name: "racelab_requests_running", help: "Requests under way now.", registers });
  const counters = {
    operations: new Counter({ name: "racelab_operations_total", help: "Operations that the store has answered.", registers }),
    conflicts: new Counter({
      name: "racelab_conflicts_total",
      help: "Compare-and-sets that found a newer version, and serialization failures.",
      registers,
    }),
    retries: new Counter({ name: "racelab_retries_total", help: "Attempts after a conflict.", registers }),
    lockWaits: new Counter({
      name: "racelab_lock_waits_total",
      help: "Operations that had to wait for somebody's lock.",
      registers,
    }),
  };
  for (const outcome of ["ok", "rejected", "failed", "unknown"]) requests.inc({ outcome }, 0);
  const told = { operations: 0, conflicts: 0, retries: 0, lockWaits: 0 };

  const server = createServer(async (request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end("metrics are at /metrics\n");
    response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new Impossible(
          code === "EADDRINUSE"
            ? `--metrics: port ${port} on ${host} is taken; --metrics :0 takes one that is free`
            : `--metrics: nobody can listen on ${host}:${port} (${message})`,
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/metrics`,
    on(pulse) {
      running.set(pulse.running);
      for (const { status: outcome, micros } of pulse.ended) {
        requests.inc({ outcome });
        latency.observe({ outcome }, micros / 1_000_000);
      }
      for (const name of ["operations", "conflicts", "retries", "lockWaits"] as const) {
        counters[name].inc(pulse[name] - told[name]);
        told[name] = pulse[name];
      }
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
