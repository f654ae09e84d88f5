/**
 * Workflows of every kind of container, by chance: what is true of each of them is true of views.
 * @module
 */
import { fixed, type Random } from '@runafter/clock';
import { type Flow, type Handle, on, workflow } from '@runafter/core';
import type { Work } from './runs-in-virtual-time.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of every depth are written by the same code.
type AnyFlow = any;

const anyEnd = ['Succeeded', 'Failed', 'Skipped', 'TimedOut'] as const;
const criticalities = ['critical', 'critical', 'important', 'optional'] as const;

/** Writes a body with up to six nodes, and containers up to three levels deep. */
export function writeRandomBody(flow: Flow<void>, work: Work, random: Random): void {
  new Writer(work, random).body(flow, 0);
}

class Writer {
  readonly #work: Work;
  readonly #random: Random;

  constructor(work: Work, random: Random) {
    this.#work = work;
    this.#random = random;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #isBy(chance: number): boolean {
    return this.#random() < chance;
  }

  body(flow: AnyFlow, depth: number): void {
    const nodes: Handle<unknown, unknown>[] = [];
    const count = 1 + this.#below(6);
    for (let index = 0; index < count; index++) {
      // Names in no order: definitions are stored sorted.
      const name = `${'ZYXWVU'[index]}${depth}`;
      const after = nodes.filter(() => this.#isBy(0.4)).map((node) => this.#edge(node));
      nodes.push(
        this.#node(
          flow,
          name,
          after.sort(() => this.#random() - 0.5),
          depth,
        ),
      );
    }
  }

  #edge(node: AnyFlow): unknown {
    if (this.#isBy(0.5)) return on(node, ...anyEnd);
    const statuses = anyEnd.filter(() => this.#isBy(0.5));
    return statuses.length === 0 ? node : on(node, ...(statuses as [(typeof anyEnd)[number]]));
  }

  #node(flow: AnyFlow, name: string, after: unknown[], depth: number): AnyFlow {
    const criticality = criticalities[this.#below(4)];
    const kind = depth < 3 ? this.#below(10) : 0;
    const inside = (inner: AnyFlow) => void this.body(inner, depth + 1);
    switch (kind) {
      case 5:
        return flow.scope(name, after, inside, { criticality });
      case 6: {
        const items = Array.from({ length: this.#below(7) }, (_, index) => index);
        return flow.forEach(name, after, () => items, inside, {
          concurrency: 1 + this.#below(3),
          keep: this.#isBy(0.2) ? 'failures' : 'all',
          criticality,
        });
      }
      case 7: {
        const chosen = this.#isBy(0.5);
        return flow.condition(name, after, () => chosen, { then: inside, else: inside });
      }
      case 8: {
        const inner = workflow(`${name}_Flow`, (inner: Flow<void>) => void inside(inner));
        return flow.child(name, after, inner, () => undefined);
      }
      case 9:
        return flow.delay(name, after, `${1 + this.#below(5)}s`);
      default:
        return flow.action(name, after, this.#handler(), {
          criticality,
          ...(this.#isBy(0.2) && { retry: fixed({ count: 1, interval: '2s' }) }),
        });
    }
  }

  #handler(): () => Promise<void> {
    const { takes } = this.#work;
    const random = this.#random;
    const fails = this.#isBy(0.15);
    return async () => {
      await takes(Math.floor(random() * 10))();
      if (fails) throw new Error('as drawn');
    };
  }
}
