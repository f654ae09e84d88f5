/**
 * Every module that a TypeScript file names: imports, re-exports, `import()` and `import('…').Type`.
 *
 * It parses the file, so an import in a comment or a string is none, and one of types only counts.
 * @module
 */
import { readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';

/**
 * @param file - the absolute path.
 * @returns the specifiers as written, each once.
 */
export function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const { module, program } = parseSync(file, text);
  const found = new Set([
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ]);
  new Visitor({
    ImportExpression({ source }) {
      if (source.type === 'Literal') found.add(String(source.value));
    },
    TSImportType({ source }) {
      found.add(source.value);
    },
  }).visit(program);
  return [...found];
}
