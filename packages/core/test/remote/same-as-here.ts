/**
 * Runs a workflow twice, with its handlers called in the process of the run and elsewhere: everything that
 * is told of the two must be the same, to the millisecond.
 * @module
 */
import { inspect } from 'node:util';
import { seededRandom, virtualClock } from '@runafter/clock';
import {
  type ActionError,
  type ActionRecord,
  type StartOptions,
  type Status,
  start,
} from '@runafter/core';
import { expect } from 'vitest';
import { type Definition, runId, Team, type TeamOptions } from './team.ts';

export interface SameOptions
  extends TeamOptions,
    Pick<StartOptions, 'maxConcurrentActions' | 'timeout'> {
  /** False: texts of errors may differ. Default true. */
  readonly tellsOfMessages?: boolean;
}

/** A result, whatever its status is. */
export interface AnyResult {
  readonly status: Status;
  readonly outputs?: unknown;
  readonly error?: Pick<ActionError, 'code' | 'message'>;
  readonly results: readonly ActionRecord[];
}

/** @returns the result of the run whose handlers were called elsewhere. */
export async function expectSameAsHere<In, T>(
  definition: Definition<In, T>,
  input: In,
  options: SameOptions = {},
): Promise<{ readonly result: AnyResult; readonly team: Team<In, T> }> {
  const { limiter, cipher, valueLimit, maxConcurrentActions, timeout } = options;
  const own = {
    ...(maxConcurrentActions !== undefined && { maxConcurrentActions }),
    ...(timeout !== undefined && { timeout }),
  };
  const random = () => seededRandom('jitter');
  const here = new Team(definition, { clock: virtualClock({ autoAdvance: true }) });
  const team = new Team(definition, { ...options, clock: virtualClock({ autoAdvance: true }) });
  const expected: AnyResult = await start(here.workflow, input, {
    ...{ store: here.store, clock: here.clock, runId, lease: '365d', random: random(), ...own },
    ...(limiter && { limiter }),
    ...(cipher && { cipher }),
    ...(valueLimit !== undefined && { valueLimit }),
  }).finished;
  const result: AnyResult = await team.start(input, { random: random(), ...own }).finished;
  const texts = options.tellsOfMessages ?? true;
  expect(told(result, texts)).toEqual(told(expected, texts));
  expect(shown(result.outputs)).toEqual(shown(expected.outputs));
  return { result, team };
}

function told(result: AnyResult, texts: boolean): string[] {
  const lines = shown(result);
  return texts ? lines : lines.map((line) => line.replace(/message:.*/, 'message'));
}

function shown(value: unknown): string[] {
  const text = inspect(value, { depth: null, breakLength: 120 });
  // Which of several circles it is, does not matter.
  return text.replaceAll(/\*\d+/g, '*').split('\n');
}
