/**
 * Teams-like chat: messages in a channel, one for each idempotency key.
 * @see https://learn.microsoft.com/graph/api/chatmessage-post
 * @module
 */
import { type Call, jsonBody, Refusal, type Reply } from './call.ts';
import type { Fields, Row } from './collection.ts';
import { Outbox, requirePost } from './outbox.ts';
import type { Store } from './store.ts';

/** A chat message as it was accepted. */
export interface ChatMessage {
  readonly team: string;
  readonly channel: string;
  readonly text: string;
}

const channelPath = /^\/([^/]+)\/channels\/([^/]+)\/messages$/;

/** Teams-like: `POST /{team}/channels/{channel}/messages` answers 201 with the message. */
export class ChatService extends Outbox {
  constructor(store: Store) {
    super(store, 'chat', ['team', 'channel', 'text']);
  }

  messages(): ChatMessage[] {
    return this.sent().map(({ fields }) => fields as unknown as ChatMessage);
  }

  protected override read(call: Call): Fields {
    const [, team, channel] = requirePost(call, channelPath);
    const text = (jsonBody(call).body as { content?: string } | undefined)?.content;
    if (!text) throw Refusal.badRequest('Missing body content: send { "body": { "content": … } }.');
    return { team, channel, text };
  }

  protected override answer(row: Row): Reply {
    return { status: 201, body: { id: row.id, body: { content: row.fields.text } } };
  }
}
