/** What the functions give at the call site, and what must not compile. */
import {
  type ActionError,
  type ActionRecord,
  event,
  type Flow,
  failed,
  type Iteration,
  type IterationCounts,
  type Result,
  settled as settledHandle,
  workflow,
} from '@runafter/core';
import { describe, expectTypeOf, test } from 'vitest';
import {
  type Accumulator,
  aggregate,
  aggregating,
  allOrNothing,
  bestEffort,
  collect,
  consolidate,
  type Decision,
  type FailurePolicy,
  filter,
  firstError,
  groupErrorsByCode,
  groupingErrorsByCode,
  type NotVoted,
  partition,
  policyScope,
  type Quorum,
  quorum,
  type Tally,
  tally,
  tallyBy,
  tallying,
  tallyingBy,
} from '../src/index.ts';

interface Hire {
  readonly mail: string;
  readonly team: 'North' | 'South';
}

declare const iterations: readonly Iteration<{ id: number }, Hire>[];
declare const stream: AsyncIterable<Iteration<{ id: number }, Hire>>;
declare const results: readonly ActionRecord[];
/** The first of a list; nothing here runs. */
declare function first<T>(list: readonly T[]): T;
declare const settled: PromiseSettledResult<{ id: number }>[];

describe('tally', () => {
  test('gives counts, or a promise of them for a stream', () => {
    expectTypeOf(tally(iterations)).toEqualTypeOf<Tally>();
    expectTypeOf(tally(stream)).toEqualTypeOf<Promise<Tally>>();
    expectTypeOf(tally(results)).toEqualTypeOf<Tally>();
    expectTypeOf(tally(settled)).toEqualTypeOf<Tally>();
  });

  test('has the shape of a loop’s own counts', () => {
    expectTypeOf<Tally>().branded.toEqualTypeOf<IterationCounts>();
  });

  test('refuses promises that were not awaited', () => {
    // @ts-expect-error an array of promises
    tally([Promise.resolve()]);
    // @ts-expect-error the promise of Promise.allSettled
    tally(Promise.allSettled([1]));
    // @ts-expect-error text is iterable, but not of records
    tally('Succeeded');
  });

  test('keeps the type of the key, and knows the item', () => {
    expectTypeOf(tallyBy(iterations, ({ item }) => item.team)).toEqualTypeOf<
      Map<'North' | 'South', Tally>
    >();
    expectTypeOf(tallyBy(stream, ({ index }) => index)).toEqualTypeOf<
      Promise<Map<number, Tally>>
    >();
    expectTypeOf(tallyBy(settled, ({ status }) => status)).toEqualTypeOf<
      Map<'Succeeded' | 'Failed', Tally>
    >();
  });
});

describe('partition', () => {
  test('knows what a succeeded iteration has, and what a failed one has', () => {
    const { succeeded, failed, skipped } = partition(iterations);
    expectTypeOf(first(succeeded).outputs).toEqualTypeOf<{ id: number }>();
    expectTypeOf(first(failed).error).toExtend<ActionError>();
    expectTypeOf(first(failed).item).toEqualTypeOf<Hire>();
    expectTypeOf(first(failed).status).toEqualTypeOf<'Failed' | 'TimedOut' | 'Cancelled'>();
    expectTypeOf(first(skipped).status).toEqualTypeOf<'Skipped'>();
    // @ts-expect-error a failed iteration has no outputs
    first(failed).outputs;
    // @ts-expect-error a succeeded one has no error
    first(succeeded).error;
  });

  test('knows that a failed action record has an error', () => {
    const { succeeded, failed } = partition(results);
    expectTypeOf(first(failed).error.code).toEqualTypeOf<string>();
    expectTypeOf(first(failed).name).toEqualTypeOf<string>();
    expectTypeOf(first(succeeded).status).toEqualTypeOf<'Succeeded'>();
  });

  test('turns settled promises into records with their position', () => {
    const { succeeded, failed } = partition(settled);
    expectTypeOf(first(succeeded).outputs).toEqualTypeOf<{ id: number }>();
    expectTypeOf(first(failed).error).toEqualTypeOf<ActionError>();
    expectTypeOf(first(failed).index).toEqualTypeOf<number>();
  });
});

test('collect gives the outputs of what succeeded', () => {
  expectTypeOf(collect(iterations)).toEqualTypeOf<{ id: number }[]>();
  expectTypeOf(collect(stream)).toEqualTypeOf<Promise<{ id: number }[]>>();
  expectTypeOf(collect(settled)).toEqualTypeOf<{ id: number }[]>();
  expectTypeOf(collect(results)).toEqualTypeOf<unknown[]>();
});

