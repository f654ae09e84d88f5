/**
 * Plans that hold every kind of node, killed at every one of their writes, in every way; and cases that
 * went wrong once, small enough to be read.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type Crash, fates } from '../model/crash.ts';
import { dataWorkflow } from '../model/data-workflow.ts';
import type {
  ActionPlan,
  Behaviour,
  BodyPlan,
  BranchingPlan,
  EdgePlan,
  ForEachPlan,
  NodePlan,
  Plan,
  UntilPlan,
} from '../model/plan.ts';
import { everyNode } from '../model/plan.ts';
import { typedWorkflow } from '../model/typed-workflow.ts';
import { type CrashCase, checkCase, judgeCase, writesOf } from './check-crashes.ts';

const timeout = 120_000;

const forms = [
  { form: typedWorkflow, builder: 'typed builder' },
  { form: dataWorkflow, builder: 'data form' },
];

describe('a workflow that is killed at each of its writes', { timeout }, () => {
  const everyKind: Plan = {
    body: body(
      action('Alder', { takes: 10 }),
      action('Birch', { throwsFirst: 1 }, { retry: { count: 2, interval: 50 } }),
      delay('Cedar', 100, following('Alder')),
      branching('Dogwood', ['then'], { then: body(action('Oak')), else: body(action('Pine')) }),
      branching('Elm', ['two'], { one: body(action('Oak')), two: body(action('Pine')) }),
      scope('Fir', [action('Oak', { ends: 'throws' }), action('Pine', {}, following('Oak'))]),
      loop('Ginkgo', { concurrency: 2, items: 3 }, [
        action('Oak'),
        delay('Pine', 20, following('Oak')),
      ]),
      until('Hazel', { doneAfter: 1 }, [action('Oak', { takes: 5 })]),
      { ...base('Ivy', following('Cedar')), kind: 'waitFor', arrives: [300] },
      {
        ...base('Juniper'),
        kind: 'child',
        body: body(action('Oak'), delay('Pine', 30, following('Oak'))),
      },
      loop('Larch', { source: 'stream', identified: true, keys: 2 }, [action('Oak', { takes: 7 })]),
      action('Maple', {}, failed('Fir'), following('Ivy')),
    ),
  };

  it('has every kind of node in its plan', () => {
    const kinds = [...everyNode(everyKind.body)].map(({ kind }) => kind);

    expect(new Set(kinds)).toEqual(
      new Set('action delay scope condition switch forEach until waitFor child'.split(' ')),
    );
  });

  it.each(forms)('ends as the oracle says: every kind of node, $builder', async ({ form }) => {
    await checkEveryWrite({ form, timed: false, plan: everyKind });
  });

  const nested: Plan = {
    body: body(
      loop('Alder', { items: 2, concurrency: 2 }, [
        loop('Birch', { items: 2, keep: 'failures' }, [
          branching('Cedar', ['then', 'throws'], { then: body(action('Oak')) }),
          action('Dogwood', { takes: 3 }, settled('Cedar')),
        ]),
        until('Elm', { doneAfter: 0 }, [scope('Fir', [action('Oak')])]),
      ]),
    ),
  };

  it.each(forms)('ends as the oracle says: loops in loops, $builder', async ({ form }) => {
    await checkEveryWrite({ form, timed: false, plan: nested });
  });

  const timed: Plan = {
    cancelAt: 50_000,
    body: body(
      {
        ...scope('Alder', [action('Oak', { takes: 40_000 }), delay('Pine', 9_000)]),
        timeout: 20_000,
      },
      action('Birch', { takes: 70_001 }, { timeout: 3_000 }, failed('Alder')),
      action('Cedar', { takes: 7, throwsFirst: 9 }, { retry: { count: 3, interval: 9_999 } }),
      { ...base('Dogwood'), kind: 'waitFor', arrives: [Number.POSITIVE_INFINITY], timeout: 8_000 },
      { ...loop('Elm', { items: 3 }, [action('Oak', { takes: 12_000 })]), timeout: 30_000 },
      { ...base('Fir'), kind: 'child', body: body(delay('Oak', 100_000)) },
    ),
  };

  it.each(forms)('ends as the oracle says: time-outs and a cancel, $builder', async ({ form }) => {
    await checkEveryWrite({ form, timed: true, plan: timed });
  });
});

describe('a run that goes on after', () => {
  it('a store that refused the items of a loop has not failed the loop', async () => {
    const plan = { body: body(loop('Alder', { items: 1 }, [action('Oak')])) };

    await expectNothingWrong({ plan, crashes: [crash({ write: 2, fate: 'refused' })] });
  });

  it('a process that died while it skipped the branches of a condition that could not choose', async () => {
    const branches = { then: body(), else: body() };
    const plan = { body: body(branching('Alder', ['throws'], branches)) };

    await expectNothingWrong({ plan, crashes: [crash({ write: 3 })] });
  });

  it('a store that refused the order to stop keeps nothing that follows from it', async () => {
    const plan = { body: body(delay('Alder', 9_000)), cancelAt: 5_000 };

    await expectNothingWrong({
      plan,
      timed: true,
      crashes: [crash({ write: 3, fate: 'refused' })],
    });
  });

  it('a stop keeps the attempts of an action that waited for the next one', async () => {
    const retried = action(
      'Alder',
      { takes: 500, throwsFirst: 1 },
      { retry: { count: 3, interval: 400 } },
    );

    await expectNothingWrong({
      plan: { body: body(retried), timeout: 600 },
      timed: true,
      crashes: [crash({ write: 4 })],
    });
  });

  it('a time-out that the process did not survive still counts the call that it cut short', async () => {
    const slow = action('Alder', { takes: 9_000 }, { timeout: 1_000 });

    await expectNothingWrong({
      plan: { body: body(slow) },
      timed: true,
      crashes: [crash({ write: 3, fate: 'refused' })],
    });
  });

  it('a stop that comes while a loop is being read leaves it as it was', async () => {
    const ofTwo = loop('Oak', { items: 2 }, [action('Pine', { takes: 74_000 })]);
    const plan = { body: body({ ...scope('Alder', [ofTwo]), timeout: 118_000 }) };
    const crashes = [crash({ write: 3 }), crash({ write: 5 })];

    await expectNothingWrong({ plan, timed: true, crashes });
  });

  it('a stop knows which items had ended behind one that still ran', async () => {
    const hangs = { takes: 77_000, ends: 'returns', throwsFirst: 0, onAbort: 0 } as const;
    const quick = { ...hangs, takes: 0 };
    const work = { ...action('Oak'), behaviours: [quick, hangs, quick] };
    const ofThree = { ...loop('Alder', { items: 3, concurrency: 3 }, [work]), timeout: 70_000 };
    for (let write = 5; write < 8; write++) {
      const crashes = [crash({ write }), crash({ write: 4 })];
      await expectNothingWrong({ plan: { body: body(ofThree) }, timed: true, crashes });
    }
  });

  it('a delay begins what comes next in its own time, not in that of the restart', async () => {
    const plan = {
      body: body(delay('Alder', 500), action('Birch', { takes: 5 }, following('Alder'))),
    };
    const { durable } = await judgeCase({ ...untimed(plan), crashes: [crash({ write: 3 })] });
    const start = durable.run?.result('Birch')?.startTime.getTime() as number;

    expect(start - durable.origin).toBe(500);
  });
});

/** Every way to come to an end, in turn, at every write of a plan; and twice in a row. */
async function checkEveryWrite({ plan, form, timed }: Pick<CrashCase, 'plan' | 'form' | 'timed'>) {
  const writes = await writesOf(plan, { form, timed });
  expect(writes).toBeGreaterThan(10);
  for (let write = 1; write <= writes; write++) {
    for (const fate of fates) {
      const again = crash({ write: 1 + ((write * 7) % writes), fate: 'dies after' });
      const crashes = [crash({ write, fate, resumes: write % 2 === 0 }), again];
      await checkCase({ plan, form, timed, crashes, lag: write % 3 }, `Write ${write}, ${fate}:`);
    }
  }
}

