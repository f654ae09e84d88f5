/**
 * `npm run api`: what each package exports, next to what its api.md says.
 *
 * The page is written from the declarations that are published. So a change of the API shows in review, as
 * a change of that page, and nobody makes one unawares.
 * Read next: api-surface.ts.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPackages, root, runTool, type WorkspacePackage } from '../workspace.ts';
import { ApiReader, type Surface } from './api-surface.ts';

/** @returns the exit code: 1 when a package exports something else than its page says. */
export async function checkApi(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--write');
  if (unknown !== undefined) {
    console.error(`npm run api takes --write and nothing else, not "${unknown}".`);
    return 1;
  }
  const built = await runTool('tsc', ['--build', 'packages']);
  if (built !== 0) return built;
  const changed = readPackages()
    .map((found) => ({ file: join(found.path, 'api.md'), page: apiPage(found) }))
    .filter(({ file, page }) => !existsSync(file) || readFileSync(file, 'utf8') !== page);
  if (changed.length === 0) {
    console.log('Every package exports what its api.md says.');
    return 0;
  }
  const write = args.includes('--write');
  for (const { file, page } of changed) {
    if (write) writeFileSync(file, page);
    console[write ? 'log' : 'error'](`${write ? 'Written' : 'Changed'}: ${relative(root, file)}`);
  }
  if (write) return 0;
  console.error(
    '\nThe API of these packages is no longer what their pages say. If that is meant, run\n' +
      '`npm run api -- --write`, look at the difference as a user of the package would, and commit\n' +
      'the pages with a changeset. What is gone or narrower breaks programs.',
  );
  return 1;
}

/** A package's page. */
function apiPage({ path, manifest }: WorkspacePackage): string {
  const reader = new ApiReader();
  const sections = Object.entries(manifest.exports ?? {}).flatMap(([subpath, { types }]) =>
    types === undefined
      ? []
      : section(manifest.name + subpath.slice(1), reader.read(join(path, types))),
  );
  return `# API of ${manifest.name}

What the package exports, with its signatures. \`npm run api -- --write\` writes this page, and \`npm run api\`
fails when it is not up to date: so a change of the API shows in review.
${sections.join('')}`;
}

function section(name: string, { imports, exports, internals }: Surface): string {
  const behind =
    internals.length === 0 ? [] : ['// Not exported, but named in what is.', ...internals];
  const parts = [imports.join('\n'), ...exports, ...behind].filter((part) => part !== '');
  if (parts.length === 0) return `\n## ${name}\n\nNothing.\n`;
  return `\n## ${name}\n\n\`\`\`ts\n${parts.join('\n\n')}\n\`\`\`\n`;
}
