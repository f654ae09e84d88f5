/**
 * No module does anything when it is imported: bundlers are told so by `sideEffects: false`, and drop what
 * is not used without asking.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type Statement } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { readPackages } from '../../scripts/workspace.ts';

/** Programs, which are started and not imported: the command, and what runs in a report's page. */
const programs: Readonly<Record<string, readonly string[]>> = {
  cli: ['src/bin.ts'],
  report: ['src/client/**'],
};

const declarations = /^(Import|Export|TS|Class|Function|Variable)/;

describe.each(readPackages())('packages/$folder', ({ folder, path }) => {
  it('has modules that only declare', () => {
    const files = globSync('src/**/*.ts', { cwd: path, exclude: [...(programs[folder] ?? [])] });
    expect(files).not.toEqual([]);
    expect(files.flatMap((file) => effectsIn(join(path, file)))).toEqual([]);
  });
});

/** The statements at the top of a module that do something to anything but the module's own classes. */
function effectsIn(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const { body } = parseSync(file, source).program;
  const classes = new Set(body.map(classIn));
  return body
    .filter(({ type }) => !declarations.test(type))
    .filter((statement) => !completesClass(statement, classes))
    .map(({ start, end }) => `${file}: ${source.slice(start, end)}`);
}

function classIn(statement: Statement): string | undefined {
  const declared = 'declaration' in statement ? statement.declaration : statement;
  return declared?.type === 'ClassDeclaration' ? declared.id?.name : undefined;
}

/** `showAsJson(ActionState);` behind the class itself: who does not use the class does not miss it. */
function completesClass(statement: Statement, classes: ReadonlySet<string | undefined>): boolean {
  if (statement.type !== 'ExpressionStatement') return false;
  const { expression } = statement;
  if (expression.type !== 'CallExpression' || expression.arguments.length !== 1) return false;
  const [argument] = expression.arguments;
  return argument?.type === 'Identifier' && classes.has(argument.name);
}
