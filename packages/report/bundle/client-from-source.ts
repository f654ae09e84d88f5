/**
 * The page's code and style, bundled from the sources at the first call: what `#client` means in the
 * workspace. What is published has the outcome as a module, which write-client.ts makes.
 * @module
 */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { ClientBundle } from '#client';
import { licenceNotices } from './licence-notices.ts';

const sources = join(import.meta.dirname, '../src/client');

let made: ClientBundle | undefined;

/** The bundle; the same one at each call. */
export function clientBundle(): ClientBundle {
  made ??= bundle();
  return made;
}

function bundle(): ClientBundle {
  const { outputFiles, metafile } = buildSync({
    entryPoints: ['main.ts', 'style/page.css'].map((file) => join(sources, file)),
    outdir: 'out',
    write: false,
    metafile: true,
    absWorkingDir: sources,
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    legalComments: 'none',
    // Since when `light-dark()` is there, from which every colour is made.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    tsconfigRaw: {},
    logLevel: 'error',
  });
  const textOf = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`The bundle of the page has no ${ending} file.`);
    return file.text.trim();
  };
  const files = Object.keys(metafile.inputs).map((file) => join(sources, file));
  const script = `/*! ${licenceNotices(files)} */\n${textOf('.js')}`;
  return { script, style: textOf('.css') };
}
