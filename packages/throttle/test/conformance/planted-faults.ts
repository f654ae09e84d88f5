/** Each fault that is planted, and a test of the suite that has to find it. */
import type { LimiterFault } from './planted-limiter.ts';
import type { ServerFault } from './planted-server.ts';

export const serverFaults: Readonly<Record<ServerFault, string>> = {
  'lets in one too many': 'are as many as its limit',
  'looks in one step and takes in another': 'are as many as its limit',
  'counts holders in place of weights': 'are never exceeded by 60',
  'gives back one, whatever the weight': 'come back with their weight',
  'gives back as often as it is told to': 'and only once',
  'lets in the last who came': 'are let in in the order of their calls',
  'lets in whoever fits': 'do not overtake a heavier one because they would fit',
  'lets pass who only tries': 'are not passed by who only tries',
  'forgets priorities': 'let in the highest first',
  'keeps a line for each connection': 'do not overtake a heavier one on another connection',
  'keeps the places of who has left': 'makes room for those behind it',
  'keeps what it granted too late': 'at whatever moment',
  'never expires': 'what a process held that crashed',
  'expires early': 'who works for long keeps the permit',
  'forgets the weights of starts': 'of a sliding-window is used up by weights',
  'gives starts back': 'of a fixed-window is used up by weights',
  'counts starts for each connection': 'of 3 in a fixed-window is kept to',
  'takes a sliding window for a fixed one': 'of a sliding-window holds from whatever moment',
  'takes a bucket for a window': 'of a token-bucket holds from whatever moment',
  'fills buckets to the number of calls': 'allows as many at once as it holds',
  'keeps to the first rate alone': 'is one of several that are all kept to',
  'forgets the spacing': 'goes with a spacing',
  'counts the starts of who waits': 'of a token-bucket is not used up by who leaves',
  'grants each request anew': 'a permit whose grant was lost on its way',
};

export const limiterFaults: Readonly<Record<LimiterFault, string>> = {
  'keeps what failed': 'come back whatever the work failed with',
  'reads what it is released with': 'come back whatever the work failed with',
  'does not give back what is disposed of': 'come back when they are disposed of',
  'asks for who is aborted already': 'before it begins',
  'waits on when it is aborted': 'while it waits ends at once',
  'takes back what it granted when it is aborted later': 'after it was granted changes nothing',
  'cuts weights down': 'is refused: a weight of 4',
  'throws at once': 'is refused: a weight of 1.5',
  'is never full': 'that is full refuses whoever comes',
  'counts who has left as waiting': 'that is full refuses whoever comes',
  'does not say when to come back': 'that is full tells when to come back',
  'refuses whom it should let wait outside': 'lets callers wait outside',
  'forgets who waits when it is closed': 'ends every wait',
  'lets in whoever comes after it was closed': 'and refuses whoever comes',
  'leaves its places in the line when it is closed': 'leaves those alone who wait on other',
  'does not renew': 'who works for long keeps the permit',
};

/** Those that only a network that fails brings to light. */
export const networkFaults: ReadonlySet<string> = new Set([
  'never expires',
  'expires early',
  'grants each request anew',
  'does not renew',
]);
