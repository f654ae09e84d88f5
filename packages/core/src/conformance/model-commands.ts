/**
 * What the random programs of the suite are made of: commands on two runs, drawn from so few values
 * that they meet again and again.
 * @module
 */
import fc from 'fast-check';
import type { Join, Place } from '../ports/run-store.ts';
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
  readonly joins: readonly Join[];
  readonly signal: number | undefined;
  readonly forgetState: string | undefined;
  readonly forgetJoins: string | undefined;
}

/** A call of a store; the texts in it are all short. */
export type Command =
  | { readonly call: 'create' | 'acquire'; readonly run: Name; readonly holder: string }
  | { readonly call: 'renew' | 'release' | 'end'; readonly run: Name; readonly lease: Age }
  | { readonly call: 'claim'; readonly run: Name; readonly place: Place }
  | { readonly call: 'save'; readonly run: Name; readonly lease: Age; readonly path: string }
  | { readonly call: 'signal'; readonly run: Name; readonly id: string | undefined }
  | { readonly call: 'delete'; readonly run: Name }
  | RecordCommand;

/** Calls that are made on one connection without awaiting, after so many milliseconds. */
export interface Burst {
  readonly pause: number;
  readonly connection: 0 | 1;
  readonly commands: readonly Command[];
}

/**
 * The places of outcomes, each with the joins that it counts down: as in a real graph, as many places
 * as a join waits for.
 */
const places: readonly (Place & { readonly joins: readonly Omit<Join, 'met'>[] })[] = [
  { frame: '', key: 'A', joins: [sum('', 'Sum', 2), sum('', '', 3)] },
  { frame: '', key: 'B', joins: [sum('', 'Sum', 2), sum('', '', 3)] },
  { frame: '', key: 'F', joins: [sum('', '', 3)] },
  { frame: 'F', key: 2, joins: [sum('', 'F', 1)] },
  { frame: 'F', key: 10, joins: [sum('F', 'Sum', 3)] },
  { frame: 'F', key: '10', joins: [sum('F', 'Sum', 3)] },
  { frame: 'F', key: 'id=a', joins: [sum('F', 'Sum', 3)] },
];

export const frames: readonly string[] = ['', 'F'];
export const paths: readonly string[] = ['p', 'F'];

const run = fc.constantFrom<Name>('one', 'one', 'two');
const lease = fc.constantFrom<Age>(0, 0, 0, 1);
const holder = fc.constantFrom('ann', 'bob');
const place = fc.constantFrom(...places);

const record: fc.Arbitrary<Command> = fc
  .record({
    run,
    lease,
    place,
    status: fc.constantFrom<Status>('Succeeded', 'Failed', 'Skipped'),
    attempt: fc.nat(2),
    met: fc.boolean(),
    signal: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    forgetState: fc.option(fc.constantFrom(...paths), { nil: undefined }),
    forgetJoins: fc.option(fc.constantFrom(...frames), { nil: undefined, freq: 8 }),
  })
  .map(({ place: { frame, key, joins }, met, forgetJoins, ...rest }) => ({
    call: 'record',
    ...rest,
    place: { frame, key },
    joins: joins.map((join) => ({ ...join, met })),
    // Usually nothing is forgotten, so that joins are counted down to the end.
    forgetJoins: met ? undefined : forgetJoins,
  }));

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ call: fc.constant('create'), run, holder }) },
  { weight: 3, arbitrary: fc.record({ call: fc.constant('acquire'), run, holder }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('renew'), run, lease }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('release'), run, lease }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('claim'), run, place: bare(place) }) },
  { weight: 9, arbitrary: record },
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
    weight: 3,
    arbitrary: fc.record({
      call: fc.constant('signal'),
      run,
      id: fc.constantFrom(undefined, 'x', 'y'),
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

function sum(frame: string, key: string, of: number): Omit<Join, 'met'> {
  return { frame, key, of };
}

function bare(from: fc.Arbitrary<Place>): fc.Arbitrary<Place> {
  return from.map(({ frame, key }) => ({ frame, key }));
}
