/**
 * An office on a Monday morning: as slow as the field says, and failing now and then.
 * @module
 */
import { type Office, startOffice } from '@runafter/example-office';

/** How long one hire takes when everything is done one after the other. */
export const minutesPerHire = 4.5;

/** What takes these 4.5 minutes: 90 + 150 + 30 seconds. The database takes the time that it takes here. */
const account = { read: '2s', write: '90s' } as const;
const site = { read: '2s', write: '150s' } as const;
const welcome = { read: '1s', write: '30s' } as const;

/** How likely a call is hit by each kind of fault. */
const faultProbability = 0.02;

/**
 * Starts an office without accounts, sites and mails. Of its calls, one in fifty answers 503, one in
 * fifty 429, and one in fifty writes is carried out and its reply gets lost.
 *
 * @param speed - how many times as fast as the real services it runs.
 */
export async function openMondayOffice(speed: number): Promise<Office> {
  const office = await startOffice({
    speed,
    directory: { latency: account },
    sites: { latency: site },
    mail: { latency: welcome },
  });
  const target = { connection: 'onboarding', probability: faultProbability };
  office.faults.on({ kind: 'error', status: 503, ...target });
  office.faults.on({ kind: 'throttle', retryAfter: '10s', ...target });
  office.faults.on({ kind: 'lostReply', ...target });
  return office;
}
