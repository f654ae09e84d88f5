/** The lint rule that keeps library code on the Clock finds every other way to the time. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { root } from '../../scripts/workspace.ts';
import { temporaryFolder } from './temporary-folder.ts';

const refused = [
  'export const a = Date.now();',
  'export const b = globalThis.Date.now();',
  'export const c = new Date();',
  'export const d = Date();',
  'export const e = performance.now();',
  'export const f = process.hrtime.bigint();',
  'export const g = setTimeout(() => {}, 5);',
  'export const h = globalThis.setInterval(() => {}, 5);',
  'export const i = AbortSignal.timeout(5);',
  "import { setTimeout as sleep } from 'node:timers/promises';",
  "import { setInterval } from 'node:timers';",
  'export const j = [1, 2].map(Date.now);',
];

const accepted = [
  "export const k = new Date('2026-11-21');",
  'export const l = (at: number): string => new Date(at).toISOString();',
  "export const m = Date.parse('2026-11-21');",
  'export const n = (clock: { now(): number }): number => clock.now();',
  'export const o = (at: Date): number => at.getTime();',
];

it('in packages', async () => {
  const lines = await refusedLines('packages/core/src/probe.ts', [...refused, ...accepted]);
  expect(lines).toEqual(refused);
});

it.each(['packages/clock/src/probe.ts', 'packages/core/test/probe.ts', 'examples/a/src/probe.ts'])(
  'but not in %s, which may know it',
  async (file) => {
    expect(await refusedLines(file, refused)).toEqual([]);
  },
);

/** Lints a file of these lines with the rules of the workspace and hands back what they refuse. */
async function refusedLines(file: string, lines: readonly string[]): Promise<string[]> {
  const folder = temporaryFolder({ [file]: lines.join('\n') });
  for (const rules of ['biome.json', '.gitignore', 'scripts/lint']) {
    cpSync(join(root, rules), join(folder, rules), { recursive: true });
  }
  const biome = join(root, 'node_modules/.bin/biome');
  const { code, stdout, output } = await captureProgram(
    biome,
    ['lint', '--only=plugin', '--reporter=github', '--max-diagnostics=100', file],
    { cwd: folder },
  );
  const found = new Set([...stdout.matchAll(/,line=(\d+),/g)].map(([, line]) => Number(line)));
  expect(code, output).toBe(found.size === 0 ? 0 : 1);
  return lines.filter((_, at) => found.has(at + 1));
}
