/**
 * Outlook-like mail: what was accepted counts as sent, once for each idempotency key.
 * @see https://learn.microsoft.com/graph/api/user-sendmail
 * @module
 */
import { type Call, jsonBody, Refusal, type Reply } from './call.ts';
import type { Fields } from './collection.ts';
import { Outbox, requirePost } from './outbox.ts';
import type { Store } from './store.ts';

/** A mail as it was accepted. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
}

/** Outlook-like: `POST /v1.0/me/sendMail` answers 202 and has no body. */
export class MailService extends Outbox {
  constructor(store: Store) {
    super(store, 'mail', ['to', 'subject', 'body']);
  }

  mails(): Mail[] {
    return this.sent().map(({ fields }) => fields as unknown as Mail);
  }

  protected override read(call: Call): Fields {
    requirePost(call, /^\/v1\.0\/(?:me|users\/[^/]+)\/sendMail$/);
    const message = jsonBody(call).message as MailMessage | undefined;
    const recipients = Array.isArray(message?.toRecipients) ? message.toRecipients : [];
    const to = recipients.map((recipient) => String(recipient?.emailAddress?.address));
    if (to.length === 0 || to.some((address) => !address.includes('@'))) {
      throw new Refusal(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.");
    }
    return { to, subject: message?.subject ?? '', body: message?.body?.content ?? '' };
  }

  protected override answer(): Reply {
    return { status: 202 };
  }
}

interface MailMessage {
  readonly subject?: string;
  readonly body?: { readonly content?: string };
  readonly toRecipients?: readonly Recipient[];
}

interface Recipient {
  readonly emailAddress?: { readonly address?: string };
}
