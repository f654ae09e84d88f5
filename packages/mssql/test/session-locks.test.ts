import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import type { BatchParameters } from '../src/mssql-client.ts';
import type { Session } from '../src/own-session.ts';
import { SessionLocks } from '../src/session-locks.ts';

const service = 'SQL Server locks "runafter"';
const broken = new ServiceUnavailableError(service, 'unknown');
const deadlock = new ServiceUnavailableError(service, 'not-done');
const refused = new ServiceRefusedError(service, 'Grant it.');

/** What a procedure answers: its row, or an error. */
type Answer = object | Error;

/** A session that answers what it is told to, procedure by procedure, and keeps what it was asked. */
class ScriptedSession implements Session {
  readonly asked: { readonly procedure: string; readonly id: unknown }[] = [];
  readonly #ended = new AbortController();
  #answers: Readonly<Record<string, Answer | undefined>>;

  constructor(answers: Readonly<Record<string, Answer>>) {
    this.#answers = answers;
  }

  /** From now on. */
  answer(answers: Readonly<Record<string, Answer | undefined>>): void {
    this.#answers = { ...this.#answers, ...answers };
  }

  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get procedures(): readonly string[] {
    return this.asked.map(({ procedure }) => procedure);
  }

  async run<Row>(text: string, parameters: BatchParameters): Promise<readonly Row[]> {
    const [, procedure = ''] = /EXEC \[runafter\]\.(\w+)/.exec(text) ?? [];
    this.asked.push({ procedure, id: Object(parameters.id).text });
    const answer = procedure in this.#answers ? this.#answers[procedure] : { result: 0 };
    if (answer instanceof Error) throw answer;
    return answer === undefined ? [] : [answer as Row];
  }

  async end(reason: unknown = new Error('ended')): Promise<void> {
    this.#ended.abort(reason);
  }
}

const first = { result: 0, token: '7', held_by: null };
const alice = { name: 'daily-report', owner: 'alice:1' };
const bob = { ...alice, owner: 'bob:2' };

function open(answers: Readonly<Record<string, Answer>> = {}) {
  const session = new ScriptedSession({ acquire_lock: first, check_lock: { held: 1 }, ...answers });
  return { session, locks: new SessionLocks(service, '[runafter]', session) };
}

describe('a return code of sp_getapplock', () => {
  it.each([0, 1])('%d is a grant, with the token of the row', async (result) => {
    const { locks } = open({ acquire_lock: { ...first, result, token: '9007199254740993' } });
    expect(await locks.acquire(alice)).toMatchObject({ granted: true, token: 9007199254740993n });
  });

  it('-1 says that it is held, and by whom', async () => {
    const { locks } = open({ acquire_lock: { result: -1, token: null, held_by: 'carol\u00010' } });
    expect(await locks.acquire(alice)).toEqual({ granted: false, heldBy: 'carol\0' });
  });

  it('-1 may come when nobody has written into the row yet', async () => {
    const { locks } = open({ acquire_lock: { result: -1, token: null, held_by: null } });
    expect(await locks.acquire(alice)).toEqual({ granted: false, heldBy: undefined });
  });

  it.each([-2, -3])('%d passes: nothing was done', async (result) => {
    const { locks } = open({ acquire_lock: { result, token: null, held_by: null } });
    await expect(locks.acquire(alice)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      message: expect.stringContaining(`return code ${result}`),
    });
  });

  it('-999 is refused, and told with what to do', async () => {
    const { locks } = open({ acquire_lock: { result: -999, token: null, held_by: null } });
    await expect(locks.acquire(alice)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringMatching(/return code -999.*migrate\(\)/),
    });
  });
});

describe('an answer that cannot be read', () => {
  const unread = {
    code: 'SERVICE_REFUSED',
    message: expect.stringMatching(/cannot read.*migrate\(\)/),
  };

  it.each([
    ['is no row', undefined],
    ['has no names', [0, '7', null]],
    ['has other names', { Result: 0, Token: '7', HeldBy: null }],
    ['has no token', { result: 0, held_by: null }],
    ['has an empty token', { result: 1, token: null, held_by: null }],
  ])(
    'since it %s is refused, and what the server may have granted ends with the session',
    async (_, acquire_lock) => {
      const { session, locks } = open();
      const lease = await locks.acquire({ ...bob, name: 'other' });
      session.answer({ acquire_lock });
      await expect(locks.acquire(alice)).rejects.toMatchObject(unread);
      expect(session.ended.aborted).toBe(true);
      expect(lease).toMatchObject({ ended: { aborted: true } });
    },
  );

  it('does not let a renewal take a lock for lost that the server keeps', async () => {
    const { session, locks } = open({ check_lock: [1] });
    const lease = await locks.acquire(alice);
    await expect(locks.renew(alice)).rejects.toMatchObject(unread);
    expect(session.ended.aborted).toBe(true);
    expect(lease).toMatchObject({ ended: { aborted: true } });
  });

  it('does not let a release take a lock for given back that the server keeps', async () => {
    const { session, locks } = open({ release_lock: [0] });
    await locks.acquire(alice);
    await locks.release(alice);
    expect(session.ended.aborted).toBe(true);
  });
});

