/**
 * A step of `npm run build`: writes the page's code and style as a module among the outputs, so that
 * who installs the package needs no bundler.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientBundle } from './client-from-source.ts';

const folder = join(import.meta.dirname, '../dist/page');
const text = `const bundle = ${JSON.stringify(clientBundle())};
export function clientBundle() {
  return bundle;
}
`;
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'client-bundle.js'), text);
