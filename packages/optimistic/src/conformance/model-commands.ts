/**
 * What the random programs of the suite are made of: writes of few keys by few fences, so that they meet
 * again and again.
 * @module
 */
import fc from 'fast-check';

/** A call of a store. */
export interface Command {
  readonly call: 'create' | 'replace' | 'remove';
  readonly key: string;
  readonly count: number;
  /** Which version it is made from: 0 for the newest that the key has had, 1 for the one before. */
  readonly age: number;
  /** Whether it passes the document that it has read, or the ETag. */
  readonly byDocument: boolean;
  readonly connection: 0 | 1;
  readonly fence: { readonly token: number; readonly owner: string } | undefined;
}

export function program(withFences: boolean): fc.Arbitrary<readonly Command[]> {
  const fence = fc.option(
    fc.record({ token: fc.constantFrom(1, 2, 9, 10), owner: fc.constantFrom('ann', 'bob') }),
    { nil: undefined, freq: 2 },
  );
  const command: fc.Arbitrary<Command> = fc.record({
    call: fc.constantFrom('create', 'replace', 'replace', 'replace', 'remove'),
    key: fc.constantFrom('a', 'a', 'b'),
    count: fc.nat(99),
    age: fc.constantFrom(0, 0, 0, 1),
    byDocument: fc.boolean(),
    connection: fc.constantFrom(0, 1),
    fence: withFences ? fence : fc.constant(undefined),
  });
  return fc.array(command, { minLength: 1, maxLength: 25 });
}
