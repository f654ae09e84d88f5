/**
 * All or nothing: once one branch has failed for good, the others are told to stop.
 *
 * The page is docs/cookbook/all-or-nothing.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { type Flow, failed, start, workflow } from '@runafter/core';
import { allOrNothing, policyScope } from '@runafter/results';

const clock = virtualClock({ autoAdvance: true });

interface Trip {
  readonly to: string;
}

const trip: Trip = { to: 'Oslo' };
let seatsHeld = 0;

const airline = {
  /** Holds one seat a minute, for a group of sixty. */
  async holdSeats({ signal }: { readonly signal: AbortSignal }): Promise<number> {
    for (let seat = 1; seat <= 60; seat++) {
      await clock.sleep('1m', { signal });
      seatsHeld++;
    }
    return seatsHeld;
  },
};

const hotel = {
  async book(_trip: Trip): Promise<string> {
    await clock.sleep('150s');
    throw new Error('The hotel is full.');
  },
};

const hostel = {
  async book({ to }: Trip): Promise<string> {
    await clock.sleep('1m');
    return `the hostel in ${to}`;
  },
};

const minutes = ({ startTime, endTime }: { readonly startTime: Date; readonly endTime: Date }) =>
  (endTime.getTime() - startTime.getTime()) / 60_000;

// #region bug
const bookTrip = workflow('Book_Trip', (flow: Flow<Trip>) => {
  const seats = flow.action('Seats', ({ signal }) => airline.holdSeats({ signal }));
  const room = flow.action('Room', ({ input }) => hotel.book(input));
  return flow.action('Confirm', [seats, room], ([seats, room]) => ({ seats, room }));
});

const wasted = await start(bookTrip, trip, { clock }).finished;
assert.equal(wasted.status, 'Failed'); // known after two and a half minutes
assert.equal(minutes(wasted), 60);
assert.equal(seatsHeld, 60); // for a trip without a room
// #endregion

seatsHeld = 0;

// #region fix
const bookTogether = workflow('Book_Together', (flow: Flow<Trip>) =>
  policyScope(flow, 'Booking', [], allOrNothing, (booking) => {
    const seats = booking.action('Seats', ({ signal }) => airline.holdSeats({ signal }));
    const room = booking.action('Room', ({ input }) => hotel.book(input));
    return booking.action('Confirm', [seats, room], ([seats, room]) => ({ seats, room }));
  }),
);

const run = start(bookTogether, trip, { clock });
const stopped = await run.finished;
assert.equal(stopped.status, 'Failed');
assert.equal(minutes(stopped), 2.5);
assert.equal(seatsHeld, 2); // the others were told to stop, through their signal
assert.equal(run.result('Booking/Seats')?.status, 'Cancelled');
assert.match(run.why().text, /"Booking\/Room" ended Failed: The hotel is full\./);
// #endregion

seatsHeld = 0;

// #region handled
const bookSomewhere = workflow('Book_Somewhere', (flow: Flow<Trip>) =>
  policyScope(flow, 'Booking', [], allOrNothing, (booking) => {
    booking.action('Seats', ({ signal }) => airline.holdSeats({ signal }));
    const room = booking.action('Room', ({ input }) => hotel.book(input));
    booking.action('Other_Room', [failed(room)], (_, { input }) => hostel.book(input));
  }),
);

assert.equal((await start(bookSomewhere, trip, { clock }).finished).status, 'Succeeded');
assert.equal(seatsHeld, 60); // the failure is handled, so nothing was stopped
// #endregion
