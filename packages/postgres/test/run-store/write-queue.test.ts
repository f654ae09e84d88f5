/** Which writes are sent together, and in which order: a server that is told when to answer. */
import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { type Visit, WriteQueue } from '../../src/run-store/write-queue.ts';

/** A batch that the server has been sent: `r: 1 2` for the second write of a run after its first. */
interface Sent {
  readonly visits: readonly string[];
  answer(): Promise<void>;
  fail(error: Error): Promise<void>;
}

class Server {
  readonly sent: Sent[] = [];
  readonly queue = new WriteQueue('a server', (visits) => this.#take(visits));

  write(run: string, n: number, text = ''): Promise<unknown> {
    return this.queue.write(run, { call: 'saveState', n, text });
  }

  #take(visits: readonly Visit[]): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => {
      this.sent.push({
        visits: visits.map(({ run, calls }) => `${run}: ${calls.map(({ n }) => n).join(' ')}`),
        answer: () => {
          resolve(visits.flatMap(({ run, calls }) => calls.map(({ n }) => `${run}${n}`)));
          return turns();
        },
        fail: (error) => {
          reject(error);
          return turns();
        },
      });
    });
  }

  get visits(): readonly (readonly string[])[] {
    return this.sent.map(({ visits }) => visits);
  }
}

describe('writes', () => {
  it('of one turn go together, those of each run in their order, and each gets its own answer', async () => {
    const server = new Server();
    const answers = [
      ['b', 1],
      ['a', 1],
      ['b', 2],
    ].map(([run, n]) => server.write(String(run), Number(n)));
    await turns();
    expect(server.visits).toEqual([['a: 1', 'b: 1 2']]);
    await server.sent[0]?.answer();
    expect(await Promise.all(answers)).toEqual(['b1', 'a1', 'b2']);
  });

  it('of a run that is under way wait for its answer, while those of others go', async () => {
    const server = new Server();
    void server.write('a', 1);
    await turns();
    void server.write('a', 2);
    void server.write('b', 1);
    void server.write('a', 3);
    await turns();
    expect(server.visits).toEqual([['a: 1'], ['b: 1']]);
    await server.sent[1]?.answer();
    expect(server.visits, 'the answer of another run changes nothing').toHaveLength(2);
    await server.sent[0]?.answer();
    expect(server.visits[2]).toEqual(['a: 2 3']);
  });

  it('of many runs use two sessions, and go together when one is free', async () => {
    const server = new Server();
    for (const run of ['a', 'b', 'c', 'd']) {
      void server.write(run, 1);
      await turns();
    }
    expect(server.visits).toEqual([['a: 1'], ['b: 1']]);
    await server.sent[0]?.answer();
    expect(server.visits[2]).toEqual(['c: 1', 'd: 1']);
  });

  it('are no more at once than a server can be asked for', async () => {
    const server = new Server();
    const answers = Array.from({ length: 1_200 }, (_, n) => server.write('a', n));
    const large = 'x'.repeat(600_000);
    for (let n = 0; n < 3; n++) answers.push(server.write('b', n, large));
    await turns();
    expect(server.visits.map(([visit]) => visit?.split(' ').length)).toEqual([501, 3]);
    for (let next = 0; next < server.sent.length; next++) await server.sent[next]?.answer();
    expect(await Promise.all(answers)).toHaveLength(1_203);
    expect(
      server.visits
        .flat()
        .join(' ')
        .replaceAll(/[ab]: /g, '')
        .split(' '),
    ).toHaveLength(1_203);
  });

  it('that are refused together are sent one by one, and only what is refused alone fails', async () => {
    const server = new Server();
    const answers = Promise.allSettled([1, 2, 3].map((n) => server.write('a', n)));
    await turns();
    const refusal = new ServiceRefusedError('a server', 'Do otherwise.', {});
    await server.sent[0]?.fail(refusal);
    void server.write('a', 4);
    await server.sent[1]?.answer();
    await server.sent[2]?.fail(refusal);
    await server.sent[3]?.answer();
    expect(server.visits).toEqual([['a: 1 2 3'], ['a: 1'], ['a: 2'], ['a: 3'], ['a: 4']]);
    expect(await answers).toMatchObject([{ value: 'a1' }, { reason: refusal }, { value: 'a3' }]);
  });

  it('of which nobody knows whether they were done are not sent again', async () => {
    const server = new Server();
    const answers = Promise.allSettled([1, 2].map((n) => server.write('a', n)));
    await turns();
    const fault = new ServiceUnavailableError('a server', 'unknown', {});
    await server.sent[0]?.fail(fault);
    expect(await answers).toMatchObject([{ reason: fault }, { reason: fault }]);
    expect(server.sent).toHaveLength(1);
  });
});

describe('closing', () => {
  it('waits for what was written before, and takes nothing more', async () => {
    const server = new Server();
    const order: string[] = [];
    const writes = [1, 2].map(async (n) => {
      await server.write('a', n);
      order.push(`written ${n}`);
    });
    const closed = Promise.all([server.queue.close(), server.queue.close()]);
    void closed.then(() => order.push('closed'));
    await expect(server.write('a', 3)).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    await turns();
    expect(order).toEqual([]);
    await server.sent[0]?.answer();
    await Promise.all([...writes, closed]);
    expect(order).toEqual(['written 1', 'written 2', 'closed']);
  });

  it('of a queue that has nothing to do ends at once', async () => {
    await new Server().queue.close();
  });
});

/** Everything that is to happen by itself has happened after these. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
