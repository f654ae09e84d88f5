/**
 * A page for each error code, written from the code table and from what typedoc found: what happened, why,
 * the fix, the class and its fields, who throws it, and where else it is spoken of.
 *
 * Invariant: the address of a code's page is `/errors/CODE`, for as long as the code lives.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeEntry, errorCodes } from '../../../packages/errors/src/index.ts';
import { addressOf, writtenPages } from '../../../scripts/docs/pages.ts';
import { root } from '../../../scripts/workspace.ts';
import type { ErrorFacts } from '../api/typedoc-plugin.mjs';

/** One page of a dynamic route. */
export interface ErrorPage {
  readonly params: { readonly code: string; readonly title: string };
  /** Markdown. */
  readonly content: string;
}

/** The pages of all codes. */
export function errorPages(): ErrorPage[] {
  const facts = readFacts();
  const mentions = findMentions();
  return Object.entries<CodeEntry>(errorCodes).map(([code, entry]) => ({
    params: { code, title: entry.title },
    content: [
      head(code, entry),
      classes(facts.classes[code] ?? []),
      throwers(facts.throwers[code] ?? []),
      related(mentions.get(code) ?? []),
    ].join('\n'),
  }));
}

function readFacts(): ErrorFacts {
  const file = join(root, 'docs/api/error-facts.json');
  if (!existsSync(file)) return { classes: {}, throwers: {} };
  return JSON.parse(readFileSync(file, 'utf8'));
}

function head(code: string, { package: owner, title, why, fix }: CodeEntry): string {
  const folder = owner.replace('@runafter/', '');
  return `<p class="error-package"><a href="/packages/${folder}/">${owner}</a></p>

# ${code}

<div class="error-title">

${title}

</div>

## Why it happens

${why}

## What to do

${fix}

\`\`\`ts
import { hasCode } from '@runafter/errors';

if (hasCode(error, '${code}')) {
  // error.code is '${code}', whichever copy of the package has thrown it
}
\`\`\`
`;
}

function classes(found: ErrorFacts['classes'][string]): string {
  if (found.length === 0) return '';
  const parts = found.map(({ name, module, address, text, fields }) => {
    const rows = fields.map(
      (field) => `| \`${field.name}\` | ${cell(`\`${field.type}\``)} | ${cell(field.text)} |`,
    );
    const table =
      rows.length === 0
        ? ''
        : `\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
    return `[\`${name}\`](${address}) of \`@runafter/${module}\`${sentence(text)}\n${table}`;
  });
  return `## The error\n\n${parts.join('\n')}`;
}

function throwers(found: ErrorFacts['throwers'][string]): string {
  if (found.length === 0) return '';
  const items = found.map(
    ({ name, module, address }) => `- [\`${name}\`](${address}) of \`@runafter/${module}\``,
  );
  return `## Thrown by\n\n${items.join('\n')}\n`;
}

function related(pages: readonly { readonly title: string; readonly address: string }[]): string {
  if (pages.length === 0) return '';
  return `## Read more\n\n${pages.map(({ title, address }) => `- [${title}](${address})`).join('\n')}\n`;
}

/** What a class says of itself, without the code that it begins with: the page has that on top. */
function sentence(text: string): string {
  const said = text.replace(/^`[A-Z0-9_]+`[:,]? */, '');
  return said === '' ? '' : `: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The pages that name a code, recipes first. */
function findMentions(): Map<string, { title: string; address: string }[]> {
  const mentions = new Map<string, { title: string; address: string }[]>();
  const pages = writtenPages().filter((page) => /^(docs|packages)\//.test(page));
  const rank = (page: string) =>
    ['docs/cookbook/', 'docs/', 'packages/'].findIndex((at) => page.startsWith(at));
  for (const page of pages.sort((a, b) => rank(a) - rank(b))) {
    const text = readFileSync(join(root, page), 'utf8');
    const [, title = page] = /^# (.+)$/m.exec(text) ?? [];
    for (const code of new Set(text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [])) {
      if (!Object.hasOwn(errorCodes, code)) continue;
      mentions.set(code, [...(mentions.get(code) ?? []), { title, address: addressOf(page) }]);
    }
  }
  return mentions;
}
