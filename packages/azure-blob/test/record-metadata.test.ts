import { expect, it } from 'vitest';
import { metadataOf, readMetadata } from '../src/record-metadata.ts';

it('facts come back from a header, although headers trim and fold white space', () => {
  for (const facts of ['{"first":"a"}', ' a  b ', '100%', '%20', '', ':', 'tombstone:']) {
    for (const body of ['{}', '', undefined]) {
      const metadata = metadataOf({ body, facts });
      for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]+$/);
      expect(readMetadata(metadata)).toEqual({ facts, isTombstone: body === undefined });
    }
  }
});

it('a record without facts is marked all the same', () => {
  const { runafter: document } = metadataOf({ body: '{}', facts: undefined });
  expect(document).toBe('document');
  const tombstone = metadataOf({ body: undefined, facts: undefined });
  expect(readMetadata(tombstone)).toEqual({ facts: undefined, isTombstone: true });
});

it('a blob of something else is a document without facts', () => {
  const nothing = { facts: undefined, isTombstone: false };
  expect(readMetadata(undefined)).toEqual(nothing);
  expect(readMetadata({ owner: 'somebody' })).toEqual(nothing);
});
