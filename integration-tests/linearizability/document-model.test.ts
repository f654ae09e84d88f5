/** What the model of a document takes for possible, and what not. */
import { checkHistory, type Operation } from '@runafter/testkit';
import { expect, it } from 'vitest';
import { type DocumentAnswer, type DocumentOp, documentModel } from './document-model.ts';

const key = 'a';
type Step = readonly [op: DocumentOp, answer: DocumentAnswer | undefined];

const create = (version: number, answer?: DocumentAnswer): Step => [
  { kind: 'create', key, version },
  answer,
];
const read = (answer: DocumentAnswer): Step => [{ kind: 'read', key }, answer];
const replace = (version: number, etag: string, answer?: DocumentAnswer): Step => [
  { kind: 'replace', key, version, etag },
  answer,
];
const remove = (etag: string, answer?: DocumentAnswer): Step => [
  { kind: 'remove', key, etag },
  answer,
];
const update = (version: number, answer?: DocumentAnswer): Step => [
  { kind: 'update', key, version },
  answer,
];
const refused = { refused: true } as const;

/** One after the other; without an answer the outcome is unknown. */
function isPossible(...steps: readonly Step[]): boolean | 'unknown' {
  const operations = steps.map(
    ([op, value], index): Operation<DocumentOp, DocumentAnswer> => ({
      ...{ client: 'A', op, invoked: index },
      returned: value === undefined ? Infinity : index + 0.5,
      outcome: value === undefined ? { status: 'unknown' } : { status: 'ok', value },
    }),
  );
  return checkHistory(operations, documentModel).linearizable;
}

it.each<{ what: string; steps: readonly Step[] }>([
  {
    what: 'a document is created, read, replaced, and removed',
    steps: [
      ...[read({}), create(1, { etag: 'x' }), read({ version: 1, etag: 'x' })],
      ...[replace(2, 'x', { etag: 'y' }), remove('y', {}), read({})],
    ],
  },
  {
    what: 'what does not hold is refused',
    steps: [
      ...[create(1, { etag: 'x' }), create(2, refused), update(3, { etag: 'z', replaced: 1 })],
      ...[replace(4, 'x', refused), remove('x', refused), read({ version: 3, etag: 'z' })],
    ],
  },
  {
    what: 'a write of unknown outcome was done, and its ETag was seen',
    steps: [create(1), read({ version: 1, etag: 'x' }), replace(2, 'x', { etag: 'y' })],
  },
  { what: 'a write of unknown outcome was not done', steps: [create(1), read({})] },
  {
    what: 'a write of unknown outcome was done later',
    steps: [create(1), read({}), create(2, refused)],
  },
  { what: 'an update is not told its ETag', steps: [update(1, {}), update(2, { replaced: 1 })] },
])('it can be that $what', ({ steps }) => {
  expect(isPossible(...steps)).toBe(true);
});

it.each<{ what: string; steps: readonly Step[] }>([
  { what: 'an acknowledged write is gone', steps: [create(1, { etag: 'x' }), read({})] },
  {
    what: 'a replacement does not look at its ETag',
    steps: [
      ...[create(1, { etag: 'x' }), update(2, { etag: 'y', replaced: 1 })],
      replace(3, 'x', { etag: 'z' }),
    ],
  },
  {
    what: 'a removal does not look at its ETag',
    steps: [create(1, { etag: 'x' }), update(2, { etag: 'y', replaced: 1 }), remove('x', {})],
  },
  {
    what: 'a replacement is refused for nothing',
    steps: [create(1, { etag: 'x' }), replace(2, 'x', refused)],
  },
  { what: 'a creation is refused for nothing', steps: [create(1, refused)] },
  { what: 'two are created', steps: [create(1, { etag: 'x' }), create(2, { etag: 'y' })] },
  {
    what: 'an update loses the version before',
    steps: [create(1, { etag: 'x' }), update(2, { replaced: 1 }), update(3, { replaced: 1 })],
  },
  {
    what: 'an ETag returns',
    steps: [create(1, { etag: 'x' }), remove('x', {}), create(2, { etag: 'x' })],
  },
  {
    what: 'a version has two ETags',
    steps: [create(1, { etag: 'x' }), read({ version: 1, etag: 'y' })],
  },
  {
    what: 'a write is refused that nobody was faster than, as another was done',
    steps: [
      create(1, { etag: 'x' }),
      update(2),
      replace(3, 'x', refused),
      read({ version: 1, etag: 'x' }),
    ],
  },
])('it cannot be that $what', ({ steps }) => {
  expect(isPossible(...steps)).toBe(false);
});
