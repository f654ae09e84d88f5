/**
 * A file of runs as the doctor sees it: whether the driver reads it, and what disk it is on.
 * @module
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock } from '@runafter/clock';
import { sqliteRunStore } from '@runafter/sqlite';
import type { Connect } from '../backend.ts';
import { type Finding, fine } from '../finding.ts';

/** Reads a little, and writes nothing. */
export const connectSqlite: Connect = async ({ address }, folder) => {
  const file = resolve(folder, address);
  const exists = existsSync(file);
  const store = exists ? sqliteRunStore(file, { readOnly: true }) : undefined;
  const read = async (): Promise<void> => {
    for await (const _ of store?.listRuns({ limit: 1 }) ?? []) break;
  };
  await read();
  return {
    version: `SQLite ${process.versions.sqlite ?? ''}`.trimEnd(),
    resolution: 0,
    // It has no clock but ours; the round trip is a read.
    now: async () => {
      await read();
      return systemClock.now();
    },
    examine: async () => [
      fine(exists ? 'is a file of runs' : 'is not there yet; the first run makes it'),
      ...(await diskFindings(dirname(file))),
    ],
    close: async () => store?.close(),
  };
};

/** Types of file systems, as statfs tells them on Linux, whose locks are not those of a local disk. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
]);

const leastFree = 100 * 1024 * 1024;

async function diskFindings(folder: string): Promise<Finding[]> {
  if (!existsSync(folder)) {
    return [
      {
        severity: 'problem',
        message: `its folder ${folder} does not exist`,
        fix: `Make it, or name another one.`,
      },
    ];
  }
  const { type, bavail, bsize } = await statfs(folder);
  const network = networkTypes.get(type);
  const findings: Finding[] = [];
  if (network !== undefined) {
    findings.push({
      severity: 'warning',
      message: `is on a file system of another kind than a local disk (${network})`,
      fix: 'Put it on a local disk: SQLite needs locks that network file systems do not keep.',
    });
  }
  if (bavail * bsize < leastFree) {
    findings.push({
      severity: 'warning',
      message: `has ${Math.floor((bavail * bsize) / 1024 / 1024)} MiB left on its disk`,
      fix: 'Make room: a run whose outcome cannot be written stops.',
    });
  }
  return findings;
}
