/**
 * Whether anybody is half onboarded: asked from the systems, not from the program that has done it.
 *
 * Invariant: everything that any system holds is counted for exactly one hire, or is a stray. A hire has
 * one of everything, or nothing of anything; all else is a fault.
 * Read next: proof-text.ts, which says it to people.
 * @module
 */
import type { Office } from '@runafter/example-office';
import type { HrDatabase } from './database/hr-database.ts';
import { type Hire, type Product, products } from './hire.ts';
import { bought, licencesIn } from './licences.ts';

/** The systems that are looked into, in the order in which they are told. */
export const kinds = ['account', 'site', 'licence', 'log', 'mail'] as const;

/** How many a hire has of each. */
export type Trace = Readonly<Record<(typeof kinds)[number], number>>;

export interface TracedHire {
  /** The employee number. */
  readonly employee: string;
  readonly trace: Trace;
}

/** What the systems say. */
export interface Proof {
  /** Those who have one of everything. */
  readonly complete: readonly TracedHire[];
  /** Those who have nothing of anything. */
  readonly untouched: readonly TracedHire[];
  /** All others: something is missing, or there is more than one of it. */
  readonly halfDone: readonly TracedHire[];
  /** What belongs to nobody in the file. */
  readonly strays: readonly string[];
  readonly licencesHeld: number;
  /** How many should be: as many as there are, where as many are wanted. */
  readonly licencesDue: number;
}

/** Looks into every system. */
export async function proofOf(
  hires: readonly Hire[],
  { inspect }: Office,
  database: HrDatabase,
): Promise<Proof> {
  const held = await licencesHeld(database);
  const numberOf = new Map(hires.map(({ account, number }) => [account, number]));
  const things: readonly Thing[] = [
    ...inspect.accounts().map((account) => thing('account', account.employeeId)),
    ...inspect.sites().map(({ url }) => thing('site', url.split('/').at(-1)?.toUpperCase())),
    ...held.map((operation) => thing('licence', employeeOf(operation))),
    ...(await database.logged()).map(({ employee }) => thing('log', employee)),
    ...inspect
      .mails()
      .flatMap(({ to }) => to.map((address) => thing('mail', numberOf.get(address) ?? address))),
  ];

  const counts = new Map(hires.map(({ number }) => [number, { ...nothing }]));
  const strays: string[] = [];
  for (const found of things) {
    const owner = counts.get(found.of);
    if (owner === undefined) strays.push(`${found.kind} of "${found.of}"`);
    else owner[found.kind]++;
  }
  const traced = [...counts].map(([employee, trace]): TracedHire => ({ employee, trace }));
  const complete = traced.filter(({ trace }) => hasOfEach(trace, 1));
  const untouched = traced.filter(({ trace }) => hasOfEach(trace, 0));
  return {
    complete,
    untouched,
    halfDone: traced.filter((hire) => !complete.includes(hire) && !untouched.includes(hire)),
    strays,
    licencesHeld: held.length,
    licencesDue: dueOf(hires),
  };
}

/** Nothing is half done, there twice, left over or kept back. */
export function isProven({ halfDone, strays, licencesHeld, licencesDue }: Proof): boolean {
  return halfDone.length === 0 && strays.length === 0 && licencesHeld === licencesDue;
}

interface Thing {
  readonly kind: keyof Trace;
  /** Whose it is: an employee number, or whatever else it says. */
  readonly of: string;
}

const nothing: Record<keyof Trace, number> = { account: 0, site: 0, licence: 0, log: 0, mail: 0 };

function thing(kind: keyof Trace, of = ''): Thing {
  return { kind, of };
}

function hasOfEach(trace: Trace, count: number): boolean {
  return kinds.every((kind) => trace[kind] === count);
}

/** The operations that hold a licence. */
async function licencesHeld(database: HrDatabase): Promise<string[]> {
  const held: string[] = [];
  for (const licences of Object.values(licencesIn(database))) {
    await using inspected = licences;
    for (const { claim } of await inspected.inspect()) if (claim) held.push(claim.by);
  }
  return held;
}

/** The idempotency key of an action in the loop names the item by its id. */
function employeeOf(operation: string): string {
  return /\[id=([^\]]+)\]/.exec(operation)?.[1] ?? operation;
}

function dueOf(hires: readonly Hire[]): number {
  const wanted = (product: Product) => hires.filter(({ licence }) => licence === product).length;
  return products.reduce((sum, product) => sum + Math.min(wanted(product), bought[product]), 0);
}
