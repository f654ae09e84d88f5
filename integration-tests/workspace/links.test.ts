/** Every link of every page leads somewhere: to a file, to a heading, to an address that can be one. */
import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { brokenLinks, findLinks } from '../../scripts/docs/page-links.ts';
import { root } from '../../scripts/workspace.ts';

const pages = globSync(
  '{*,.changeset/*,{docs,packages,examples,integration-tests,benchmarks,scripts}/**/*}.md',
  { cwd: root, exclude: ['**/node_modules/**', 'docs/api/**'] },
);

it.each(pages.sort())('%s links only to what exists', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

describe('findLinks', () => {
  it('finds links and images with their lines', () => {
    expect(findLinks('one [a](b.md#c)\n\n![d](e.png "title") <https://f.example>')).toEqual([
      { text: 'b.md#c', line: 1 },
      { text: 'e.png', line: 3 },
      { text: 'https://f.example', line: 3 },
    ]);
  });

  it('sees no link in code', () => {
    const page =
      '`[a](b)` and ``[c](`d`)``\n\n```md\n[e](f)\n```\n\n````md\n```\n[g](h)\n```\n````\n[i](j)';
    expect(findLinks(page)).toEqual([{ text: 'j', line: 12 }]);
  });
});
