/** Each fault that is planted, and the tests of the suite that have to find it: parts of their names. */

type Faults = Readonly<Record<string, string | readonly string[]>>;

/** Of a store of pools. */
export const poolFaults = {
  'looks in one step and takes in another': [
    'to assign is one of many, from several stores',
    'looks to all of them as if it was done one after the other',
  ],
  'looks twice for one owner': 'gives one owner one resource, when it asks for it at the same time',
  'gives an owner another one when it asks again': 'is given the same again, by whatever store',
  'counts another token when an owner asks again': 'is given the same again, by whatever store',
  'counts tokens by the claim alone': 'is given what was released, with a greater token',
  'forgets what is withdrawn and free': 'also when its resource was withdrawn in between',
  'hands out the last one first': 'is given what was added first',
  'hands out in the order of ids': 'are added in their order, behind those that are there',
  'releases whoever holds': 'takes back what an owner has, and nothing else',
  'renews whoever holds': 'renews what an owner has, and nothing else',
  'gives something to who renews late': 'who renews late changes nothing',
  'does not say what it took back': 'gives back what it has, by its id, from whatever store',
  'takes a place for a resource': 'takes back a place in the line, which is no resource',
  'takes what it has from who leaves the line': 'takes no resource from who only leaves the line',
  'never expires': 'what expires is one of several',
  'expires early': 'who is cut off loses the resource',
  'lets what is assigned expire': 'what is assigned stays so',
  'holds no longer when it is renewed': 'who works for long keeps the resource',
  'holds no longer for who asks again': 'who asks again for what it has, has it for another ttl',
  'keeps the places of who has left': 'who stops waiting makes room for those behind',
  'keeps the places of the dead': 'a place in the line that nothing is heard of is lost',
  'does not tell releases': 'wakes who waits on another store, without a poll',
  'does not tell additions': 'is given what is added',
  'tells nobody that there is more': 'several that are free at once go to as many',
  'serves the last who came': 'is given something in the order of coming',
  'serves whoever asks': 'who only tries does not get what somebody waits for',
  'forgets who was released': 'that was released is given nothing any more',
  'forgets who was released and had nothing': 'that was released before it had anything',
  'remembers 900': 'remembers the last 1000 that were released for good',
  'retires in all pools': 'tells who was released for good, in this pool',
  'retires who is released for a while': 'to who was released, but not for good',
  'hands out what is withdrawn': 'that are withdrawn are handed out no more',
  'takes away what is withdrawn': 'that are withdrawn stay their holder’s',
  'does not renew what is withdrawn': 'that are withdrawn stay their holder’s',
  'does not list what is withdrawn': 'that are withdrawn are handed out no more',
  'takes a pool that is made for an addition': 'stay so until they are added, whoever is made',
  'keeps the old value': ['are what they were added as last', 'finds what a simple model has'],
  'looks in one step and adds in another': 'are there once when many add them at the same time',
  'looks at one after the other': 'sees it as of one moment',
  'shows leases without an end': 'sees who has which, and since when',
  'takes all pools for one': 'of two names have nothing in common',
  'gives back everything when a store is closed': 'leaves other stores open, and what their owners',
  'compares without case': 'with case are all different',
  'compares without trailing spaces': 'with white space are all different',
  'cuts at 128 characters': 'with 1 to 200 characters are all different',
  'takes a NUL for the end': 'with control characters are all different',
} as const satisfies Faults;

/** Of a store of documents. */
export const documentFaults = {
  'creates over what is there': 'is made by one of many who want it at the same time',
  'replaces what has changed': 'is taken over from after its ttl, with the same idempotency key',
  'cuts keys at 8 characters': 'is made once more under another key',
  'says that it created what it found': 'is created by one of many at the same time',
  'keeps documents for itself': 'is handed over to who made it, and to everybody',
  'does not replace what it says to have replaced': 'has an ETag with which it can be written',
  'tells another ETag than it keeps': 'has an ETag with which it can be written',
  'takes a lost reply for a failure': 'also when its reply was lost',
  'does not heed its signal': 'is not created when the call was aborted before',
} as const satisfies Faults;

export type PoolFault = keyof typeof poolFaults;
export type DocumentFault = keyof typeof documentFaults;
