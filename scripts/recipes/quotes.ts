/**
 * The programs that a page quotes. A quote is a fenced block that names its source, relative to the
 * page, and a region of it:
 *
 *     ```ts file=../recipes/count-results.ts#tally
 *     …
 *     ```
 *
 * Without `#region` it is the whole program. Other fenced blocks are left alone.
 * @module
 */

/** One quote on a page. */
export interface Quote {
  /** The source's path as the page writes it. */
  readonly file: string;
  /** The region's name; undefined for the whole program. */
  readonly region: string | undefined;
  /** What stands in the block now, without the block's own indentation. */
  readonly text: string;
  /** The line on the page where the block begins, counted from 1. */
  readonly line: number;
}

/** A quote and the page's lines that it takes, fences included. */
interface Block extends Quote {
  readonly indent: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * Finds the quotes on a page.
 *
 * @throws {Error} when a quoting block does not end.
 */
export function findQuotes(page: string): Quote[] {
  return findBlocks(page.split('\n')).map(({ file, region, text, line }) => ({
    file,
    region,
    text,
    line,
  }));
}

/**
 * Writes the page anew with fresh text in each quote.
 *
 * @param textOf - what the quote must say.
 */
export function rewriteQuotes(page: string, textOf: (quote: Quote) => string): string {
  const lines = page.split('\n');
  // From the last to the first, so that a block's lines are still where they were found.
  for (const block of findBlocks(lines).reverse()) {
    const text = textOf(block)
      .split('\n')
      .map((line) => (line === '' ? '' : block.indent + line));
    lines.splice(block.firstLine + 1, block.lastLine - block.firstLine - 1, ...text);
  }
  return lines.join('\n');
}

function findBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent, fence, info] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(lines[at] ?? '') ?? [];
    if (indent === undefined || fence === undefined || info === undefined) continue;
    const end = lines.findIndex((line, other) => other > at && closes(line, fence));
    const [, file, region] = /\sfile=([^\s#]+)(?:#(\S+))?/.exec(info) ?? [];
    if (end === -1) {
      if (file === undefined) break;
      throw new Error(`line ${at + 1}: the block that quotes ${file} is not closed by ${fence}.`);
    }
    if (file !== undefined) {
      const text = lines
        .slice(at + 1, end)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
        .join('\n');
      blocks.push({ file, region, text, line: at + 1, indent, firstLine: at, lastLine: end });
    }
    at = end;
  }
  return blocks;
}

/** A block ends with a fence of the same character that is at least as long as the first one. */
function closes(line: string, fence: string): boolean {
  const found = line.trim();
  return found.startsWith(fence) && found.replaceAll(fence.charAt(0), '') === '';
}
