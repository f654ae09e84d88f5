/**
 * The imports that are measured: every entry point in full, and what people import most by itself.
 *
 * Suites for vitest are left out, which nobody ships to a user.
 * @module
 */
import { readPackages } from '../workspace.ts';
import type { Import } from './bundle.ts';

const suites: readonly string[] = ['./conformance', './suites'];

/** By package: what one line of a program imports from it. */
const typical: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'azure-blob': [['blobDocumentStore'], ['blobLock']],
  claim: [['createOnce'], ['pool', 'memoryPools']],
  clock: [['parseDuration'], ['systemClock'], ['virtualClock'], ['retry']],
  core: [
    ['workflow'],
    ['workflow', 'start'],
    ['workflow', 'start', 'memoryRunStore'],
    ['defineWorkflow', 'start'],
    ['boundedMap'],
    ['describe'],
  ],
  counter: [['atomicCounter'], ['shardedCounter']],
  errors: [['RunafterError'], ['hasCode'], ['describeCode']],
  http: [['httpDocumentStore'], ['sharePointListItems']],
  lock: [['memoryLock'], ['withLock']],
  mssql: [['mssqlLock'], ['mssqlDocumentStore']],
  optimistic: [['update'], ['memoryDocumentStore']],
  otel: [['telemetry']],
  postgres: [['postgresLock'], ['postgresDocumentStore'], ['postgresRunStore']],
  redis: [['redisLock'], ['redisLimiter'], ['redisDocumentStore'], ['redisRunStore']],
  report: [['report'], ['viewOf'], ['recordWaits']],
  results: [['tally'], ['partition'], ['quorum']],
  saga: [['saga']],
  sqlite: [['sqliteDocumentStore'], ['sqliteRunStore']],
  throttle: [['limiter'], ['adaptive'], ['throttledFetch'], ['retry']],
};

/** All of them, package by package. */
export function measuredImports(): Import[] {
  return readPackages().flatMap(({ folder, manifest }) => [
    ...Object.keys(manifest.exports ?? {})
      .filter((subpath) => !suites.includes(subpath))
      .map((subpath) => ({ from: manifest.name + subpath.slice(1) })),
    ...(typical[folder] ?? []).map((names) => ({ from: manifest.name, names })),
  ]);
}
