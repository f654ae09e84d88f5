/**
 * What one import weighs in a program of its user: bundled as bundlers do it, from the sources, with all
 * that it brings along from our packages and theirs.
 *
 * Clients of services are peers, which a user has anyway, and Node's own modules cost nothing: neither is
 * counted. The sources are what is published but for `await using`, which esbuild lowers here as tsc does.
 * @module
 */
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { readPackages, root, sourceCondition } from '../workspace.ts';

/** An import as a user writes it. */
export interface Import {
  /** What stands after `from`, such as `@runafter/core`. */
  readonly from: string;
  /** The names between the braces; undefined for all of them, and none for `import '…'`. */
  readonly names?: readonly string[];
}

/** The import, bundled. */
export interface Bundle {
  /** Bytes of the minified code. */
  readonly minified: number;
  /** Bytes of the minified code as it travels, compressed with brotli. */
  readonly brotli: number;
  /** The modules of which something is left in the bundle, relative to the workspace, largest first. */
  readonly modules: readonly string[];
  /** The bundle itself. */
  readonly code: string;
}

const packages = readPackages();
const ours = new Set(packages.map(({ manifest }) => manifest.name));
const clients = new Set(
  packages
    .flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {}))
    .filter((name) => !ours.has(name)),
);

/**
 * Bundles an import.
 *
 * @throws {Error} when there is no such package, entry point or name.
 */
export async function bundle({ from, names }: Import): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: statement(from, names), resolveDir: folderOf(from) },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    conditions: [sourceCondition],
    external: [...clients],
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (file === undefined || output === undefined)
    throw new Error(`esbuild made nothing of ${from}.`);
  return {
    minified: file.contents.length,
    brotli: brotliCompressSync(file.contents).length,
    modules: Object.entries(output.inputs)
      .filter(([module, { bytesInOutput }]) => module !== '<stdin>' && bytesInOutput > 0)
      .sort(([, one], [, other]) => other.bytesInOutput - one.bytesInOutput)
      .map(([module]) => module),
    code: file.text.trim(),
  };
}

/** An import as a line of text, such as `@runafter/core { workflow, start }`. */
export function textOf({ from, names }: Import): string {
  return names === undefined ? from : `${from} { ${names.join(', ')} }`;
}

/** Re-exported, so that the names count as used. */
function statement(from: string, names: readonly string[] | undefined): string {
  if (names === undefined) return `export * from '${from}';`;
  return names.length === 0
    ? `import '${from}';`
    : `export { ${names.join(', ')} } from '${from}';`;
}

/** A package can import itself by its name, so nobody has to depend on all of them. */
function folderOf(specifier: string): string {
  const name = specifier.split('/').slice(0, 2).join('/');
  const found = packages.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new Error(`There is no package ${name} under packages/.`);
  return found.path;
}
