/**
 * The TypeScript on a page that is no quote of a program, as one module that the compiler can judge.
 *
 * Invariant: a page reads from top to bottom, so each block stands inside the scope of those before it: it sees
 * their names, and may use a name anew. Imports go to the top. What a page leaves to the reader, such as
 * `crmApi`, comes from its prelude. Read next: check-code-blocks.ts.
 * @module
 */

/** A block of TypeScript. */
export interface CodeBlock {
  readonly lines: readonly string[];
  /** The line on the page of the first line of code, counted from 1. */
  readonly firstLine: number;
  /** Why the block cannot be checked: what stands behind `no-check`. Undefined when it is checked. */
  readonly unchecked: string | undefined;
}

/** Finds the blocks of a page, without those that quote a program: these run. */
export function findCodeBlocks(page: string): CodeBlock[] {
  const lines = page.split('\n');
  const blocks: CodeBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', fence, info = ''] =
      /^(\s*)(`{3,}|~{3,})(.*)$/.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, other) => other > at && line.trim() === fence);
    if (end === -1) break;
    if (/^(ts|typescript)\b/.test(info) && !/\sfile=/.test(info)) {
      const unchecked = /\sno-check\b(.*)$/.exec(info)?.[1]?.trim();
      const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
      blocks.push({ lines: code, firstLine: at + 2, unchecked });
    }
    at = end;
  }
  return blocks;
}

/** A module, and the line of the page that each of its lines is from. */
export interface PageModule {
  readonly text: string;
  /** By line of the module, counted from 0; undefined for what is not from the page. */
  readonly origin: readonly (number | undefined)[];
}

/** What a prelude declares, and where it is, as the module writes it. */
export interface Prelude {
  readonly path: string;
  readonly names: readonly string[];
}

/**
 * Puts the blocks of a page together.
 *
 * @param preludes - names of a later one go before those of an earlier one, and the page's own imports before all.
 */
export function toModule(blocks: readonly CodeBlock[], preludes: readonly Prelude[]): PageModule {
  const imports: Line[] = [];
  const body: Line[] = [];
  const imported = new Set<string>();
  for (const block of blocks.filter(({ unchecked }) => unchecked === undefined)) {
    body.push({ text: '{', from: undefined });
    for (const statement of statementsOf(block)) {
      if (statement.names === undefined) body.push(...statement.lines);
      // Two blocks of a page may import the same, as each can be read by itself.
      else if (!statement.names.every((name) => imported.has(name))) {
        imports.push(...withoutNames(statement.lines, imported));
        for (const name of statement.names) imported.add(name);
      }
    }
  }
  const open = body.filter(({ text, from }) => text === '{' && from === undefined).length;
  const given: Line[] = [];
  for (const { path, names } of preludes.toReversed()) {
    const wanted = names.filter((name) => !imported.has(name));
    for (const name of wanted) imported.add(name);
    given.push({ text: `import { ${wanted.join(', ')} } from '${path}';`, from: undefined });
  }
  const all = [...imports, ...given, ...body, { text: '}'.repeat(open), from: undefined }];
  return { text: all.map(({ text }) => text).join('\n'), origin: all.map(({ from }) => from) };
}

interface Line {
  readonly text: string;
  readonly from: number | undefined;
}

interface Statement {
  readonly lines: readonly Line[];
  /** What an import brings; undefined when it is none. */
  readonly names: readonly string[] | undefined;
}

/** Imports one by one; everything else line by line. */
function statementsOf({ lines, firstLine }: CodeBlock): Statement[] {
  const statements: Statement[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const start = at;
    if (/^import\s/.test(lines[at] ?? '')) {
      while (at < lines.length - 1 && !/['"];?\s*$/.test(lines[at] ?? '')) at += 1;
      const found = lines.slice(start, at + 1);
      statements.push({
        lines: numbered(found, firstLine + start),
        names: namesOf(found.join(' ')),
      });
    } else {
      const text = (lines[at] ?? '').replace(/^export (?:default )?(?=\w)/, '');
      statements.push({ lines: numbered([text], firstLine + at), names: undefined });
    }
  }
  return statements;
}

function numbered(lines: readonly string[], first: number): Line[] {
  return lines.map((text, at) => ({ text, from: first + at }));
}

function namesOf(statement: string): string[] {
  const clause = /^import\s+(?:type\s+)?(.*?)\s+from\s/.exec(statement)?.[1] ?? '';
  return clause
    .split(/[{},]/)
    .map((part) =>
      part
        .trim()
        .replace(/^type\s+/, '')
        .replace(/^.*\sas\s+/, ''),
    )
    .filter((name) => name !== '');
}

/** An import without the names that the module has already. */
function withoutNames(lines: readonly Line[], known: ReadonlySet<string>): Line[] {
  const statement = lines.map(({ text }) => text).join(' ');
  if (!namesOf(statement).some((name) => known.has(name))) return [...lines];
  const text = statement.replace(/\{(.*)\}/, (_, list: string) => {
    const kept = list
      .split(',')
      .filter((part) => !namesOf(`import {${part}} from `).some((name) => known.has(name)));
    return `{${kept.join(',')}}`;
  });
  return [{ text, from: lines[0]?.from }];
}
