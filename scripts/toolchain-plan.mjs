/**
 * What toolchain.mjs decides, without doing it: does the Node and the pnpm at hand fit this
 * workspace, and if not, what is to be done about it.
 *
 * Everything here is a pure function of its arguments, so that a table of cases can test it.
 * Read next: toolchain.mjs, which acts on the plan.
 * @module
 */

/**
 * The versions that the workspace pins.
 * @typedef {object} Pins
 * @property {string} node - fetched when the Node at hand does not fit, such as `24.21.0`.
 * @property {string} pnpm - fetched when the pnpm at hand does not fit, such as `12.21.0`.
 * @property {string} nodeRange - the Node versions that fit, such as `^24.11.0 || >=26.0.0`.
 */

/**
 * The versions at hand.
 * @typedef {object} Found
 * @property {string} node
 * @property {string | undefined} pnpm - undefined when there is none on the PATH.
 * @property {boolean} switched - whether npm has already been asked for the pinned versions.
 */

/** @typedef {{ step: 'run' } | { step: 'switch' | 'refuse', why: string }} Plan */

/**
 * Reads the pins from the two files that editors, version managers and CI services read as well.
 *
 * @param {{ nodeVersionFile: string, manifest: { engines: { node: string }, packageManager: string } }} files
 * @returns {Pins}
 */
export function readPins({ nodeVersionFile, manifest }) {
  const [manager, pnpm] = manifest.packageManager.split('@');
  if (manager !== 'pnpm' || !pnpm) {
    throw new Error(
      `package.json: packageManager is "${manifest.packageManager}", but must be "pnpm@" and an exact version.`,
    );
  }
  return { node: nodeVersionFile.trim(), pnpm, nodeRange: manifest.engines.node };
}

/**
 * Decides whether to go on, to start again under the pinned versions, or to give up.
 *
 * @param {Found} found
 * @param {Pins} pins
 * @returns {Plan}
 */
export function plan(found, pins) {
  const misfits = listMisfits(found, pins);
  if (misfits.length === 0) return { step: 'run' };
  const why = misfits.join(', ');
  return { step: found.switched ? 'refuse' : 'switch', why };
}

/**
 * @param {Found} found
 * @param {Pins} pins
 * @returns {string[]} what does not fit, in words; empty when everything does.
 */
function listMisfits(found, pins) {
  const misfits = [];
  if (!satisfies(found.node, pins.nodeRange)) {
    misfits.push(`Node is ${found.node}, which is not ${pins.nodeRange}`);
  }
  const major = pins.pnpm.split('.')[0];
  if (found.pnpm === undefined) {
    misfits.push('pnpm is not on the PATH');
  } else if (found.pnpm.split('.')[0] !== major) {
    misfits.push(`pnpm is ${found.pnpm}, which is not ${major}.x`);
  }
  return misfits;
}

/**
 * Whether a version is in a range made of `^1.2.3` and `>=1.2.3`, joined by `||`. That is all that
 * `engines` uses here; anything else is refused, so that a typing error is not taken for a "no".
 *
 * @param {string} version - such as `24.11.0`; a pre-release is never in a range.
 * @param {string} range
 */
export function satisfies(version, range) {
  const wanted = range.split('||').map(parseComparator);
  const found = parseVersion(version);
  return found !== undefined && wanted.some((comparator) => isIn(found, comparator));
}

/** @typedef {[major: number, minor: number, patch: number]} Version */
/** @typedef {{ operator: string, from: Version }} Comparator */

/**
 * @param {string} text
 * @returns {Comparator}
 */
function parseComparator(text) {
  const [, operator, rest] = /^(\^|>=)(.+)$/.exec(text.trim()) ?? [];
  const from = rest === undefined ? undefined : parseVersion(rest);
  if (operator === undefined || from === undefined) {
    throw new Error(`"${text.trim()}" is not a range: write ^1.2.3 or >=1.2.3, joined by ||.`);
  }
  return { operator, from };
}

/**
 * @param {string} text
 * @returns {Version | undefined}
 */
function parseVersion(text) {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/**
 * @param {Version} version
 * @param {Comparator} comparator
 */
function isIn(version, { operator, from }) {
  if (operator === '^' && version[0] !== from[0]) return false;
  const differs = version.findIndex((part, place) => part !== from[place]);
  return differs === -1 || Number(version[differs]) > Number(from[differs]);
}

/**
 * Splits the command line into the task and what it is given. npm removes the `--` in
 * `npm run demo -- --fail`, pnpm leaves it in place: both end up the same.
 *
 * @param {readonly string[]} argv - without Node and the script.
 * @returns {{ task: string | undefined, args: string[] }}
 */
export function readCommandLine(argv) {
  const [task, ...args] = argv;
  if (args[0] === '--') args.shift();
  return { task, args };
}
