/**
 * The office as a program: `npm run example -- office`. It runs until Ctrl-C and says what it offers.
 * @module
 */
import { parseArgs } from 'node:util';
import { endpoints } from './desk.ts';
import { type Office, startOffice } from './office.ts';

const usage = `A local stand-in for SharePoint, Dataverse, Outlook, Teams and Entra ID.

  --port N         the port; any that is free unless said
  --speed N        how many seconds of latencies and limits pass in one second; 1 unless said
  --seed TEXT      the same seed gives the same latencies and faults
  --database FILE  an SQLite file to keep the data in; in memory unless said
  --help           this text`;

async function openFromArguments(): Promise<Office | undefined> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      speed: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      database: { type: 'string', default: ':memory:' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { seed, database } = values;
  const port = readNumber('port', values.port);
  const speed = readNumber('speed', values.speed);
  return startOffice({ port, speed, seed, database });
}

function readNumber(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new Error(`--${option} is "${text}". Give it a number.`);
}

function furnish(office: Office): void {
  if (office.inspect.lists().includes('Reports')) return;
  office.createList(
    'Reports',
    ['Title', 'AssignedTo', 'Status'],
    [
      { Title: 'North, week 47', AssignedTo: 'ada@example.com', Status: 'Pending' },
      { Title: 'South, week 47', AssignedTo: 'grace@example.com', Status: 'Pending' },
    ],
  );
  office.createTable('crm_customers', ['crm_name', 'crm_city'], { keys: ['crm_name'] });
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

try {
  const office = await openFromArguments();
  if (office) {
    furnish(office);
    console.log(`Office, a stand-in and not the real services: ${office.url}\n`);
    console.log(`Lists:  ${office.inspect.lists().join(', ')}`);
    console.log(`Tables: ${office.inspect.tables().join(', ')}\n`);
    console.log(endpoints.join('\n'));
    console.log('\nCtrl-C ends it.');
    await toldToStop();
    await office.close();
    console.log('The office is closed.');
  } else {
    console.log(usage);
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 1;
}
