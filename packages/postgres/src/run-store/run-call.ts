/**
 * Calls that write to runs, as write-runs.ts takes them.
 *
 * What a caller has passed is copied here, before his call returns: it may have changed when its turn comes.
 * What is undefined is left out.
 * @module
 */
import type {
  LeaseRequest,
  NewRun,
  NewSignal,
  OutcomeEntry,
  Place,
  RunEnd,
  Writer,
} from '@runafter/core';
import { toStoredText } from '../stored-text.ts';
import { toStoredKey } from './run-key.ts';

/** One call. Its texts are as they are stored. */
export interface RunCall {
  readonly call:
    | 'createRun'
    | 'deleteRun'
    | 'acquireLease'
    | 'renewLease'
    | 'releaseLease'
    | 'claimAttempt'
    | 'recordOutcome'
    | 'saveState'
    | 'putSignal'
    | 'endRun';
  readonly [argument: string]: string | number | readonly number[] | undefined;
}

export function createCall(run: NewRun, lease: LeaseRequest): RunCall {
  return {
    call: 'createRun',
    workflow: toStoredText(run.workflow),
    version: optional(run.version),
    definition: toStoredText(run.definition),
    input: toStoredText(run.input),
    keyRoot: toStoredText(run.keyRoot),
    startTime: run.startTime,
    ...leaseArguments(lease),
  };
}

/** @param endedBefore - as text, since JSON has no Infinity. */
export function deleteCall(endedBefore: number | undefined): RunCall {
  return {
    call: 'deleteRun',
    endedBefore: endedBefore === undefined ? undefined : `${endedBefore}`,
  };
}

export function acquireCall(lease: LeaseRequest): RunCall {
  return { call: 'acquireLease', ...leaseArguments(lease) };
}

export function claimCall(place: Place, attempt: number): RunCall {
  return { call: 'claimAttempt', ...placeArguments(place), attempt };
}

export function recordCall({ token }: Writer, entry: OutcomeEntry): RunCall {
  const { outcome, signals, forgetState } = entry;
  return {
    call: 'recordOutcome',
    token,
    ...placeArguments(outcome),
    ...endArguments(outcome),
    attempt: outcome.attempt,
    startTime: outcome.startTime,
    outputs: optional(outcome.outputs),
    details: optional(outcome.details),
    signals: signals && [...signals],
    forgetState: optional(forgetState),
  };
}

export function saveCall({ token }: Writer, path: string, state: string): RunCall {
  return { call: 'saveState', token, path: toStoredText(path), state: toStoredText(state) };
}

export function signalCall({ event, correlate, payload, id, delivery }: NewSignal): RunCall {
  return {
    call: 'putSignal',
    event: toStoredText(event),
    correlate: optional(correlate),
    payload: toStoredText(payload),
    id: optional(id),
    ...(delivery && {
      ...placeArguments(delivery),
      attempt: delivery.attempt,
      delivery: delivery.delivery,
    }),
  };
}

export function endCall({ token }: Writer, end: RunEnd): RunCall {
  return { call: 'endRun', token, ...endArguments(end) };
}

function leaseArguments({ holder, ttl }: LeaseRequest): { holder: string; ttl: number } {
  return { holder: toStoredText(holder), ttl };
}

function placeArguments({ frame, key }: Place): { frame: string; key: string } {
  return { frame: toStoredText(frame), key: toStoredKey(key) };
}

function endArguments({ status, error, endTime }: RunEnd) {
  return {
    status,
    errorCode: optional(error?.code),
    errorMessage: optional(error?.message),
    endTime,
  };
}

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : toStoredText(text);
}
