/**
 * What the test tells the program that works on sagas, what that tells in return, and the files in which
 * the effects of runs stand, over all their processes.
 * @module
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type EffectEvent, EffectsLog } from '../../packages/saga/test/model/effects-log.ts';
import type { Ended, EndedSaga } from '../../packages/saga/test/model/oracle.ts';

export interface Task {
  /** In which the database is, and the files with the effects. */
  readonly folder: string;
  /** Runs, by the seeds of their plans. */
  readonly seeds: readonly string[];
  /** The number of the process that works on them, from 1. */
  readonly life: number;
  /** Milliseconds since 1970, when the first of them was started. */
  readonly since: number;
}

/** How many times faster than planned everything is. */
export const speed = 40;

/** How a run has ended, as the last process tells it, in a line of JSON. */
export interface ToldEnd {
  readonly seed: string;
  readonly status: string;
  /** Those that have begun, by item. */
  readonly sagas: readonly {
    readonly ended: readonly (readonly [string, Ended])[];
    readonly report: EndedSaga['report'];
  }[];
}

export function databaseIn({ folder }: Pick<Task, 'folder'>): string {
  return join(folder, 'runs.db');
}

/** Everything that the processes before have done, and a file that outlives this one. */
export function effectsLogOf(
  task: Pick<Task, 'folder' | 'seeds'>,
  seed: string,
  onEvent: (event: EffectEvent) => void,
): EffectsLog {
  const descriptor = openSync(effectsFile(task, seed), 'a');
  return new EffectsLog(readEffects(task, seed), (event) => {
    writeSync(descriptor, `${JSON.stringify(event)}\n`);
    onEvent(event);
  });
}

export function readEffects(
  task: Pick<Task, 'folder' | 'seeds'>,
  seed: string,
): readonly EffectEvent[] {
  const lines = readFileSync(effectsFile(task, seed), { encoding: 'utf8', flag: 'a+' }).split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as EffectEvent);
}

function effectsFile({ folder, seeds }: Pick<Task, 'folder' | 'seeds'>, seed: string): string {
  return join(folder, `effects-${seeds.indexOf(seed)}`);
}
