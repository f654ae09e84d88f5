/**
 * A program that works on random sagas is killed with SIGKILL at random moments, many of them in the
 * middle of undoing, and started again until its runs have ended: as the oracle of packages/saga says.
 *
 * TEST_KILLS says how many kills at least; default 16.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import { afterAll, describe, expect, it } from 'vitest';
import { type Draw, seededDraw } from '../../packages/core/test/model/draw.ts';
import { seed, seedHint } from '../../packages/core/test/properties/seed.ts';
import { stopsOf } from '../../packages/saga/test/model/judge.ts';
import { complaintsAbout, type EndedSaga } from '../../packages/saga/test/model/oracle.ts';
import { randomRunPlan } from '../../packages/saga/test/model/random-run-plan.ts';
import { runToItsEnd } from '../../packages/saga/test/model/run-to-its-end.ts';
import { killPrograms, Program } from '../durable/program.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { readEffects, type Task, type ToldEnd } from './sagas-to-do.ts';

const kills = Number(process.env.TEST_KILLS ?? 16);
const killsPerDatabase = 8;
const runsPerDatabase = 6;
/** Databases that are worked on at the same time. */
const lanes = 2;
/** A program that says nothing for so long, in milliseconds, waits for something. */
const patience = 200;
/** Milliseconds of the fast clock by which moments may be nearer to each other than they should. */
const slack = 1_000;

const worker = new URL('./programs/work-on-sagas.ts', import.meta.url);

afterAll(killPrograms);

describe(`${kills} kills at random moments`, { timeout: 60_000 + kills * 3_000 }, () => {
  it('leave no effect of a saga that is neither wanted, nor undone, nor reported', async () => {
    const folder = temporaryFolder({});
    const complaints: string[] = [];
    const toll = { left: kills };
    let killedWhileUndoing = 0;
    let databases = 0;
    async function workOnLane(): Promise<void> {
      while (toll.left > 0 && complaints.length === 0) {
        const number = databases++;
        const ending = await killAgainAndAgain(join(folder, String(number)), number, toll);
        killedWhileUndoing += ending.killedWhileUndoing;
        complaints.push(...ending.complaints);
      }
    }
    await Promise.all(Array.from({ length: lanes }, workOnLane));

    expect(complaints.slice(0, 20), seedHint).toEqual([]);
    expect(toll.left, 'kills that were not done').toBe(0);
    expect(killedWhileUndoing, 'sagas that were killed while they were undone').toBeGreaterThan(0);
  });
});

/** How many kills are left to do, for all lanes. */
interface Toll {
  left: number;
}

interface Ending {
  readonly killedWhileUndoing: number;
  readonly complaints: readonly string[];
}

/** One database: its runs, and the program that dies again and again. */
async function killAgainAndAgain(folder: string, number: number, toll: Toll): Promise<Ending> {
  mkdirSync(folder);
  const draw = seededDraw(`${seed} kills of ${number}`);
  const seeds = await busySeeds(`${seed} of ${number}`);
  const task = { folder, seeds, since: systemClock.now() };
  for (let life = 1; ; life++) {
    const program = new Program(worker, { ...task, life } satisfies Task);
    if (life <= killsPerDatabase) await killSomewhere(program, draw, toll);
    const { code, signal, complaint } = await program.ended;
    if (signal === 'SIGKILL') continue;
    const ends = program.said.filter((line) => line.startsWith('{'));
    const failure = code === 0 ? [] : [`the program ended with ${code}: ${complaint}`];
    const sagas = ends.flatMap((line) => endedSagas(task, JSON.parse(line) as ToldEnd, life - 1));
    return {
      killedWhileUndoing: sagas.filter(({ saga }) => isUndoneInTwoLives(saga)).length,
      complaints: [...failure, ...sagas.flatMap(complaintsWithPlace)],
    };
  }
}

/** Plans that have something to undo where nobody is killed. */
async function busySeeds(name: string): Promise<string[]> {
  const seeds: string[] = [];
  for (let number = 0; seeds.length < runsPerDatabase; number++) {
    const { log } = await runToItsEnd({ ...randomRunPlan(`${name} ${number}`), kills: [] });
    const undoings = log.events.filter(({ what }) => what === 'undo-begins');
    if (undoings.length > 1) seeds.push(`${name} ${number}`);
  }
  return seeds;
}

/** Lets it do or undo so much, and perhaps a little more; what has nothing to do any more may end. */
async function killSomewhere(program: Program, draw: Draw, toll: Toll): Promise<void> {
  const [what, count] = draw(0, 1) === 0 ? ['begins', draw(0, 12)] : ['undo-begins', draw(1, 6)];
  const later = draw(0, 20);
  await program.until(() => program.said.length > 1);
  await program.until(() => program.count(String(what)) >= Number(count), patience);
  await systemClock.sleep(later);
  const hasEnded = program.said.some((line) => line.startsWith('{'));
  if (hasEnded || program.isOver || toll.left === 0) return;
  toll.left--;
  program.kill('SIGKILL');
}

interface PlacedSaga {
  readonly place: string;
  readonly saga: EndedSaga;
}

function endedSagas(
  task: Omit<Task, 'life'>,
  { seed: name, sagas }: ToldEnd,
  deaths: number,
): PlacedSaga[] {
  const plan = randomRunPlan(name);
  const effects = readEffects(task, name);
  return sagas.map(({ ended, report }, item) => ({
    place: `run "${name}", item ${item}`,
    saga: {
      ...{ item, deaths, slack, report, nodes: plan.nodes, grace: plan.grace },
      compensationConcurrency: plan.compensationConcurrency,
      ended: new Map(ended),
      events: effects.filter((event) => event.item === item),
      stops: stopsOf(plan),
    },
  }));
}

function complaintsWithPlace({ place, saga }: PlacedSaga): string[] {
  return complaintsAbout(saga).map((complaint) => `${place}: ${complaint}`);
}

function isUndoneInTwoLives({ events }: EndedSaga): boolean {
  const undoings = events.filter(({ what }) => what.startsWith('undo'));
  return new Set(undoings.map(({ life }) => life)).size > 1;
}
