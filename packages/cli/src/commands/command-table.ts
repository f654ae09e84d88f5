/**
 * All commands, in the order of the help.
 * @module
 */
import type { Command } from '../command.ts';
import { planCommand } from '../plan/plan-command.ts';
import { describeCommand } from './describe-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { inspectCommand } from './inspect-command.ts';
import { listCommand } from './list-command.ts';
import { reportCommand } from './report-command.ts';
import { resumeCommand } from './resume-command.ts';
import { runCommand } from './run-command.ts';
import { whyCommand } from './why-command.ts';

/** See the module's header. */
export const commandTable: readonly Command[] = [
  runCommand,
  resumeCommand,
  listCommand,
  inspectCommand,
  whyCommand,
  reportCommand,
  describeCommand,
  planCommand,
  doctorCommand,
];