async function expectNothingWrong(crashing: Partial<CrashCase> & Pick<CrashCase, 'plan'>) {
  const { complaints } = await judgeCase({ ...untimed(crashing.plan), ...crashing });

  expect(complaints).toEqual([]);
}

function untimed(plan: Plan): CrashCase {
  return { plan, form: typedWorkflow, timed: false, crashes: [], lag: 0 };
}

function crash(how: Partial<Crash> & Pick<Crash, 'write'>): Crash {
  return { fate: 'dies after', downtime: 0, resumes: true, ...how };
}

function body(...nodes: NodePlan[]): BodyPlan {
  return { nodes };
}

function base(name: string, ...runAfter: EdgePlan[]) {
  return { name, runAfter, given: [] };
}

type ActionOptions = Pick<ActionPlan, 'retry' | 'timeout'>;

function action(
  name: string,
  behaviour: Partial<Behaviour> = {},
  ...more: (EdgePlan | ActionOptions)[]
): ActionPlan {
  const usual: Behaviour = { takes: 0, ends: 'returns', throwsFirst: 0, onAbort: 0 };
  const edges = more.filter((one): one is EdgePlan => 'from' in one);
  const options: ActionOptions = Object.assign({}, ...more.filter((one) => !('from' in one)));
  return {
    ...base(name, ...edges),
    ...options,
    kind: 'action',
    behaviours: [{ ...usual, ...behaviour }],
  };
}

function delay(name: string, duration: number, ...runAfter: EdgePlan[]): NodePlan {
  return { ...base(name, ...runAfter), kind: 'delay', duration };
}

function scope(name: string, nodes: NodePlan[]): NodePlan & { readonly kind: 'scope' } {
  return { ...base(name), kind: 'scope', body: { nodes } };
}

function branching(
  name: string,
  choices: BranchingPlan['choices'],
  branches: BranchingPlan['branches'],
): BranchingPlan {
  return { ...base(name), kind: 'then' in branches ? 'condition' : 'switch', branches, choices };
}

function loop(name: string, options: Partial<ForEachPlan>, nodes: NodePlan[]): ForEachPlan {
  return { ...base(name), kind: 'forEach', items: 4, source: 'array', ...options, body: { nodes } };
}

function until(
  name: string,
  options: Partial<UntilPlan>,
  nodes: [NodePlan, ...NodePlan[]],
): UntilPlan {
  const output = { child: nodes[0].name, as: 'result' } as const;
  const limits = { doneAfter: 0, maxIterations: 3, onLimit: 'fail' } as const;
  return { ...base(name), kind: 'until', ...limits, ...options, body: { nodes, output } };
}

function following(from: string): EdgePlan {
  return { from, accepts: ['Succeeded'] };
}

function failed(from: string): EdgePlan {
  return { from, accepts: ['Failed', 'TimedOut'] };
}

function settled(from: string): EdgePlan {
  return { from, accepts: ['Succeeded', 'Failed', 'Skipped', 'TimedOut'] };
}
