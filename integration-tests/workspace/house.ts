/**
 * The house: each package, and what it may import. Arrows point one way, from an algorithm to a port
 * and from a driver to a port; an arrow that is not in this table is a design question to raise first.
 *
 * A package without a folder is one that is planned. Read next: house-rules.ts, which holds the
 * packages to the table, and docs/ARCHITECTURE.md, which says why it is so.
 * @module
 */

/** One package. */
export interface Row {
  /** Our packages that it may import. `errors` is open to all and not listed. */
  readonly ours: readonly string[];
  /** Packages of others that it may import; for a driver these are the clients, as peers. */
  readonly others?: readonly string[];
}

/** The table: a package's folder and its row. */
export type House = Readonly<Record<string, Row>>;

/** Ports that a backend may serve; the stores for runs come with core. */
const ports = ['clock', 'lock', 'optimistic', 'counter', 'claim', 'throttle', 'admission'];
const portsAndRuns = [...ports, 'core'];

/** One package per backend, and the one that spreads a run over machines. Only `cli` may import these. */
export const drivers: House = {
  'azure-blob': { ours: ports, others: ['@azure/storage-blob'] },
  redis: { ours: portsAndRuns, others: ['ioredis'] },
  mssql: { ours: ports, others: ['mssql'] },
  postgres: { ours: portsAndRuns, others: ['pg'] },
  sqlite: { ours: portsAndRuns },
  http: { ours: ports },
  bullmq: { ours: ['core', 'clock'], others: ['bullmq'] },
};

/** Every package. */
export const house: House = {
  // Contracts and what stands on them.
  errors: { ours: [] },
  clock: { ours: [] },
  core: { ours: ['clock'], others: ['devalue'] },
  results: { ours: ['core', 'clock'] },
  saga: { ours: ['core', 'clock'] },
  optimistic: { ours: ['clock'], others: ['@standard-schema/spec'] },
  counter: { ours: ['optimistic', 'clock'] },
  lock: { ours: ['clock'] },
  claim: { ours: ['lock', 'optimistic', 'clock'] },
  throttle: { ours: ['clock'] },
  admission: { ours: ['claim', 'lock', 'throttle', 'clock'] },

  ...drivers,

  // To test with, and to look at.
  testkit: { ours: ['core', 'clock'], others: ['vitest'] },
  report: { ours: ['core', 'clock'], others: ['elkjs'] },
  otel: { ours: ['core', 'clock'], others: ['@opentelemetry/api'] },
  cli: {
    ours: ['core', 'clock', 'results', 'report', 'throttle', ...Object.keys(drivers)],
    others: ['commander', 'open'],
  },
};
