/**
 * The keys of runs.
 *
 * Invariant: a run and the index that lists it are in one slot of a cluster, so a script writes both in one
 * step, and whatever exists is listed. Runs are spread over so many such groups by a hash of their id; the
 * number of the group is the hash tag. The number of groups is part of the format: it never changes.
 * @module
 */
import { crc32 } from 'node:zlib';
import { toStoredText } from './stored-text.ts';

const groupCount = 64;

/** What is kept of a run, in the order of the script's KEYS. */
const parts = [
  'run',
  'outcomes',
  'places',
  'claims',
  'states',
  'signals',
  'signal-ids',
  'token',
] as const;

/** The indexes of a group: the runs that go on, and those that have ended. */
export const indexes = ['running', 'ended'] as const;

export type RunPart = (typeof parts)[number];
export type RunIndex = (typeof indexes)[number];

export class RunKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The key of one part of a run. */
  part(runId: string, part: RunPart): string {
    const id = toStoredText(runId);
    return `${this.#group(crc32(id) % groupCount)}${part}:${id}`;
  }

  /** All keys that a write of the run may need. */
  all(runId: string): string[] {
    const id = toStoredText(runId);
    const group = this.#group(crc32(id) % groupCount);
    return [...parts.map((part) => `${group}${part}:${id}`), ...indexes.map((end) => group + end)];
  }

  /** Of all groups. */
  index(which: RunIndex): string[] {
    return Array.from({ length: groupCount }, (_, n) => this.#group(n) + which);
  }

  /** The channel on which signals of a run are told. */
  channel(runId: string): string {
    return `${this.#prefix}signals:${toStoredText(runId)}`;
  }

  #group(number: number): string {
    return `${this.#prefix}runs:{${number}}:`;
  }
}
