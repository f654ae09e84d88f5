/**
 * The end of an iteration is kept on the side: what comes next need not wait for it.
 * @module
 */
import { expect, test } from 'vitest';
import { type Flow, memoryRunStore, type OutcomeEntry, start, workflow } from '../../src/index.ts';
import { type StoreCall, WatchedStore } from '../model/watched-store.ts';

/** Does not answer to the ends of iterations before it is told to. */
class SlowAboutIterations extends WatchedStore {
  readonly outcomes: string[] = [];
  #answer!: () => void;
  readonly #mayAnswer = new Promise<void>((resolve) => {
    this.#answer = resolve;
  });

  answer(): void {
    this.#answer();
  }

  override async recordOutcome(...[writer, entry]: Parameters<WatchedStore['recordOutcome']>) {
    const recorded = await super.recordOutcome(writer, entry);
    if (isIteration(entry)) await this.#mayAnswer;
    else this.outcomes.push(`${entry.outcome.frame}/${entry.outcome.key}`);
    return recorded;
  }

  protected write<T>(call: StoreCall<T>): Promise<T> {
    return call(this.inner);
  }

  protected read<T>(call: StoreCall<T>): Promise<T> {
    return call(this.inner);
  }
}

function isIteration({ outcome }: OutcomeEntry): boolean {
  return typeof outcome.key === 'number';
}

const orders = workflow('Orders', (flow: Flow<readonly string[]>) =>
  flow.forEach(
    'Each',
    [],
    (_, { input }) => input,
    (each) => {
      const pack = each.action('Pack', ({ item }) => `${item} packed`);
      return each.action('Ship', [pack], ([packed]) => `${packed}, shipped`);
    },
    { concurrency: 1 },
  ),
);

test('only the end of the loop waits until the ends of its iterations are kept', async () => {
  const store = new SlowAboutIterations(memoryRunStore());
  const run = start(orders, ['Ada', 'Ben'], { store });
  const actions = ['Each[0]/Pack', 'Each[0]/Ship', 'Each[1]/Pack', 'Each[1]/Ship'];
  await expect.poll(() => store.outcomes).toEqual(actions);

  store.answer();

  expect(await run.finished).toMatchObject({ status: 'Succeeded' });
  expect(store.outcomes).toEqual([...actions, '/Each']);
});

test('iterations that end at once do not outrun the store', async () => {
  const store = new SlowAboutIterations(memoryRunStore());
  let asked = 0;
  const empty = workflow('Empty', (flow) => {
    flow.forEach(
      'Each',
      [],
      () => Array.from({ length: 5_000 }, (_, index) => index),
      () => undefined,
      { concurrency: 10, keep: 'summary' },
    );
  });
  const recordOutcome = store.recordOutcome.bind(store);
  store.recordOutcome = (writer, entry) => {
    if (isIteration(entry)) asked++;
    return recordOutcome(writer, entry);
  };
  const run = start(empty, undefined, { store });
  await expect.poll(() => asked).toBe(1_000);

  store.answer();

  expect(await run.finished).toMatchObject({ status: 'Succeeded' });
  expect(run.result('Each')?.counts).toMatchObject({ total: 5_000, Succeeded: 5_000 });
});