test('filter narrows to the statuses that were asked for', () => {
  expectTypeOf(first(filter(iterations, 'Succeeded')).outputs).toEqualTypeOf<{ id: number }>();
  expectTypeOf(first(filter(iterations, 'TimedOut')).status).toEqualTypeOf<'TimedOut'>();
  expectTypeOf(first(filter(iterations, 'Failed', 'Skipped')).error).toExtend<ActionError>();
  expectTypeOf(filter(settled, 'Skipped')).toEqualTypeOf<never[]>();
  expectTypeOf(filter(stream, 'Failed')).toExtend<
    AsyncIterable<{ error: ActionError; item: Hire }>
  >();
  // @ts-expect-error no status
  filter(iterations);
  // @ts-expect-error statuses are written as records have them
  filter(iterations, 'failed');
});

test('firstError and groupErrorsByCode', () => {
  expectTypeOf(firstError(iterations)).toEqualTypeOf<ActionError | undefined>();
  expectTypeOf(firstError(stream)).toEqualTypeOf<Promise<ActionError | undefined>>();
  expectTypeOf(groupErrorsByCode(iterations).get('A')?.examples[0]?.item).toEqualTypeOf<
    Hire | undefined
  >();
});

describe('aggregate', () => {
  test('infers the records inside the questions from the records', () => {
    const answers = aggregate(iterations, {
      counts: tallying(),
      byTeam: tallyingBy(({ item }) => item.team),
      errors: groupingErrorsByCode({ examples: 1 }),
    });
    expectTypeOf(answers.counts).toEqualTypeOf<Tally>();
    expectTypeOf(answers.byTeam).toEqualTypeOf<Map<'North' | 'South', Tally>>();
    expectTypeOf(answers.errors.get('A')?.examples[0]?.item).toEqualTypeOf<Hire | undefined>();
  });

  test('gives a promise of the answers for a stream', () => {
    expectTypeOf(aggregate(stream, { counts: tallying() })).toEqualTypeOf<
      Promise<{ counts: Tally }>
    >();
  });

  test('as an accumulator takes the records that its questions take', () => {
    const pushed = aggregating({
      team: tallyingBy((hire: Iteration<void, Hire>) => hire.item.team),
    });
    expectTypeOf(pushed).toExtend<
      Accumulator<Iteration<void, Hire>, { team: Map<'North' | 'South', Tally> }>
    >();
  });

  test('refuses an answer in place of a question', () => {
    // @ts-expect-error tally in place of tallying
    aggregate(iterations, { counts: tally(iterations) });
  });
});

describe('consolidate', () => {
  interface Crm {
    readonly name: string;
  }
  interface Erp {
    readonly open: number;
  }
  const crm = {} as Result<Crm>;
  const erp = {} as Result<Erp>;
  const rating = {} as PromiseSettledResult<'A' | 'B'>;
  const certain = {} as Result<Crm, 'Succeeded'>;

  test('a source without a stand-in may be undefined', () => {
    const { data } = consolidate({ crm, rating });
    expectTypeOf(data.crm).toEqualTypeOf<Crm | undefined>();
    expectTypeOf(data.rating).toEqualTypeOf<'A' | 'B' | undefined>();
  });

  test('complete tells the two cases apart', () => {
    const customer = consolidate({ crm, rating });
    if (customer.complete) {
      expectTypeOf(customer.data).toEqualTypeOf<{
        readonly crm: Crm;
        readonly rating: 'A' | 'B';
      }>();
      expectTypeOf(customer.missing).toEqualTypeOf<readonly []>();
    } else {
      expectTypeOf(first(customer.missing).source).toEqualTypeOf<'crm' | 'rating'>();
    }
  });

  test('a stand-in takes the place of undefined, with its own type', () => {
    const { data } = consolidate(
      { crm, erp, rating },
      { standIns: { erp: () => ({ open: 0 }), rating: ({ error }) => error.code.length } },
    );
    expectTypeOf(data.erp).toEqualTypeOf<Erp | { open: number }>();
    expectTypeOf(data.rating).toEqualTypeOf<'A' | 'B' | number>();
    expectTypeOf(data.crm).toEqualTypeOf<Crm | undefined>();
  });

  test('a required source, and one that cannot fail, are always there', () => {
    const { data, missing } = consolidate({ crm, erp, certain }, { require: ['crm'] });
    expectTypeOf(data.crm).toEqualTypeOf<Crm>();
    expectTypeOf(data.certain).toEqualTypeOf<Crm>();
    expectTypeOf(data.erp).toEqualTypeOf<Erp | undefined>();
    expectTypeOf(first(missing)).toExtend<{ readonly source: 'erp' | 'certain' }>();
  });

  test('refuses names that are no source, values in place of functions, and contradictions', () => {
    // @ts-expect-error a misspelt source
    consolidate({ crm }, { require: ['cmr'] });
    // @ts-expect-error a misspelt source
    consolidate({ crm }, { standIns: { cmr: () => 0 } });
    // @ts-expect-error a value
    consolidate({ erp }, { standIns: { erp: { open: 0 } } });
    // @ts-expect-error nothing can stand in for a required source
    consolidate({ erp }, { standIns: { erp: () => 0 }, require: ['erp'] });
    // @ts-expect-error a promise was not awaited
    consolidate({ crm: Promise.resolve(crm) });
  });
});

