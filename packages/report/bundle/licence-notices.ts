/**
 * The licences of what is bundled: they ask that their text goes along with every copy, and every page
 * is one.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The notices of the packages that these files are from. Those that differ only in the line of the
 * copyright share one text.
 *
 * @param files - what went into the bundle, relative to the working folder.
 * @throws {Error} when a package has no licence.
 */
export function licenceNotices(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageFolder.exec(file)?.[0] ?? []));
  const texts = new Map<string, Set<string>>();
  for (const folder of [...folders].sort()) {
    const lines = licenceOf(folder).split('\n');
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    const copyright = lines.filter((line) => line.startsWith('Copyright')).join(' ');
    const text = lines
      .filter((line) => !line.startsWith('Copyright'))
      .join('\n')
      .trim();
    texts.set(text, (texts.get(text) ?? new Set()).add(`${name}: ${copyright}`));
  }
  return [...texts].map(([text, names]) => `${[...names].join('\n')}\n\n${text}`).join('\n\n');
}

const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} is bundled and has no licence.`);
  return readFileSync(join(folder, file), 'utf8').replaceAll('*/', '* /');
}
