/**
 * RESULTS.md: what the benchmarks found, as a page that anyone can read and repeat.
 *
 * Invariant: a section says under which circumstances it was measured, for the sections of a page may
 * come from different runs: one that is run again replaces its own section and no other.
 * @module
 */
import type { Row } from './row.ts';
import { isMissed } from './row.ts';
import { formatNumber } from './table.ts';

/** What one benchmark has found. */
export interface Section {
  /** The benchmark's name, which repeats it. */
  readonly name: string;
  readonly title: string;
  /** Of Node and of the peers. */
  readonly versions: string;
  readonly quick: boolean;
  /** The day, as `2026-01-31`. */
  readonly day: string;
  readonly rows: readonly Row[];
  /** Tables of studies, as they were printed. */
  readonly studies: readonly string[];
}

const head = `# Results

What \`npm run bench\` found; [README.md](README.md) says how it is measured and what is fair.

**ratio** is our cost divided by the peer's, so smaller is better and 1 is the same. **spread** is the smallest and the
largest ratio of a single pair of rounds, the noise of the machine: a difference smaller than that is no difference.
A **target** is the most that a ratio may be; ✗ marks one that was missed. Absolute costs are those of one machine.
`;

/**
 * The page with these sections in place of those of the same benchmarks.
 *
 * @param page - the page so far; empty when there is none.
 * @param order - the names of all benchmarks, in the order of the page. Sections of others are dropped.
 */
export function withSections(
  page: string,
  sections: readonly Section[],
  order: readonly string[],
): string {
  const texts = sectionsOf(page);
  for (const section of sections) texts.set(section.name, sectionText(section));
  const kept = order.flatMap((name) => texts.get(name) ?? []);
  return `${[head, ...kept].map((text) => text.trimEnd()).join('\n\n')}\n`;
}

/** The sections of a page by the names of their benchmarks, which are their headings. */
function sectionsOf(page: string): Map<string, string> {
  const [, ...sections] = page.split(/^(?=## )/m);
  return new Map(
    sections.map((text) => [text.slice('## '.length, text.indexOf('\n')).trim(), text]),
  );
}

function sectionText({ name, title, versions, quick, day, rows, studies }: Section): string {
  const repeat = `npm run bench -- ${name}${quick ? ' --quick' : ''}`;
  const how = quick ? 'a short run, median of 3 rounds' : 'median of 9 rounds';
  return [
    `## ${name}`,
    `${sentence(title)} Measured on ${day}, ${how}; again with \`${repeat}\`.`,
    escaped(versions),
    table(rows),
    ...studies.map((text) => `\`\`\`text\n${text.trim()}\n\`\`\``),
  ].join('\n\n');
}

/** The title of a benchmark, without its name. */
function sentence(title: string): string {
  const text = title.slice(title.indexOf(': ') + 2);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row, index) => {
    const { work, peer, ratio, target, ours, theirs, unit, spread } = row;
    const promise = target === null ? '' : `≤ ${target} ${isMissed(row) ? '✗' : '✓'}`;
    const cells = [
      rows[index - 1]?.work === work ? '' : escaped(work),
      escaped(peer),
      `**${formatNumber(ratio)}**`,
      `${formatNumber(spread.min)}–${formatNumber(spread.max)}`,
      promise,
      ...[ours, theirs].map(formatNumber),
      escaped(unit),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| work | peer | ratio | spread | target | ours | theirs | unit |',
    '| --- | --- | ---: | ---: | --- | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[|<>]/g, '\\$&');
}