describe('quorum', () => {
  interface Answer {
    readonly approved: boolean;
  }
  const answer = event<Answer & { readonly by: string }>('answer');

  test('types the votes by the names that its body returns', () => {
    workflow('Vote', (flow: Flow<string>) => {
      const text = flow.action('Text', ({ input }) => input.length);
      const asked = quorum(
        flow,
        'Ask',
        [text],
        { needed: 'majority', vote: ({ approved }: Answer) => approved },
        (branches, [length]) => ({
          machine: branches.action('Machine', [length], ([length]) => ({ approved: length > 1 })),
          ann: branches.waitFor('Ann', [length], answer, { timeout: '1d' }),
        }),
      );
      return flow.action('Tell', [asked], ([asked]) => {
        expectTypeOf(asked).toEqualTypeOf<
          Quorum<{ machine: { approved: boolean }; ann: Answer & { readonly by: string } }>
        >();
        expectTypeOf(asked.decision).toEqualTypeOf<Decision>();
        expectTypeOf(asked.votes.ann?.by).toEqualTypeOf<string | undefined>();
        expectTypeOf(asked.yes).toEqualTypeOf<readonly ('machine' | 'ann')[]>();
        expectTypeOf(asked.notVoted).toEqualTypeOf<readonly NotVoted<'machine' | 'ann'>[]>();
        // @ts-expect-error nobody has this name
        return asked.votes.bob;
      });
    });
  });

  test('refuses branches whose output vote cannot read, and handles from elsewhere', () => {
    workflow('Vote', (flow) => {
      const options = { needed: 1, vote: ({ approved }: Answer) => approved } as const;
      // @ts-expect-error a number is no answer
      quorum(flow, 'A', [], options, (branches) => ({ a: branches.action('A', () => 1) }));
      const outer = flow.action('Outer', () => ({ approved: true }));
      // @ts-expect-error a handle of what is around it
      quorum(flow, 'B', [], options, () => ({ outer }));
      // @ts-expect-error a result is not certain to be there
      quorum(flow, 'C', [], options, (c) => ({
        a: settledHandle(c.action('A', () => ({ approved: true }))),
      }));
      // @ts-expect-error neither a number nor one of the two words
      quorum(flow, 'D', [], { needed: 'most', vote: Boolean }, (d) => ({
        a: d.action('A', () => 1),
      }));
    });
  });
});

describe('policyScope', () => {
  test('infers as scope does', () => {
    workflow('Tell', (flow: Flow<string>) => {
      const text = flow.action('Text', ({ input }) => input.length);
      const told = policyScope(flow, 'Tell', [text], allOrNothing, (scope, [length]) =>
        scope.action('Mail', [length], ([length]) => [length]),
      );
      const tried = policyScope(flow, 'Try', [failed(told)], bestEffort, (scope, [told]) => {
        const mail = scope.action('Mail', [told], ([told]) => told.error.code);
        return settledHandle(mail);
      });
      return flow.action('Count', [told, tried], ([told, tried]) => {
        expectTypeOf(told).toEqualTypeOf<number[]>();
        expectTypeOf(tried).toEqualTypeOf<Result<string>>();
      });
    });
  });

  test('takes a policy that is spread, and refuses what is none', () => {
    expectTypeOf({ ...bestEffort, onFlagged: () => {} }).toExtend<FailurePolicy>();
    // @ts-expect-error what becomes of the rest is not said
    const policy: FailurePolicy = { criticality: 'critical' };
    expectTypeOf(policy.onFlagged).parameter(0).toExtend<{ readonly path: string }>();
  });
});
