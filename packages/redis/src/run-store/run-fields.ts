/**
 * What Redis has of runs, outcomes and signals, as the port's objects and back.
 *
 * A run is a hash whose fields are readable as they are. An outcome and a signal are one value each, packed.
 * @module
 */
import type {
  NewRun,
  NewSignal,
  RunEnd,
  Status,
  StoredOutcome,
  StoredRun,
  StoredSignal,
} from '@runafter/core';
import { packTexts, unpackTexts } from './packed-texts.ts';
import { fromStoredText, toStoredText } from './stored-text.ts';

type Fields = readonly (string | null | undefined)[];

/** The fields of a run of which {@link toRun} makes one. */
export const runFields = [
  'workflow',
  'version',
  'definition',
  'input',
  'keyRoot',
  'startTime',
  'status',
  'endTime',
  'errorCode',
  'errorMessage',
  'holder',
  'expiresAt',
] as const;

/** Fields and values of a new run. */
export function ofRun(run: NewRun): string[] {
  const { workflow, version, definition, input, keyRoot, startTime } = run;
  const texts = { workflow, version, definition, input, keyRoot, startTime: String(startTime) };
  return Object.entries(texts).flatMap(([field, text]) =>
    text === undefined ? [] : [field, toStoredText(text)],
  );
}

/** Undefined when there is no such run. */
export function toRun(runId: string, fields: Fields): StoredRun | undefined {
  const [workflow, version, definition, input, keyRoot, startTime, ...rest] = fields.map(fromField);
  if (workflow === undefined) return undefined;
  const [status, endTime, code, message, holder, expiresAt] = rest;
  return {
    runId,
    workflow,
    version,
    definition: definition ?? '',
    input: input ?? '',
    keyRoot: keyRoot ?? '',
    startTime: Number(startTime),
    end:
      status === undefined
        ? undefined
        : { status: status as Status, error: toError(code, message), endTime: Number(endTime) },
    lease: holder === undefined ? undefined : { holder, expiresAt: Number(expiresAt) },
  };
}

/** Fields and values of the end of a run. */
export function ofEnd({ status, error, endTime }: RunEnd): string[] {
  const errorFields =
    error === undefined
      ? []
      : ['errorCode', toStoredText(error.code), 'errorMessage', toStoredText(error.message)];
  return ['status', status, 'endTime', String(endTime), ...errorFields];
}

/** @param request - which call it is that records it, where it may arrive twice; else ''. */
export function packOutcome(outcome: StoredOutcome, request: string): string {
  const { status, attempt, startTime, endTime, outputs, error, details } = outcome;
  const numbers = [attempt, startTime, endTime].map(String);
  return packTexts([status, ...numbers, outputs, error?.code, error?.message, details, request]);
}

export function unpackOutcome(frame: string, key: string | number, packed: string): StoredOutcome {
  const [status, attempt, startTime, endTime, outputs, code, message, details] =
    unpackTexts(packed);
  return {
    frame,
    key,
    status: status as Status,
    attempt: Number(attempt),
    outputs,
    error: toError(code, message),
    startTime: Number(startTime),
    endTime: Number(endTime),
    details,
  };
}

export function packSignal({ event, correlate, payload, id }: NewSignal): string {
  return packTexts([event, correlate, payload, id]);
}

/** @param numbered - the number, a blank, and the packed signal. */
export function unpackSignal(numbered: string): StoredSignal {
  const blank = numbered.indexOf(' ');
  const [event = '', correlate, payload = '', id] = unpackTexts(numbered.slice(blank + 1));
  return { number: Number(numbered.slice(0, blank)), event, correlate, payload, id };
}

function fromField(field: string | null | undefined): string | undefined {
  return field === null || field === undefined ? undefined : fromStoredText(field);
}

function toError(code: string | undefined, message: string | undefined): RunEnd['error'] {
  return code === undefined ? undefined : { code, message: message ?? '' };
}
