/**
 * The part of a program that a page quotes: what stands between `// #region NAME` and
 * `// #endregion`, or the whole program.
 *
 * Editors fold the same markers. They never show up in a quote, so regions may be nested.
 * @module
 */

const marker = /^\s*\/\/ #(region|endregion)\b\s*(\S*)\s*$/;

/**
 * Cuts a region out of a program.
 *
 * @param program - the program's text.
 * @param name - of the region; the whole program when undefined.
 * @returns the lines, without the indentation that they share and without blank lines around them.
 * @throws {Error} when there is no such region, when it is there twice, or when it does not end.
 */
export function readRegion(program: string, name: string | undefined): string {
  const lines = program.split(/\r?\n/);
  const inside = name === undefined ? lines : linesOf(lines, name);
  return dedent(inside.filter((line) => !marker.test(line)));
}

function linesOf(lines: readonly string[], name: string): string[] {
  const starts = lines.flatMap((line, at) => (opens(line, name) ? [at] : []));
  const [start] = starts;
  if (start === undefined) {
    throw new Error(`There is no line "// #region ${name}" in it.`);
  }
  if (starts.length > 1) {
    throw new Error(
      `"// #region ${name}" is there ${starts.length} times: give each its own name.`,
    );
  }
  const end = endOf(lines, start);
  if (end === undefined) {
    throw new Error(`"// #region ${name}" is not followed by its "// #endregion".`);
  }
  return lines.slice(start + 1, end);
}

function opens(line: string, name: string): boolean {
  const [, kind, found] = marker.exec(line) ?? [];
  return kind === 'region' && found === name;
}

/** The line of the `#endregion` that belongs to the `#region` at `start`. */
function endOf(lines: readonly string[], start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < lines.length; at += 1) {
    const kind = marker.exec(lines[at] ?? '')?.[1];
    if (kind === 'region') depth += 1;
    if (kind === 'endregion') depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

function dedent(lines: readonly string[]): string {
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents);
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines
    .slice(first, last + 1)
    .map((line) => line.slice(shared))
    .join('\n');
}
