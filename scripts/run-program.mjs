/**
 * Runs another program as if it were this one: same terminal, signals passed on, exit code handed back.
 *
 * Plain JavaScript without dependencies, because toolchain.mjs needs it before anything is installed.
 * @module
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @type {NodeJS.Signals[]} */
const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Starts a program on this process's terminal and waits for its end.
 *
 * @param {string} command - looked up in `env.PATH` unless it is a path.
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stdio?: import('node:child_process').StdioOptions }} [options]
 * @returns {Promise<number>} its exit code, or 128 + the signal's number as shells count it.
 */
export async function runProgram(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });

  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // Ctrl-C in a terminal reaches every process of the group by itself. Passed on as well, it
    // would arrive twice, and programs take a second Ctrl-C for "stop at once".
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of forwardedSignals) process.on(signal, forward);
  try {
    return await exitCodeOf(child);
  } finally {
    for (const signal of forwardedSignals) process.off(signal, forward);
  }
}

/**
 * Runs a program and keeps what it says, for those that are worth reading only when they fail.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options] - `timeout` in
 *   milliseconds, after which the program is killed; none unless given.
 * @returns {Promise<{ code: number, stdout: string, output: string }>} `output` is stdout and
 *   stderr in the order in which they came.
 */
export async function captureProgram(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const code = await exitCodeOf(child);
  return { code, stdout, output };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
