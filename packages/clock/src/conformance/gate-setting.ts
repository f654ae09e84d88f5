/**
 * What a test of the suite of gates works with: a place, and short ways to do what the tests do most.
 * @module
 */
import { expect, type TestContext } from 'vitest';
import type { Clock, WaitOptions } from '../clock.ts';
import type { Gate, Permit } from '../limiter.ts';
import { systemClock } from '../system-clock.ts';
import type {
  ClosableGate,
  FaultyGateConnection,
  GateCapabilities,
  GateConnectOptions,
  GateLook,
  GatePlace,
  GateProcess,
} from './gate-harness.ts';

/** Filled anew before each test. */
export interface GateSetting {
  place: GatePlace;
  readonly capabilities: GateCapabilities;
  /** In milliseconds: the shortest one. */
  readonly ttl: number;
  /** In milliseconds: what a test may take that does much or waits for a ttl. */
  readonly longest: number;
  /** Of the random tests. */
  readonly seed: number | undefined;
}

/** Skips a test or a group, with the note that the conformance report reads. */
export function needOfGate(
  setting: GateSetting,
  ...capabilities: readonly (keyof GateCapabilities)[]
): (context: Pick<TestContext, 'skip'>) => void {
  return ({ skip }) => {
    for (const name of capabilities) {
      skip(!setting.capabilities[name], `capability not claimed: ${name}`);
    }
  };
}

/** The clock that everything in the place goes by. */
export function gateClock({ place }: GateSetting): Clock {
  return place.clock ?? systemClock;
}

/**
 * So many connections to the gate, two or more. Nobody's place expires while a test waits for something, so what
 * comes back does so because it was given back.
 */
export async function gates(
  { place }: GateSetting,
  count: number,
  options: GateConnectOptions,
): Promise<[ClosableGate, ClosableGate, ...ClosableGate[]]> {
  const opened = Array.from({ length: count }, () => place.connect({ ttl: 60_000, ...options }));
  return (await Promise.all(opened)) as [ClosableGate, ClosableGate, ...ClosableGate[]];
}

/** As many calls as `count`, on one connection after the other, all made before the first one has ended. */
export function eachOfGates<T>(
  gates: readonly Gate[],
  count: number,
  call: (gate: Gate, index: number) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: count }, (_, n) => call(gates[n % gates.length] as Gate, n));
}

/** Somebody who stands in line. */
export interface GateWaiter {
  /** Handled already, so that a waiter may be left alone. */
  readonly entered: Promise<Permit>;
}

/** Calls `enter`, and resolves when the caller stands in line behind all who did so before. */
export async function startWaiting(
  setting: GateSetting,
  gate: Gate,
  options?: WaitOptions,
): Promise<GateWaiter> {
  const { waiting } = await setting.place.look();
  const entered = gate.enter(options);
  entered.catch(() => {});
  await untilGate(setting, { waiting: waiting + 1 });
  return { entered };
}

/** Resolves when the gate looks like this; fails when it does not for long. */
export async function untilGate(setting: GateSetting, wanted: Partial<GateLook>): Promise<void> {
  const clock = gateClock(setting);
  const since = clock.monotonic();
  const longest = Math.max(10_000, 5 * setting.ttl);
  for (let looks = 1; ; looks++) {
    const look = await setting.place.look();
    if (matches(look, wanted)) return;
    if (clock.monotonic() - since > longest) expect(look).toMatchObject(wanted);
    await clock.sleep(Math.min(2 * looks, 20));
  }
}

function matches(look: GateLook, { running, waiting }: Partial<GateLook>): boolean {
  return (
    (running === undefined || running === look.running) &&
    (waiting === undefined || waiting === look.waiting)
  );
}

export function faultyGate(
  { place }: GateSetting,
  options: GateConnectOptions,
): Promise<FaultyGateConnection> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `faults` needs `place.connectFaulty`.');
  }
  return place.connectFaulty(options);
}

export function startGateProcess(
  { place }: GateSetting,
  options: GateConnectOptions,
): Promise<GateProcess> {
  if (place.startProcess === undefined) {
    throw new Error('A harness that claims `processes` needs `place.startProcess`.');
  }
  return place.startProcess(options);
}

/** What a call was refused with; undefined when it was not. */
export function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A code, as every error of a gate has one. */
export const anyCode: string = expect.stringMatching(/^[A-Z][A-Z0-9_]+$/) as string;
