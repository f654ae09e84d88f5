/**
 * One .d.ts file as a table: what it declares, and what it imports and exports under which names.
 *
 * Comments are left out, so that a better sentence is no change of the API.
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseSync, type Statement, Visitor } from 'oxc-parser';

/** A name in a module: a file that ends with .d.ts, or a package. */
export interface Origin {
  readonly module: string;
  /** The name there; `*` for all of them. */
  readonly name: string;
}

/** One name's declaration, with all its overloads. */
export interface Declaration {
  /** Without comments, `export` and `declare`. */
  readonly text: string;
  /** The names in it, qualified ones too; those of them that the file declares or imports are what it stands on. */
  readonly names: ReadonlySet<string>;
}

/** The table. */
export interface DeclarationFile {
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly imports: ReadonlyMap<string, Origin>;
  /** Each public name and where it comes from, which may be this file. */
  readonly exports: ReadonlyMap<string, Origin>;
}

/** @param file - the absolute path. */
export function readDeclarationFile(file: string): DeclarationFile {
  const source = readFileSync(file, 'utf8');
  const { comments, errors, module, program } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);

  const declarations = new Map<string, Declaration>();
  for (const statement of program.body) {
    const name = nameOf(statement);
    if (name === undefined) continue;
    const before = declarations.get(name);
    const text = withoutComments(source, statement, comments);
    const names = namesIn({ ...program, body: [statement] });
    declarations.set(name, {
      text: before === undefined ? text : `${before.text}\n${text}`,
      names: before === undefined ? names : new Set([...before.names, ...names]),
    });
  }

  const imports = module.staticImports.flatMap(({ moduleRequest, entries }) =>
    entries.map(({ importName, localName }): [string, Origin] => [
      localName.value,
      { module: resolveModule(file, moduleRequest.value), name: importName.name ?? '*' },
    ]),
  );
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ moduleRequest, importName, exportName, localName }): [string, Origin] => {
      const name = exportName.name ?? '*';
      return moduleRequest === null
        ? [name, { module: file, name: localName.name ?? name }]
        : [
            name,
            { module: resolveModule(file, moduleRequest.value), name: importName.name ?? '*' },
          ];
    }),
  );
  return { declarations, imports: new Map(imports), exports: new Map(exports) };
}

/** `./lock.ts` in /a/b.d.ts → /a/lock.d.ts; the name of a package stays. */
function resolveModule(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return resolve(dirname(file), specifier).replace(/\.[jt]s$/, '.d.ts');
}

/** The name that a statement declares; undefined when it only imports or re-exports. */
function nameOf(statement: Statement): string | undefined {
  const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  switch (declared?.type) {
    case 'VariableDeclaration': {
      // Declarations that tsc writes have one name each.
      const id = declared.declarations[0]?.id;
      return id?.type === 'Identifier' ? id.name : undefined;
    }
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return declared.id?.name;
    default:
      return undefined;
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function withoutComments(source: string, span: Span, comments: readonly Span[]): string {
  let text = '';
  let at = span.start;
  for (const { start, end } of comments) {
    if (start < at || end > span.end) continue;
    text += source.slice(at, start);
    at = end;
  }
  return (text + source.slice(at, span.end))
    .replace(/^(export )?(declare )?/, '')
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n')
    .replaceAll(/^(?: {4})+/gm, (indent) => indent.slice(indent.length / 2));
}

function namesIn(program: Parameters<Visitor['visit']>[0]): Set<string> {
  const found = new Set<string>();
  new Visitor({
    Identifier({ name }) {
      found.add(name);
    },
    TSQualifiedName({ left, right }) {
      if (left.type === 'Identifier') found.add(`${left.name}.${right.name}`);
    },
  }).visit(program);
  return found;
}
