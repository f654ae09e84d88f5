/**
 * What the random programs of the suite are made of: commands on two runs, drawn from so few values
 * that they meet again and again.
 * @module
 */
import fc from 'fast-check';
import type { Delivery, Place } from '../ports/run-store.ts';
import type { Status } from '../status.ts';

/** Which lease a writer has: 0 for the newest of the run, 1 for the one before. */
type Age = 0 | 1;
export type Name = 'one' | 'two';

export interface RecordCommand {
  readonly call: 'record';
  readonly run: Name;
  readonly lease: Age;
  readonly place: Place;
  readonly status: Status;
  readonly attempt: number;
  readonly signals: readonly number[];
  readonly forgetState: string | undefined;
}

export interface ClaimCommand {
  readonly call: 'claim';
  readonly run: Name;
  readonly place: Place;
  readonly attempt: number;
}

export interface SignalCommand {
  readonly call: 'signal';
  readonly run: Name;
  readonly id: string | undefined;
  readonly delivery: Delivery | undefined;
}

/** A call of a store; the texts in it are all short. */
export type Command =
  | { readonly call: 'create' | 'acquire'; readonly run: Name; readonly holder: string }
  | { readonly call: 'renew' | 'release' | 'end'; readonly run: Name; readonly lease: Age }
  | { readonly call: 'save'; readonly run: Name; readonly lease: Age; readonly path: string }
  | { readonly call: 'delete'; readonly run: Name }
  | RecordCommand
  | ClaimCommand
  | SignalCommand;

/** Calls that are made on one connection without awaiting, after so many milliseconds. */
export interface Burst {
  readonly pause: number;
  readonly connection: 0 | 1;
  readonly commands: readonly Command[];
}

const places: readonly Place[] = [
  { frame: '', key: 'A' },
  { frame: 'F', key: 2 },
  { frame: '', key: 'B' },
  { frame: '', key: 'F' },
  { frame: 'F', key: 10 },
  { frame: 'F', key: '10' },
  { frame: 'F', key: 'id=a' },
];

export const frames: readonly string[] = ['', 'F'];
export const paths: readonly string[] = ['p', 'F'];

const run = fc.constantFrom<Name>('one', 'one', 'two');
const lease = fc.constantFrom<Age>(0, 0, 0, 1);
const holder = fc.constantFrom('ann', 'bob');
const place = fc.constantFrom(...places);

/** Places that are claimed, and have an outcome later than others. */
const claimed = fc.constantFrom(...places.slice(0, 3));
const attempt = fc.constantFrom(1, 1, 1, 2, 3);

const record: fc.Arbitrary<Command> = fc.record({
  call: fc.constant('record'),
  run,
  lease,
  place,
  status: fc.constantFrom<Status>('Succeeded', 'Failed', 'Skipped'),
  attempt: fc.nat(2),
  signals: fc.subarray([1, 2, 3]),
  forgetState: fc.option(fc.constantFrom(...paths), { nil: undefined }),
});

const delivery: fc.Arbitrary<Delivery> = fc
  .record({ place: claimed, attempt, delivery: fc.constantFrom(1, 1, 1, 2, 2, 3) })
  .map(({ place: { frame, key }, ...rest }) => ({ frame, key, ...rest }));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ call: fc.constant('create'), run, holder }) },
  { weight: 3, arbitrary: fc.record({ call: fc.constant('acquire'), run, holder }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('renew'), run, lease }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('release'), run, lease }) },
  { weight: 7, arbitrary: fc.record({ call: fc.constant('claim'), run, place: claimed, attempt }) },
  { weight: 7, arbitrary: record },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constant('save'),
      run,
      lease,
      path: fc.constantFrom(...paths),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      call: fc.constant('signal'),
      run,
      id: fc.constantFrom(undefined, undefined, 'x', 'y'),
      delivery: fc.option(delivery, { nil: undefined, freq: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('end'), run, lease }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('delete'), run }) },
);

/** A program: it begins with a run, so that little of it is in vain. */
export const program: fc.Arbitrary<readonly Burst[]> = fc
  .array(
    fc.record({
      // Three of them are more than the time of a lease, and no sum of them is exactly that.
      pause: fc.constantFrom(0, 0, 0, 25_000),
      connection: fc.constantFrom(0, 1),
      commands: fc.array(command, { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((bursts) => [
    { pause: 0, connection: 0, commands: [{ call: 'create', run: 'one', holder: 'ann' }] },
    ...bursts,
  ]);
