/** What update() makes of a write of which it does not know whether it was done. */
import { ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { update } from '../../src/index.ts';
import { type Fate, fates, notDone } from '../faulty-documents.ts';
import { lists, rejectionOf } from './lists.ts';

const unknownOutcome = { code: 'OUTCOME_UNKNOWN', store: 'Faulty documents', key: 'k' };

/** Fates of writes; `during` is called when the first one is sent. */
function writeFates(list: readonly Fate[], during: (() => void) | undefined) {
  const next = fates('write', ...list);
  let isFirst = true;
  return (request: Parameters<typeof next>[0]) => {
    if (request.operation === 'write' && isFirst) {
      isFirst = false;
      // After the request itself, whose travel ends in the same turn.
      queueMicrotask(() => queueMicrotask(() => during?.()));
    }
    return next(request);
  };
}

describe('a write whose reply was lost', () => {
  it('is found by its id when it had replaced a version', async () => {
    const { add, addElsewhere, backend } = lists({ fateOf: fates('write', 'reply lost') });
    await addElsewhere('x');
    expect(await add('a')).toMatchObject({ value: ['x', 'a'], etag: 'v2', attempts: 2 });
    expect(backend.value('k')).toEqual(['x', 'a']);
    expect(backend.writes).toHaveLength(2);
  });

  it('is found by its id when it had created the document, and is not sent again', async () => {
    const { add, backend } = lists({ fateOf: fates('write', 'reply lost') });
    expect(await add('a')).toMatchObject({ value: ['a'], etag: 'v1', attempts: 1 });
    expect(backend.writes).toHaveLength(1);
    expect(backend.requests).toBe(3);
  });

  it('is sent again until it is answered', async () => {
    const { add, addElsewhere, backend } = lists({
      fateOf: fates('write', 'request lost', notDone(), 'request lost'),
    });
    await addElsewhere('x');
    expect(await add('a')).toMatchObject({ value: ['x', 'a'], attempts: 4 });
    expect(backend.value('k')).toEqual(['x', 'a']);
  });

  it.each(['not-done', 'unknown'] as const)(
    'waits as long as the service has asked for when it was %s',
    async (outcome) => {
      const busy = new ServiceUnavailableError('Faulty documents', outcome, { retryAfter: 7_000 });
      const { add, clock, addElsewhere } = lists({ fateOf: fates('write', busy) });
      await addElsewhere('x');
      await add('a');
      expect(clock.monotonic()).toBe(7_000);
    },
  );

  it('is refused when it arrives after the write that was sent in its place', async () => {
    const { add, addElsewhere, backend } = lists({ fateOf: fates('write', 'late') });
    await addElsewhere('x');
    await add('a');
    await addElsewhere('y');
    backend.deliver();
    expect(backend.value('k')).toEqual(['x', 'a', 'y']);
  });

  it.each([
    { others: 31, is: 'recognised after 31 more writes' },
    { others: 32, is: 'unknown after 32' },
  ])('is $is', async ({ others }) => {
    let writing: Promise<void> | undefined;
    const world = lists({
      fateOf: writeFates(['reply lost'], () => {
        writing = (async () => {
          for (let n = 0; n < others; n++) await world.addElsewhere(`other ${n}`);
        })();
      }),
      travel: async ({ operation }) => {
        if (operation === 'write') await writing;
      },
    });
    await world.addElsewhere('x');
    const end = world.add('a');
    if (others === 31) {
      expect(await end).toMatchObject({ value: ['x', 'a'], etag: undefined });
    } else {
      await expect(end).rejects.toMatchObject(unknownOutcome);
    }
    const names = world.backend.value('k') as string[];
    expect(names.filter((name) => name === 'a')).toHaveLength(1);
  });

  it('is unknown when the document was removed and created again meanwhile', async () => {
    let meanwhile: Promise<void> | undefined;
    const world = lists({
      fateOf: writeFates(['reply lost'], () => {
        meanwhile = (async () => {
          const now = await world.other.read('k');
          if (now !== undefined) await world.other.remove('k', now);
          await world.other.create('k', ['anew']);
        })();
      }),
      travel: async ({ operation }) => {
        if (operation === 'write') await meanwhile;
      },
    });
    await world.addElsewhere('x');
    await expect(world.add('a')).rejects.toMatchObject(unknownOutcome);
    expect(world.backend.value('k')).toEqual(['anew']);
  });

  it('is unknown when what it had created was removed, and is not created twice', async () => {
    for (const anew of [true, false]) {
      let meanwhile: Promise<void> | undefined;
      const world = lists({
        fateOf: writeFates(['reply lost'], () => {
          meanwhile = (async () => {
            const now = await world.other.read('k');
            if (now !== undefined) await world.other.remove('k', now);
            if (anew) await world.other.create('k', ['anew']);
          })();
        }),
        travel: async ({ operation }) => {
          if (operation === 'write') await meanwhile;
        },
      });
      await expect(world.add('a')).rejects.toMatchObject(unknownOutcome);
      expect(world.backend.writes.filter(({ body }) => body?.includes('a"'))).toHaveLength(1);
    }
  });

  it('is unknown on a store that keeps no ids, once others have written', async () => {
    const world = lists({ fateOf: fates('write', 'reply lost'), keepsFacts: false });
    await world.addElsewhere('x');
    await expect(world.add('a')).rejects.toMatchObject(unknownOutcome);
    expect(world.backend.value('k')).toEqual(['x', 'a']);
  });

  it('is answered by the ETag alone on a store that keeps no ids, when it was not done', async () => {
    const world = lists({ fateOf: fates('write', 'request lost'), keepsFacts: false });
    await world.addElsewhere('x');
    expect(await world.add('a')).toMatchObject({ value: ['x', 'a'], attempts: 2 });
  });

  it('is made again where the change says that it does no harm', async () => {
    const world = lists({ fateOf: fates('write', 'reply lost'), keepsFacts: false });
    await world.addElsewhere('x');
    const set = () => ['set'];
    const updated = await update(world.store, 'k', set, { ...world.options, idempotent: true });
    expect(updated).toMatchObject({ value: ['set'], changed: true });
    expect(world.backend.writes).toHaveLength(3);
  });

  it('stays unknown when a change that may be made twice then fails for good', async () => {
    const failure = new Error('no');
    const world = lists({ fateOf: fates('write', 'reply lost'), keepsFacts: false });
    await world.addElsewhere('x');
    let calls = 0;
    const set = () => {
      if (++calls > 1) throw failure;
      return ['set'];
    };
    const end = update(world.store, 'k', set, { ...world.options, idempotent: true });
    await expect(end).rejects.toMatchObject({ ...unknownOutcome, cause: failure });
  });

  it('leaves only those in doubt that had changed something', async () => {
    const world = lists({ fateOf: fates('write', 'reply lost'), keepsFacts: false });
    await world.addElsewhere('x');
    const [left, added] = await Promise.allSettled([
      update(world.store, 'k', () => undefined, world.options),
      world.add('a'),
    ]);
    expect(left).toMatchObject({ value: { value: ['x', 'a'], etag: 'v2', changed: false } });
    expect(added).toMatchObject({ reason: unknownOutcome });
  });

  it('is told to each of those that it was made of', async () => {
    const { add, addElsewhere, backend } = lists({ fateOf: fates('write', 'reply lost') });
    await addElsewhere('x');
    const updated = await Promise.all([add('a'), add('b')]);
    expect(updated).toMatchObject([
      { value: ['x', 'a'], etag: undefined, combined: 2, attempts: 2 },
      { value: ['x', 'a', 'b'], etag: 'v2', combined: 2, attempts: 2 },
    ]);
    expect(backend.value('k')).toEqual(['x', 'a', 'b']);
  });

  it('is unknown when the tries are used up, and says what happened to the last request', async () => {
    const { add, addElsewhere } = lists({
      fateOf: fates('write', 'request lost', 'request lost'),
    });
    await addElsewhere('x');
    const error = await rejectionOf(add('a', { maxAttempts: 2 }));
    expect(error).toMatchObject({
      ...unknownOutcome,
      cause: { code: 'OUTCOME_UNKNOWN', cause: { code: 'SERVICE_UNAVAILABLE' } },
    });
  });

  it('is unknown when the time is up while the request is on its way', async () => {
    const world = lists({
      travel: ({ operation }) => world.clock.sleep(operation === 'write' ? '10s' : 0),
    });
    const error = await rejectionOf(world.add('a', { timeout: '5s' }));
    expect(error).toMatchObject(unknownOutcome);
    expect(world.clock.monotonic()).toBe(5_000);
    await world.clock.sleep('10s');
    expect(world.backend.value('k'), 'it was done after all').toEqual(['a']);
  });

  it('is unknown when the document cannot be read any more', async () => {
    const failure = new Error('no right to read');
    let reads = 0;
    const next = fates('write', 'reply lost');
    const world = lists({
      fateOf: (request) => (request.operation === 'read' && ++reads > 1 ? failure : next(request)),
    });
    await world.addElsewhere('x');
    await expect(world.add('a')).rejects.toMatchObject({ ...unknownOutcome, cause: failure });
  });
});

describe('a client that sends a write twice without a word', () => {
  it('does not make update() believe that somebody else was faster', async () => {
    const { add, backend } = lists({ fateOf: fates('write', 'sent twice', 'sent twice') });
    expect(await add('a')).toMatchObject({ value: ['a'], etag: 'v1', attempts: 1 });
    expect(await add('b')).toMatchObject({ value: ['a', 'b'], etag: 'v2', attempts: 1 });
    expect(backend.writes).toHaveLength(2);
  });

  it('does not make it give up a change that was written, though no further try is left', async () => {
    const { add, backend } = lists({ fateOf: fates('write', 'sent twice') });
    expect(await add('a', { maxAttempts: 1 })).toMatchObject({ value: ['a'], attempts: 1 });
    expect(backend.value('k')).toEqual(['a']);
  });
});
