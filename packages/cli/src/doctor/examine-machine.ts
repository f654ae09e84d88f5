/**
 * Whether this machine's Node is one that runafter runs on, and whether it runs TypeScript files.
 * @module
 */
import type { Examination, Finding } from './finding.ts';
import { fine } from './finding.ts';

/** What is looked at of a process. */
export interface NodeFacts {
  /** Such as `24.21.0`. */
  readonly version: string;
  /** `process.features.typescript`. */
  readonly typescript: string | boolean | undefined;
}

/** The least minor version of each major one that is supported; from 26 on, all are. */
const leastMinor: Readonly<Record<number, number>> = { 22: 22, 24: 11 };

/** Examines this process. */
export function examineMachine(facts: NodeFacts): Examination {
  return {
    subject: `Node ${facts.version}`,
    findings: [versionFinding(facts), typesFinding(facts)],
  };
}

function versionFinding({ version }: NodeFacts): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const least = leastMinor[major];
  if (major >= 26 || (least !== undefined && minor >= least)) return fine('is supported');
  return {
    severity: 'problem',
    message:
      'is none of the versions that runafter is tested on: 22.22, 24.11, 26, or newer of these',
    fix: 'Install Node 24 or 26.',
  };
}

function typesFinding({ typescript }: NodeFacts): Finding {
  if (typescript) return fine('runs TypeScript files as they are');
  return {
    severity: 'warning',
    message: 'does not run TypeScript files',
    fix: 'Leave out --no-strip-types (look into NODE_OPTIONS, too), or name built JavaScript files.',
  };
}
