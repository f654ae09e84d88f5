/** Each fault that is planted, and a test of the suite that has to find it. */

const faults = {
  'looks in one step and takes in another':
    'as many as may be in, of those who try at the same time',
  'lets one more in than may be': 'never has more in than may be, when 60 come and go',
  'has at most 100 places': 'lets hundreds in at once',
  'lets nobody in before all are out': 'lets the next one in when a permit comes back',
  'gives a permit back at each release': 'takes a permit back once',
  'keeps a permit whose work has failed': 'takes a permit back also when the work has failed',
  'does not know disposal': 'has the permit back at the end of its block',
  'waits when it is to try': 'is told at once when all places are taken',
  'lets who tries stand in the line':
    'is told at once when all places are taken, and does not wait',
  'refuses who only tries': 'is not refused, however full it is',
  'lets who tries go first': 'does not get the place that somebody waits for',
  'lets who comes go first': 'goes before who was in and comes again',
  'serves the last one first': 'is let in in the order of coming, over all connections',
  'refuses nobody': 'refuses who comes, at once and with a code',
  'refuses without a code': 'refuses who comes, at once and with a code',
  'counts the room in one step and takes a place in another': 'takes as many as it has places for',
  'keeps the place in the room of who was let in': 'when one of those inside was let in',
  'keeps the place in the room of who has left': 'when one of those inside leaves',
  'has a place for one at least': 'of no places at all refuses',
  'does not know when to come back': 'tells when to come back',
  'refuses in spite of an outside': 'refuses nobody',
  'has no order outside': 'has one order for those inside and outside',
  'takes no notice of a signal that is aborted already': 'before it begins does nothing',
  'waits on when it is aborted': 'while it waits ends with the reason',
  'has a reason of its own': 'while it waits ends with the reason',
  'sends everybody away when one leaves': 'leaves those alone that wait beside it',
  'keeps what it was granted too late': 'gives back what it is granted too late',
  'gives back what is aborted later': 'after it was let in changes nothing',
  'lets in after it was closed': 'may be closed again, and refuses every call',
  'waits on when it is closed': 'ends its waits',
  'keeps permits when it is closed': 'takes a permit back as always',
  'closes the gate for everybody': 'and other connections open',
} as const;

/** Those that show themselves only when requests get lost and callers fall silent. */
const networkFaults = {
  'is not heard of': 'who stays for long keeps the place',
  'never gives up who is not heard of': 'who is cut off loses the place',
  'takes whoever is in for who has left': 'takes nothing away when it comes back',
  'awaits answers that do not come': 'a call that is not answered ends at once',
  'counts a request twice that is sent twice': 'is there once, or not at all',
} as const;

/** What a gate may do wrong. */
export type GateFault = keyof typeof faults | keyof typeof networkFaults;

export const gateFaults: Readonly<Record<GateFault, string>> = { ...faults, ...networkFaults };

export function needsNetwork(fault: GateFault | undefined): boolean {
  return fault === undefined || fault in networkFaults;
}
