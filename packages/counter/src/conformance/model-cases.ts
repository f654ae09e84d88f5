/**
 * Random programs: whatever is called in whatever order, a counter answers as a Map of numbers would.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counter } from '../counter-port.ts';
import { greatest, isInRange, least } from '../counter-rules.ts';
import type { CounterCapabilities } from './counter-harness.ts';
import { answerOf, atomic, type Setting } from './setting.ts';

interface Command {
  readonly call: 'add' | 'reset';
  readonly name: string;
  readonly amount: bigint;
  readonly once: string | undefined;
  readonly expected: bigint | undefined;
  readonly connection: 0 | 1;
}

export function modelCases(setting: Setting): void {
  describe('a random program', () => {
    it('gets the answers of a simple model', async () => {
      let programs = 0;
      const { seed, capabilities } = setting;
      const property = fc.asyncProperty(program(capabilities), async (commands) => {
        const session = new Session(setting, `${++programs}-`);
        for (const command of commands) await session.run(command);
      });
      await fc.assert(property, { numRuns: 40, ...(seed !== undefined && { seed }) });
    }, 120_000);
  });
}

function program(capabilities: CounterCapabilities): fc.Arbitrary<readonly Command[]> {
  const small = fc.bigInt({ min: -9n, max: 9n });
  const large = fc.constantFrom(greatest, greatest - 3n, least, least + 3n, 2n ** 53n + 1n);
  const command: fc.Arbitrary<Command> = fc.record({
    call: fc.constantFrom('add', 'add', 'add', 'add', 'reset'),
    name: fc.constantFrom('a', 'a', 'b'),
    amount: capabilities.refusesOverflow ? fc.oneof(small, small, large) : small,
    once: fc.constantFrom(undefined, undefined, 'x', 'y', 'z'),
    expected: fc.option(small, { nil: undefined }),
    connection: fc.constantFrom(0, 1),
  });
  return fc.array(command, { minLength: 1, maxLength: 25 });
}

/** One program, on counters of its own. */
class Session {
  readonly #setting: Setting;
  readonly #prefix: string;
  readonly #values = new Map<string, bigint>();
  readonly #counted = new Set<string>();

  constructor(setting: Setting, prefix: string) {
    this.#setting = setting;
    this.#prefix = prefix;
  }

  async run(command: Command): Promise<void> {
    const { counter, other } = this.#setting;
    const connection = command.connection ? other : counter;
    if (command.call === 'add') await this.#add(connection, command);
    else await this.#reset(connection, command);
    for (const name of ['a', 'b']) {
      expect(await connection.read(this.#prefix + name), `${name} after it`).toBe(
        this.#value(name),
      );
    }
  }

  async #add(counter: Counter, { name, amount, once }: Command): Promise<void> {
    const before = this.#value(name);
    const id = once && `${name} ${once}`;
    const counts = id === undefined || !this.#counted.has(id);
    const after = counts ? before + amount : before;
    const answer = await answerOf(this.#callAdd(counter, this.#prefix + name, amount, once));
    if (!isInRange(after)) {
      expect(answer).toMatchObject({ refused: { code: 'COUNTER_OVERFLOW', value: before } });
      return;
    }
    this.#values.set(name, after);
    if (id !== undefined) this.#counted.add(id);
    const told = this.#setting.capabilities.addAndGet ? after : undefined;
    expect(answer, 'what the addition was told').toEqual({ done: told });
  }

  async #callAdd(
    counter: Counter,
    name: string,
    amount: bigint,
    once: string | undefined,
  ): Promise<bigint | undefined> {
    if (this.#setting.capabilities.addAndGet) {
      return atomic(counter).addAndGet(name, amount, { once });
    }
    await counter.add(name, amount, { once });
    return undefined;
  }

  async #reset(counter: Counter, command: Command): Promise<void> {
    const { capabilities } = this.#setting;
    const before = this.#value(command.name);
    const expected = capabilities.conditionalReset ? command.expected : undefined;
    const to = capabilities.resetTo ? command.amount : 0n;
    const answer = await answerOf(counter.reset(this.#prefix + command.name, { expected, to }));
    if (expected !== undefined && expected !== before) {
      expect(answer).toMatchObject({ refused: { code: 'COUNTER_CHANGED', actual: before } });
      return;
    }
    expect(answer, 'what the reset has taken').toEqual({ done: before });
    this.#values.set(command.name, to);
  }

  #value(name: string): bigint {
    return this.#values.get(name) ?? 0n;
  }
}
