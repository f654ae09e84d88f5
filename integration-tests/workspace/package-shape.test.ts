/** Every package looks the same, so that who has seen one knows them all. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackages, root, sourceCondition } from '../../scripts/workspace.ts';

const packages = readPackages();
const nodeRange = '^22.22.0 || ^24.11.0 || >=26.0.0';

describe.each(packages)('packages/$folder', ({ folder, path, manifest }) => {
  it('is published as ESM under the name of its folder, with a licence and no side effects', () => {
    expect(manifest).toMatchObject({
      name: `@runafter/${folder}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      engines: { node: nodeRange },
      publishConfig: { access: 'public' },
    });
    expect(manifest.private).toBeUndefined();
  });

  it('says in one line what it is', () => {
    expect(manifest.description).toMatch(/^\S.{20,150}[^.\s]$/);
  });

  it('is found by what people search for', () => {
    const { keywords = [] } = manifest;
    expect(keywords[0]).toBe('runafter');
    expect(keywords.length).toBeGreaterThanOrEqual(3);
    expect(new Set(keywords).size).toBe(keywords.length);
  });

  it('answers with its sources in the workspace and with dist/ once it is published', () => {
    const { exports = {}, publishConfig } = manifest;
    expect(exports).toHaveProperty(['.']);
    for (const [subpath, target] of Object.entries(exports)) {
      const { [sourceCondition]: source = '', ...published } = target;
      expect(Object.keys(target), subpath).toEqual([sourceCondition, 'types', 'default']);
      expect(existsSync(join(path, source)), `${source} exists`).toBe(true);
      const output = source.replace(/^\.\/src\/(.+)\.ts$/, './dist/$1');
      expect(published, subpath).toEqual({ types: `${output}.d.ts`, default: `${output}.js` });
      expect(publishConfig?.exports?.[subpath], `publishConfig ${subpath}`).toEqual(published);
    }
    expect(Object.keys(publishConfig?.exports ?? {})).toEqual(Object.keys(exports));
  });

  it('packs its outputs and the sources to which their maps point', () => {
    expect(manifest.files).toEqual(['dist', 'src', '!dist/.tsbuildinfo']);
  });

  it('has a README that begins with its name, a sentence, how to install it, and a program', () => {
    const [title, sentence, ...rest] = readFileSync(join(path, 'README.md'), 'utf8')
      .split('\n## ', 1)
      .join()
      .split(/\n{2,}/);
    expect(title).toBe(`# @runafter/${folder}`);
    expect(sentence).toMatch(/^[^#`].*\.$/s);
    const blocks = [...rest.join('\n\n').matchAll(/^```(\w+).*\n([\s\S]*?)^```$/gm)];
    const [install, program] = blocks.map(([, language, code]) => ({ language, code }));
    expect(install?.code).toMatch(/^(npm install|npx) .*@runafter\//);
    expect(program?.language).toMatch(/^(ts|sh)$/);
  });

  it('has a README that says which errors there are, and what holds', () => {
    const headings = readFileSync(join(path, 'README.md'), 'utf8').match(/^## .+$/gm) ?? [];
    expect(headings.join('\n')).toMatch(/^## (Errors|Exit codes|The code table)/m);
    expect(headings.length).toBeGreaterThanOrEqual(3);
  });

  it('refers in its tsconfig.json to the packages on which it depends, and to no other', () => {
    const ours = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter((name) => name.startsWith('@runafter/'))
      .map((name) => name.replace('@runafter/', '../'));
    expect(referencesOf(join(path, 'tsconfig.json')).sort()).toEqual(ours.sort());
  });
});

describe('the workspace', () => {
  it('builds every package', () => {
    const folders = packages.map(({ folder }) => folder);
    expect(referencesOf(join(root, 'packages/tsconfig.json'))).toEqual(folders);
  });

  it('has the licence that its packages name', () => {
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/^MIT License\n/);
  });
});

function referencesOf(tsconfig: string): string[] {
  const text = readFileSync(tsconfig, 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  const { references } = JSON.parse(text) as { references: { path: string }[] };
  return references.map(({ path }) => path);
}
