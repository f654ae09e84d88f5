/**
 * The adaptive limiter on models of services, next to the best fixed degree, which nobody knows beforehand, and to
 * known algorithms.
 *
 * A cell is how much slower a job is than with the best fixed degree, and the share of its calls that were throttled
 * after the first fifth: medians over the seeds. Everything happens in virtual time, so the figures are exact and
 * the same on every machine. Read next: services.ts, simulation.ts.
 * @module
 */
import { type Row, toRow } from '../../harness/row.ts';
import type { Findings, StudyOptions, Work } from '../../harness/work.ts';
import { bestFixedDegree, type Effort, type Figures, figuresOf } from './figures.ts';
import { randomServices } from './random-services.ts';
import type { ServiceKind } from './service.ts';
import { services } from './services.ts';
import type { MakeStrategy } from './simulation.ts';
import { adaptiveController } from './strategies/adaptive-controller.ts';
import { aimd } from './strategies/aimd.ts';
import { gradient2 } from './strategies/gradient2.ts';

const ours = 'adaptive';
const peers: Readonly<Record<string, MakeStrategy>> = {
  'AIMD, shared pause': aimd(),
  'Gradient2, shared pause': gradient2(),
};

/** A share of throttled calls that is bearable, in percent. */
const bearable = 2;

/** What is known of one service. */
interface Comparison {
  readonly model: ServiceKind;
  readonly best: { readonly degree: number; readonly figures: Figures };
  readonly figures: Readonly<Record<string, Figures>>;
}

function compare(model: ServiceKind, effort: Effort, others: typeof peers): Comparison {
  const strategies = Object.entries({ [ours]: adaptiveController(), ...others });
  const figures = strategies.map(([name, make]) => [name, figuresOf(model, make, effort)]);
  return { model, best: bestFixedDegree(model, effort), figures: Object.fromEntries(figures) };
}

/** In percent. */
function slower(figures: Figures, best: Figures): number {
  return 100 * (figures.time / best.time - 1);
}

function cell(figures: Figures | undefined, best: Figures): string {
  if (figures === undefined) return '';
  return `${slower(figures, best).toFixed(1)} / ${(100 * figures.throttled).toFixed(1)}`;
}

function tableOf(comparisons: readonly Comparison[]): string {
  const names = Object.keys(comparisons[0]?.figures ?? {});
  const head = ['% slower / % throttled', 'best fixed degree', ...names];
  const lines = comparisons.map(({ model, best, figures }) => [
    model.name,
    `${best.degree}: ${best.figures.time.toFixed(0)} s`,
    ...names.map((name) => cell(figures[name], best.figures)),
  ]);
  const widths = head.map((title, n) =>
    Math.max(title.length, ...lines.map((line) => line[n]?.length ?? 0)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((text, n) => text.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowsOf({ model, best, figures }: Comparison, items: number, target: number): Row[] {
  const { times, throttled } = figures[ours] as Figures;
  const work = `${model.name}, ${items.toLocaleString('en')} items`;
  const theirs = times.map(() => best.figures.time);
  // Nothing at all is no cost that could be compared.
  const share = [Math.max(0.01, 100 * throttled)];
  return [
    toRow({ work, peer: 'best fixed degree', target, unit: 's' }, { ours: times, theirs }),
    toRow(
      { work, peer: 'bearable', target: 1, unit: '% throttled' },
      { ours: share, theirs: [bearable] },
    ),
  ];
}

/** @param target - the most that a job may take, compared with the best fixed degree. */
function onTheSeven(items: number, target: number): Work {
  return {
    kind: 'study',
    name: `seven services, ${items.toLocaleString('en')} items`,
    async measure({ quick, show }: StudyOptions): Promise<Findings> {
      const effort = quick
        ? { items, seeds: 5, fixedSeeds: 1 }
        : { items, seeds: 20, fixedSeeds: 3 };
      const comparisons = services.map((model) => {
        show(model.name);
        return compare(model, effort, peers);
      });
      const rows = comparisons.flatMap((comparison) => rowsOf(comparison, items, target));
      return { text: tableOf(comparisons), rows };
    },
    long: items > 1_000,
  };
}

function onRandomOnes(items: number, count: number): Work {
  return {
    kind: 'study',
    name: `${count} services at random, ${items.toLocaleString('en')} items`,
    async measure({ show }: StudyOptions): Promise<Findings> {
      const effort = { items, seeds: 20, fixedSeeds: 1 };
      const comparisons = randomServices(count, 1).map((model) => {
        show(model.name);
        return compare(model, effort, {});
      });
      const within = (percent: number) =>
        comparisons.filter(({ best, figures }) => {
          const { throttled } = figures[ours] as Figures;
          const isFast = slower(figures[ours] as Figures, best.figures) <= percent;
          return isFast && 100 * throttled <= bearable;
        }).length;
      const summary = [10, 15].map(
        (percent) =>
          `within ${percent} % and ${bearable} % throttled: ${within(percent)} of ${count}`,
      );
      return { text: [tableOf(comparisons), ...summary].join('\n'), rows: [] };
    },
    long: true,
  };
}

export const serviceModelWorks: readonly Work[] = [
  onTheSeven(1_000, 1.15),
  onTheSeven(5_000, 1.1),
  onRandomOnes(1_000, 40),
  onRandomOnes(5_000, 40),
];
