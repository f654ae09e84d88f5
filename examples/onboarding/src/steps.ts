/**
 * What each step does for a hire, and how it is undone.
 *
 * Invariant: whatever a step makes carries the step's idempotency key. So a step that is repeated makes
 * nothing twice, and undoing it finds what it has made also when nobody knows whether it has, and leaves
 * alone what was there before.
 * Read next: onboarding.ts for the order of it all.
 * @module
 */
import type { ActionContext, LoopContext } from '@runafter/core';
import type { StoredAccount, StoredSite } from '@runafter/example-office';
import type { CompensationContext } from '@runafter/saga';
import { type Hire, nameOf } from './hire.ts';
import type { Systems } from './systems.ts';

type Hires = readonly Hire[];
type Context = ActionContext<Hires, LoopContext<Hire>>;
export type UndoContext = CompensationContext<Hires, LoopContext<Hire>>;

/** Undoes a step, whatever is known of what it has made. */
export type Undo = (made: unknown, context: UndoContext) => Promise<unknown>;

/** The address of a hire's site. */
function siteOf({ number }: Hire): string {
  return `https://example.sharepoint.com/sites/${number.toLowerCase()}`;
}

/** The steps on the given systems. */
export function stepsOn({ accounts, sites, licences, database, mail }: Systems) {
  return {
    createAccount({ item, idempotencyKey }: Context): Promise<StoredAccount> {
      const account = {
        userPrincipalName: item.account,
        displayName: nameOf(item),
        employeeId: item.number,
        department: item.department,
        madeBy: idempotencyKey,
      };
      return accounts.create(account, { idempotencyKey });
    },

    createSite([account]: readonly [StoredAccount], context: Context): Promise<StoredSite> {
      const { item, idempotencyKey } = context;
      const site = {
        url: siteOf(item),
        title: `Welcome, ${item.firstName}`,
        owner: account.userPrincipalName,
        description: idempotencyKey,
      };
      return sites.create(site, { idempotencyKey });
    },

    async claimLicence(_: readonly unknown[], context: Context): Promise<string> {
      const { item, idempotencyKey, signal } = context;
      const once = { mode: 'assign', once: idempotencyKey, signal } as const;
      const { resource } = await licences[item.licence].claim(once);
      return resource;
    },

    writeLog(
      [account, site, licence]: readonly [StoredAccount, StoredSite, string],
      { item, idempotencyKey }: Context,
    ): Promise<void> {
      return database.log({
        operation: idempotencyKey,
        employee: item.number,
        account: account.userPrincipalName,
        site: site.url,
        licence,
      });
    },

    sendWelcome([account, site]: readonly [StoredAccount, StoredSite, unknown], context: Context) {
      const { item, idempotencyKey } = context;
      const body =
        `Good morning, ${nameOf(item)}. ${item.manager} expects you in ${item.department}. ` +
        `Everything you need is at ${site.url}.`;
      const welcome = { to: [account.userPrincipalName], subject: 'Welcome', body };
      return mail.send(welcome, { idempotencyKey });
    },
  };
}

/** How they are undone. Each looks first, and so can be repeated. */
export function undoOn({ accounts, sites, licences, database }: Systems) {
  return {
    async account(_: unknown, { item, step }: UndoContext): Promise<void> {
      const account = await accounts.find(item.account);
      if (account?.madeBy === step.idempotencyKey) await accounts.remove(account.id);
    },

    async site(_: unknown, { item, step }: UndoContext): Promise<void> {
      const site = await sites.find(siteOf(item));
      if (site?.description === step.idempotencyKey) await sites.remove(site.id);
    },

    licence(_: unknown, { item, step, signal }: UndoContext): Promise<boolean> {
      return licences[item.licence].release(step.idempotencyKey, { signal });
    },

    log(_: unknown, { step }: UndoContext): Promise<void> {
      return database.unlog(step.idempotencyKey);
    },
  };
}
