/** What a package's api.md says of an entry point. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApiReader, type Surface } from '../../scripts/api/api-surface.ts';
import { temporaryFolder } from './temporary-folder.ts';

function surfaceOf(files: Readonly<Record<string, string>>): Surface {
  return new ApiReader().read(join(temporaryFolder(files), 'index.d.ts'));
}

describe('the surface of an entry point', () => {
  it('has what is exported, by name and without comments', () => {
    const { exports } = surfaceOf({
      'index.d.ts': `export { type Lock } from './lock.ts';\nexport { close } from './close.ts';\n`,
      'lock.d.ts': `/** A lock. */\nexport interface Lock {\n    /** Its name. */\n    readonly name: string;\n}\n`,
      'close.d.ts':
        'export declare function close(): void;\nexport declare function close(now: true): string;\n',
    });
    expect(exports).toEqual([
      'export interface Lock {\n  readonly name: string;\n}',
      'export function close(): void;\nexport function close(now: true): string;',
    ]);
  });

  it('has what signatures name without exporting it, across files', () => {
    const { exports, internals } = surfaceOf({
      'index.d.ts': `export { open } from './open.ts';\n`,
      'open.d.ts': `import type { Options } from './options.ts';\nexport declare function open(options: Options): void;\n`,
      'options.d.ts': `interface Base {\n    a: 1;\n}\nexport interface Options extends Base {\n    b: 2;\n}\ninterface Unused {\n    c: 3;\n}\n`,
    });
    expect(exports).toEqual(['export function open(options: Options): void;']);
    expect(internals).toEqual([
      'interface Base {\n  a: 1;\n}',
      'interface Options extends Base {\n  b: 2;\n}',
    ]);
  });

  it('names what comes from other packages, and does not repeat it', () => {
    const { exports, imports } = surfaceOf({
      'index.d.ts': `import type { Clock } from '@runafter/clock';\nexport { retry as again } from '@runafter/clock';\nexport declare const clock: Clock;\n`,
    });
    expect(imports).toEqual([`import type { Clock } from '@runafter/clock';`]);
    expect(exports).toEqual([
      `export { retry as again } from '@runafter/clock';`,
      'export const clock: Clock;',
    ]);
  });

  it('says under which name something is exported', () => {
    const { exports } = surfaceOf({
      'index.d.ts': `declare const inner: 1;\nexport { inner as outer };\n`,
    });
    expect(exports).toEqual(['const inner: 1;\nexport { inner as outer };']);
  });

  it('follows names through a namespace', () => {
    const { internals } = surfaceOf({
      'index.d.ts': `import * as shelves from './shelf.ts';\nexport declare function put(shelf: shelves.Shelf): void;\n`,
      'shelf.d.ts': 'export interface Shelf {\n    size: number;\n}\n',
    });
    expect(internals).toEqual(['interface Shelf {\n  size: number;\n}']);
  });

  it('does not repeat in a second entry point what stands behind the first', () => {
    const folder = temporaryFolder({
      'index.d.ts': `export type { Lock } from './lock.ts';\n`,
      'leasing.d.ts': `import type { Lock } from './lock.ts';\nexport declare function lease(lock: Lock): void;\n`,
      'lock.d.ts': 'export interface Lock {\n    name: string;\n}\n',
    });
    const reader = new ApiReader();
    expect(reader.read(join(folder, 'index.d.ts')).exports).toHaveLength(1);
    expect(reader.read(join(folder, 'leasing.d.ts'))).toEqual({
      imports: [],
      exports: ['export function lease(lock: Lock): void;'],
      internals: [],
    });
  });
});
