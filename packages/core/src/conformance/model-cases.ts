/**
 * Random programs: whatever is called in whatever order, a store answers as the model does, and what
 * can be read afterwards is what the model has.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunStore, Writer } from '../ports/run-store.ts';
import { type Burst, type Command, frames, type Name, paths, program } from './model-commands.ts';
import { RunStoreModel, textOf } from './run-store-model.ts';
import { aLease, anEnd, anOutcome, aRun, collect, type Setting } from './setting.ts';

const names: readonly Name[] = ['one', 'two'];

export function modelCases(setting: Setting, seed: number | undefined): void {
  describe('a random program', () => {
    it('of writes that are not awaited gets the answers of a simple model', async () => {
      let programs = 0;
      const property = fc.asyncProperty(program, async (bursts) => {
        const session = new Session(setting, `program ${++programs}`);
        for (const burst of bursts) await session.run(burst);
        await session.end();
      });
      await fc.assert(property, { numRuns: 40, ...(seed !== undefined && { seed }) });
    }, 120_000);
  });
}

/** One program, on runs of its own. */
class Session {
  readonly #setting: Setting;
  readonly #title: string;
  readonly #model = new RunStoreModel();
  readonly #tokens: Record<Name, number[]> = { one: [], two: [] };
  #births = 0;

  constructor(setting: Setting, title: string) {
    this.#setting = setting;
    this.#title = title;
  }

  async run({ pause, connection, commands }: Burst): Promise<void> {
    if (pause > 0) await this.#setting.place.passTime(pause);
    this.#model.passTime(pause);
    const store = connection ? this.#setting.other : this.#setting.store;
    const known = { one: this.#tokens.one.length, two: this.#tokens.two.length };
    const calls = commands
      .filter((command) => !('lease' in command) || command.lease < known[command.run])
      .flatMap((command) => {
        if (this.#model.isOpen(command, known[command.run])) return [];
        const answers = this.#model.apply(command, known[command.run]);
        return { command, answers, answer: this.#call(store, command, known[command.run]) };
      });
    for (const { command, answers, answer } of calls) {
      const told = this.#noteToken(command.run, await answer);
      expect(answers, `what a store may answer to ${command.call}`).toContainEqual(told);
    }
    await this.#compare();
  }

  async end(): Promise<void> {
    for (const name of names) await this.#setting.store.deleteRun(this.#id(name));
  }

  #id(name: Name): string {
    return `${this.#title}: ${name}`;
  }

  #call(store: RunStore, command: Command, known: number): Promise<unknown> {
    const runId = this.#id(command.run);
    const writer: Writer = {
      runId,
      token: ('lease' in command && this.#tokens[command.run].at(-1 - command.lease)) || 0,
    };
    switch (command.call) {
      case 'create': {
        const run = aRun(runId, { workflow: this.#title, startTime: ++this.#births });
        return store.createRun(run, aLease(command.holder));
      }
      case 'acquire':
        return store.acquireLease(runId, aLease(command.holder));
      case 'renew':
        return store.renewLease(writer, aLease('').ttl);
      case 'release':
        return store.releaseLease(writer);
      case 'claim':
        return store.claimAttempt(runId, command.place, command.attempt);
      case 'save':
        return store.saveState(writer, command.path, textOf(command.path, known));
      case 'signal': {
        const { id, delivery } = command;
        return store.putSignal(runId, { event: 'go', payload: '', id, delivery });
      }
      case 'end':
        return store.endRun(writer, anEnd);
      case 'delete':
        return store.deleteRun(runId);
      case 'record': {
        const { place, status, attempt, signals, forgetState } = command;
        const outcome = anOutcome(place.frame, place.key, { status, attempt });
        return store.recordOutcome(writer, { outcome, signals, forgetState });
      }
    }
  }

  /** Keeps the token of a grant, and hands back the answer without what the model does not know. */
  #noteToken(name: Name, answer: unknown): unknown {
    if (typeof answer !== 'object' || answer === null) return answer;
    if ('lease' in answer) return { state: 'held', holder: Object(answer.lease).holder };
    if (!('token' in answer)) return answer;
    const { token, ...told } = answer as { token: number };
    const newest = this.#tokens[name].at(-1) ?? Number.NEGATIVE_INFINITY;
    expect(token, 'the token grows with every grant').toBeGreaterThan(newest);
    this.#tokens[name].push(token);
    return told;
  }

  async #compare(): Promise<void> {
    const { store } = this.#setting;
    for (const name of names) {
      const run = this.#model.runs.get(name);
      const stored = await store.readRun(this.#id(name));
      expect(stored && { holder: stored.lease?.holder, end: stored.end }, 'readRun').toEqual(
        run && { holder: run.lease?.holder, end: run.ended ? anEnd : undefined },
      );
      for (const frame of frames) {
        const outcomes = (run?.outcomes ?? [])
          .filter(({ place }) => place.frame === frame)
          .map(({ place, status, attempt }) => anOutcome(frame, place.key, { status, attempt }));
        const read = await store.readFrame(this.#id(name), frame);
        expect(read, 'readFrame').toEqual(outcomes.sort((a, b) => rank(a.key) - rank(b.key)));
      }
      for (const path of paths) {
        const state = await store.readState(this.#id(name), path);
        expect(state, 'readState').toBe(run?.states.get(path));
      }
      const signals = await store.readSignals(this.#id(name), 0);
      const kept = run?.signals.map((signal, at) => ({ ...signal, number: at + 1 })) ?? [];
      expect(
        signals.map(({ id, number }) => ({ id, number })),
        'readSignals',
      ).toEqual(kept.filter(({ isTaken }) => !isTaken).map(({ id, number }) => ({ id, number })));
    }
    const listed = await collect(store.listRuns({ workflow: this.#title }));
    const born = [...this.#model.runs].sort(([, a], [, b]) => a.born - b.born);
    expect(
      listed.map(({ runId }) => runId),
      'listRuns',
    ).toEqual(born.map(([name]) => this.#id(name)));
  }
}

/** The order of the few keys that the programs use. */
function rank(key: string | number): number {
  return [2, 10, '10', 'A', 'B', 'F', 'id=a'].indexOf(key);
}
