/**
 * The way to node:sqlite.
 *
 * Node 22 warns on stderr, once, that the module is experimental. Who runs a workflow cannot do anything
 * about it, so that one warning is held back while the module loads. Loading is synchronous: no warning
 * of anybody else can fall into it.
 * @module
 */

type NodeSqlite = typeof import('node:sqlite');

let loaded: NodeSqlite | undefined;

/** The module, loaded when it is first needed: to import this package costs nothing and warns of nothing. */
export function nodeSqlite(): NodeSqlite {
  loaded ??= withoutExperimentalWarning(() => process.getBuiltinModule('node:sqlite'));
  return loaded;
}

function withoutExperimentalWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  const emitOthers = (...warning: Parameters<typeof emitWarning>): void => {
    if (String(warning[1]) !== 'ExperimentalWarning') emitWarning.apply(process, warning);
  };
  process.emitWarning = emitOthers as typeof emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
