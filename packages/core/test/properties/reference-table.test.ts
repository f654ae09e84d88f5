/**
 * The numbers that people measure on the platform, computed by running in virtual time.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type Flow, settled, start, type Workflow, workflow } from '../../src/index.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

describe('the reference table', () => {
  it.each([
    { dop: undefined, total: 21 * seconds },
    { dop: 1, total: 21 * seconds },
    { dop: 2, total: 11 * seconds },
    { dop: 4, total: 6 * seconds },
    { dop: 6, total: 6 * seconds },
  ])('takes $total ms for 1 s and four items of 5 s, $dop at once', async ({ dop, total }) => {
    const elapsed = await elapsedOf((clock) =>
      workflow('Four_Items', (flow) => {
        const first = flow.action('First', () => clock.sleep('1s'));
        flow.forEach(
          'Items',
          [first],
          () => [1, 2, 3, 4],
          (each) => each.action('Work', () => clock.sleep('5s')),
          dop === undefined ? {} : { concurrency: dop },
        );
      }),
    );

    expect(elapsed).toBe(total);
  });

  it.each([1, 2, 3, 5, 7, 10, 20, 50, 100])(
    'keeps a sliding window: 100 items of 3 s, %i at once',
    async (concurrency) => {
      const elapsed = await elapsedOf((clock) => itemsOf(clock, 100, 3 * seconds, concurrency));

      expect(elapsed).toBe(Math.ceil(100 / concurrency) * 3 * seconds);
    },
  );

  it('takes five minutes for 100 items of 3 s one by one', async () => {
    expect(await elapsedOf((clock) => itemsOf(clock, 100, 3 * seconds, 1))).toBe(5 * minutes);
  });
});

describe('onboarding 200 hires', () => {
  const stepsOneByOne = 4.5 * minutes;

  it('takes 15 hours one after the other', async () => {
    const elapsed = await elapsedOf((clock) => itemsOf(clock, 200, stepsOneByOne, 1));

    expect(elapsed).toBe(15 * hours);
  });

  it('takes an hour and a half with ten hires side by side', async () => {
    const elapsed = await elapsedOf((clock) => itemsOf(clock, 200, stepsOneByOne, 10));

    expect(elapsed).toBe(1.5 * hours);
  });

  it('takes less still when independent steps of a hire run side by side', async () => {
    const steps = {
      Create_Account: 60 * seconds,
      Create_Site: 90 * seconds,
      Assign_Licence: 45 * seconds,
      Send_Welcome_Email: 30 * seconds,
      Log_To_SQL: 45 * seconds,
    };
    const hire = critical(steps, {
      Create_Site: ['Create_Account'],
      Assign_Licence: ['Create_Account'],
      Send_Welcome_Email: ['Assign_Licence'],
      Log_To_SQL: ['Create_Site', 'Send_Welcome_Email'],
    });
    expect(Object.values(steps).reduce((sum, ms) => sum + ms)).toBe(stepsOneByOne);

    const elapsed = await elapsedOf((clock) =>
      workflow('Onboarding', (flow) => {
        flow.forEach(
          'Hires',
          [],
          () => Array.from({ length: 200 }, (_, hire) => hire),
          (each) => {
            const take = (name: keyof typeof steps) => () => clock.sleep(steps[name]);
            const account = each.action('Create_Account', take('Create_Account'));
            const site = each.action('Create_Site', [account], take('Create_Site'));
            const licence = each.action('Assign_Licence', [account], take('Assign_Licence'));
            const mail = each.action('Send_Welcome_Email', [licence], take('Send_Welcome_Email'));
            each.action('Log_To_SQL', [site, mail], take('Log_To_SQL'));
          },
          { concurrency: 10 },
        );
      }),
    );

    expect(elapsed).toBe((200 / 10) * hire);
    expect(elapsed).toBeLessThan(1.5 * hours);
  });
});

describe('the makespan', () => {
  const order = {
    Validate_Inventory: 3 * seconds,
    Create_CRM_Record: 4 * seconds,
    Send_Confirmation_Email: 3 * seconds,
    Post_Teams_Notification: 3.5 * seconds,
    Update_Order_Status: 3 * seconds,
  };

  it('of the order example is its critical path, whichever branch is the longest', async () => {
    for (const slow of Object.keys(order)) {
      const times = { ...order, [slow]: 30 * seconds };
      const elapsed = await elapsedOf((clock) =>
        workflow('Order', (flow) => {
          const take = (name: keyof typeof order) => () => clock.sleep(times[name]);
          const stock = flow.action('Validate_Inventory', take('Validate_Inventory'));
          const crm = flow.action('Create_CRM_Record', [stock], take('Create_CRM_Record'));
          const mail = flow.action('Send_Mail', [stock], take('Send_Confirmation_Email'));
          const teams = flow.action('Post', [stock], take('Post_Teams_Notification'));
          flow.action('Close', [crm, mail, settled(teams)], take('Update_Order_Status'));
        }),
      );

      const branches = ['Create_CRM_Record', 'Send_Confirmation_Email', 'Post_Teams_Notification'];
      const path = critical(times, {
        ...Object.fromEntries(branches.map((branch) => [branch, ['Validate_Inventory']])),
        Update_Order_Status: branches,
      });
      expect(elapsed, `with ${slow} slow`).toBe(path);
    }
  });

  it('leaves D alone with A: it does not wait for the slow B', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const times = {
      A: 1 * seconds,
      B: 60 * seconds,
      C: 2 * seconds,
      D: 5 * seconds,
      E: 1 * seconds,
    };
    const run = start(diamond(clock, times), undefined, { clock });

    const { results, startTime, endTime } = await run.finished;

    const origin = startTime.getTime();
    const starts = Object.fromEntries(
      results.map((record) => [record.name, record.startTime.getTime() - origin]),
    );
    expect(starts).toEqual({
      A: 0,
      B: 0,
      C: times.B,
      D: times.A,
      E: times.B + times.C,
    });
    expect(endTime.getTime() - origin).toBe(times.B + times.C + times.E);
  });
});

type Times = Readonly<Record<string, number>>;

/** A ∥ B; C after A and B; D after A; E after C and D. */
function diamond(clock: VirtualClock, times: Times): Workflow<undefined, void> {
  return workflow('E3', (flow: Flow<undefined>) => {
    const take = (name: string) => () => clock.sleep(times[name] ?? 0);
    const a = flow.action('A', take('A'));
    const b = flow.action('B', take('B'));
    const c = flow.action('C', [a, b], take('C'));
    const d = flow.action('D', [a], take('D'));
    flow.action('E', [c, d], take('E'));
  });
}

function itemsOf(clock: VirtualClock, count: number, ms: number, concurrency: number) {
  return workflow('Items', (flow: Flow<undefined>) => {
    const items = Array.from({ length: count }, (_, item) => item);
    flow.forEach(
      'Items',
      [],
      () => items,
      (each) => each.action('Work', () => clock.sleep(ms)),
      { concurrency },
    );
  });
}

/** Milliseconds of virtual time that a run takes; it must succeed. */
async function elapsedOf<T>(
  define: (clock: VirtualClock) => Workflow<undefined, T>,
): Promise<number> {
  const clock = virtualClock({ autoAdvance: true });
  const { status } = await start(define(clock), undefined, { clock }).finished;
  expect(status).toBe('Succeeded');
  return clock.monotonic();
}

/** The length of the longest chain. */
function critical(times: Times, runAfter: Readonly<Record<string, readonly string[]>>): number {
  const end = (name: string): number =>
    (times[name] ?? 0) + Math.max(0, ...(runAfter[name] ?? []).map(end));
  return Math.max(...Object.keys(times).map(end));
}
