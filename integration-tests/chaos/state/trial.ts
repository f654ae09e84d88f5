/**
 * One backend through its two ordeals: a counter that many processes add to, and a document that they
 * update.
 *
 * Invariant: what the workers have noted is compared with what the service says when all of them have
 * ended, without the faulty network in between. Read next: shift.ts.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChaosSetting } from '../harness/chaos.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { StateBackend } from './backend.ts';
import { updates } from './ordeals.ts';
import type { BackendResult, CounterResult, DocumentResult } from './results.ts';
import { workShift } from './shift.ts';
import { sharedName } from './task.ts';

/** Takes a backend through both. */
export async function tryBackend(
  subject: Subject<StateBackend>,
  setting: ChaosSetting,
): Promise<BackendResult> {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-chaos-'));
  try {
    await subject.backend.prepare?.(subject.place as never);
    const counter = await tryCounter(subject, setting, folder);
    const document = await tryDocument(subject, setting, folder);
    const { name, note } = subject.backend;
    return { name, note, counter, document };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryCounter(
  subject: Subject<StateBackend>,
  setting: ChaosSetting,
  folder: string,
): Promise<CounterResult> {
  const { backend, place } = subject;
  const planned = backend.additions[setting.quick ? 'quick' : 'full'];
  const ending = await workShift(subject, setting, { part: 'counter', total: planned, folder });
  const counter = await backend.openCounter(place as never);
  const sum = await counter.read(sharedName);
  await counter.close();
  const operations = new Set(ending.acknowledged).size;
  return { ...ending, operations, planned, sum };
}

async function tryDocument(
  subject: Subject<StateBackend>,
  setting: ChaosSetting,
  folder: string,
): Promise<DocumentResult> {
  const { backend, place } = subject;
  const total = updates[setting.quick ? 'quick' : 'full'];
  const ending = await workShift(subject, setting, { part: 'document', total, folder });
  const documents = await backend.openDocuments(place as never);
  const journal = (await documents.read(sharedName))?.value;
  await documents.close();
  const known = new Set(ending.acknowledged);
  const unknown = ending.begun.filter((operation) => !known.has(operation));
  return { ...ending, unknown, n: journal?.n ?? 0, applied: journal?.applied ?? [] };
}
