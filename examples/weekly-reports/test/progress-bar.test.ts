import { expect, test } from 'vitest';
import { progressBar } from '../src/progress-bar.ts';

/** What is written for four ticks. */
function written(isTTY: boolean, columns = 80, before = 0): string[] {
  const texts: string[] = [];
  const output = { isTTY, columns, write: (text: string) => texts.push(text) };
  const progress = progressBar('weekly', 4, output, before);
  for (let tick = before; tick < 4; tick++) progress.tick();
  progress.end();
  return texts;
}

test('a terminal gets a bar that is drawn over itself, and then a line of its own', () => {
  const texts = written(true);
  expect(texts[0]).toBe(`\rweekly ${'░'.repeat(30)} 0 of 4`);
  expect(texts[2]).toBe(`\rweekly ${'█'.repeat(15)}${'░'.repeat(15)} 2 of 4`);
  expect(texts.slice(-2)).toEqual([`\rweekly ${'█'.repeat(30)} 4 of 4`, '\n']);
});

test('on a narrow terminal the bar is as long as fits beside its words', () => {
  const texts = written(true, 30);
  expect(texts[0]).toBe(`\rweekly ${'░'.repeat(15)} 0 of 4`);
  expect(Math.max(...texts.map((text) => text.length - '\r'.length))).toBe(29);
});

test('a terminal that does not say how wide it is gets the whole bar', () => {
  expect(written(true, 0)).toEqual(written(true));
});

test('what was done before is there from the start', () => {
  expect(written(true, 80, 2)[0]).toBe(`\rweekly ${'█'.repeat(15)}${'░'.repeat(15)} 2 of 4`);
  expect(written(false, 80, 2)).toEqual(['weekly 4 of 4\n']);
});

test('a pipe gets plain lines', () => {
  expect(written(false)).toEqual(['weekly 2 of 4\n', 'weekly 4 of 4\n']);
});
