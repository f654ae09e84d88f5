/**
 * A run as a report would draw it, of any size, made without running anything: orders that are charged
 * and booked in a loop with a window, some of which are refused, tried again, or fail.
 *
 * The same seed makes the same run.
 * @module
 */
import type { AttemptView, ExecutionView, NodeView, RunView, WaitView } from '@runafter/report';

export interface SimulatedRun {
  /** Iterations of the loop; each has four executions. */
  readonly orders: number;
  /** Iterations at once. Default 6. */
  readonly window?: number;
  /** Actions side by side before the loop, all alike. Default 12. */
  readonly checks?: number;
  /** The orders whose charge fails for good. Default none. */
  readonly failing?: readonly number[];
  /** What a failed charge says. */
  readonly message?: string;
}

const start = Date.parse('2026-11-20T08:00:00Z');

export function simulatedView(options: SimulatedRun): RunView {
  const {
    orders,
    window = 6,
    checks = 12,
    failing = [],
    message = 'The card was declined.',
  } = options;
  const random = generator(7);
  const executions: ExecutionView[] = [];
  const between = (least: number, most: number): number => least + random() * (most - least);
  const act = (path: string, address: string, ready: number, more: Partial<ExecutionView> = {}) => {
    const startTime = more.startTime ?? ready;
    const endTime = more.endTime ?? startTime + between(40, 160);
    const attempts = [{ number: 1, startTime, endTime, throttled: false }];
    const execution: ExecutionView = {
      path,
      address,
      kind: 'action',
      status: 'Succeeded',
      readyTime: ready,
      startTime,
      endTime,
      attempts,
      waits: [],
      payloadBytes: Math.round(between(80, 4000)),
      ...more,
    };
    executions.push(execution);
    return execution;
  };

  const load = act('Load_Orders', 'Load_Orders', start, { endTime: start + 420 });
  let lastCheck: ExecutionView | undefined;
  for (let at = 0; at < checks; at += 1) {
    const check = act(`Check_${at + 1}`, `Check_${at + 1}`, load.endTime);
    if (check.endTime > (lastCheck?.endTime ?? 0)) lastCheck = check;
  }
  const loopStart = lastCheck?.endTime ?? load.endTime;
  const free = Array.from({ length: window }, () => loopStart);
  const failed = new Set(failing);
  for (let at = 0; at < orders; at += 1) {
    const slot = free.indexOf(Math.min(...free));
    const begun = free[slot] as number;
    const isFailed = failed.has(at);
    const path = `Orders[${at}]`;
    const charge = act(`${path}/Charge`, 'Orders/Charge', begun, chargeOf(begun, isFailed));
    let end = charge.endTime;
    if (isFailed) {
      const skipped = { status: 'Skipped', endTime: end, attempts: [] } as const;
      act(`${path}/Book`, 'Orders/Book', end, { ...skipped, kind: 'scope' });
    } else {
      const mail = act(`${path}/Mail`, 'Orders/Mail', end, lockOf(end));
      const stock = act(`${path}/Book/Stock`, 'Orders/Book/Stock', end);
      end = Math.max(mail.endTime, stock.endTime);
      const scope = { kind: 'scope', attempts: [], endTime: stock.endTime } as const;
      act(`${path}/Book`, 'Orders/Book', charge.endTime, scope);
    }
    executions.push({
      path,
      address: 'Orders',
      kind: 'iteration',
      status: isFailed ? 'Failed' : 'Succeeded',
      readyTime: begun,
      startTime: begun,
      endTime: end,
      attempts: [],
      waits: [],
    });
    free[slot] = end;
  }
  const loopEnd = Math.max(...free);
  const isFailed = failing.length > 0;
  const status = isFailed ? 'Failed' : 'Succeeded';
  const error = isFailed
    ? { code: 'ITERATIONS_FAILED', message: `${failing.length} of ${orders} failed.` }
    : undefined;
  act('Orders', 'Orders', loopStart, {
    kind: 'forEach',
    endTime: loopEnd,
    attempts: [],
    status,
    error,
  });
  const skipped = { endTime: loopEnd, attempts: [], status: 'Skipped' } as const;
  const summary = act('Summary', 'Summary', loopEnd, isFailed ? skipped : {});
  const alert = act('Alert', 'Alert', loopEnd, isFailed ? {} : skipped);
  const endTime = Math.max(summary.endTime, alert.endTime);
  executions.sort((a, b) => a.startTime - b.startTime);
  const lastIteration = executions.findLast(
    ({ kind, endTime: end }) => kind === 'iteration' && end === loopEnd,
  );

  const executionsAt = Map.groupBy(
    executions.filter(({ kind }) => kind !== 'iteration'),
    ({ address }) => address,
  );
  const busyAt = (address: string): ExecutionView[] => executionsAt.get(address) ?? [];
  const node = (
    address: string,
    kind: NodeView['kind'],
    runAfter: readonly string[] = [],
    statuses: NodeView['runAfter'][number]['statuses'] = ['Succeeded'],
  ): NodeView => {
    const all = busyAt(address);
    const took = all.map((one) => one.endTime - one.startTime).sort((a, b) => a - b);
    const counts: Partial<Record<ExecutionView['status'], number>> = {};
    for (const one of all) counts[one.status] = (counts[one.status] ?? 0) + 1;
    return {
      address,
      name: address.slice(address.lastIndexOf('/') + 1),
      kind,
      container: address.slice(0, Math.max(0, address.lastIndexOf('/'))),
      runAfter: runAfter.map((before) => ({ address: before, statuses })),
      criticality: 'critical',
      counts,
      busy: took.reduce((sum, one) => sum + one, 0),
      median: took[Math.floor(took.length / 2)],
      p95: took[Math.floor(took.length * 0.95)],
    };
  };
  const checkNames = Array.from({ length: checks }, (_, at) => `Check_${at + 1}`);
  const attempts = executions.flatMap((execution) => execution.attempts);
  const waited: Partial<Record<WaitView['for'], number>> = {};
  for (const wait of executions.flatMap((execution) => execution.waits)) {
    waited[wait.for] = (waited[wait.for] ?? 0) + wait.endTime - wait.startTime;
  }
  const deciding = isFailed
    ? ['Summary', 'Orders', `Orders[${failing[0]}]`, `Orders[${failing[0]}]/Charge`]
    : [];
  const slowest = busyAt('Orders/Charge').toSorted(
    (a, b) => b.endTime - b.startTime - a.endTime + a.startTime,
  );
  return {
    runId: '7f0d2a64-orders-2026-11-20',
    workflow: 'Fulfil_Orders',
    version: '3',
    status,
    error,
    startTime: start,
    endTime,
    why: {
      text: isFailed
        ? `Failed: "Summary" was skipped and takes the status of "Orders", which ended Failed: "Orders[${failing[0]}]/Charge" ended Failed: ${message}`
        : 'Succeeded: every leaf ended well.',
      chain: deciding,
    },
    nodes: [
      node('Load_Orders', 'action'),
      ...checkNames.map((name) => node(name, 'action', ['Load_Orders'])),
      {
        ...node('Orders', 'forEach', checkNames.length === 0 ? ['Load_Orders'] : checkNames),
        iterations: { Succeeded: orders - failing.length, Failed: failing.length },
      },
      node('Orders/Charge', 'action'),
      node('Orders/Mail', 'action', ['Orders/Charge']),
      node('Orders/Book', 'scope', ['Orders/Charge']),
      node('Orders/Book/Stock', 'action'),
      node('Summary', 'action', ['Orders']),
      node('Alert', 'action', ['Orders'], ['Failed', 'TimedOut']),
    ],
    executions,
    left: 0,
    analysis: {
      makespan: endTime - start,
      busy: attempts.reduce((sum, one) => sum + one.endTime - one.startTime, 0),
      calls: executions.filter((execution) => execution.attempts.length > 0).length,
      attempts: attempts.length,
      notKept: 0,
      criticalPath: [
        'Load_Orders',
        ...(lastCheck === undefined ? [] : [lastCheck.path]),
        ...(lastIteration === undefined
          ? []
          : ['Orders', lastIteration.path, `${lastIteration.path}/Charge`]),
        isFailed ? 'Alert' : 'Summary',
      ],
      bottleneck: {
        address: 'Orders/Charge',
        onPath: (loopEnd - loopStart) * 0.62,
        without: (endTime - start) * 0.44,
      },
      outliers: slowest.slice(0, 4).map(({ path, startTime, endTime: ended }) => ({
        path,
        duration: ended - startTime,
        median: 240,
      })),
      throttled: attempts.filter(({ throttled }) => throttled).length,
      waited,
    },
  };

  /** A call that waits for its limiter, may be refused for being one too many, and is tried again. */
  function chargeOf(ready: number, fails: boolean): Partial<ExecutionView> {
    const startTime = ready + (random() < 0.3 ? between(20, 90) : 0);
    const granted = startTime + (random() < 0.5 ? between(10, 120) : 0);
    const attempts: AttemptView[] = [];
    const waits: WaitView[] = [];
    if (startTime > ready) waits.push({ for: 'queue', startTime: ready, endTime: startTime });
    if (granted > startTime) {
      waits.push({ for: 'throttle', name: 'payments', startTime, endTime: granted });
    }
    let now = startTime;
    const tries = fails ? 3 : 1 + Number(random() < 0.15);
    const declined = { code: 'CARD_DECLINED', message };
    const tooMany = { code: 'HTTP_429', message: 'Too many requests.' };
    for (let number = 1; number <= tries; number += 1) {
      const end = Math.max(now, granted) + between(60, 220);
      const isLast = number === tries;
      const error = fails ? declined : tooMany;
      const attempt = { number, startTime: now, endTime: end, throttled: !fails && !isLast };
      attempts.push(isLast && !fails ? attempt : { ...attempt, error });
      now = end;
      if (isLast) break;
      waits.push({ for: 'retry', startTime: end, endTime: end + 100 * number });
      now += 100 * number;
    }
    const ended = { startTime, endTime: now, attempts, waits };
    return fails ? { ...ended, status: 'Failed', error: declined } : ended;
  }

  function lockOf(ready: number): Partial<ExecutionView> {
    if (random() > 0.25) return {};
    const until = ready + between(20, 80);
    const endTime = until + between(30, 90);
    return {
      endTime,
      attempts: [{ number: 1, startTime: ready, endTime, throttled: false }],
      waits: [{ for: 'lock', name: 'mailbox', startTime: ready, endTime: until }],
    };
  }
}

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
