/** Each fault that is planted, and a test of the suite that has to find it. */
import type { DriverFault } from './planted-leases.ts';
import type { LockFault } from './planted-lock.ts';

export const driverFaults: Readonly<Partial<Record<DriverFault, string>>> = {
  'looks in one step and takes in another': 'is held by one of those who try at the same time',
  'forgets the token of what nobody has': 'has a greater token than all before it',
  'forgets tokens when a connection closes': 'when nobody has had the place open in between',
  'releases whoever holds': 'does not take the name from who has it by then',
  'renews whoever holds': 'who is broken is told also when somebody else has the name',
  'gives back to who renews what was taken away': 'who is broken is told',
  'never expires': 'who is cut off loses the name',
  'expires early': 'who is cut off loses the name',
  'does not hold longer when it renews': 'who works for long keeps the name',
  'keeps the places of who has left': 'who stops waiting makes room for those behind',
  'does not tell releases': 'wakes who waits on another connection, without a poll',
  'grants the last who came': 'is granted in the order of coming',
  'grants whoever asks': 'who only tries does not get what somebody waits for',
  'does not say who holds': 'is told who had it',
  'refuses who holds already': 'to acquire is made again, and the name is held once',
  'releases everything when a connection closes': 'leaves other connections open',
  'compares names without case': 'with case are all different',
  'compares names without trailing spaces': 'with white space are all different',
  'cuts names at 128 characters': 'with 1 to 256 characters are all different',
  'takes a NUL for the end': 'with control characters are all different',
};

export const lockFaults: Readonly<Record<LockFault, string>> = {
  'believes whatever has happened': 'who is broken is told',
  'does not tell a loss': 'who is broken is told',
  'counts tokens for each connection': 'has a greater token than all before it',
  'keeps what it holds when it is closed': 'gives back what it holds',
  'waits on when it is aborted': 'while it waits ends with the reason',
  'takes a wait of 0 for the longest': 'for no time at all asks once',
  'asks for several names in the order given': 'the same ones in different orders',
  'keeps some when it cannot have all': 'are none when c is not to be had',
};

export const semaphoreFaults: Readonly<Partial<Record<DriverFault, string>>> = {
  'looks in one step and takes in another': 'are as many as were asked for',
  'releases whoever holds': 'come back with their weight',
  'never expires': 'expire, and their holder knows it',
  'expires early': 'expire, and their holder knows it',
  'does not hold longer when it renews': 'stay while they are heard of',
  'keeps the places of who has left': 'moves the others up',
  'does not tell releases': 'is granted together with all who fit',
  'tells nobody that there is more': 'is granted together with all who fit',
  'grants the last who came': 'who comes first is granted first',
  'grants whoever asks': 'nobody overtakes because a smaller weight would fit',
  'refuses who holds already': 'are there once when the reply to their request is lost',
  'counts holders in place of weights': 'are never exceeded by 60',
  'takes the limit of who came first': 'are as many as whoever asks says',
};