describe('one session, several owners', () => {
  it('another owner is refused without a request, since the server would grant it again', async () => {
    const { session, locks } = open();
    await locks.acquire(alice);
    expect(await locks.acquire(bob)).toEqual({ granted: false, heldBy: 'alice:1' });
    expect(session.procedures).toEqual(['acquire_lock']);
  });

  it('the same owner is granted it again, with the same token and without counting another', async () => {
    const { session, locks } = open();
    await locks.acquire(alice);
    expect(await locks.acquire(alice)).toMatchObject({ granted: true, token: 7n });
    expect(session.procedures).toEqual(['acquire_lock', 'check_lock']);
  });

  it('a late release or renewal of another owner changes nothing', async () => {
    const { session, locks } = open();
    await locks.acquire(alice);
    await locks.release(bob);
    expect(await locks.renew(bob)).toBe(false);
    expect(session.procedures).toEqual(['acquire_lock']);
    expect(await locks.renew(alice)).toBe(true);
  });

  it('what one gives back another can have', async () => {
    const { session, locks } = open();
    await locks.acquire(alice);
    await locks.release(alice);
    expect(locks.isEmpty).toBe(true);
    expect(await locks.acquire(bob)).toMatchObject({ granted: true });
    expect(session.procedures).toEqual(['acquire_lock', 'release_lock', 'acquire_lock']);
  });
});

describe('the end of a session', () => {
  it('is told to each of its leases, with the reason', async () => {
    const { session, locks } = open();
    const leases = await Promise.all([locks.acquire(alice), locks.acquire({ ...bob, name: 'b' })]);
    await session.end(broken);
    for (const lease of leases) {
      expect(lease).toMatchObject({ ended: { aborted: true, reason: broken } });
    }
    expect(locks).toMatchObject({ hasEnded: true, isEmpty: true });
  });

  it('right after it has answered leaves nobody with a lease that is not told', async () => {
    const { session, locks } = open();
    const acquiring = locks.acquire(alice);
    void session.end(broken);
    expect(await acquiring).toMatchObject({ ended: { aborted: true } });
    expect(await locks.renew(alice)).toBe(false);
  });

  it('comes with a release that fails, and the release is done by that', async () => {
    for (const release_lock of [broken, refused, { result: -999 }]) {
      const { session, locks } = open({ release_lock });
      const lease = await locks.acquire(alice);
      const other = await locks.acquire({ ...bob, name: 'other' });
      await expect(locks.release(alice)).resolves.toBeUndefined();
      expect(session.ended.aborted).toBe(true);
      expect([lease, other]).toMatchObject([
        { ended: { aborted: true } },
        { ended: { aborted: true } },
      ]);
    }
  });

  it('does not come with an acquisition that the server has refused: that is taken back alone', async () => {
    for (const error of [deadlock, refused]) {
      const { session, locks } = open({ acquire_lock: error });
      await expect(locks.acquire(alice)).rejects.toBe(error);
      expect(session.procedures).toEqual(['acquire_lock', 'release_lock']);
      expect(session.ended.aborted).toBe(false);
    }
  });

  it('comes when that cannot be taken back', async () => {
    const { session, locks } = open({ acquire_lock: refused, release_lock: refused });
    await expect(locks.acquire(alice)).rejects.toBe(refused);
    expect(session.ended.aborted).toBe(true);
  });
});

it('a lock that the session does not hold any more is lost, and the session goes on', async () => {
  const { session, locks } = open({ check_lock: { held: 0 } });
  const lease = await locks.acquire(alice);
  expect(await locks.renew(alice)).toBe(false);
  expect(lease).toMatchObject({ ended: { aborted: true } });
  expect(session.ended.aborted).toBe(false);
});

it('names that look the same to a server have ids of their own, which any server can compare', async () => {
  const { session, locks } = open();
  const names = [
    'a',
    'A',
    'a ',
    ' a',
    '\u00e1',
    'a\u0301',
    'ａ',
    '日',
    '本',
    'a\0',
    'x'.repeat(199),
    'x'.repeat(200),
  ];
  for (const name of names) await locks.acquire({ ...alice, name });
  const ids = session.asked.map(({ id }) => id);
  expect(new Set(ids).size).toBe(names.length);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{64}$/);
});
