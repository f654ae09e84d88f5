/**
 * `runafter doctor`: whether Node and the backends are as runafter needs them, with a fix for what is not.
 * @module
 */
import { command } from '../command.ts';
import { backendAddresses, variables } from '../doctor/backend-addresses.ts';
import { examineBackend } from '../doctor/examine-backend.ts';
import { examineMachine } from '../doctor/examine-machine.ts';
import type { Examination, Finding } from '../doctor/finding.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { printable } from '../printable.ts';
import type { Output, Style } from '../session.ts';

interface DoctorOptions {
  readonly store?: readonly string[];
}

export const doctorCommand: ReturnType<typeof command> = command<DoctorOptions>({
  name: 'doctor',
  summary: 'look whether Node and the backends are as runafter needs them',
  details:
    `Backends are those of --store and of ${variables.join(', ')}. ` +
    'Nothing is written to them. The exit code is 3 when there is a problem.',
  arguments: [],
  options: [
    {
      flags: '--store <url>',
      description:
        'a backend: a file, redis://…, postgres://…, or a connection string of SQL Server or Azure Storage; may be given several times',
      repeatable: true,
    },
  ],
  examples: [
    { what: 'Whatever the environment names', line: 'runafter doctor' },
    {
      what: 'Two backends',
      line: 'runafter doctor --store redis://localhost:6379 --store postgres://localhost/app',
    },
  ],
  run: async ({ options }, session) => {
    const targets = backendAddresses(options.store ?? [], session.env);
    const machine = examineMachine({
      version: process.versions.node,
      typescript: process.features.typescript,
    });
    const backends = await Promise.all(targets.map((each) => examineBackend(each, session)));
    const examinations = [machine, ...backends];
    const all = examinations.flatMap(({ findings }) => findings);
    const problems = all.filter(({ severity }) => severity === 'problem').length;
    const warnings = all.filter(({ severity }) => severity === 'warning').length;
    if (options.json) writeJson(session.stdout, { problems, warnings, examinations });
    else {
      for (const examination of examinations) show(examination, session.stdout);
      const summary = `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`;
      session.stdout.write(`${summary}\n`);
      if (targets.length === 0) {
        session.stderr.write(
          `No backend is named: pass --store, such as --store redis://localhost:6379, or set one of ${variables.join(', ')}.\n`,
        );
      }
    }
    return problems > 0 ? exitCodes.environment : exitCodes.ok;
  },
});

function show({ subject, findings }: Examination, output: Output): void {
  const { style } = output;
  output.write(`${style.bold(printable(subject))}\n`);
  for (const { severity, message, fix } of findings) {
    output.write(`  ${signOf(severity, style)} ${printable(message)}\n`);
    if (fix !== undefined) output.write(`    ${style.cyan('fix')}: ${printable(fix)}\n`);
  }
}

function signOf(severity: Finding['severity'], style: Style): string {
  if (severity === 'ok') return style.green('ok');
  return severity === 'warning' ? style.yellow('warning') : style.red('problem');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
