/** Broken objects are caught, and right ones pass, whatever the order in which things happen. */
import { describe, expect, it } from 'vitest';
import {
  AtomicCounter,
  CachedRegister,
  CompareThenSetRegister,
  CompareThenWriteRegister,
  FencedRegister,
  FirstTokenRegister,
  ForgetfulCounter,
  GiveUpPool,
  ListThenClaimPool,
  LookThenTakeLock,
  OneWriteEachRegister,
  Pool,
  ReadAddWriteCounter,
  Register,
  RestartingTokenLock,
  StringSet,
  TokenLock,
  TornRegister,
  TwoStepResetCounter,
  UnguardedRegister,
  WholeDocumentSet,
} from './objects.ts';
import { seed as firstSeed, seedHint } from './seed.ts';
import {
  onCounter,
  onFencedRegister,
  onLock,
  onPairs,
  onPool,
  onRegister,
  onSet,
  type Workload,
} from './workloads.ts';

const runs = 60;

/** Why histories cannot be: one text for each run that shows it. */
async function failuresOf(workload: Workload): Promise<string[]> {
  const failures: string[] = [];
  for (let run = 0; run < runs; run++) {
    const failure = await workload(firstSeed + run);
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}

it.each([
  ['an atomic counter whose replies get lost', onCounter((hop) => new AtomicCounter(hop))],
  ['an atomic register', onRegister((hop) => new Register(0, hop))],
  ['a register of pairs', onPairs((hop) => new Register('00', hop))],
  ['a lock with tokens', onLock((hop) => new TokenLock(hop))],
  ['a register that compares tokens', onFencedRegister((hop) => new FencedRegister(hop))],
  ['a pool', onPool((resources, hop) => new Pool(resources, hop))],
  ['a set', onSet((hop) => new StringSet(hop))],
])('the history checker passes %s, in every order', async (_, workload) => {
  expect(await failuresOf(workload), seedHint).toEqual([]);
});

describe('the history checker catches', () => {
  it.each([
    [
      'a lost update: read, add in the client, write',
      onCounter((hop) => new ReadAddWriteCounter(hop)),
    ],
    [
      'a double count: the retry after a lost reply adds again',
      onCounter((hop) => new ForgetfulCounter(hop)),
    ],
    ['a reset that forgets a concurrent add', onCounter((hop) => new TwoStepResetCounter(hop))],
    ['a stale read from a cache in the client', onRegister((hop) => new CachedRegister(0, hop))],
    [
      'a compare-and-set that compares first and sets later',
      onRegister((hop) => new CompareThenSetRegister(0, hop)),
    ],
    [
      'a torn read of a value that is written in two halves',
      onPairs((hop) => new TornRegister('00', hop)),
    ],
    [
      'two holders of a lock that is looked at first and taken later',
      onLock((hop) => new LookThenTakeLock(hop)),
    ],
    ['fencing tokens that begin anew', onLock((hop) => new RestartingTokenLock(hop))],
    [
      'a write with a stale token that is accepted',
      onFencedRegister((hop) => new UnguardedRegister(hop)),
    ],
    [
      'a token that is compared first and kept later',
      onFencedRegister((hop) => new CompareThenWriteRegister(hop)),
    ],
    [
      'a register that keeps only its first token',
      onFencedRegister((hop) => new FirstTokenRegister(hop)),
    ],
    ['a holder who may write only once', onFencedRegister((hop) => new OneWriteEachRegister(hop))],
    [
      'one resource of a pool given to two owners',
      onPool((resources, hop) => new ListThenClaimPool(resources, hop)),
    ],
    [
      'a pool that says "none left" while some are free',
      onPool((resources, hop) => new GiveUpPool(resources, hop)),
    ],
    ['a set in a document that is written back whole', onSet((hop) => new WholeDocumentSet(hop))],
  ])('%s', async (_, workload) => {
    const failures = await failuresOf(workload);

    // The rarest shows in about one run of five.
    expect(failures.length, seedHint).toBeGreaterThan(0);
    expect(failures.filter((failure) => !failure.includes('<-- cannot be'))).toEqual([]);
  });
});
