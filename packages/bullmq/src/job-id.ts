/**
 * Ids of jobs: the same for the same work, so that whoever enqueues it twice enqueues it once.
 *
 * BullMQ refuses a colon in an id, and takes one that is a whole number for its own.
 * @module
 */
import type { ActionCall } from '@runafter/core';

/** The id of the job that works on a run. */
export function runJobId(runId: string): string {
  return `run ${part(runId)}`;
}

/** The id of the job that makes an attempt of an action. */
export function actionJobId({ runId, path, attempt }: ActionCall): string {
  return `${part(runId)} ${part(path)} ${attempt}`;
}

/** Reversible, so that no two texts become one. */
function part(text: string): string {
  return text.replace(/[%:\s]/gu, (character) => encodeURIComponent(character));
}
