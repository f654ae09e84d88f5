/**
 * A place in words that people read: `Orders[3]/Mail`.
 * @module
 */
import type { Place } from '../ports/run-store.ts';

/** The path of what has its outcome at a place. */
export function outcomePath({ frame, key }: Place): string {
  if (typeof key === 'number' || key.startsWith('id=')) return `${frame}[${key}]`;
  return frame === '' ? key : `${frame}/${key}`;
}
